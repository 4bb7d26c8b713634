"""Fonts of printed pages: which of those that come with the code can draw a text. Pure.

A text is drawn by the first font that has its characters, character by character; HarfBuzz shapes what is joined or reordered.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

FOLDER: Final = Path(__file__).resolve().parent.parent / "fonts"
SANS: Final = "noto-sans"
BOLD: Final = "noto-sans-bold"
SERIF: Final = "noto-serif"
FALLBACK: Final = (
    SANS,
    *("noto-sans-arabic", "noto-sans-hebrew", "noto-sans-devanagari", "noto-sans-thai", "noto-sans-han", "noto-sans-hangul"),
)
"""Asked in this order for what the chosen font lacks. See fonts/README.md for what is in them."""
JOINERS: Final = frozenset("\u200c\u200d\u200e\u200f")


def path_of(name: str) -> Path:
    """The file of a font."""
    return FOLDER / f"{name}.ttf"


@cache
def characters(name: str) -> frozenset[int]:
    """The characters that a font has."""
    with TTFont(path_of(name), lazy=True) as font:
        return frozenset(font.getBestCmap())


def drawable(text: str, first: str) -> str:
    """The text without what no font here has (an emoji, say); nothing left is nothing."""
    return " ".join("".join(one for one in text if one in JOINERS or _font_of(one, first)).split())


def fonts_for(texts: Iterable[str], first: str) -> list[str]:
    """The fonts beyond `first` that these texts need, in the order in which they are asked."""
    needed = {_font_of(one, first) for one in {*"".join(texts)} - JOINERS}
    return [name for name in FALLBACK if name in needed and name != first]


def _font_of(character: str, first: str) -> str | None:
    code = ord(character)
    return next((name for name in (first, *FALLBACK) if code in characters(name)), None)
