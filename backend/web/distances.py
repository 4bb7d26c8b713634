"""How far it is from one row of a board to the next, in words: by the first step of the board's order in which they differ."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from leaderboards.engine import numbers
from leaderboards.queries import RowData

DECIMALS: Final = 4


def distance(row: RowData, other: RowData, steps: Sequence[str]) -> str:
    """What separates two rows: "0.35 points", "73 penalty", "level"; empty if it cannot be told. `steps`: the order's names, in words."""
    if not row["place"] or not other["place"]:
        return ""
    for mine, theirs, name in zip(row["keys"], other["keys"], steps, strict=False):
        if mine == theirs:
            continue
        gap = _gap(mine, theirs)
        return f"{written(gap)} {name}".rstrip() if gap is not None else ""
    return _("level")


def _gap(mine: Any, theirs: Any) -> Fraction | None:
    try:
        return abs(numbers.parse(mine) - numbers.parse(theirs))
    except ValueError:
        return None


def written(number: Fraction) -> str:
    """A number for reading, at most four decimals."""
    text = numbers.text(number)
    return numbers.fixed(number, DECIMALS) if "/" in text else text


def to_next(rows: Sequence[RowData], steps: Sequence[str]) -> list[str]:
    """For each row how far it is to the next better place; rows that share a place with it are passed over. Empty for the first."""
    found: list[str] = []
    for number, row in enumerate(rows):
        above = next((one for one in reversed(rows[:number]) if one["place"] != row["place"]), None)
        found.append(distance(row, above, steps) if above is not None else "")
    return found
