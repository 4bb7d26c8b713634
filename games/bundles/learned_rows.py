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
    """A test of change. `idea`: number of the idea it tests, 0: the group's own change. `taken`: of what it took from a study, or 0."""

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
    taken: int = 0
    extra: Extra = ()


class ReadingRow(NamedTuple):
    """What a group was given to read in the study after a round: an idea by its number, or entry `entry` of group `of` to `challenge`."""

    number: int
    round: str
    group: str
    idea: int = 0
    challenge: str = ""
    of: str = ""
    entry: int = 0
    read: datetime | None = None
    extra: Extra = ()


class TakenRow(NamedTuple):
    """What a group took from the study after a round. `reading`: number of what it took it from, or 0."""

    number: int
    round: str
    group: str
    text: str
    prediction: str = ""
    reading: int = 0
    at: datetime | None = None
    extra: Extra = ()
