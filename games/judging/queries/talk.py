"""Reads of deliberations and reviews: who is in the room, what was said, which marks moved, what waits for a human."""

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Abs

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.judging.conflicts import unbarred
from games.judging.models import Deliberation, Mark, MarkReview, Panelist, Sheet
from games.judging.rules import DeliberationState, ReviewState, SheetState
from games.organizations.models import Person
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


def in_the_room(deliberation: Deliberation) -> QuerySet[Person]:
    """Who is told of a deliberation: those with a sheet on the entry, and the chair; nobody in conflict with the group or of it."""
    sheets = Sheet.objects.filter(challenge=deliberation.challenge_id, panel=deliberation.panel, group=deliberation.group_id)
    judges = sheets.exclude(state=SheetState.RECUSED.value).filter(unbarred()).values("judge_id")
    seats = Panelist.objects.filter(challenge=deliberation.challenge_id, panel=deliberation.panel, chair=True, left_at=None)
    chairs = seats.annotate(about=Value(deliberation.group_id)).filter(unbarred("person", "about"))
    return Person.objects.filter(Q(pk__in=judges) | Q(pk__in=chairs.values("person_id"))).order_by("pk")


def deliberations() -> QuerySet[Deliberation]:
    """Those on entries, each with its task, its group and the group's ordinal."""
    rows = with_ordinal(Deliberation.objects.filter(group__isnull=False))
    return rows.select_related("challenge__round__cycle__series", "group", "decided_by")


def deliberations_of(cycle: Cycle) -> QuerySet[Deliberation]:
    """Those of a cycle, open ones first, the latest first, with how much was said. One statement."""
    rows = deliberations().filter(challenge__round__cycle=cycle).annotate(n_remarks=Count("remarks"))
    return rows.order_by("-state", "-opened_at", "-pk")


def tied_to(cycle: Cycle, board: str, to: str) -> QuerySet[Deliberation]:
    """The open ones about a tie at a cut, by group."""
    rows = deliberations().filter(challenge__round__cycle=cycle, state=DeliberationState.OPEN.value)
    return rows.filter(tie__board=board, tie__to=to).order_by("group__name", "group_id", "pk")


def open_reviews(round_: Round) -> QuerySet[MarkReview]:
    """Marks of a round that a human has not looked at yet, the farthest first. One statement."""
    return _farthest(MarkReview.objects.filter(sheet__challenge__round=round_, state=ReviewState.OPEN.value))


def reviews_of(cycle: Cycle) -> QuerySet[MarkReview]:
    """The same for a whole cycle."""
    return _farthest(MarkReview.objects.filter(sheet__challenge__round__cycle=cycle, state=ReviewState.OPEN.value))


def _farthest(rows: QuerySet[MarkReview]) -> QuerySet[MarkReview]:
    """Marks lie above and below what is expected: how far counts, not where."""
    far = rows.annotate(far=Abs("distance")).order_by("-far", "pk")
    return far.select_related("sheet__challenge__round__cycle", "sheet__group", "sheet__judge")
