"""Rows of what was shared in the commons, with their cells read."""

from datetime import datetime
from typing import NamedTuple

Extra = tuple[str, ...]


class IdeaRow(NamedTuple):
    """An idea. `group` empty: the organizers' own. `room`: told in the safe room, `told` or `nameless`. `entry`, `attempt`: number of what it stands for in its round and challenge, or 0."""

    number: int
    kind: str
    title: str
    group: str = ""
    round: str = ""
    challenge: str = ""
    step: str = ""
    entry: int = 0
    attempt: int = 0
    audience: str = ""
    readers: str = ""
    licence: str = ""
    tags: str = ""
    merged: int = 0
    hidden: datetime | None = None
    hidden_why: str = ""
    shared: datetime | None = None
    room: str = ""
    extra: Extra = ()


class IdeaVersionRow(NamedTuple):
    """What was told of an idea, once and for all."""

    idea: int
    number: int
    title: str
    summary: str = ""
    steps: str = ""
    time: str = ""
    cost: str = ""
    people: str = ""
    went_wrong: str = ""
    ask: str = ""
    note: str = ""
    at: datetime | None = None
    extra: Extra = ()


class DerivationRow(NamedTuple):
    """The idea `target` did something with the older idea `source`; numbers of both. `cycle`: key of the one that the source is of; "": this."""

    target: int
    source: int
    kind: str
    reason: str = ""
    at: datetime | None = None
    cycle: str = ""
    extra: Extra = ()


class IdeaShareRow(NamedTuple):
    """A group's part of the credit of an idea, in basis points."""

    idea: int
    group: str
    basis_points: int
    extra: Extra = ()


class RiskAnswerRow(NamedTuple):
    """An answer to the opening question of a round. Nobody's, in no order, without a time."""

    round: str
    text: str
    extra: Extra = ()
