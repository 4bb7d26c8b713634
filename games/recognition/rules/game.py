"""The game beside the points: what of it is on, what an act counts for, and when something is earned by it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from games.playbooks.schema import Badge, Counted, Counting, Design, League, Quest, Receiver, SharedGoal, Streak
from games.playbooks.schema.earning import EARNS

APART: Final = "|"
"""Stands in a mark between the object and the other group that did something about it."""


@dataclass(frozen=True, slots=True)
class Game:
    """What of the game a cycle plays: its tables, without what is switched off."""

    badges: tuple[Badge, ...] = ()
    quests: tuple[Quest, ...] = ()
    streak: Streak | None = None
    together: tuple[SharedGoal, ...] = ()
    league: League | None = None
    levels: bool = False

    @property
    def on(self) -> bool:
        """Whether the journal has to be read for it."""
        return bool(self.badges or self.quests or self.together or self.streak or self.league)


def game_of(design: Design) -> Game:
    """What of the game is on under these rules. Levels are of points: without rules of points there are none."""
    on = design.recognition
    return Game(
        badges=design.badges if on.badges else (),
        quests=design.quests if on.quests else (),
        streak=design.streak if on.streaks else None,
        together=design.together if on.together else (),
        league=design.league if on.leagues and on.points and design.rules else None,
        levels=on.levels and on.points and bool(design.rules),
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """An act as it is counted. `group`: who it stands with; `partner`: the other group that did it, if one did; `day`: in the cycle's zone."""

    seal: int
    event: str
    subject: str
    at: datetime
    day: date
    group: int | None
    person: int | None = None
    persons_group: int | None = None
    partner: int | None = None
    own: bool = False
    round: str = ""
    challenge: str = ""
    says: Mapping[str, object] = field(default_factory=dict)
    takes_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose tally it is: a group's, or (with `person`) that of a member."""

    group: int | None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is counted: the key of its tallies, what counts, and for whom."""

    key: str
    counting: Counting
    receiver: Receiver = Receiver.GROUP


def lines_of(game: Game) -> tuple[Line, ...]:
    """Everything that is counted in a game, in the order in which it is written."""
    return tuple(_lines(game))


def _lines(game: Game) -> Iterator[Line]:
    for badge in game.badges:
        if badge.event is not None:
            yield Line(f"badge:{badge.key}", badge, badge.receiver)
    for quest in game.quests:
        for step in quest.steps:
            yield Line(f"quest:{quest.key}:{step.key}", step)
    for goal in game.together:
        yield Line(f"goal:{goal.key}", goal)


def holder_of(line: Line, deed: Deed) -> Holder | None:
    """Whose tally the deed is for. What others do to a group is nobody's own deed: badges of persons do not count it."""
    if line.receiver is Receiver.GROUP:
        return Holder(deed.group) if deed.group is not None else None
    given = deed.event in EARNS and EARNS[deed.event].to_others
    return Holder(deed.persons_group, deed.person) if deed.person is not None and not given else None


def mark_of(counting: Counting, deed: Deed) -> str | None:
    """What the deed adds to a tally, as a text that counts once; None: it does not count.

    What is done to a group by its own members never counts.
    """
    if deed.event not in counting.events or deed.says.get("held") is False:
        return None
    to_others = EARNS[deed.event].to_others if deed.event in EARNS else False
    if to_others and (deed.own or (deed.partner is not None and deed.partner == deed.group)):
        return None
    if counting.rounds is not None and deed.round not in counting.rounds:
        return None
    if counting.challenges is not None and deed.challenge not in counting.challenges:
        return None
    if any(deed.says.get(name) != value for name, value in counting.where.items()):
        return None
    return _value(counting.of, deed, to_others=to_others) or None


def _value(of: Counted, deed: Deed, *, to_others: bool) -> str:
    """Empty: there is nothing of the kind to count."""
    thing = deed.subject or f"seal:{deed.seal}"
    values = {
        Counted.THINGS: f"{thing}{APART}{deed.partner or 0}" if to_others else thing,
        Counted.ACTS: f"seal:{deed.seal}",
        Counted.DAYS: deed.day.isoformat(),
        Counted.WEEKS: monday(deed.day).isoformat(),
        Counted.PARTNERS: str(deed.partner) if deed.partner is not None and deed.partner != deed.group else "",
        Counted.ROUNDS: deed.round,
        Counted.CHALLENGES: deed.challenge,
    }
    return values[of]


def undone_by(counting: Counting, deed: Deed, marks: set[str]) -> set[str]:
    """Which of these marks go because the deed takes back what they stand for. A day, a week or a partner stays: that was done."""
    if counting.of is not Counted.THINGS or not deed.subject:
        return set()
    events = set(counting.events)
    if deed.event in events and deed.says.get("held") is False:
        return marks & {f"{deed.subject}{APART}{deed.partner or 0}", deed.subject}
    if not events & deed.takes_back:
        return set()
    return {one for one in marks if one.split(APART)[0] == deed.subject}


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def finished(quest: Quest, numbers: Mapping[str, int]) -> bool:
    """Whether enough steps are done. `numbers`: key of a step → how much of it is done."""
    return sum(numbers.get(step.key, 0) >= step.count for step in quest.steps) >= quest.enough


def reached(goal: SharedGoal, numbers: Mapping[int, int], groups: frozenset[int]) -> bool:
    """Whether the groups have reached a goal together. `numbers`: group → how much it did. Without groups nothing is reached."""
    if not groups:
        return False
    if goal.total is not None:
        return sum(numbers.get(group, 0) for group in groups) >= goal.total
    return all(numbers.get(group, 0) >= (goal.each or 1) for group in groups)


def leaders(numbers: Mapping[int, int], least: int) -> tuple[int, ...]:
    """Who has the most, and at least so much; equals share it. In the order of their ids."""
    most = max(numbers.values(), default=0)
    return tuple(sorted(group for group, number in numbers.items() if number == most and number >= least))
