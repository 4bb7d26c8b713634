"""A judge's desk: the queue in its order, how far one is, what was flagged, what is done. For organizers: how far each judge is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, When

from games.cycles.models import Cycle
from games.errors import GameError
from games.judging.models import Sheet
from games.judging.queries.deciding import judgeable, on_anchor, seat_of, sitting_of, to_mark, with_facts
from games.judging.rules import OPEN_SHEETS, SheetState, check_seat, check_sitting
from games.rounds.rules import group_deadline
from games.submissions.queries import rules_of

OPEN = [state.value for state in OPEN_SHEETS]
ASKED = ~Q(flag="") & Q(flag_answered_at__isnull=True)


def queue_of(persons: Collection[int], cycle: Cycle | None = None) -> QuerySet[Sheet]:
    """What a judge still has to mark: in order of rounds and tasks, anchors of a calibration first, then begun sheets."""
    mine = Sheet.objects.filter(judge_id__in=sorted(persons), state__in=OPEN)
    if cycle is not None:
        mine = mine.filter(challenge__round__cycle=cycle)
    later = Case(When(on_anchor(), then=0), default=1, output_field=IntegerField())
    numbered = to_mark(mine).annotate(
        round_number=F("challenge__round__number"), task_number=F("challenge__number"), after_anchors=later
    )
    return numbered.order_by("round_number", "task_number", "after_anchors", "-state", "pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a judge, or a panel, is. `flagged`: questions to the organizers that wait for an answer."""

    assigned: int
    draft: int
    final: int
    recused: int
    flagged: int = 0

    @property
    def to_do(self) -> int:
        """Sheets still open."""
        return self.assigned + self.draft

    @property
    def whole(self) -> int:
        """Sheets that are, or were, to be marked."""
        return self.to_do + self.final


def _counts() -> dict[str, Count]:
    counts = {state.value: Count("pk", filter=Q(state=state.value)) for state in SheetState}
    return counts | {"flagged": Count("pk", filter=ASKED)}


def progress_of(sheets: QuerySet[Sheet]) -> Progress:
    """Sheets by state, in one statement."""
    return Progress(**sheets.aggregate(**_counts()))


def progress_by_judge(cycle: Cycle) -> QuerySet[Sheet, Any]:
    """Per judge of a cycle: id, name, sheets by state. For organizers."""
    counts = {f"n_{state.value}": Count("pk", filter=Q(state=state.value)) for state in SheetState}
    sheets = Sheet.objects.filter(challenge__round__cycle=cycle)
    return sheets.values("judge_id", "judge__name").annotate(**counts).order_by("judge__name", "judge_id")


def in_working_order(sheets: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """What is due first comes first; then cycles, rounds and tasks in their order, anchors (of rows from `with_facts`) before the others.

    The order does not change while one works.
    """
    round_ = "challenge__round__"
    due = F(f"{round_}judging_closes_at").asc(nulls_last=True)
    return sheets.order_by(due, f"{round_}cycle_id", f"{round_}number", "challenge__number", "-anchor", "pk")


def refusal(sheet: Any) -> str:
    """Why a sheet (from `with_facts`) cannot be marked at this moment, in words; empty if it can."""
    try:
        check_seat(seat_of(sheet), judge="You", panel=sheet.panel)
        check_sitting(sitting_of(sheet, rules_of(sheet.challenge)[1]))
    except GameError as why:
        return why.message
    return ""


def marked_from(sheet: Any) -> datetime | None:
    """Until when the entry of a sheet (from `with_facts`) may still change, if that is why it cannot be marked yet."""
    if not rules_of(sheet.challenge)[1].form:
        return None
    end = group_deadline(sheet.challenge.round.clock, sheet.until)
    return end if end is not None and end > sheet.now else None


def ready_on(sheets: QuerySet[Sheet]) -> list[int]:
    """Ids of those among a judge's sheets that can be marked at this moment, in working order. One statement."""
    rows = with_facts(judgeable(sheets.filter(state__in=OPEN))).select_related("challenge__round__cycle")
    return [one.pk for one in in_working_order(rows) if not refusal(one)]


def open_on(sheets: QuerySet[Sheet]) -> QuerySet[Sheet, Any]:
    """The open ones among a judge's sheets, in working order, with all that `refusal` needs. One statement."""
    return in_working_order(with_facts(to_mark(sheets.filter(state__in=OPEN))))


@dataclass(frozen=True, slots=True)
class TaskProgress(Progress):
    """The same for one task."""

    challenge: int = 0


def progress_by_task(sheets: QuerySet[Sheet]) -> list[TaskProgress]:
    """How far a judge is with each task, what is due first comes first. One statement."""
    round_ = "challenge__round__"
    rows: Any = sheets.order_by().values("challenge_id").annotate(due=Max(f"{round_}judging_closes_at"), **_counts())
    places = (F("due").asc(nulls_last=True), f"{round_}cycle_id", f"{round_}number", "challenge__number")
    names = ("assigned", "draft", "final", "recused", "flagged")
    return [TaskProgress(**{name: one[name] for name in names}, challenge=one["challenge_id"]) for one in rows.order_by(*places)]


def done_on(sheets: QuerySet[Sheet], cycle: Cycle | None = None) -> QuerySet[Sheet]:
    """The final ones among a judge's sheets, the latest first."""
    final = sheets.filter(state=SheetState.FINAL.value)
    if cycle is not None:
        final = final.filter(challenge__round__cycle=cycle)
    return to_mark(final).order_by("-final_at", "-pk")


def around(ids: Iterable[int], current: int) -> tuple[int | None, int | None]:
    """The sheets before and after one in the queue; after the last comes the first that is left. `current` need not be in it."""
    queue = list(ids)
    if current not in queue:
        return None, next(iter(queue), None)
    at = queue.index(current)
    return (queue[at - 1] if at else None), next(iter([*queue[at + 1 :], *queue[:at]]), None)


def flags_of(cycle: Cycle) -> QuerySet[Sheet]:
    """What judges of a cycle asked the organizers to look at: unanswered first, the latest first. One statement."""
    flagged = Sheet.objects.filter(challenge__round__cycle=cycle).exclude(flag="")
    rows = flagged.select_related("challenge__round__cycle", "group", "judge")
    return rows.order_by(F("flag_answered_at").desc(nulls_first=True), "-flagged_at", "-pk")
