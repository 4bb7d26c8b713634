"""Reads of deliberations and reviews: who is in the room, what was said, which marks moved, what waits for a human."""

from django.db.models import Count, Q, QuerySet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.judging.models import Deliberation, Mark, MarkReview
from games.judging.rules import ReviewState, SheetState
from games.rounds.models import Round
from games.submissions.queries import with_ordinal


def final_marks(challenge: Challenge, panel: str, group: Group) -> dict[str, dict[str, int | None]]:
    """The marks of all final sheets on an entry: judge's id as text → criterion → scaled value. One statement."""
    found: dict[str, dict[str, int | None]] = {}
    sheets = Q(sheet__challenge=challenge, sheet__panel=panel, sheet__group=group, sheet__state=SheetState.FINAL.value)
    rows = Mark.objects.filter(sheets).order_by("sheet__judge_id", "pk").values_list("sheet__judge_id", "criterion", "value")
    for judge, criterion, value in rows:
        found.setdefault(str(judge), {})[criterion] = value
    return found


def deliberations() -> QuerySet[Deliberation]:
    """Those on entries, each with its task, its group and the group's ordinal."""
    rows = with_ordinal(Deliberation.objects.filter(group__isnull=False))
    return rows.select_related("challenge__round__cycle", "group", "decided_by")


def deliberations_of(cycle: Cycle) -> QuerySet[Deliberation]:
    """Those of a cycle, open ones first, the latest first, with how much was said. One statement."""
    rows = deliberations().filter(challenge__round__cycle=cycle).annotate(n_remarks=Count("remarks"))
    return rows.order_by("-state", "-opened_at", "-pk")


def open_reviews(round_: Round) -> QuerySet[MarkReview]:
    """Marks of a round that a human has not looked at yet, the farthest first. One statement."""
    rows = MarkReview.objects.filter(sheet__challenge__round=round_, state=ReviewState.OPEN.value)
    return rows.select_related("sheet__challenge__round", "sheet__group", "sheet__judge").order_by("-distance", "pk")
