"""Files in a zip: office documents, and archives. What is not changed is copied as it is packed, so a huge one costs no memory."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from games.submissions.rules.bare.reading import NotBare, need
from leaderboards.engine.language import gettext as _

MOST: Final = 64 * 1024 * 1024  # bytes of one packed file that is opened
_ABOUT: Final = re.compile(r"docProps/(core|app|custom)\.xml|meta\.xml|Thumbnails/.*")
_EMPTY: Final = {
    "docProps/core.xml": b"<cp:coreProperties xmlns:cp="
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
    "meta.xml": b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"/>',
}
_SIGNING: Final = re.compile(r"(word|xl|ppt)/.*(document|note|comment|people|person|author).*\.xml|content\.xml", re.IGNORECASE)
_WHO: Final = re.compile(
    rb'(?<=[\s:])((?:author|initials|userId|displayName|providerId|lastModifiedBy)=)"[^"]*"'
    rb"|(?<=<author>)[^<]*|(?<=<dc:creator>)[^<]*|(?<=<p15:presenceInfo )[^>]*"
)
_AUTHORS: Final = re.compile(r"ppt/.*authors?\.xml", re.IGNORECASE)
_NAMED: Final = re.compile(rb'(?<=\s)((?:name|initials|userId)=)"[^"]*"')
_XML: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def office(data: bytes) -> bytes:
    """Without its properties; who changed or commented something in it has no name any more."""
    return _again(data, _office_part)


def archive(data: bytes, bare: Callable[[str, bytes], bytes]) -> bytes:
    """Every file in it bare, and nothing told of the machine that packed it. `bare` does one file."""

    def part(name: str, read: Callable[[], bytes]) -> bytes | None:
        if name.endswith("/") or not PurePosixPath(name).suffix:
            return None
        need(not name.lower().endswith(".zip"), _("there is an archive in the archive"))
        return bare(name, read())

    return _again(data, part)


def _office_part(name: str, read: Callable[[], bytes]) -> bytes | None:
    if _ABOUT.fullmatch(name):
        return _XML + _EMPTY[name] if name in _EMPTY else b""
    if _SIGNING.fullmatch(name):
        text = _WHO.sub(lambda found: (found[1] or b"") + b'""' if found[1] else b"", read())
        return _NAMED.sub(rb'\1""', text) if _AUTHORS.fullmatch(name) else text
    return None


def _again(data: bytes, part: Callable[[str, Callable[[], bytes]], bytes | None]) -> bytes:
    """The zip packed anew. `part` answers with other content of a file, or None to keep it."""
    try:
        return _packed(data, part)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotBare(_("it is not a zip that can be read")) from error


def _packed(data: bytes, part: Callable[[str, Callable[[], bytes]], bytes | None]) -> bytes:
    out, index = [], []
    at = 0
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        for one in found.infolist():
            need(not one.flag_bits & 0x1, _("it is locked with a password"))
            other = part(one.filename, lambda one=one: _read(found, one))  # type: ignore[misc]  # bound now
            if other is None:
                content, sizes = _raw(data, one), (one.compress_type, one.CRC, one.compress_size, one.file_size)
            else:
                content, sizes = other, (zipfile.ZIP_STORED, zlib.crc32(other), len(other), len(other))
            head, line = _heads(one.filename, sizes, at)
            out += [head, content]
            index.append(line)
            at += len(head) + len(content)
    size = sum(len(line) for line in index)
    return b"".join([*out, *index, struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(index), len(index), size, at, 0)])


def _read(found: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    need(one.file_size <= MOST, _("{filename} in it is larger than {most} bytes", filename=one.filename, most=MOST))
    with found.open(one) as file:
        content = file.read(MOST + 1)
    need(len(content) <= MOST, _("{filename} in it is larger than it says", filename=one.filename))
    return content


def _raw(data: bytes, one: zipfile.ZipInfo) -> bytes:
    """The bytes of a file as they are packed."""
    name, extra = struct.unpack("<2H", data[one.header_offset + 26 : one.header_offset + 30])
    begin = one.header_offset + 30 + name + extra
    return data[begin : begin + one.compress_size]


def _heads(name: str, sizes: tuple[int, int, int, int], at: int) -> tuple[bytes, bytes]:
    """What stands before a file, and its line in the index: no time but the first there is, no owner, no comment."""
    kind, checksum, packed, whole = sizes
    written = name.encode()
    same = struct.pack("<5H3L2H", 20, 0x800, kind, 0, 0x21, checksum, packed, whole, len(written), 0)
    return (
        b"PK\3\4" + same + written,
        b"PK\1\2" + struct.pack("<H", 20) + same + struct.pack("<3H2L", 0, 0, 0, 0, at) + written,
    )
