"""The judge's desk: what is to mark, how far one is, the sheet beside the rubric and the entry."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.answers import answered
from backend.web.explained import shown_number
from backend.web.pages.cycle import crumbs_of
from games.challenges.queries import brief_of, spec_of
from games.errors import GameError
from games.judging import actions
from games.judging.models import Sheet
from games.judging.queries import entry_for, judgeable, marks_of, progress_of, queue_of, to_mark
from games.judging.rules import Given, SheetState, criteria_of
from games.permissions import visible
from games.submissions.queries import rules_of
from games.submissions.queries.seeing import eyes, label_of
from games.submissions.rules import blind_name
from leaderboards.engine.numbers import from_scaled, text

SHEET_BADGES: Final = {
    SheetState.ASSIGNED.value: "planned",
    SheetState.DRAFT.value: "judging",
    SheetState.FINAL.value: "published",
    SheetState.RECUSED.value: "closed",
}


def words_of(state: str) -> str:
    """A sheet's state in words."""
    return {"assigned": _("to mark"), "draft": _("begun"), "final": _("final"), "recused": _("given back")}[state]


def _line(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """A sheet in a list, under the name its judge may see."""
    seen_by = eyes(access_of(request), sheet.challenge.round, sheet.group_id)
    return {
        "sheet": sheet,
        "label": label_of(seen_by, sheet.challenge.round, sheet.group, sheet.ordinal),  # type: ignore[attr-defined]
        "badge": {"state": SHEET_BADGES[sheet.state], "label": words_of(sheet.state)},
    }


@never_cache
@signed_in
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Every sheet of this judge: what is to do first, then what is done."""
    persons = access_of(request).persons
    open_ = list(queue_of(persons).select_related("judge")[:200])
    done = to_mark(Sheet.objects.filter(judge__in=sorted(persons), state=SheetState.FINAL.value)).order_by("-final_at", "pk")[
        :100
    ]
    mine = judgeable(Sheet.objects.filter(judge__in=sorted(persons)))
    context = {
        "open": [_line(request, one) for one in open_],
        "done": [_line(request, one) for one in done],
        "progress": progress_of(mine),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), _("My sheets")),
    }
    return render(request, "judging/queue.html", context)


@never_cache
@signed_in
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: rubric and marks, beside the entry that is judged."""
    rows = to_mark(Sheet.objects.select_related("judge"))
    sheet = seen(request, "sheet.mark", rows, pk=pk)
    faults: dict[str, str] = {}
    if request.method == "POST":
        answer, faults = _save(request, sheet)
        if answer is not None:
            return answer
    context = _context(request, sheet, faults)
    return render(request, "judging/sheet.html", context, status=422 if faults else 200)


def _save(request: HttpRequest, sheet: Sheet) -> tuple[HttpResponse | None, dict[str, str]]:
    """Keep the marks as a draft or as final. (where to go, {}) or (None, what is wrong by criterion)."""
    _design, spec = rules_of(sheet.challenge)
    given = [
        Given(one.key, request.POST.get(f"mark-{one.key}", "").strip().replace(",", ".") or None)
        for one in criteria_of(spec, sheet.panel)
    ]
    comment, note = request.POST.get("comment", ""), request.POST.get("note", "")
    final = request.POST.get("save") == "final"
    act = actions.finalize if final else actions.save_sheet
    try:
        act(sheet=sheet, marks=given, by=request.user, comment=comment, note=note)
    except GameError as refusal:
        messages.error(request, refusal.message)
        return None, {one.where: one.message for one in refusal.problems} or {"": refusal.message}
    if not final:
        messages.success(request, _("Saved as a draft. It counts once it is final."))
        return redirect("sheet", sheet.pk), {}
    messages.success(request, _("The sheet is final."))
    following = queue_of(access_of(request).persons).exclude(pk=sheet.pk).first()
    return (redirect("sheet", following.pk) if following else redirect("queue")), {}


def _context(request: HttpRequest, sheet: Sheet, faults: dict[str, str]) -> dict[str, Any]:
    design, _spec = rules_of(sheet.challenge)
    spec, round_ = spec_of(sheet.challenge), sheet.challenge.round
    seen_by = eyes(access_of(request), round_, sheet.group_id)
    kept = {
        one.criterion: "" if one.value is None else text(from_scaled(one.value, design.mark_decimals)) for one in marks_of(sheet)
    }
    line = _line(request, sheet)
    total, done = len(criteria_of(spec, sheet.panel)), len([one for one in kept.values() if one])
    return {
        **line,
        "cycle": round_.cycle,
        "round": round_,
        "challenge": sheet.challenge,
        "editable": sheet.state in {SheetState.ASSIGNED.value, SheetState.DRAFT.value},
        "criteria": [_criterion(request, one, kept.get(one.key, ""), faults) for one in criteria_of(spec, sheet.panel)],
        "comment": request.POST.get("comment", sheet.comment),
        "note": request.POST.get("note", sheet.note),
        "total": _("%(done)d of %(total)d criteria marked") % {"done": done, "total": total},
        "brief": brief_of(sheet.challenge),
        "answers": _answers(sheet, names=seen_by.names),
        "progress": progress_of(judgeable(Sheet.objects.filter(judge__in=sorted(access_of(request).persons)))),
        "crumbs": crumbs_of(round_.cycle, (_("My sheets"), reverse("queue")), line["label"]),
    }


def _criterion(request: HttpRequest, one: Any, kept: str, faults: dict[str, str]) -> dict[str, Any]:
    """A criterion as the sheet form takes it; after a refusal with what was typed."""
    return {
        "key": one.key,
        "name": one.title,
        "says": one.summary,
        "value": request.POST.get(f"mark-{one.key}", kept),
        "least": shown_number(one.min),
        "most": shown_number(one.max),
        "step": shown_number(one.step),
        "error": faults.get(one.key, ""),
        "optional": one.optional,
        "levels": [{"value": shown_number(level.value), "text": level.text} for level in one.levels],
    }


def _answers(sheet: Sheet, *, names: bool) -> list[dict[str, Any]]:
    """What was handed in; file names only where names may be known."""
    entry = entry_for(sheet)
    if entry is None:
        return []
    version = sheet.version or entry.pinned
    uploads = {one.pk: one for one in entry.uploads.all()}
    if not names:
        for one in uploads.values():
            one.name = blind_name(one.field, one.name)
    return answered(spec_of(sheet.challenge), version.data, uploads) if version else []


@signed_in
@require_POST
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the sheet back, with a reason."""
    sheet = seen(request, "sheet.mark", judgeable(Sheet.objects.select_related("challenge__round__cycle")), pk=pk)
    reason = request.POST.get("reason", "")
    done = attempt(request, lambda: actions.recuse(sheet=sheet, by=request.user, reason=reason), _("The sheet is given back."))
    return redirect("queue") if done else redirect("sheet", pk)


def waiting_for(request: HttpRequest) -> int:
    """How many sheets this person still has to mark."""
    persons = access_of(request).persons
    if not persons:
        return 0
    mine = visible(access_of(request), "sheet.mark", Sheet.objects.all())
    return judgeable(mine).filter(state__in=[SheetState.ASSIGNED.value, SheetState.DRAFT.value]).count()
