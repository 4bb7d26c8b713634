"""PDF: the strings of its document information and its XMP become blank, each as long as before, so that nothing else moves.

Not looked at: pictures inside of it, and who wrote a note on a page.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from games.submissions.rules.bare.reading import need
from leaderboards.engine.language import gettext as _

MOST: Final = 64 * 1024 * 1024  # bytes that one stream may unfold to
_INFO: Final = re.compile(rb"/Info\s+(\d+)\s+\d+\s+R")
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_ABOUT: Final = re.compile(rb"/Type\s*/Metadata\b|/Subtype\s*/XML\b")
_PACKED: Final = re.compile(rb"/Type\s*/ObjStm\b")
_FILTER: Final = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+)")
_NUMBER: Final = rb"/%s\s+(\d+)"


class _Stream(NamedTuple):
    """Where a stream is, and its dictionary."""

    head: bytes
    begin: int
    end: int


def pdf(data: bytes) -> bytes:
    """Refused: what is encrypted, and what is signed: a signature is somebody's name."""
    need(b"%PDF-" in data[:1024], _("it does not begin as a PDF"))
    need(b"/Encrypt" not in data, _("it is encrypted"))
    need(b"/ByteRange" not in data, _("it is signed"))
    need(not re.search(rb"/Info\s*<<", data), _("its information is written in an unusual way"))
    infos = {int(one) for one in _INFO.findall(data)}
    out = bytearray(data)
    for number in infos:
        for found in re.finditer(rb"(?<!\d)%d\s+\d+\s+obj\b(.*?)endobj" % number, data, re.DOTALL):
            _blank(out, found.start(1), found.end(1))
    for one in _streams(data):
        if _ABOUT.search(one.head):
            _emptied(out, one)
        elif infos and _PACKED.search(one.head):
            _within(out, one, infos)
    return bytes(out)


def _streams(data: bytes) -> Iterator[_Stream]:
    for found in _STREAM.finditer(data):
        begin = data.rfind(b"obj", 0, found.start())
        end = data.find(b"endstream", found.end())
        need(begin >= 0 and end >= 0, _("it is cut off"))
        head = data[begin : found.start()]
        length = re.search(_NUMBER % b"Length" + rb"(?!\s+\d+\s+R)", head)
        if length and found.end() + int(length[1]) <= end:
            end = found.end() + int(length[1])
        yield _Stream(head, found.end(), end)


def _filter(one: _Stream) -> bytes:
    found = _FILTER.search(one.head)
    return re.sub(rb"[\[\]\s]", b"", found[1]) if found else b""


def _unfolded(out: bytearray, one: _Stream) -> bytearray:
    need(_filter(one) == b"/FlateDecode" and b"/Predictor" not in one.head, _("it is packed in an unusual way"))
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(bytes(out[one.begin : one.end]), MOST)
    except zlib.error:
        found = b""
    need(bool(found) and not unpacking.unconsumed_tail, _("it is packed in an unusual way"))
    return bytearray(found)


def _folded(out: bytearray, one: _Stream, content: bytes) -> None:
    """In the place of what was there; what is left over is blank, which readers pass by."""
    packed = zlib.compress(content, 9)
    need(len(packed) <= one.end - one.begin, _("it is packed in an unusual way"))
    out[one.begin : one.end] = packed.ljust(one.end - one.begin, b"\n")


def _emptied(out: bytearray, one: _Stream) -> None:
    """A stream of XMP."""
    if _filter(one):
        _folded(out, one, b" " * len(_unfolded(out, one)))
    else:
        out[one.begin : one.end] = b" " * (one.end - one.begin)


def _within(out: bytearray, one: _Stream, infos: set[int]) -> None:
    """The information packed together with other objects: pairs of number and offset come first."""
    first, count = (re.search(_NUMBER % name, one.head) for name in (b"First", b"N"))
    need(first is not None and count is not None, _("it is packed in an unusual way"))
    assert first is not None
    content = _unfolded(out, one)
    told = [int(number) for number in content[: int(first[1])].split()]
    places = list(zip(told[::2], told[1::2], strict=True))
    ends = [offset for __, offset in places[1:]] + [len(content) - int(first[1])]
    mine = [(int(first[1]) + at, int(first[1]) + end) for (number, at), end in zip(places, ends, strict=True) if number in infos]
    for begin, end in mine:
        _blank(content, begin, end)
    if mine:
        _folded(out, one, bytes(content))


def _blank(out: bytearray, begin: int, end: int) -> None:
    """The insides of all strings become blank: (text) with its escapes and inner brackets, <hexadecimal>."""
    at = begin
    while at < end:
        if bytes(out[at : at + 2]) in {b"<<", b">>"}:
            at += 2
        elif out[at] == ord("<"):
            stop = out.index(b">", at)
            out[at + 1 : stop] = b"0" * (stop - at - 1)
            at = stop + 1
        elif out[at] == ord("("):
            stop = _closed(out, at, end)
            out[at + 1 : stop] = b" " * (stop - at - 1)
            at = stop + 1
        else:
            at += 1


def _closed(out: bytearray, at: int, end: int) -> int:
    """Where the string that opens here closes."""
    depth, place = 1, at + 1
    while place < end:
        if out[place] == ord("\\"):
            place += 1
        elif out[place] == ord("("):
            depth += 1
        elif out[place] == ord(")"):
            depth -= 1
            if not depth:
                return place
        place += 1
    raise ValueError
