"""What tests of change say together: who took an idea up, how good the evidence is, how often a team tests. Pure."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from games.errors import Conflict, Invalid
from games.ideas.rules import DAY, HOUR
from games.learning.rules.states import Act
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

WEEK: Final = timedelta(days=7)
PLANS: Final = ((HOUR, 30), (DAY, 100))
"""So many tests a team plans within a time."""
TICK: Final = timedelta(microseconds=1)
TEMPO_WEEKS: Final = 4
SILENCE: Final = timedelta(days=8)
"""So long without a test, and a team is asked, kindly, what it tries next."""
PROVEN_GROUPS: Final = 3
BROAD_GROUPS: Final = 6
BROAD_ORGANIZATIONS: Final = 3
FEW_ABANDON: Final = 4
"""Broadly proven: at most one abandons for so many who adopt."""


class ChangeTestInvalid(Invalid):
    """Something a step needs is not written, or too long."""

    code = "test_invalid"


class ChangeTestRefused(Conflict):
    """The test, the team or the cycle is in a state from which this does not follow."""

    code = "test_refused"


# --- Who took it up -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished test of an idea: by which group (of which organization, if any), what it did then, when. `number` orders equal times."""

    group: int
    act: Act
    at: datetime
    number: int
    organization: int | None = None


def last_words(tests: Iterable[Finished]) -> dict[int, Finished]:
    """Group → its last test: what a group does with an idea is what it did after its newest test, in whatever order they are told."""
    found: dict[int, Finished] = {}
    for one in tests:
        before = found.get(one.group)
        if before is None or (one.at, one.number) > (before.at, before.number):
            found[one.group] = one
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tests elsewhere say of an idea. `grade`: empty (nobody else tested it), C (tested), B (proven), A (broadly proven)."""

    grade: str
    tested: int
    adopted: int
    adapted: int
    abandoned: int
    organizations: int
    adopters: tuple[int, ...] = ()
    """The groups elsewhere that adopted it, who did last first."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it has this grade, and what the next one takes, in words."""
        if not self.tested:
            return (_("No other team has tested it yet."),)
        told = (
            [_("{teams} elsewhere adopted it{houses}.", teams=_teams(self.adopted), houses=_houses(self.organizations))]
            if self.adopted
            else []
        )
        told += [_("{teams} adapted it.", teams=_teams(self.adapted))] if self.adapted else []
        told += [_("{teams} abandoned it.", teams=_teams(self.abandoned))] if self.abandoned else []
        return (*told, *_further(self))


def _teams(count: int) -> str:
    return ngettext("{count} team", "{count} teams", count, count=count)


def _houses(count: int) -> str:
    return _(", from {count} organizations", count=count) if count > 1 else ""


def _further(found: Evidence) -> tuple[str, ...]:
    if found.grade == "A":
        return ()
    if found.grade == "B":
        return (
            _(
                "For A: adopted by {broad_groups} teams of {broad_organizations} organizations, few abandoning it.",
                broad_groups=BROAD_GROUPS,
                broad_organizations=BROAD_ORGANIZATIONS,
            ),
        )
    return (_("For B: adopted by {proven_groups} teams elsewhere, and by more than abandon it.", proven_groups=PROVEN_GROUPS),)


def evidence(tests: Iterable[Finished], own: Collection[int], credited: Collection[int] = ()) -> Evidence:
    """How good the evidence for an idea is: the last tests of groups other than its own. Nothing else raises or lowers it.

    `credited`: groups that were given a share of it. They raise nothing, but where they abandoned it that still counts: no grade is
    bought by sharing the credit with whom it failed.
    """
    words = last_words(tests)
    last = [one for group, one in words.items() if group not in own and group not in credited]
    failed = sum(group not in own and group in credited and one.act is Act.ABANDON for group, one in words.items())
    by_act = {act: [one for one in last if one.act is act] for act in Act}
    adopted, abandoned = by_act[Act.ADOPT], by_act[Act.ABANDON]
    houses = {one.organization for one in adopted if one.organization is not None}
    return Evidence(
        grade=_grade(len(last), len(adopted), len(abandoned) + failed, len(houses)),
        tested=len(last),
        adopted=len(adopted),
        adapted=len(by_act[Act.ADAPT]),
        abandoned=len(abandoned) + failed,
        organizations=len(houses),
        adopters=tuple(one.group for one in sorted(adopted, key=lambda one: (one.at, one.number), reverse=True)),
    )


def _grade(tested: int, adopted: int, abandoned: int, organizations: int) -> str:
    if adopted >= BROAD_GROUPS and organizations >= BROAD_ORGANIZATIONS and abandoned * FEW_ABANDON <= adopted:
        return "A"
    if adopted >= PROVEN_GROUPS and adopted > abandoned:
        return "B"
    return "C" if tested else ""


# --- How often a team tests -----------------------------------------------------------------------------------------------------------


def tempo(acted: Iterable[datetime], *, now: datetime, since: datetime | None = None) -> Fraction:
    """Finished tests a week: over the last four weeks, or since the beginning if that is later, but never over less than a week."""
    begin = now - TEMPO_WEEKS * WEEK
    if since is not None:
        begin = max(begin, min(since, now - WEEK))
    counted = sum(begin < at <= now for at in acted)
    return Fraction(counted) / Fraction((now - begin) // TICK, WEEK // TICK)


def weekly(acted: Iterable[datetime], *, now: datetime, weeks: int) -> tuple[int, ...]:
    """Finished tests in each of the last weeks, each seven days back from now; the newest last."""
    counts = [0] * weeks
    for at in acted:
        back = (now - at) // WEEK
        if at <= now and back < weeks:
            counts[weeks - 1 - back] += 1
    return tuple(counts)


def is_silent(last: datetime | None, *, since: datetime, now: datetime) -> bool:
    """Whether nothing was planned, done or finished for eight days, counted from when tests were first asked for."""
    return now - max(since, last or since) >= SILENCE


def days_to_learn(tests: Iterable[tuple[datetime | None, datetime | None]]) -> Fraction | None:
    """Days from doing to having learned, in the mean of the tests that have both times; None without any."""
    spans = [acted - began for began, acted in tests if began is not None and acted is not None]
    if not spans:
        return None
    return Fraction(sum(spans, timedelta()) // TICK, timedelta(days=1) // TICK * len(spans))


def days_to_share(finished: Iterable[datetime], shared: Iterable[datetime]) -> Fraction | None:
    """Days from a finished test to when others could first read what was learned, in the mean; None before anything was shared.

    `shared`: when the team told others something, in whatever order. A test waits for the first of these after it; one for which nothing
    was told yet counts for nothing.
    """
    told = sorted(shared)
    spans = [told[place] - at for at in finished if (place := bisect_left(told, at)) < len(told)]
    if not spans:
        return None
    return Fraction(sum(spans, timedelta()) // TICK, timedelta(days=1) // TICK * len(spans))


def counts_of(rows: Iterable[tuple[int, int]]) -> Mapping[int, int]:
    """(idea, group) of tests that were done → idea → how many groups."""
    found: dict[int, set[int]] = {}
    for idea, group in rows:
        found.setdefault(idea, set()).add(group)
    return {idea: len(groups) for idea, groups in found.items()}
