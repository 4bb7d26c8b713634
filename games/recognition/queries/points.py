"""Reads of points: the ledger and totals of the generation shown."""

from collections.abc import Sequence
from fractions import Fraction

from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.recognition.models import Points, PointsTotal
from games.recognition.queries.crediting import paid_back, sums_of, worked_on
from games.recognition.queries.editions import number_shown, shown_anywhere, shown_of
from leaderboards.engine import facts


def generation_shown(cycle: Cycle) -> int:
    """Which generation of points is the valid one."""
    return shown_of(cycle).number


def points_of(cycle: Cycle) -> QuerySet[Points]:
    """Every award and reversal that counts, in sealed order."""
    return shown_of(cycle).rows(cycle).order_by("seal", "pk")


def totals_of(cycle: Cycle) -> QuerySet[PointsTotal]:
    """The total of each group, the highest first."""
    rows = PointsTotal.objects.filter(cycle=cycle, generation=generation_shown(cycle)).select_related("group")
    return rows.order_by("-amount", "last_at", "group__key")


def shown_points() -> QuerySet[Points]:
    """Points that count, of every cycle: those of the generation shown."""
    return shown_anywhere()


def shown_totals() -> QuerySet[PointsTotal]:
    """Totals that count, of every cycle."""
    return PointsTotal.objects.filter(generation=number_shown()).select_related("group")


def point_facts(cycle: Cycle) -> tuple[facts.Points, ...]:
    """The totals as the engine takes them, for boards that rank by points."""
    rows = PointsTotal.objects.filter(cycle=cycle, generation=generation_shown(cycle)).order_by("group__key")
    flows = any(rule.flows for rule in design_of(cycle).rules)
    came, built = (sums_of(paid_back(points_of(cycle))), sums_of(worked_on(points_of(cycle)))) if flows else ({}, {})
    return tuple(
        facts.Points(key, Fraction(amount), Fraction(came.get(pk, 0)), Fraction(built.get(pk, 0)))
        for pk, key, amount in rows.values_list("group_id", "group__key", "amount")
    )


def grown_of(cycle: Cycle, groups: Sequence[str]) -> dict[str, list[tuple[int, Fraction]]]:
    """Key of a group -> (milliseconds since the first point of the cycle, points so far), in sealed order. Two statements."""
    rows = points_of(cycle).filter(group__key__in=groups).order_by("at", "seal", "pk").values_list("group__key", "at", "amount")
    found: dict[str, list[tuple[int, Fraction]]] = {group: [(0, Fraction(0))] for group in groups}
    begun = None
    for group, at, amount in rows:
        begun = begun or at
        found[group].append((int((at - begun).total_seconds() * 1000), found[group][-1][1] + amount))
    return found if begun is not None else {}


def changes_between(cycle: Cycle, shown: int, other: int) -> dict[int, tuple[int, int]]:
    """Each group whose total differs between two generations, as group id → (now, then). Two statements."""
    now, then = totals_in(cycle, shown), totals_in(cycle, other)
    changed = {group: (now.get(group, 0), then.get(group, 0)) for group in sorted(now.keys() | then.keys())}
    return {group: pair for group, pair in changed.items() if pair[0] != pair[1]}


def totals_in(cycle: Cycle, generation: int) -> dict[int, int]:
    """Group id -> total in one generation. One statement."""
    return dict(PointsTotal.objects.filter(cycle=cycle, generation=generation).values_list("group_id", "amount"))
