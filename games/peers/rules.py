"""Who may be of help to whom: the same task, another organization, a better trend, with the reason in words. Pure.

A place counts by its share of the board, 0 for the first and 1 for the last of it, so boards of any size compare.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from games.errors import Conflict, Invalid
from leaderboards.engine.language import gettext as _


class PeerState(StrEnum):
    """asked → accepted or declined by the other, or withdrawn by whoever asked."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PeerInvalid(Invalid):
    """What was said cannot be taken as it is."""

    code = "peer_invalid"


class PeerRefused(Conflict):
    """The state of things does not allow it: settled already, stands aside, no match."""

    code = "peer_refused"


SHOWN: Final = 3
"""So many peers are offered."""
OPEN_ASKS: Final = 3
"""So many asks of one group may wait for an answer."""
WORDS: Final = 2_000
SLIGHT: Final = Fraction(1, 1000)
"""A trend that is better by less is no better."""


class Placed(NamedTuple):
    """A place on a published board: the first is 1, `of` groups stand on it. `board`: its title."""

    board: str
    place: int
    of: int

    @property
    def share(self) -> Fraction:
        """0 for the first, 1 for the last; 0 where nobody else is."""
        return Fraction(min(self.place, self.of) - 1, self.of - 1) if self.of > 1 else Fraction(0)


@dataclass(frozen=True, slots=True)
class Track:
    """What may be read of a group. `places`: in order of publication; `measured`: measure → its values in order of date (1 is better);
    `tasks`: what it took part in; `people`: who is in it (two groups with the same people are no strangers).
    """

    group: int
    organization: int | None = None
    tasks: frozenset[int] = frozenset()
    places: Sequence[Placed] = ()
    measured: Mapping[str, Sequence[Fraction]] = field(default_factory=dict)
    people: frozenset[int] = frozenset()


class Match(NamedTuple):
    """A peer, the task both took part in, why, and by how much its trend is better (0 where it only stands higher)."""

    group: int
    task: int
    reason: str
    ahead: Fraction


def climbed(places: Sequence[Placed]) -> Fraction | None:
    """By which share of the board a group rose from its first published place to its last; None for fewer than two."""
    return places[0].share - places[-1].share if len(places) > 1 else None


def improved(values: Sequence[Fraction]) -> Fraction | None:
    """By which share of its first value a measure became better (values where more is better); None for fewer than two, or from 0."""
    return (values[-1] - values[0]) / abs(values[0]) if len(values) > 1 and values[0] else None


def strangers(one: Track, other: Track) -> bool:
    """Whether two groups are of different organizations. One of which none is known stands for itself."""
    same = one.organization is not None and one.organization == other.organization
    return one.group != other.group and not same and not (one.people & other.people)


def matches(asker: Track, others: Iterable[Track], *, avoid: Collection[int] = (), most: int = SHOWN) -> list[Match]:
    """The groups that may be of most help, best first: those with the better trend, then those that only stand higher.

    `avoid`: groups that stand aside, or are asked already. Nothing that is not in the tracks is told.
    """
    found = []
    for other in others:
        shared = asker.tasks & other.tasks
        if other.group in avoid or not shared or not strangers(asker, other):
            continue
        why = _measured_better(asker, other) or _climbs_better(asker, other) or _stands_higher(asker, other)
        if why is not None:
            rank, ahead, reason = why
            trend = ahead if rank < _STANDS else Fraction(0)
            found.append(((rank, -ahead, other.group), Match(other.group, min(shared), reason, trend)))
    return [one for __, one in sorted(found, key=lambda pair: pair[0])][:most]


type _Why = tuple[int, Fraction, str]
_MEASURED, _CLIMBS, _STANDS = range(3)
"""Which reason is the better one."""


def _measured_better(asker: Track, other: Track) -> _Why | None:
    """The measure in which the other's values became better by more."""
    best: _Why | None = None
    for name in sorted(asker.measured.keys() & other.measured.keys()):
        ours, theirs = improved(asker.measured[name]), improved(other.measured[name])
        if ours is None or theirs is None or theirs <= 0 or theirs - ours < SLIGHT:
            continue
        reason = _(
            'Their "{name}" became {percent} better, yours {moved}.', name=name, percent=_percent(theirs), moved=_moved(ours)
        )
        if best is None or theirs - ours > best[1]:
            best = (_MEASURED, theirs - ours, reason)
    return best


def _climbs_better(asker: Track, other: Track) -> _Why | None:
    theirs, ours = climbed(other.places), climbed(asker.places)
    if theirs is None or theirs <= 0 or theirs - (ours or 0) < SLIGHT:
        return None
    first, last = other.places[0], other.places[-1]
    reason = _("They rose {way}", way=_way(first, last))
    if ours is not None:
        begin, end = asker.places[0], asker.places[-1]
        reason += (
            _(", you rose {way}", way=_way(begin, end))
            if ours > 0
            else (_(", you fell {way}", way=_way(begin, end)) if ours < 0 else _(", you stayed {way}", way=_way(begin, end)))
        )
    return _CLIMBS, theirs - (ours or 0), f"{reason}."


def _stands_higher(asker: Track, other: Track) -> _Why | None:
    """Where there is no trend to compare yet: on the last board that both stand on, the other stands higher."""
    if not asker.places or not other.places or min(len(asker.places), len(other.places)) > 1:
        return None
    ours, theirs = asker.places[-1], other.places[-1]
    if ours.board != theirs.board or theirs.place >= ours.place:
        return None
    reason = _(
        'On "{board}" they are {nth} of {of}, you are {nth2}. There is no trend yet.',
        board=theirs.board,
        nth=_nth(theirs.place),
        of=theirs.of,
        nth2=_nth(ours.place),
    )
    return _STANDS, ours.share - theirs.share, reason


def _way(first: Placed, last: Placed) -> str:
    if first.board == last.board:
        return _(
            'from {nth} to {nth2} of {of} on "{board}"',
            nth=_nth(first.place),
            nth2=_nth(last.place),
            of=last.of,
            board=last.board,
        )
    return _(
        'from {nth} of {of} on "{board}" to {nth2} of {of2} on "{board2}"',
        nth=_nth(first.place),
        of=first.of,
        board=first.board,
        nth2=_nth(last.place),
        of2=last.of,
        board2=last.board,
    )


def _nth(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _percent(share: Fraction) -> str:
    return f"{round(abs(share) * 100)} %"


def _moved(share: Fraction) -> str:
    if not share:
        return _("did not move")
    return f"{_percent(share)} {'better' if share > 0 else 'worse'}"


def cleaned(text: str, where: str, *, empty: str = "") -> str:
    """The text without blanks around it. Raises PeerInvalid when it is too long, or empty where `empty` says what is missing."""
    clean = text.replace("\r\n", "\n").strip()
    if empty and not clean:
        raise PeerInvalid(empty, where=where)
    if len(clean) > WORDS or "\0" in clean:
        message = _("At most {words:,} characters.", words=WORDS)
        raise PeerInvalid(message, where=where)
    return clean
