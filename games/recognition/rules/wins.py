"""Small wins: what is found, from how far a team had come before and what it did now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from games.errors import Conflict


class WinKind(StrEnum):
    """What a team can be glad of on the day it happens. None depends on somebody else doing worse, but for places."""

    FIRST_TEST = "first_test"
    TEST_WEEKS = "test_weeks"
    BACK_AGAIN = "back_again"
    PERSONAL_BEST = "personal_best"
    BEST_PLACE = "best_place"
    COMEBACK = "comeback"
    BUILT_UPON = "built_upon"
    ADOPTED = "adopted"


class CheerRefused(Conflict):
    """A cheer that cannot be given: for one's own team, or twice."""

    code = "cheer_refused"


SILENT: Final = timedelta(days=14)
"""So long without finishing a test, and the next one finished is a win of its own."""
WEEKS_TOLD: Final = frozenset({3, 5, 8, 13, 21, 34, 52})
"""So many weeks in a row, each with a finished test, are told."""
WEEK: Final = timedelta(days=7)
ON_BOARDS: Final = frozenset({WinKind.BEST_PLACE, WinKind.COMEBACK})


@dataclass(frozen=True, slots=True)
class Found:
    """A win: `key` makes it once for its group. `reached`: weeks, days or place, as the kind says; `before`: what it was until then."""

    kind: WinKind
    key: str
    reached: int | None = None
    before: int | None = None


# --- Tests of change ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Habit:
    """How a team has tested so far: tests finished, the day of the last, weeks in a row up to the Monday `week`."""

    count: int = 0
    last: datetime | None = None
    week: date | None = None
    row: int = 0


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def after_test(held: Habit, at: datetime, day: date) -> tuple[Habit, tuple[Found, ...]]:
    """How it stands after a test finished at `at`, on `day` where the cycle is played, and what is told of it."""
    week = monday(day)
    row = held.row if held.week == week else held.row + 1 if held.week == week - WEEK else 1
    found: list[Found] = []
    if held.count == 0:
        found.append(Found(WinKind.FIRST_TEST, "first"))
    if held.last is not None and at - held.last >= SILENT:
        found.append(Found(WinKind.BACK_AGAIN, f"day:{day.isoformat()}", reached=(at - held.last).days))
    if row in WEEKS_TOLD and row != (held.row if held.week == week else 0):
        found.append(Found(WinKind.TEST_WEEKS, f"weeks:{row}:{week.isoformat()}", reached=row))
    return Habit(held.count + 1, at if held.last is None else max(at, held.last), week, row), tuple(found)


# --- Places on published boards -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placing:
    """Places of a team on a board, over what was published: its best, its last, and where it stood before it fell (None: it did not)."""

    best: Fraction | None = None
    last: Fraction | None = None
    fell_from: Fraction | None = None


def after_place(held: Placing, place: Fraction, key: str) -> tuple[Placing, tuple[Found, ...]]:
    """How it stands after a state was published in which the team has this place, and what is told of it.

    The first place ever is nothing to compare with. A comeback is a place at least as good as the one before the team fell.
    """
    found: list[Found] = []
    if held.best is not None and place < held.best:
        found.append(Found(WinKind.BEST_PLACE, key, reached=int(place), before=int(held.best)))
    back = held.fell_from is not None and place <= held.fell_from
    if back and held.last is not None:
        found.append(Found(WinKind.COMEBACK, key, reached=int(place), before=int(held.last)))
    best = place if held.best is None else min(held.best, place)
    fell = None if back else held.fell_from
    if held.last is not None and place > held.last and fell is None:
        fell = held.last
    return Placing(best, place, fell), tuple(found)


# --- What was measured ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measuring:
    """The best measured value of a team at a task so far, in the task's scaled integers; None: none yet."""

    best: int | None = None


def after_value(held: Measuring, value: int, key: str, *, lower: bool) -> tuple[Measuring, tuple[Found, ...]]:
    """How it stands after a value that counts, and what is told of it. The first value is no best yet: nothing was beaten."""
    if held.best is None:
        return Measuring(value), ()
    better = value < held.best if lower else value > held.best
    if not better:
        return held, ()
    return replace(held, best=value), (Found(WinKind.PERSONAL_BEST, key, reached=value, before=held.best),)


# --- How it is kept -------------------------------------------------------------------------------------------------------------------


def habit_of(kept: Mapping[str, Any]) -> Habit:
    """From what `kept_of` wrote."""
    last, week = kept.get("last"), kept.get("week")
    return Habit(
        count=kept.get("count", 0),
        last=datetime.fromisoformat(last) if last else None,
        week=date.fromisoformat(week) if week else None,
        row=kept.get("row", 0),
    )


def placing_of(kept: Mapping[str, Any]) -> Placing:
    """From what `kept_of` wrote."""
    best, last, fell = (Fraction(kept[name]) if kept.get(name) else None for name in ("best", "last", "fell_from"))
    return Placing(best, last, fell)


def measuring_of(kept: Mapping[str, Any]) -> Measuring:
    """From what `kept_of` wrote."""
    return Measuring(kept.get("best"))


def kept_of(held: Habit | Placing | Measuring) -> dict[str, Any]:
    """As a row keeps it: numbers and texts."""
    match held:
        case Habit():
            last = held.last.isoformat() if held.last else None
            return {"count": held.count, "last": last, "week": held.week.isoformat() if held.week else None, "row": held.row}
        case Placing():
            return {"best": _text(held.best), "last": _text(held.last), "fell_from": _text(held.fell_from)}
        case _:
            return {"best": held.best}


def _text(place: Fraction | None) -> str | None:
    return None if place is None else str(place)
