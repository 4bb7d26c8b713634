"""What an organizer should do next, from a few numbers about the cycle. Pure: the page finds the words and the address.

One thing at a time: what cannot wait comes first, then what others wait for, then what is next in the life of a cycle.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SOON: Final = timedelta(hours=48)
"""How long before its end a round without entries is what comes next."""


class Next(StrEnum):
    """What is next, in the order in which they are asked."""

    FAILED = "failed"  # computing results went wrong
    MISSING = "missing"  # a round ends soon, and teams have nothing handed in
    REGISTRATIONS = "registrations"  # teams wait for an answer
    FLAGS = "flags"  # judges wait for an answer
    UNASSIGNED = "unassigned"  # entries that nobody marks
    MARKS = "marks"  # sheets that are still open
    COMPUTING = "computing"  # results are on their way
    PUBLISH = "publish"  # everything is in
    GATE = "gate"  # a round waits for a go
    BOUNCED = "bounced"  # invitations came back
    JUDGES = "judges"  # a round to be judged, and nobody to judge it
    LAUNCH = "launch"  # a draft
    WATCH = "watch"  # a round is open, all is well
    ENROL = "enrol"  # teams come in
    AWAIT = "await"  # the next round opens by the clock
    CLOSE = "close"  # all rounds are published
    FOLLOW = "follow"  # the cycle is over: the next one
    PAUSED = "paused"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round in numbers. `missing` of `entrants` have nothing handed in; `unassigned`: entries without a judge; sheets `open` and `final`.

    `state` as `rounds.rules.RoundState`. `judged`: people mark it. `undecided`: its gate waits. `failed`: what its last run said.
    """

    key: str
    name: str
    state: str
    opens_at: datetime | None = None
    ends_at: datetime | None = None
    published: bool = False
    undecided: bool = False
    judged: bool = False
    entrants: int = 0
    missing: int = 0
    unassigned: int = 0
    open: int = 0
    final: int = 0
    computing: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """A cycle in numbers: registrations that wait, flags without an answer, invitations that came back, judges, teams."""

    state: str
    now: datetime
    rounds: Sequence[RoundFacts] = ()
    registrations: int = 0
    flags: int = 0
    bounced: int = 0
    judges: int = 0
    teams: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What is next: `count` (of `whole`) things, in a round or not, until a moment or not."""

    what: Next
    round: str = ""
    name: str = ""
    count: int = 0
    whole: int = 0
    until: datetime | None = None
    said: str = ""


def next_step(facts: CycleFacts) -> Step:
    """The one thing to do next."""
    match facts.state:
        case "draft":
            return Step(Next.LAUNCH)
        case "cancelled":
            return Step(Next.NOTHING)
        case "closed":
            return Step(Next.FOLLOW)
        case "paused":
            return Step(Next.PAUSED)
    return next(_steps(facts), Step(Next.NOTHING))


def _steps(facts: CycleFacts) -> Iterator[Step]:
    ahead = [one for one in facts.rounds if not one.published]
    yield from (_of(Next.FAILED, one, said=one.failed) for one in ahead if one.failed)
    yield from (_of(Next.MISSING, one, count=one.missing, whole=one.entrants) for one in ahead if _ends_soon(one, facts.now))
    if facts.registrations:
        yield Step(Next.REGISTRATIONS, count=facts.registrations)
    if facts.flags:
        yield Step(Next.FLAGS, count=facts.flags)
    for one in ahead:
        if one.state in {"locked", "closed"}:
            yield _after_the_end(one)
    yield from (_of(Next.GATE, one) for one in ahead[:1] if one.undecided)
    if facts.bounced:
        yield Step(Next.BOUNCED, count=facts.bounced)
    yield from (_of(Next.JUDGES, one) for one in ahead if one.judged and one.state == "open" and not facts.judges)
    yield from (
        _of(Next.WATCH, one, count=one.entrants - one.missing, whole=one.entrants, until=one.ends_at)
        for one in ahead
        if one.state == "open"
    )
    if facts.state == "enrolling":
        yield Step(Next.ENROL, count=facts.teams, until=min((one.opens_at for one in ahead if one.opens_at), default=None))
    yield from (_of(Next.AWAIT, one, until=one.opens_at) for one in ahead if one.state == "planned")
    if facts.rounds and not ahead:
        yield Step(Next.CLOSE)


def _ends_soon(one: RoundFacts, now: datetime) -> bool:
    return one.state == "open" and one.missing > 0 and one.ends_at is not None and one.ends_at - now <= SOON


def _after_the_end(one: RoundFacts) -> Step:
    """A round that takes no more entries and is not published."""
    if one.unassigned:
        return _of(Next.UNASSIGNED, one, count=one.unassigned)
    if one.open:
        return _of(Next.MARKS, one, count=one.open, whole=one.open + one.final)
    return _of(Next.COMPUTING if one.computing else Next.PUBLISH, one, whole=one.final)


def _of(what: Next, one: RoundFacts, *, count: int = 0, whole: int = 0, until: datetime | None = None, said: str = "") -> Step:
    ends = one.ends_at if what is Next.MISSING else until
    return Step(what, round=one.key, name=one.name, count=count, whole=whole, until=ends, said=said)
