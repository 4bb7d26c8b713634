"""What teams would bring along from a cycle into the one after it: read before the launch as at it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final

from django.db.models import Max

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.rules import GroupState
from games.learning.models import ChangeTest, Taken
from games.learning.rules import ChangeState
from games.playbooks.schema.succession import Carry
from games.progression.models import Carried
from games.progression.succeeding import Beginning, CarriedKind, beginnings
from games.recognition.models import EarnedBadge
from games.recognition.queries.points import totals_of
from games.rounds.models import Round

DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a team meant to do: to try what it took from a study (`key` taken:N), or a test it began (test:N)."""

    key: str
    title: str
    prediction: str


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes along. Each is by the id of the team in the old cycle; `badges`: (key, name) in the order of their keys."""

    teams: tuple[Group, ...]
    days: Fraction
    beginnings: Mapping[int, Beginning] = field(default_factory=dict)
    badges: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    commitments: Mapping[int, tuple[Commitment, ...]] = field(default_factory=dict)


def what_comes_along(cycle: Cycle, carry: Carry, start: datetime) -> Coming:
    """What active teams of `cycle` bring into one that begins at `start` under these rules. At most nine statements.

    Points come along only as rules of points know them; see `beginnings`.
    """
    if not carry.teams:
        return Coming((), Fraction(0))
    teams = tuple(Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).order_by("name", "pk"))
    known, days = {one.pk for one in teams}, _days(cycle, start)
    counts = carry.points is not None or carry.handicap is not None
    return Coming(
        teams,
        days,
        beginnings(_totals(cycle, known), carry, days) if counts else {},
        _badges(cycle, known) if carry.badges else {},
        _commitments(cycle, known) if carry.commitments else {},
    )


def _days(cycle: Cycle, start: datetime) -> Fraction:
    """Days from the end of the cycle to the start of the next; none when they overlap, or nobody knows when it ended."""
    closed = Round.objects.filter(cycle=cycle).aggregate(planned=Max("closes_at"), done=Max("closed_at"))
    over = cycle.ends_at or closed["done"] or closed["planned"]
    if over is None or over >= start:
        return Fraction(0)
    return Fraction(int((start - over).total_seconds()), DAY)


def _totals(cycle: Cycle, known: set[int]) -> dict[int, int]:
    """Points of each team; a team without any has none, and may have a head start."""
    found = dict.fromkeys(sorted(known), 0)
    found.update({pk: amount for pk, amount in totals_of(cycle).values_list("group_id", "amount") if pk in known})
    return found if any(found.values()) else {}


def _badges(cycle: Cycle, known: set[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Badges that teams earned there, and those they had brought there themselves."""
    names = {one.key: one.name or one.key for one in design_of(cycle).badges}
    held: defaultdict[int, dict[str, str]] = defaultdict(dict)
    brought = Carried.objects.filter(cycle=cycle, kind=CarriedKind.BADGE.value, group__in=known)
    for group, key, name in brought.values_list("group_id", "key", "name"):
        held[group][key] = name
    earned = EarnedBadge.objects.filter(cycle=cycle, person__isnull=True, group__in=known)
    for group, key in earned.values_list("group_id", "badge"):
        if group is not None:
            held[group][key] = names.get(key, key)
    return {group: tuple(sorted(rows.items())) for group, rows in held.items()}


def _commitments(cycle: Cycle, known: set[int]) -> dict[int, tuple[Commitment, ...]]:
    """What was taken from a study and never tried, and tests that are not finished."""
    found: defaultdict[int, list[Commitment]] = defaultdict(list)
    taken = Taken.objects.filter(cycle=cycle, group__in=known, change_tests__isnull=True).order_by("number")
    for group, number, title, prediction in taken.values_list("group_id", "number", "text", "prediction"):
        found[group].append(Commitment(f"taken:{number}", title, prediction))
    tests = ChangeTest.objects.filter(cycle=cycle, group__in=known).exclude(state=ChangeState.ACTED.value).order_by("number")
    for group, number, title, prediction in tests.values_list("group_id", "number", "title", "prediction"):
        found[group].append(Commitment(f"test:{number}", title, prediction))
    return {group: tuple(rows) for group, rows in found.items()}
