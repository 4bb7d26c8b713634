"""Reads of deliberations and reviews: who is in the room, what was said, which marks moved, what waits for a human."""

from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.judging.models import ConflictOfInterest, Deliberation, Mark, MarkReview, Panelist, Sheet
from games.judging.rules import ReviewState, SheetState
from games.judging.rules.talking import Voice
from games.rounds.models import Round


def final_marks(challenge: Challenge, panel: str, group: Group) -> dict[str, dict[str, int | None]]:
    """The marks of all final sheets on an entry: judge's id as text → criterion → scaled value. One statement."""
    found: dict[str, dict[str, int | None]] = {}
    sheets = Q(sheet__challenge=challenge, sheet__panel=panel, sheet__group=group, sheet__state=SheetState.FINAL.value)
    rows = Mark.objects.filter(sheets).order_by("sheet__judge_id", "pk").values_list("sheet__judge_id", "criterion", "value")
    for judge, criterion, value in rows:
        found.setdefault(str(judge), {})[criterion] = value
    return found


def voice_of(deliberation: Deliberation, persons: Collection[int], *, organizes: bool) -> Voice:
    """How the persons of one user stand to a deliberation. Four statements at most."""
    mine = sorted(persons)
    group = deliberation.group_id
    seats = Panelist.objects.filter(challenge=deliberation.challenge_id, panel=deliberation.panel, person__in=mine)
    chairs = any(seats.values_list("chair", flat=True))
    sheets = Sheet.objects.filter(challenge=deliberation.challenge_id, panel=deliberation.panel, judge__in=mine)
    if group is None:
        return Voice(judges=seats.exists(), chairs=chairs, organizes=organizes)
    judges = sheets.filter(group=group).exclude(state=SheetState.RECUSED.value).exists()
    barred = (
        Membership.objects.filter(person__in=mine, group=group).exists()
        or ConflictOfInterest.objects.filter(person__in=mine, group=group, lifted_at__isnull=True).exists()
    )
    return Voice(judges=judges, chairs=chairs, organizes=organizes, barred=barred)


def deliberations_of(cycle: Cycle) -> QuerySet[Deliberation]:
    """Those on entries of a cycle, open ones first, the latest first, with how much was said. One statement."""
    rows = Deliberation.objects.filter(challenge__round__cycle=cycle, group__isnull=False)
    return (
        rows.select_related("challenge__round", "group", "decided_by")
        .annotate(n_remarks=Count("remarks"))
        .order_by("-state", "-opened_at", "-pk")
    )


def open_reviews(round_: Round) -> QuerySet[MarkReview]:
    """Marks of a round that a human has not looked at yet, the farthest first. One statement."""
    rows = MarkReview.objects.filter(sheet__challenge__round=round_, state=ReviewState.OPEN.value)
    return rows.select_related("sheet__challenge__round", "sheet__group", "sheet__judge").order_by("-distance", "pk")
