"""A file without what it tells about who made it: author, programme, place and time of a picture, comments. For judges who must not know.

What is seen and heard in it stays: a name on a page is for the team to leave out. Pure; the whole file at once.
"""

from collections.abc import Callable, Mapping
from typing import Final

from games.playbooks.files import KINDS, TEXT, extension_of
from games.submissions.rules.bare.images import gif, jpeg, png, webp
from games.submissions.rules.bare.packed import archive, office
from games.submissions.rules.bare.portable import pdf
from games.submissions.rules.bare.reading import NotBare
from games.submissions.rules.bare.sound import flac, mp3, mp4, wav
from leaderboards.engine.language import gettext as _

MOST: Final = 256 * 1024 * 1024  # bytes: a larger file is not held in memory
_WAYS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "pdf": pdf,
    "png": png,
    "jpg": jpeg,
    "jpeg": jpeg,
    "gif": gif,
    "webp": webp,
    "mp4": mp4,
    "mov": mp4,
    "m4a": mp4,
    "mp3": mp3,
    "wav": wav,
    "flac": flac,
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), office),
}
BARE: Final = frozenset(_WAYS) | {"zip"} | {ending for ending, (found, __) in KINDS.items() if TEXT in found}
"""Endings of files that can be made bare."""


def bare(name: str, data: bytes) -> bytes:
    """The file with nothing in it about its author; plain text as it is. Raises NotBare, with the reason in words."""
    ending = extension_of(name)
    if len(data) > MOST:
        raise NotBare(_("it is larger than {most} bytes", most=MOST))
    if ending == "zip":
        return archive(data, bare)
    if ending in _WAYS:
        try:
            return _WAYS[ending](data)
        except (IndexError, ValueError) as error:
            raise NotBare(_("it is not read to its end")) from error
    if ending in BARE:
        return data
    raise NotBare(_("what a {ending} says of its author is not found by Ludus", ending=ending or _("file without ending")))


__all__ = ["BARE", "NotBare", "bare"]
