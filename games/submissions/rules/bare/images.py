"""Pictures: no Exif (where and when, whose camera), no XMP, no comments. Which way up a photo is held is kept, and its colours."""

import re
from typing import Final

from games.submissions.rules.bare.reading import need, riff, riff_chunks
from leaderboards.engine.language import gettext as _

ORIENTATION: Final = 0x0112
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_TOLD: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_SHOWN_JPEG: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_EXIF: Final = b"Exif\0\0"
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE


def jpeg(data: bytes) -> bytes:
    """Segments of programmes are dropped, but for what its look needs; nothing after the end of the picture is kept."""
    need(data[:2] == b"\xff\xd8", _("it does not begin as a JPEG"))
    out, at = [data[:2]], 2
    while True:
        while data[at + 1] == 0xFF:  # noqa: PLR2004 fill bytes
            at += 1
        need(data[at] == 0xFF, _("its parts do not follow each other"))  # noqa: PLR2004 a marker
        kind = data[at + 1]
        if kind == _END:
            return b"".join([*out, data[at : at + 2]])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        need(end > at + 3, _("its parts do not follow each other"))
        part = data[at:end]
        if kind == _SCAN:
            found = _MARKER.search(data, end)
            part, end = (data[at : found.start()], found.start()) if found else (data[at:] + b"\xff\xd9", -1)
        if _shown(kind, part[4:]):
            out.append(part)
        elif part[4:10] == _EXIF and (turn := _orientation(part[10:])) > 1:
            out.append(_turned(turn))
        if end < 0:
            return b"".join(out)
        at = end


def _shown(kind: int, content: bytes) -> bool:
    """Whether a segment makes up what is seen."""
    if 0xE0 <= kind <= 0xEF:  # noqa: PLR2004 segments of programmes
        return kind in _SHOWN_JPEG and content.startswith(_SHOWN_JPEG[kind])
    return kind != _COMMENT


def _orientation(tiff: bytes) -> int:
    """Which way up: 1 to 8; 1 where nothing, or nonsense, says so."""
    order = "little" if tiff[:2] == b"II" else "big"
    at = int.from_bytes(tiff[4:8], order)  # type: ignore[arg-type]  # one of the two words
    for number in range(int.from_bytes(tiff[at : at + 2], order)):  # type: ignore[arg-type]  # as above
        entry = tiff[at + 2 + 12 * number : at + 14 + 12 * number]
        if int.from_bytes(entry[:2], order) == ORIENTATION:  # type: ignore[arg-type]  # as above
            found = int.from_bytes(entry[8:10], order)  # type: ignore[arg-type]  # as above
            return found if found in range(1, 9) else 1
    return 1


def _turned(turn: int) -> bytes:
    """An Exif segment that says nothing else."""
    entry = ORIENTATION.to_bytes(2) + (3).to_bytes(2) + (1).to_bytes(4) + turn.to_bytes(2) + b"\0\0"
    content = _EXIF + b"MM\0*" + (8).to_bytes(4) + (1).to_bytes(2) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2) + content


def png(data: bytes) -> bytes:
    """Without chunks of text, Exif and time."""
    out, at = [data[:8]], 8
    while True:
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        need(end <= len(data), _("it is cut off"))
        if kind not in _TOLD:
            out.append(data[at:end])
        if kind == b"IEND":
            return b"".join(out)
        at = end


def webp(data: bytes) -> bytes:
    """Without Exif and XMP, and without the flags that announce them."""
    chunks = [one for one in riff_chunks(data) if one[0] not in {b"EXIF", b"XMP "}]
    need(bool(chunks), _("it holds no picture"))
    return riff(b"WEBP", [(kind, bytes([body[0] & ~0x0C]) + body[1:] if kind == b"VP8X" else body) for kind, body in chunks])


def gif(data: bytes) -> bytes:
    """Without comments and without what programmes add, but for how often it plays."""
    at = 13 + _colours(data[10])
    out = [data[:at]]
    while data[at] != 0x3B:  # noqa: PLR2004 the trailer
        begin = at
        if data[at] == 0x2C:  # noqa: PLR2004 a picture
            at += 10 + _colours(data[at + 9]) + 1
        else:
            need(data[at] == 0x21, _("its parts do not follow each other"))  # noqa: PLR2004 an extension
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
        part = data[begin:at]
        told = part[:2] == b"!\xfe" or (part[:2] == b"!\xff" and part[3:11] != b"NETSCAPE")
        out += [] if told else [part]
    return b"".join([*out, b";"])


def _colours(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
