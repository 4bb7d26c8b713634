"""Reads of small wins: with what a list shows of them, and what a week brought."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, Exists, OuterRef, QuerySet, Value

from games.cycles.models import Cycle, Design
from games.groups.models import Group
from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.recognition.models import Cheer, Win


def wins_of(cycle: Cycle, *, group: Group | None = None) -> QuerySet[Win]:
    """The wins of a cycle, or of one group in it, the newest first. Narrow them by `win.view` before showing them."""
    rows = Win.objects.filter(cycle=cycle)
    return (rows if group is None else rows.filter(group=group)).order_by("-at", "-pk")


def shown_wins(rows: QuerySet[Win]) -> QuerySet[Win]:
    """Without those of cycles whose present rules tell no small wins."""
    off = Design.objects.filter(cycle=OuterRef("cycle"), number=OuterRef("cycle__design_number"), data__recognition__wins=False)
    return rows.filter(~Exists(off))


def with_story(rows: QuerySet[Win], user: Any, *, tests: QuerySet[ChangeTest], ideas: QuerySet[Idea]) -> QuerySet[Any]:
    """With what a list shows: `cheered_by` how many, `cheered` by the user, `told`: whether who else was part of it may be named.

    `tests`, `ideas`: those that the person may see. One statement.
    """
    mine = Cheer.objects.filter(win=OuterRef("pk"), person__user=getattr(user, "pk", None))
    told = Exists(tests.filter(pk=OuterRef("test_id"))) | Exists(ideas.filter(pk=OuterRef("built_id")))
    return rows.select_related(
        "cycle", "group", "idea", "test", "built", "partner", "board", "attempt__challenge__round"
    ).annotate(
        cheered_by=Count("cheers"),
        cheered=Exists(mine) if getattr(user, "pk", None) is not None else Value(value=False, output_field=BooleanField()),
        told=told,
    )


def wins_between(cycle: Cycle, since: datetime, until: datetime) -> QuerySet[Win]:
    """The wins of some time, the most cheered first, of equals the newest."""
    rows = wins_of(cycle).filter(at__gte=since, at__lt=until).select_related("group", "idea", "board")
    return rows.annotate(cheered_by=Count("cheers")).order_by("-cheered_by", "-at", "-pk")
