"""Sound and film: no titles and artists, no place, no time of recording, no pictures of covers."""

from typing import Final

from games.submissions.rules.bare.reading import need, riff, riff_chunks
from leaderboards.engine.language import gettext as _

_HEARD: Final = frozenset({b"fmt ", b"data", b"fact", b"cue ", b"smpl"})
_BOXES: Final = frozenset({b"moov", b"trak", b"mdia"})
_TOLD: Final = frozenset({b"udta", b"meta", b"uuid"})
_TIMED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_KEPT_BLOCKS: Final = frozenset({0, 3, 5})  # of FLAC: the stream, its seek table, its cue sheet


def wav(data: bytes) -> bytes:
    """The sound, and where to begin in it."""
    found = [one for one in riff_chunks(data) if one[0] in _HEARD]
    need(bool(found), _("it holds no sound"))
    return riff(b"WAVE", found)


def mp3(data: bytes) -> bytes:
    """Without the tags at both ends."""
    while data[:3] == b"ID3":
        size = 0
        for one in data[6:10]:
            size = size << 7 | one & 0x7F
        data = data[10 + size + (10 if data[5] & 0x10 else 0) :]
    if data[-128:-125] == b"TAG":
        data = data[:-128]
    if data[-32:-24] == b"APETAGEX":
        size = int.from_bytes(data[-20:-16], "little") + (32 if data[-9] & 0x80 else 0)
        data = data[:-size]
    need(bool(data), _("it holds no sound"))
    return data


def flac(data: bytes) -> bytes:
    """Without its comments, pictures and padding."""
    need(data[:4] == b"fLaC", _("it does not begin as a FLAC"))
    kept, at, last = [], 4, False
    while not last:
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4])
        if kind in _KEPT_BLOCKS:
            kept.append(bytes([kind]) + data[at + 1 : end])
        at = end
    need(bool(kept) and at <= len(data), _("it is cut off"))
    kept[-1] = bytes([kept[-1][0] | 0x80]) + kept[-1][1:]
    return b"".join([data[:4], *kept, data[at:]])


def mp4(data: bytes) -> bytes:
    """Boxes about it become empty ones of the same size, so that nothing else moves; times become zero. MP4, MOV, M4A."""
    out = bytearray(data)
    _boxes(out, 0, len(out))
    return bytes(out)


def _boxes(out: bytearray, at: int, end: int) -> None:
    while at + 8 <= end:
        size, kind, head = int.from_bytes(out[at : at + 4]), bytes(out[at + 4 : at + 8]), 8
        if size == 1:
            size, head = int.from_bytes(out[at + 8 : at + 16]), 16
        size = size or end - at
        need(head <= size <= end - at, _("it is cut off"))
        begin, stop = at + head, at + size
        if kind in _TOLD:
            out[at + 4 : at + 8] = b"free"
            out[begin:stop] = bytes(stop - begin)
        elif kind in _TIMED:
            times = 16 if out[begin] else 8
            out[begin + 4 : begin + 4 + times] = bytes(times)
        elif kind in _BOXES:
            _boxes(out, begin, stop)
        at = stop
