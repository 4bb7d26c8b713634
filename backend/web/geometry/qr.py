"""A QR code as one SVG path: dark squares as runs, a light margin around them as the standard asks. Pure."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

MARGIN: Final = 4  # squares: what readers need around a code


@dataclass(frozen=True, slots=True)
class Code:
    """`size`: squares across, the margin included; `path`: the dark ones, one unit each."""

    size: int
    path: str


def qr_code(text: str) -> Code:
    """The code of a text, such as an address. A quarter of it may be dirty or hidden (level Q)."""
    import segno  # noqa: PLC0415 -- heavy: what few requests need

    rows = [bytes(row) for row in segno.make(text, error="q", micro=False).matrix]
    runs = []
    for y, row in enumerate(rows):
        x = 0
        for dark, group in groupby(row):
            length = len(list(group))
            if dark:
                runs.append(f"M{x + MARGIN} {y + MARGIN}h{length}v1h-{length}z")
            x += length
    return Code(len(rows) + 2 * MARGIN, "".join(runs))
