"""How far a cycle reaches and what was done in it, in numbers only: for sponsors, who see nobody's work before it is public."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.playbooks.rules import Capability
from games.rounds.models import Entrant, Round
from games.submissions.models import Attempt, Submission
from games.submissions.rules import COUNTS


@dataclass(frozen=True, slots=True)
class Reach:
    """Groups that take part, the organizations they come from, people in them, judges."""

    groups: int
    organizations: int
    people: int
    judges: int


@dataclass(frozen=True, slots=True)
class Participation:
    """What happened in a round. `field`: groups that could enter; `active`: those that handed something in or tried; `sheets`: final ones."""

    round: str
    name: str
    published: bool
    field: int
    active: int
    entries: int
    attempts: int
    sheets: int


def reach_of(cycle: Cycle) -> Reach:
    """Two statements."""
    active = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value)
    groups: dict[str, int] = active.aggregate(groups=Count("pk"), organizations=Count("organization", distinct=True))
    judge = f'"{Capability.JUDGE.value}"'
    people: dict[str, int] = Membership.objects.filter(cycle=cycle, until__isnull=True).aggregate(
        people=Count("person", distinct=True, filter=Q(group__state=GroupState.ACTIVE.value)),
        judges=Count("person", distinct=True, filter=Q(group__isnull=True, capabilities__icontains=judge)),
    )
    return Reach(**groups, **people)


def participation_of(cycle: Cycle, groups: int) -> list[Participation]:
    """Round by round, in one statement. A round without recorded entrants is open to all `groups`."""
    entries = Submission.objects.filter(challenge__round=OuterRef("pk"), state__in=[one.value for one in COUNTS])
    attempts = Attempt.objects.filter(challenge__round=OuterRef("pk"))
    sheets = Sheet.objects.filter(challenge__round=OuterRef("pk"), state=SheetState.FINAL.value)
    rows: Any = Round.objects.filter(cycle=cycle).order_by("number")
    rows = rows.annotate(
        field=_counted(Entrant.objects.filter(round=OuterRef("pk")), "round"),
        entries=_counted(entries, "challenge__round"),
        entered=_counted(entries, "challenge__round", distinct="group"),
        attempts=_counted(attempts, "challenge__round"),
        tried=_counted(attempts, "challenge__round", distinct="group"),
        sheets=_counted(sheets, "challenge__round"),
    )
    return [
        Participation(
            round=one.key,
            name=one.name,
            published=one.published_at is not None,
            field=one.field or groups,
            active=max(one.entered, one.tried),
            entries=one.entries,
            attempts=one.attempts,
            sheets=one.sheets,
        )
        for one in rows
    ]


def _counted(rows: QuerySet[Any], of: str, *, distinct: str = "") -> Coalesce:
    """How many rows, or different values of `distinct`, there are for the round outside."""
    number = Count(distinct, distinct=True) if distinct else Count("pk")
    return Coalesce(Subquery(rows.order_by().values(of).annotate(number=number).values("number"), output_field=IntegerField()), 0)
