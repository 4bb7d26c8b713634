"""Rows of what was measured and tried, with their cells read."""

from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

Extra = tuple[str, ...]


class ObservationRow(NamedTuple):
    """A measured value, of a group or (without) of the whole cycle. `replaced`: since when it no longer stands."""

    measure: str
    group: str
    period: date
    value: Fraction | None
    note: str = ""
    at: datetime | None = None
    replaced: datetime | None = None
    extra: Extra = ()


class ChangeTestRow(NamedTuple):
    """A test of change. `idea`: number of the idea it tests, 0: the group's own change."""

    number: int
    group: str
    idea: int
    round: str
    title: str
    prediction: str = ""
    done: str = ""
    data: str = ""
    learned: str = ""
    state: str = "planned"
    act: str = ""
    at: datetime | None = None
    began: datetime | None = None
    acted: datetime | None = None
    extra: Extra = ()
