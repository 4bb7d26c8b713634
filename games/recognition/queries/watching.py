"""Reads of watchfulness: weeks of teams side by side, what teams gave to each other, what somebody should look at."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.judging.models import Ballot
from games.recognition.models import Exchange, LearningWeek, WatchFlag
from games.recognition.queries.acts import zone_of
from games.recognition.rules.watching import FlagKind, FlagState, Motion, Week, motion_in
from games.recognition.rules.wins import WEEK, monday
from leaderboards.engine.rings import Pair, Ring, mutual_pairs, tight_rings

SHOWN: Final = 12
"""So many weeks are shown side by side."""


# --- Activity beside learning ---------------------------------------------------------------------------------------------------------


def weeks_of(
    cycle: Cycle, now: datetime, *, groups: Collection[int] | None = None, most: int = SHOWN
) -> dict[int, tuple[Week, ...]]:
    """Group → its last weeks up to the present one, none left out, the oldest first; of all that did anything, or of `groups`.

    Two statements at most.
    """
    this = monday(now.astimezone(zone_of(design_of(cycle))).date())
    rows = LearningWeek.objects.filter(cycle=cycle, week__lte=this)
    rows = rows if groups is None else rows.filter(group__in=groups)
    told: dict[int, dict[date, Week]] = defaultdict(dict)
    for row in rows.order_by("week"):
        told[row.group_id][row.week] = Week(row.week, row.acts, row.tests, row.adoptions)
    return {group: _filled(weeks, this, most) for group, weeks in told.items()}


def _filled(weeks: Mapping[date, Week], this: date, most: int) -> tuple[Week, ...]:
    first = max(min(weeks), this - (most - 1) * WEEK)
    return tuple(weeks.get(day) or Week(day) for day in (first + step * WEEK for step in range((this - first) // WEEK + 1)))


def motion_of(weeks: Sequence[Week]) -> Motion | None:
    """Motion without learning in the last whole week: the present one is not over, so it tells nothing yet."""
    return motion_in(weeks[:-1])


def whole_cycle(told: Iterable[Sequence[Week]]) -> tuple[Week, ...]:
    """The weeks of all groups added up, the oldest first."""
    sums: dict[date, Week] = {}
    for weeks in told:
        for one in weeks:
            held = sums.get(one.monday, Week(one.monday))
            sums[one.monday] = Week(one.monday, held.acts + one.acts, held.tests + one.tests, held.adoptions + one.adoptions)
    return tuple(sums[day] for day in sorted(sums))


# --- Who gives to whom ----------------------------------------------------------------------------------------------------------------


def given_in(cycle: Cycle) -> dict[tuple[int, int], int]:
    """(giver, receiver) → how often, everything together: what the journal tells, and votes of the audience by members of teams.

    Votes are secret: they are only ever counted here, together with everything else. Two statements.
    """
    found: Counter[tuple[int, int]] = Counter()
    rows = Exchange.objects.filter(cycle=cycle).values("giver", "receiver").annotate(total=Sum("count"))
    for giver, receiver, total in rows.order_by().values_list("giver", "receiver", "total"):
        found[giver, receiver] += max(total or 0, 0)
    cast = Ballot.objects.filter(challenge__round__cycle=cycle, withdrawn_at__isnull=True, refused_at__isnull=True)
    held = Membership.objects.filter(cycle=cycle, group__isnull=False, until__isnull=True)
    member = dict(held.filter(person__in=cast.values("person")).values_list("person", "group"))
    for person, group, count in cast.order_by().values_list("person", "group").annotate(count=Count("pk")):
        voter = member.get(person)
        if voter is not None and voter != group:
            found[voter, group] += count
    return dict(found)


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something somebody should look at: `key` names it, `facts` are the numbers (shares in whole percent)."""

    kind: FlagKind
    key: str
    groups: tuple[int, ...]
    facts: dict[str, Any]


def suspects_in(cycle: Cycle, now: datetime) -> list[Suspect]:
    """Rings first, then pairs that are in none of them, then motion without learning."""
    given = given_in(cycle)
    active = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()
    rings = tight_rings(given, among=active)
    pairs = [
        pair for pair in mutual_pairs(given, among=active) if not any({pair.one, pair.other} <= ring.members for ring in rings)
    ]
    moving = [(group, motion_of(weeks)) for group, weeks in sorted(weeks_of(cycle, now).items())]
    return [
        *(_of_ring(ring) for ring in rings),
        *(_of_pair(pair) for pair in pairs),
        *(_of_motion(group, motion) for group, motion in moving if motion is not None),
    ]


def _of_ring(ring: Ring[int]) -> Suspect:
    groups = tuple(sorted(ring.members))
    facts = {"exchanges": ring.inside, "given": ring.given, "share": int(100 * ring.share)}
    return Suspect(FlagKind.RING, "-".join(map(str, groups)), groups, facts)


def _of_pair(pair: Pair[int]) -> Suspect:
    groups = (pair.one, pair.other)
    facts = {"exchanges": pair.there + pair.back, "there": pair.there, "back": pair.back, "share": int(100 * pair.share)}
    return Suspect(FlagKind.PAIR, "-".join(map(str, sorted(groups))), groups, facts | {"giver": pair.one})


def _of_motion(group: int, motion: Motion) -> Suspect:
    facts = {
        "week": motion.week.isoformat(),
        "acts": motion.acts,
        "acts_before": round(float(motion.acts_before), 1),
        "learned": motion.learned,
        "learned_before": round(float(motion.learned_before), 1),
    }
    return Suspect(FlagKind.MOTION, f"{group}:{motion.week.isoformat()}", (group,), facts)


# --- Flags ----------------------------------------------------------------------------------------------------------------------------


def flags_of(cycle: Cycle, *, open_only: bool = False) -> QuerySet[WatchFlag]:
    """The flags of a cycle with their teams, the newest first."""
    rows = WatchFlag.objects.filter(cycle=cycle).select_related("cycle", "by").prefetch_related("groups").order_by("-number")
    return rows.filter(state=FlagState.OPEN.value) if open_only else rows
