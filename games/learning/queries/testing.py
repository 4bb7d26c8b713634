"""Reads of tests of change: of a group, of an idea, who took an idea up, how often a team tests, who is silent."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import CreditShare, Idea, IdeaVersion
from games.ideas.rules import Audience
from games.learning.models import ChangeTest
from games.learning.rules import Act, ChangeState, Evidence, Finished, evidence, is_silent, tempo, weekly
from games.learning.rules.testing import counts_of, days_to_learn, days_to_share
from games.playbooks.schema import Design
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from games.rounds.rules import RoundState

WEEKS = 8
_WORDS = ("prediction", "done", "data", "learned")
_TO_OTHERS = (Audience.GROUPS.value, Audience.TEAMS.value, Audience.EVERYBODY.value)


def group_tests(group: Group) -> QuerySet[ChangeTest]:
    """The tests of a group, the newest first, with what a list shows of them."""
    return ChangeTest.objects.filter(group=group).select_related("idea", "round", "by").order_by("-number")


def idea_tests(idea: Idea) -> QuerySet[ChangeTest]:
    """The tests of an idea, the last finished first."""
    rows = ChangeTest.objects.filter(idea=idea).select_related("group__organization", "round")
    return rows.order_by(F("acted_at").desc(nulls_last=True), "-number")


def asks_for_tests(design: Design) -> bool:
    """Whether some round of these rules asks its groups to test changes."""
    return any(one.tests for one in design.rounds)


def round_now(cycle: Cycle, now: datetime) -> Round | None:
    """The round that is on: the first open one, else the last that began. None before the first. One statement."""
    rows = list(rounds_of(cycle, now))
    open_ = next((one for one in rows if one.state == RoundState.OPEN.value), None)
    return open_ or next((one for one in reversed(rows) if one.state != RoundState.PLANNED.value), None)


# --- Who took an idea up --------------------------------------------------------------------------------------------------------------


def evidence_of(ideas: Iterable[Idea], *, joint: bool = True) -> dict[int, Evidence]:
    """Idea → what finished tests elsewhere say of it. Two statements for any number of ideas; one where nobody shares their credit."""
    held = list(ideas)
    tests = ChangeTest.objects.filter(idea__in=[one.pk for one in held], state=ChangeState.ACTED.value)
    return _evidence(held, tests.select_related("group").defer(*_WORDS), joint=joint)


def evidence_and_adopters(idea: Idea, seen: QuerySet[ChangeTest], *, joint: bool = True) -> tuple[Evidence, list[Group]]:
    """What `evidence_of` says of an idea, and the groups elsewhere that adopted it of which a person who may read these tests (`seen`)
    learns that they did, who did last first. As many statements.
    """
    tests = ChangeTest.objects.filter(idea=idea, state=ChangeState.ACTED.value)
    rows: Any = tests.annotate(shown=Exists(seen.filter(pk=OuterRef("pk")))).select_related("group").defer(*_WORDS)
    found = _evidence([idea], rows, joint=joint)[idea.pk]
    named = {one.group_id: one.group for one in rows if one.shown and one.act == Act.ADOPT.value}
    return found, [named[pk] for pk in found.adopters if pk in named]


def _evidence(ideas: Iterable[Idea], tests: Iterable[ChangeTest], *, joint: bool) -> dict[int, Evidence]:
    own: dict[int, set[int]] = {one.pk: {one.group_id} if one.group_id is not None else set() for one in ideas}
    credited: dict[int, set[int]] = defaultdict(set)
    shares = CreditShare.objects.filter(idea__in=own).values_list("idea_id", "group_id") if joint else ()
    for idea, group in shares:
        credited[idea].add(group)
    told: dict[int, list[Finished]] = defaultdict(list)
    for one in tests:
        if one.idea_id is not None and one.acted_at is not None:
            told[one.idea_id].append(Finished(one.group_id, Act(one.act), one.acted_at, one.number, one.group.organization_id))
    return {pk: evidence(told[pk], groups, credited[pk]) for pk, groups in own.items()}


def spread_of(ideas: Collection[int]) -> Mapping[int, int]:
    """Idea → how many groups other than its own did a test of it. A plan is no test, and reading is none. One statement."""
    done = ChangeTest.objects.filter(idea__in=ideas).exclude(state=ChangeState.PLANNED.value)
    elsewhere = done.filter(Q(idea__group__isnull=True) | ~Q(group_id=F("idea__group_id")))
    return counts_of(elsewhere.values_list("idea_id", "group_id").distinct())


# --- How often a team tests -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a team tests. `tempo`: tests a week; `weeks`: finished in each of the last eight, the newest last; `days`: from doing to
    having learned; `share_days`: from a finished test to when others could read what was learned.
    """

    tempo: Fraction
    weeks: tuple[int, ...]
    days: Fraction | None
    last: datetime | None
    share_days: Fraction | None = None


def rhythm_of(cycle: Cycle, now: datetime, *, groups: Collection[int] | None = None, shared: bool = False) -> dict[int, Rhythm]:
    """Group → its rhythm, of those that have a test; all of the cycle, or some. One statement, two with what was `shared`."""
    rows = ChangeTest.objects.filter(cycle=cycle)
    rows = rows if groups is None else rows.filter(group__in=groups)
    told: dict[int, list[ChangeTest]] = defaultdict(list)
    for one in rows.only("group_id", "created_at", "began_at", "acted_at").order_by("pk"):
        told[one.group_id].append(one)
    shares = _shared_by(told) if shared and told else {}
    return {group: _rhythm(tests, shares.get(group, ()), cycle, now) for group, tests in told.items()}


def _rhythm(tests: list[ChangeTest], shares: Collection[datetime], cycle: Cycle, now: datetime) -> Rhythm:
    acted = [one.acted_at for one in tests if one.acted_at is not None]
    times = [(one.created_at, one.began_at, one.acted_at) for one in tests]
    return Rhythm(
        tempo=tempo(acted, now=now, since=cycle.starts_at),
        weeks=weekly(acted, now=now, weeks=WEEKS),
        days=days_to_learn((began, end) for _, began, end in times),
        last=max(at for each in times for at in each if at is not None),
        share_days=days_to_share(acted, shares),
    )


def _shared_by(groups: Collection[int]) -> dict[int, list[datetime]]:
    """Group → when it told other teams something: an idea, or a version of one. One statement."""
    told = IdeaVersion.objects.filter(idea__group__in=groups, idea__audience__in=_TO_OTHERS)
    found: dict[int, list[datetime]] = defaultdict(list)
    for group, at in told.values_list("idea__group", "at"):
        if group is not None:
            found[group].append(at)
    return found


def silent_in(round_: Round, groups: Iterable[int], since: datetime, now: datetime) -> list[tuple[int, datetime]]:
    """Those of `groups` that planned, did and finished nothing for eight days, with since when. `since`: when the round began."""
    rhythms = rhythm_of(round_.cycle, now)
    last = {group: rhythms[group].last if group in rhythms else None for group in groups}
    return [(group, max(since, at or since)) for group, at in last.items() if is_silent(at, since=since, now=now)]
