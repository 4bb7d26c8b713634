"""Rows of what was recognized beside points and the game, and of looking back."""

from datetime import date, datetime
from typing import NamedTuple

Extra = tuple[str, ...]


class WinRow(NamedTuple):
    """A small win: about an idea, the idea that builds on it, a test (by their numbers), a try at a task, or a board."""

    group: str
    kind: str
    key: str
    at: datetime
    reached: int | None = None
    before: int | None = None
    idea: int = 0
    built: int = 0
    test: int = 0
    round: str = ""
    challenge: str = ""
    attempt: int = 0
    board: str = ""
    partner: str = ""
    extra: Extra = ()


class CheerRow(NamedTuple):
    """A cheer of a person for a win (its group, kind and key). `team`: as whose member."""

    group: str
    kind: str
    key: str
    person: str
    at: datetime
    team: str = ""
    extra: Extra = ()


class ProgressRow(NamedTuple):
    """How far a group has come with one thing, so that its next win is told against it. `state` and `base` are JSON."""

    group: str
    what: str
    state: str = "{}"
    base: str = "{}"
    mark: str = ""
    extra: Extra = ()


class WeekRow(NamedTuple):
    """What a group did in the week of a Monday, and what it learned by."""

    group: str
    week: date
    acts: int = 0
    tests: int = 0
    adoptions: int = 0
    extra: Extra = ()


class ExchangeRow(NamedTuple):
    """How often one group gave something to another: `times` is the column `count`."""

    giver: str
    receiver: str
    kind: str
    times: int
    extra: Extra = ()


class FlagRow(NamedTuple):
    """Something organizers should look at, about these groups (between |), with what they found. `facts` is JSON."""

    number: int
    kind: str
    groups: str
    facts: str
    found: datetime
    seen: datetime
    state: str
    reason: str = ""
    settled: datetime | None = None
    by: str = ""
    extra: Extra = ()


class GrantRow(NamedTuple):
    """What was won and what became of it. An empty group is money that nobody won. `file`: SHA-256 of what proves its delivery."""

    award: str
    group: str
    state: str
    place: str = ""
    cents: int | None = None
    currency: str = ""
    kind: str = ""
    name: str = ""
    board: str = ""
    sessions: int = 0
    reason: str = ""
    proof: str = ""
    file: str = ""
    file_name: str = ""
    created: datetime | None = None
    changed: datetime | None = None
    extra: Extra = ()


class CarriedRow(NamedTuple):
    """What a group brought along from the cycle before. `test`: number of the test that it became."""

    group: str
    kind: str
    key: str
    at: datetime
    name: str = ""
    was: int = 0
    amount: int = 0
    test: int = 0
    extra: Extra = ()


class RetrospectiveRow(NamedTuple):
    """A section of how a cycle looked back on itself: its numbers as JSON, and what organizers said to it (`said`: when)."""

    section: str
    data: str
    made: datetime
    asked: datetime
    design: int = 0
    published: datetime | None = None
    words: str = ""
    said: datetime | None = None
    extra: Extra = ()


class ProposalRow(NamedTuple):
    """What the numbers propose to change. `facts` and `change` are JSON."""

    number: int
    section: str
    code: str
    state: str
    about: str = ""
    facts: str = "{}"
    change: str = "[]"
    reason: str = ""
    decided: datetime | None = None
    extra: Extra = ()


class AdoptionRow(NamedTuple):
    """What becomes of the idea of who won."""

    idea: int
    way: str
    at: datetime
    prediction: str = ""
    playbook: str = ""
    extra: Extra = ()
