"""Which files a form takes: endings, what the first bytes say, sizes, and names that are safe in a header. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import filetype

from games.errors import Invalid
from games.playbooks.schema.forms import FormField
from leaderboards.engine.language import gettext as _

HEAD: Final = 8192  # bytes that are looked at
TEXT: Final = "text"
_ZIP: Final = frozenset({"zip"})
_DOC: Final = frozenset({"doc", "xls", "ppt", "msi"})

# Ending → (what the first bytes may turn out to be, content type). TEXT: no known binary kind, no NUL, valid UTF-8.
KINDS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "pdf": (frozenset({"pdf"}), "application/pdf"),
    "png": (frozenset({"png", "apng"}), "image/png"),
    "jpg": (frozenset({"jpg"}), "image/jpeg"),
    "jpeg": (frozenset({"jpg"}), "image/jpeg"),
    "gif": (frozenset({"gif"}), "image/gif"),
    "webp": (frozenset({"webp"}), "image/webp"),
    "heic": (frozenset({"heic"}), "image/heic"),
    "tiff": (frozenset({"tif"}), "image/tiff"),
    "mp4": (frozenset({"mp4", "m4v"}), "video/mp4"),
    "mov": (frozenset({"mov", "mp4"}), "video/quicktime"),
    "webm": (frozenset({"webm", "mkv"}), "video/webm"),
    "mp3": (frozenset({"mp3"}), "audio/mpeg"),
    "m4a": (frozenset({"m4a", "mp4", "aac"}), "audio/mp4"),
    "wav": (frozenset({"wav"}), "audio/wav"),
    "ogg": (frozenset({"ogg"}), "audio/ogg"),
    "flac": (frozenset({"flac"}), "audio/flac"),
    "zip": (_ZIP, "application/zip"),
    "gz": (frozenset({"gz"}), "application/gzip"),
    "docx": (_ZIP | {"docx"}, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (_ZIP | {"xlsx"}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": (_ZIP | {"pptx"}, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "odt": (_ZIP | {"odt"}, "application/vnd.oasis.opendocument.text"),
    "ods": (_ZIP | {"ods"}, "application/vnd.oasis.opendocument.spreadsheet"),
    "odp": (_ZIP | {"odp"}, "application/vnd.oasis.opendocument.presentation"),
    "doc": (_DOC, "application/msword"),
    "xls": (_DOC, "application/vnd.ms-excel"),
    "ppt": (_DOC, "application/vnd.ms-powerpoint"),
    "txt": (frozenset({TEXT}), "text/plain"),
    "md": (frozenset({TEXT}), "text/markdown"),
    "csv": (frozenset({TEXT}), "text/csv"),
    "json": (frozenset({TEXT}), "application/json"),
    "toml": (frozenset({TEXT}), "text/plain"),
    "py": (frozenset({TEXT}), "text/plain"),
    "ipynb": (frozenset({TEXT}), "application/json"),
    "tex": (frozenset({TEXT}), "text/plain"),
}
_NAME: Final = re.compile(r"[^\w.()+ -]+")


class FileRefused(Invalid):
    """The file is not taken: its type, its size, or the group's quota."""

    code = "file_refused"


class Examined(NamedTuple):
    """What is known of a file before it is stored. `ending` is that of its safe name."""

    name: str
    size: int
    content_type: str
    digest: str

    @property
    def ending(self) -> str:
        """In lower case, without the dot."""
        return extension_of(self.name)


def examine(name: str, chunks: Iterable[bytes], field: FormField, *, most: int) -> Examined:
    """Read a file once: its size counted, not believed, its kind from the first bytes, its SHA-256. `most`: bytes taken in this house.

    Raises FileRefused.
    """
    safe, limit = safe_name(name), min(field.max_bytes, most)
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            msg = _("The file is larger than the {limit} bytes that are taken here.", limit=limit)
            raise FileRefused(msg, where="file")
        digest.update(chunk)
        if len(head) < HEAD:
            head += chunk[: HEAD - len(head)]
    if not size:
        msg = _("The file is empty.")
        raise FileRefused(msg, where="file")
    return Examined(safe, size, check_type(safe, head, field.types), digest.hexdigest())


def extension_of(name: str) -> str:
    """The ending of a file name in lower case, without the dot; empty if there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def check_type(name: str, head: bytes, allowed: Sequence[str]) -> str:
    """The content type of a file by its ending and first bytes. `allowed` are the endings of the form field; none: any safe one.

    Raises FileRefused if the ending is not allowed, or if the bytes are something else than the ending says.
    """
    ending = extension_of(name)
    known = list(allowed) or sorted(KINDS)
    if ending not in known:
        msg = _(
            'A file ending in "{ending}" is not taken here; expected one of {names}.',
            ending=ending or _("nothing"),
            names=", ".join(known),
        )
        raise FileRefused(msg, where="file")
    expected, content_type = KINDS.get(ending, (frozenset({TEXT, ending}), "application/octet-stream"))
    found = kind_of(head)
    if found not in expected:
        msg = _('The name says "{ending}", but the content is {found}.', ending=ending, found=found or _("something else"))
        raise FileRefused(msg, where="file")
    return content_type


def kind_of(head: bytes) -> str:
    """What the first bytes are: an ending such as pdf, "text", or empty if unknown."""
    guessed = filetype.guess_extension(head)
    if guessed:
        return str(guessed)
    if b"\0" in head:
        return ""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut in two where the head ends; anything earlier is no text.
        return TEXT if len(head) >= HEAD and error.start >= len(head) - 3 else ""
    return TEXT if head else ""


def safe_name(name: str) -> str:
    """A file name that is safe in a header and on any disk: no path, no control characters, at most 120 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    cleaned = _NAME.sub("_", base).strip(" .") or "file"
    stem, dot, ending = cleaned.rpartition(".")
    return f"{stem[:100]}.{ending[:15]}" if dot and stem else cleaned[:100]
