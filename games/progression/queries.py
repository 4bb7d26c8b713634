"""Reads of progression: what the clock must settle, entrants, series standings."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.rounds.models import Entrant, Round
from games.rounds.queries import with_state

CLOCKED = [CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.AWARDING.value]


def due(now: datetime) -> QuerySet[Round]:
    """Rounds whose state has moved on since it was settled, in cycles for which the clock runs (a paused one waits)."""
    rounds = with_state(Round.objects.filter(cycle__state__in=CLOCKED), now)
    return rounds.exclude(Q(settled_state=F("state"))).select_related("cycle").order_by("cycle_id", "number")


def entrant_rows(round_: Round) -> QuerySet[Entrant]:
    """The list of a round after a cut, with the groups, by key."""
    return Entrant.objects.filter(round=round_).select_related("group").order_by("group__key")


def successors_of(cycle: Cycle) -> QuerySet[Cycle]:
    """The cycles launched from this one."""
    return Cycle.objects.filter(predecessor=cycle).order_by("id")
