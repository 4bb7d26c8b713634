"""Weeks in a row. A week off is forgiven as long as there are freezes, and can be made good afterwards. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from games.playbooks.schema import Streak
from games.recognition.rules.game import monday

WEEK: Final = timedelta(days=7)


class Kept(StrEnum):
    """What became of a week."""

    DONE = "done"
    REPAIRED = "repaired"
    OFF = "off"  # forgiven as long as freezes are left
    OPEN = "open"  # it is not over


@dataclass(frozen=True, slots=True)
class Doing:
    """What a group did in a week; `early`: of that, in time to make good the week before."""

    acts: int = 0
    early: int = 0


@dataclass(frozen=True, slots=True)
class StreakNow:
    """How a group stands: weeks done in the present stretch and in the longest, freezes left, each week since the first, the newest last.

    `repair`: acts still missing to make good the week before this one, until `until` (that day included); 0: nothing to make good.
    """

    current: int
    longest: int
    freezes_left: int
    weeks: tuple[tuple[date, Kept], ...] = ()
    repair: int = 0
    until: date | None = None


def in_time(spec: Streak, day: date) -> bool:
    """Whether what is done on a day can still make good the week before."""
    return (day - monday(day)).days < spec.repair_days


def streak_of(spec: Streak, weeks: Mapping[date, Doing], today: date) -> StreakNow:
    """How a group stands on a day. `weeks`: Monday → what was done.

    A stretch is a run of weeks of which at most `freezes` are off; it counts those done. So a stretch never breaks by one week too
    many off: its oldest part falls away. More acts never make it shorter.
    """
    this = monday(today)
    kept = _kept(spec, weeks, this)
    done = [state in {Kept.DONE, Kept.REPAIRED} for _, state in kept if state is not Kept.OPEN]
    current, used = _back(done, spec.freezes)
    repair, until = _to_repair(spec, weeks, this, today)
    return StreakNow(
        current=current,
        longest=_longest(done, spec.freezes),
        freezes_left=max(spec.freezes - used, 0),
        weeks=tuple(kept),
        repair=repair,
        until=until,
    )


def _kept(spec: Streak, weeks: Mapping[date, Doing], this: date) -> list[tuple[date, Kept]]:
    begun = [week for week, doing in weeks.items() if doing.acts and week <= this]
    found = []
    week = min(begun, default=this)
    while week <= this:
        found.append((week, _state(spec, weeks, week, this)))
        week += WEEK
    return found


def _state(spec: Streak, weeks: Mapping[date, Doing], week: date, this: date) -> Kept:
    missing = _missing(spec, weeks, week)
    if missing <= 0:
        return Kept.DONE
    if week == this:
        return Kept.OPEN
    return Kept.REPAIRED if weeks.get(week + WEEK, Doing()).early >= spec.acts + missing else Kept.OFF


def _missing(spec: Streak, weeks: Mapping[date, Doing], week: date) -> int:
    return spec.acts - weeks.get(week, Doing()).acts


def _back(done: list[bool], freezes: int) -> tuple[int, int]:
    """The stretch that reaches the end: weeks done, and weeks off between them and the end."""
    count = off = used = 0
    for one in reversed(done):
        if one:
            count, used = count + 1, off
        else:
            off += 1
            if off > freezes:
                break
    trailing = next((number for number, one in enumerate(reversed(done)) if one), len(done))
    return count, max(used, min(trailing, freezes))


def _longest(done: list[bool], freezes: int) -> int:
    """The most weeks done in a run of weeks with at most so many off."""
    best = begin = off = 0
    for end, one in enumerate(done):
        off += not one
        while off > freezes:
            off -= not done[begin]
            begin += 1
        best = max(best, end + 1 - begin - off)
    return best


def _to_repair(spec: Streak, weeks: Mapping[date, Doing], this: date, today: date) -> tuple[int, date | None]:
    before = this - WEEK
    missing = _missing(spec, weeks, before)
    begun = any(doing.acts for week, doing in weeks.items() if week <= before)
    if missing <= 0 or not begun or not in_time(spec, today):
        return 0, None
    left = spec.acts + missing - weeks.get(this, Doing()).early
    return (left, this + timedelta(days=spec.repair_days - 1)) if left > 0 else (0, None)
