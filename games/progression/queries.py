"""Reads of progression: what the clock must settle, who lacks feedback, entrants, series standings."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.judging.models import Mark, Sheet
from games.judging.rules import SheetState
from games.rounds.models import Entrant, Round
from games.rounds.queries import with_state
from games.submissions.models import Submission
from games.submissions.rules import COUNTS

CLOCKED = [CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.AWARDING.value]


def due(now: datetime) -> QuerySet[Round]:
    """Rounds whose state has moved on since it was settled, in cycles for which the clock runs (a paused one waits)."""
    rounds = with_state(Round.objects.filter(cycle__state__in=CLOCKED), now)
    return rounds.exclude(Q(settled_state=F("state"))).select_related("cycle").order_by("cycle_id", "number")


def feedback_missing(round_: Round) -> list[str]:
    """Keys of groups whose entry counts and that have no final sheet with a comment, where the Design promised feedback."""
    spec = design_of(round_.cycle, round_.design_number).round(round_.key)
    if spec is None or not spec.feedback:
        return []
    entered = Submission.objects.filter(challenge__round=round_, state__in=[s.value for s in COUNTS])
    words = Mark.objects.filter(sheet=OuterRef("pk")).exclude(comment="")
    told = Sheet.objects.filter(challenge__round=round_, state=SheetState.FINAL.value).filter(~Q(comment="") | Exists(words))
    groups = Group.objects.filter(pk__in=entered.values("group_id")).exclude(pk__in=told.values("group_id"))
    return list(groups.order_by("key").values_list("key", flat=True))


def entrant_rows(round_: Round) -> QuerySet[Entrant]:
    """The list of a round after a cut, with the groups, by key."""
    return Entrant.objects.filter(round=round_).select_related("group").order_by("group__key")


def successors_of(cycle: Cycle) -> QuerySet[Cycle]:
    """The cycles launched from this one."""
    return Cycle.objects.filter(predecessor=cycle).order_by("id")
