"""Reads of credit: what came back to ideas and teams, why, and who built on others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Sum, Value, When

from games.cycles.models import Cycle
from games.groups.models import Group
from games.playbooks.schema import Design
from games.recognition.models import Credit, CreditLine, Points
from games.recognition.queries.crediting import paid_back, sums_of, worked_on
from games.recognition.queries.points import points_of, shown_points
from leaderboards.kept import Kept


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A team's credit in a cycle: points that came back to it, what it earned by building on others, and how often each."""

    group: Group
    came: int
    built: int
    times: int
    works: int


def flows_on(design: Design) -> bool:
    """Whether anything flows on by these rules."""
    return design.recognition.points and any(rule.flows for rule in design.rules)


def originators_of(cycle: Cycle) -> dict[int, int]:
    """Group -> points that came back to it. One statement."""
    return sums_of(paid_back(points_of(cycle)))


def builders_of(cycle: Cycle) -> dict[int, int]:
    """Group -> points of its own from work that builds on others. One statement."""
    return sums_of(worked_on(points_of(cycle)))


def credit_table(cycle: Cycle, groups: Iterable[Group] | None = None) -> list[CreditRow]:
    """Teams with credit, whoever was built upon most first; `groups`: only these. Four statements, three where `groups` are given."""
    points = points_of(cycle)
    came, built = _counted(paid_back(points)), _counted(worked_on(points))
    found = Group.objects.filter(pk__in=came.keys() | built.keys()).select_related("cycle") if groups is None else groups
    none = (0, 0)
    rows = [
        CreditRow(
            group,
            came.get(group.pk, none)[0],
            built.get(group.pk, none)[0],
            came.get(group.pk, none)[1],
            built.get(group.pk, none)[1],
        )
        for group in found
        if group.pk in came or group.pk in built
    ]
    return sorted((row for row in rows if row.came or row.built), key=lambda row: (-row.came, -row.built, row.group.key))


def _counted(rows: QuerySet[Points]) -> dict[int, tuple[int, int]]:
    """Group -> (sum, how many awards stand). One statement."""
    sign = Case(When(reverses__isnull=True, then=Value(1)), default=Value(-1), output_field=IntegerField())
    found = rows.filter(group__isnull=False).order_by().values_list("group_id").annotate(sum=Sum("amount"), times=Sum(sign))
    return {group: (amount, times) for group, amount, times in found if group is not None}


def reasons_of(rows: Collection[int]) -> dict[int, Credit]:
    """Id of points that came back -> why, with its lines. Two statements."""
    found = Credit.objects.filter(points__in=rows).select_related("award__group", "award__cycle", "of")
    return {one.points_id: one for one in found.prefetch_related("lines__to")}


def standing_lines(cycle: Cycle) -> QuerySet[CreditLine]:
    """What came to ideas and was not taken back, the newest first."""
    taken = Exists(Points.objects.filter(reverses=OuterRef("credit__points")))
    rows = CreditLine.objects.filter(credit__points__in=shown_points().filter(cycle=cycle)).exclude(taken)
    return rows.select_related("to", "credit__points__group", "credit__award__group", "credit__of").order_by("-credit", "pk")


_came: Final[Kept[Credit, tuple[int]]] = Kept(
    lambda cycle, after, until: Credit.objects.filter(
        points__cycle=cycle, points__seal__gt=after, points__seal__lte=until
    ).values_list("pk")[:1],
    int,
    int,
    int,
)


def arrived(cycle: Cycle, generation: int, *, after: int, until: int) -> list[Credit]:
    """What came back by the acts after one seal, up to another, and still stands: with its points, by their teams. Three statements, and one where nothing came back."""
    if not _came(cycle.pk, after, until):
        return []
    taken = Exists(Points.objects.filter(reverses=OuterRef("points")))
    rows = Credit.objects.filter(
        points__cycle=cycle,
        points__generation=generation,
        points__seal__gt=after,
        points__seal__lte=until,
        points__amount__gt=0,
        points__group__isnull=False,
    ).exclude(taken)
    found = rows.select_related("points__group").prefetch_related("lines__to")
    return list(found.order_by("points__group", "points__seal", "pk"))


def came_back_to(ideas: Collection[int], cycle: Cycle) -> dict[int, list[CreditLine]]:
    """Idea -> what came back to it, the newest first. One statement."""
    found: dict[int, list[CreditLine]] = {}
    for line in standing_lines(cycle).filter(to__in=ideas):
        found.setdefault(line.to_id, []).append(line)
    return found
