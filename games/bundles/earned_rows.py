"""Rows of what acts earned: points, why some came back, what the game keeps."""

from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

Extra = tuple[str, ...]


class PointRow(NamedTuple):
    """Points that an act earned by a rule, or their reversal. `number` orders the acts; `reverses` is the number of the act taken back.

    `partner`: the other group of the act, which had counted `repeats` times before; `day`: whose caps it counts for.
    """

    number: int
    rule: str
    group: str
    person: str
    amount: int
    at: datetime
    reverses: int = 0
    partner: str = ""
    day: date | None = None
    repeats: int = 0
    extra: Extra = ()


class GameRow(NamedTuple):
    """What the game keeps of a group (or a member): a badge, a quest, a shared goal, a tally, a week.

    `number`: how far it went; of a week the acts, with those in time to make good the week before, and its points.
    """

    kind: str
    key: str
    at: datetime
    group: str = ""
    person: str = ""
    number: int = 0
    last: datetime | None = None
    early: int = 0
    points: int = 0
    extra: Extra = ()


class CreditRow(NamedTuple):
    """Why points came back to a group: the award (act `award`, of `builder`) whose worth flowed on, the newer idea `of`, the idea `to`.

    `exact`: what came to that idea before rounding and caps; `uncapped`: whole points of the row before caps; `ways`: ideas between.
    """

    number: int
    rule: str
    group: str
    award: int
    builder: str
    of: int = 0
    to: int = 0
    depth: int = 1
    exact: Fraction | None = None
    uncapped: int = 1
    ways: str = ""
    extra: Extra = ()
