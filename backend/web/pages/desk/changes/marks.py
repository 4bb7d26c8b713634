"""Correct a mark: choose the entry, see all its sheets side by side, type what should stand there. What differs becomes the correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.accounts.pages.gate import id_in, me, signed_in
from backend.web.pages.desk.changes.place import IntoForm, appeal_asked, drafts_of, expect_played, ways
from backend.web.pages.desk.place import desk_page, organized
from games.challenges.models import Challenge
from games.changes.actions import Wanted
from games.changes.models import Appeal
from games.changes.rules import ChangeKind
from games.cycles.models import Cycle
from games.errors import GameError
from games.groups.models import Group
from games.judging.models import Mark, Sheet
from games.judging.rules import MarkState, SheetState, criteria_of
from games.judging.seating import MARKED
from games.submissions.queries import rules_of
from leaderboards.engine.numbers import from_scaled, text

SHOWN: Final = [SheetState.FINAL.value, SheetState.RECUSED.value]
LONGEST: Final = 60
NOTHING: Final = ("", "-", "–")


@dataclass(slots=True)
class Box:
    """A mark in the form: what stands there, what was typed, what is wrong with it."""

    name: str
    label: str
    bounds: str
    was: str
    typed: str
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """A sheet in the form. `whole`: the box that takes it out, or puts it back, is ticked."""

    sheet: Sheet
    boxes: list[Box]
    whole: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def out(self) -> bool:
        """Whether it does not count now."""
        return self.sheet.state == SheetState.RECUSED.value


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def marks_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """First which entry, then its sheets."""
    found = organized(request, cycle)
    expect_played(found)
    appeal = appeal_asked(request, found)
    tasks = list(_tasks(found))
    asked = request.POST if request.method == "POST" else request.GET
    task = next((one for one in tasks if str(one.pk) == asked.get("task", _task_of(appeal, tasks))), None)
    key = asked.get("group", appeal.group.key if appeal else "")
    group = Group.objects.filter(cycle=found, key=key).first() if key else None
    lines = _lines(task, group, request) if task is not None and group is not None else []
    form = IntoForm(drafts_of(found), request.POST if request.method == "POST" else None, appeal=appeal)
    if request.method == "POST" and lines:
        answer = _sent(request, found, lines, form, appeal)
        if answer is not None:
            return answer
    context = {
        "ways": ways(found, "changes"),
        "tasks": tasks,
        "groups": Group.objects.filter(cycle=found).order_by("name", "pk"),
        "task": task,
        "group": group,
        "appeal": appeal,
        "panels": _panels(lines),
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return desk_page(request, "desk/changes_marks.html", found, "publish", context, title=_("Correct a mark"), status=status)


def _tasks(cycle: Cycle) -> Any:
    """The tasks that people mark, of rounds whose results are out."""
    rows = Challenge.objects.filter(round__cycle=cycle, round__published_at__isnull=False, format__in=MARKED)
    return rows.select_related("round__cycle").order_by("round__number", "number", "pk")


def _task_of(appeal: Appeal | None, tasks: Sequence[Challenge]) -> str:
    """The task that an appeal is about, or the only one of its round."""
    if appeal is None:
        return ""
    own = [one for one in tasks if one.round_id == appeal.round_id]
    if appeal.challenge_id is not None:
        return str(appeal.challenge_id)
    return str(own[0].pk) if len(own) == 1 else ""


def _lines(task: Challenge, group: Group, request: HttpRequest) -> list[Line]:
    """The sheets on the entry with their marks, as they are or as they were typed: two statements."""
    sheets = list(
        Sheet.objects.filter(challenge=task, group=group, state__in=SHOWN)
        .select_related("judge", "group", "challenge__round__cycle")
        .order_by("panel", "judge__name", "pk")
    )
    marks: dict[tuple[int, str], Mark] = {(one.sheet_id, one.criterion): one for one in Mark.objects.filter(sheet__in=sheets)}
    design, spec = rules_of(task)
    sent = request.POST if request.method == "POST" else None
    found = []
    for sheet in sheets:
        boxes = [
            _box(sheet, one, marks.get((sheet.pk, one.key)), design.mark_decimals, sent) for one in criteria_of(spec, sheet.panel)
        ]
        found.append(Line(sheet, boxes, whole=sent is not None and f"whole-{sheet.pk}" in sent))
    return found


def _box(sheet: Sheet, criterion: Any, mark: Mark | None, decimals: int, sent: Mapping[str, str] | None) -> Box:
    name = f"mark-{sheet.pk}-{criterion.key}"
    was = "" if mark is None or mark.value is None else text(from_scaled(mark.value, decimals))
    low, high = ("" if one is None else text(one) for one in (criterion.min, criterion.max))
    bounds = f"{low}–{high}" if low or high else ""
    typed = was if sent is None else sent.get(name, was).strip().replace(",", ".")[:LONGEST]
    return Box(name, criterion.title, bounds, was, typed)


def _panels(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines by panel, with what the panel marks."""
    found: dict[str, list[Line]] = {}
    for one in lines:
        found.setdefault(one.sheet.panel, []).append(one)
    return [{"key": key, "columns": rows[0].boxes, "lines": rows} for key, rows in found.items()]


# --- What was sent --------------------------------------------------------------------------------------------------------------------


def _wanted(lines: Sequence[Line]) -> list[tuple[Wanted, Box | Line]]:
    """What differs from what stands there, each with the place in the form it came from."""
    found: list[tuple[Wanted, Box | Line]] = []
    for line in lines:
        if line.whole:
            found.append((Wanted(ChangeKind.RECUSE, sheet=line.sheet), line))
        if line.out:
            continue
        for box in line.boxes:
            typed = "" if box.typed in NOTHING else box.typed
            if typed == box.was:
                continue
            criterion = box.name.split("-", 2)[2]
            said = {"value": typed} if typed else {"value": None, "state": MarkState.ABSENT.value}
            found.append((Wanted(ChangeKind.MARK, sheet=line.sheet, criterion=criterion, **said), box))
    return found


def _sent(
    request: HttpRequest, cycle: Cycle, lines: Sequence[Line], form: IntoForm, appeal: Appeal | None
) -> HttpResponse | None:
    """Prepare the correction; None if something is wrong, said beside it."""
    wanted = _wanted(lines)
    if not wanted:
        form.add_error(None, _("Nothing differs from what stands there: change a mark, or take a sheet out."))
    if not form.is_valid() or not wanted:
        return None
    try:
        made = form.carry_out(cycle, [one for one, _place in wanted], by=me(request), appeal=appeal)
    except GameError as refusal:
        _say(refusal, [place for _one, place in wanted], form)
        return None
    messages.success(request, _("The correction is prepared. Nothing has moved yet: look at what it would move."))
    return redirect("desk-change-set", cycle.key, made.number)


def _say(refusal: GameError, places: Sequence[Box | Line], form: IntoForm) -> None:
    """Every fault beside the mark it is about; the rest on top."""
    for problem in refusal.problems:
        head, _dot, number = problem.where.partition(".")
        at = id_in(number) if number != "0" else 0
        if head == "changes" and number.isdigit() and at < len(places):
            places[at].errors.append(problem.message)
        else:
            form.add_error(None, problem.message)
    if not refusal.problems:
        form.add_error(refusal.where if refusal.where in form.fields else None, refusal.message)
