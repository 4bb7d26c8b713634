"""The game beside the points: what of it is on, what an act counts for, and when something is earned by it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from games.playbooks.schema import Badge, Counted, Counting, Design, League, Quest, Receiver, SharedGoal, Streak
from games.recognition.rules.acts import MAY_COME_BACK, ON_A_GROUP, REVERSES, Act, Effect

APART: Final = "|"
"""Stands in a mark between the object and the other group that did something about it."""


AWAY: Final = "!"
"""Before a mark that does not count now, and counts again when what it stands for is shown again. No subject begins so."""


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
    """An act of the journal with what it says."""

    act: Act
    says: Mapping[str, object] = field(default_factory=dict)


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


def holder_of(line: Line, act: Act) -> Holder | None:
    """Whose tally the act is for. What others do to a group is nobody's own deed: badges of persons do not count it."""
    if line.receiver is Receiver.GROUP:
        return Holder(act.group) if act.group is not None else None
    return Holder(act.persons_group, act.person) if act.person is not None and act.kind not in ON_A_GROUP else None


def mark_of(counting: Counting, deed: Deed) -> str | None:
    """What the deed adds to a tally, as a text that counts once; None: it does not count.

    What is done to a group by its own members never counts.
    """
    act = deed.act
    if act.kind not in counting.events or act.effect is not Effect.DOES:
        return None
    if act.kind in ON_A_GROUP and (act.own or (act.partner is not None and act.partner == act.group)):
        return None
    if counting.rounds is not None and act.round not in counting.rounds:
        return None
    if counting.challenges is not None and act.challenge not in counting.challenges:
        return None
    if any(deed.says.get(name) != value for name, value in counting.where.items()):
        return None
    return _value(counting.of, act) or None


def _value(of: Counted, act: Act) -> str:
    """Empty: there is nothing of the kind to count."""
    thing = act.subject or f"seal:{act.seal}"
    values = {
        Counted.THINGS: _by(act) if act.kind in ON_A_GROUP else thing,
        Counted.ACTS: f"seal:{act.seal}",
        Counted.DAYS: act.day.isoformat(),
        Counted.WEEKS: monday(act.day).isoformat(),
        Counted.PARTNERS: str(act.partner) if act.partner is not None and act.partner != act.group else "",
        Counted.ROUNDS: act.round,
        Counted.CHALLENGES: act.challenge,
    }
    return values[of]


def _by(act: Act) -> str:
    """What another group did about an object: once for each of them."""
    return f"{act.subject}{APART}{act.partner or 0}"


def after(counting: Counting, act: Act, marks: set[str]) -> set[str]:
    """The marks after an act that takes back what some stand for, or brings it back. A day, a week or a partner stays: that was done.

    What is hidden goes away, and counts again once it is shown again, but for what was taken back meanwhile.
    """
    if counting.of is not Counted.THINGS or not act.subject:
        return marks
    if act.kind in counting.events:
        gone = {_by(act), act.subject} if act.effect is Effect.UNDOES else set[str]()
        return marks - gone - {AWAY + one for one in gone}
    about = {one for one in marks if one.removeprefix(AWAY).split(APART)[0] == act.subject}
    match act.effect:
        case Effect.DOES if REVERSES.get(act.kind, frozenset()) & set(counting.events):
            away = {AWAY + one.removeprefix(AWAY) for one in about} if act.kind in MAY_COME_BACK else set[str]()
            return marks - about | away
        case Effect.RESTORES:
            return marks - about | {one.removeprefix(AWAY) for one in about}
        case _:
            return marks


def counts(mark: str) -> bool:
    """Whether a mark counts now."""
    return not mark.startswith(AWAY)


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
