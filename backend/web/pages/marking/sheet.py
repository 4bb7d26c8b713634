"""One sheet: rubric and marks beside the entry that is judged; giving it back, asking about it."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.answers import answered
from backend.web.pages.marking.beside import beside
from backend.web.pages.marking.criteria import ABSENT, given_in, shape
from backend.web.pages.marking.lists import line, mine
from backend.web.pages.marking.offline import facts
from backend.web.pages.marking.words import warn_of_owed, words_on
from games.challenges.queries import brief_of, spec_of
from games.errors import GameError
from games.judging import actions
from games.judging.models import Sheet
from games.judging.queries import (
    around,
    entry_for,
    judgeable,
    marked_from,
    marks_of,
    progress_of,
    ready_on,
    refusal,
    to_mark,
    with_facts,
)
from games.judging.queries.desk import OPEN
from games.judging.queries.hall import reached_from
from games.judging.rules import SheetStale, criteria_of
from games.submissions.queries import rules_of
from games.submissions.queries.seeing import eyes
from games.submissions.rules import blind_name
from leaderboards.engine.numbers import from_scaled, text

LONGEST: Final = 9  # digits of a revision


@never_cache
@signed_in
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: rubric and marks, beside the entry that is judged."""
    sheet = seen(request, "sheet.mark", with_facts(to_mark(Sheet.objects.select_related("judge"))), pk=pk)
    queue = ready_on(mine(request))
    if request.method != "POST":
        return render(request, "judging/sheet.html", _context(request, sheet, queue))
    refused = _save(request, sheet)
    if refused is None:
        return _gone_on(request, sheet, queue)
    messages.error(request, refused.message)
    faults = {one.where: one.message for one in refused.problems} or {refused.where: refused.message}
    context = _context(request, sheet, queue, typed=request.POST.dict(), faults=faults)
    return render(request, "judging/sheet.html", context, status=409 if isinstance(refused, SheetStale) else 422)


def _save(request: HttpRequest, sheet: Sheet) -> GameError | None:
    """Keep the marks as a draft or as final. Returns why not."""
    _design, spec = rules_of(sheet.challenge)
    base = request.POST.get("revision", "")
    act = actions.finalize if request.POST.get("save") == "final" else actions.save_sheet
    try:
        kept = act(
            sheet=sheet,
            marks=given_in([one.key for one in criteria_of(spec, sheet.panel)], request.POST.dict()),
            by=request.user,
            comment=request.POST.get("comment", ""),
            note=request.POST.get("note", ""),
            revision=int(base) if base.isascii() and base.isdigit() and len(base) <= LONGEST else None,
        )
    except GameError as refusal:
        return refusal
    warn_of_owed(request, kept)
    return None


def _gone_on(request: HttpRequest, sheet: Sheet, queue: list[int]) -> HttpResponse:
    """To the next sheet of the queue, or back to this one."""
    wanted = request.POST.get("save")
    said = _("The sheet is final.") if wanted == "final" else _("Saved as a draft. It counts once it is final.")
    messages.success(request, said)
    if wanted not in {"final", "next"}:
        return redirect("sheet", sheet.pk)
    hall = _hall(request, sheet) if wanted == "final" else ""
    if hall:
        return redirect(hall)
    following = around(queue, sheet.pk)[1]
    return redirect("sheet", following) if following else redirect("queue")


def _context(
    request: HttpRequest,
    sheet: Any,
    queue: list[int],
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    _design, spec = rules_of(sheet.challenge)
    asked = criteria_of(spec, sheet.panel)
    kept = _values(sheet)
    own = line(request, sheet)
    round_ = sheet.challenge.round
    why = refusal(sheet) if sheet.state in OPEN else ""
    words = words_on(request, sheet, asked, kept)
    answers, place = _answers(request, sheet), _place(request, sheet, queue)
    return {
        **own,
        **words,
        **beside(sheet, asked),
        "cycle": round_.cycle,
        "round": round_,
        "challenge": sheet.challenge,
        "why": why,
        "from": marked_from(sheet) if why else None,
        "editable": sheet.state in OPEN and not why,
        "criteria": [shape(spec, one, kept if typed is None else typed, faults or {}) for one in asked],
        "comment": kept["comment"] if typed is None else typed.get("comment", ""),
        "note": kept["note"] if typed is None else typed.get("note", ""),
        "faults": faults or {},
        "marked": sum(1 for one in asked if kept.get(f"mark-{one.key}")),
        "brief": brief_of(sheet.challenge),
        "answers": answers,
        **place,
        "facts": facts(
            request, queue, sheet=_facts(sheet, own["label"], asked, kept, open_=not why) | _aside(words, answers, place["hall"])
        ),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), own["label"]),
    }


def _place(request: HttpRequest, sheet: Sheet, queue: list[int]) -> dict[str, Any]:
    """Where the sheet stands in the queue, and how far its judge is with the task."""
    before, after = around(queue, sheet.pk)
    return {
        "hall": _hall(request, sheet),
        "progress": progress_of(mine(request).filter(challenge=sheet.challenge)),
        "place": queue.index(sheet.pk) + 1 if sheet.pk in queue else 0,
        "left": len(queue),
        "before": before,
        "after": after,
        "now": access_of(request).now,
    }


def _hall(request: HttpRequest, sheet: Sheet) -> str:
    """The way back to the hall, for a judge who came from the table of this entry."""
    access, round_ = access_of(request), sheet.challenge.round
    there = round_.published_at is None and reached_from(round_.pk, sheet.group_id, access.persons, access.now)
    return reverse("hall-round", args=[round_.pk]) if there else ""


def _values(sheet: Sheet) -> dict[str, str]:
    """What the sheet says now, by field of the form."""
    design, _spec = rules_of(sheet.challenge)
    found = {"comment": sheet.comment, "note": sheet.note}
    for one in marks_of(sheet):
        value = "" if one.value is None else text(from_scaled(one.value, design.mark_decimals))
        found[f"mark-{one.criterion}"] = ABSENT if one.state == ABSENT else value
        found[f"remark-{one.criterion}"] = one.comment
    return found


def _facts(sheet: Sheet, label: str, asked: Any, kept: dict[str, str], *, open_: bool) -> dict[str, Any]:
    """What the scripts know of the sheet."""
    return {
        "id": sheet.pk,
        "label": label,
        "revision": sheet.revision,
        "state": sheet.state,
        "open": open_,
        "values": kept,
        "criteria": [
            {
                "key": one.key,
                "name": one.title,
                "optional": one.optional,
                "values": None if one.values is None else [text(value) for value in one.values],
                **{
                    name: None if getattr(one, name) is None else text(getattr(one, name))
                    for name in ("min", "max", "step", "not_marked")
                },
            }
            for one in asked
        ],
    }


def _answers(request: HttpRequest, sheet: Sheet) -> list[dict[str, Any]]:
    """What was handed in; file names only where names may be known."""
    entry = entry_for(sheet)
    if entry is None:
        return []
    version = sheet.version or entry.pinned
    uploads = {one.pk: one for one in entry.uploads.all()}
    seen_by = eyes(access_of(request), sheet.challenge.round, sheet.group_id)
    if not seen_by.names:
        for one in uploads.values():
            one.name = blind_name(one.field, one.name)
    return answered(seen_by.form(spec_of(sheet.challenge)), version.data, uploads) if version else []


def _aside(words: Mapping[str, Any], answers: list[dict[str, Any]], hall: str) -> dict[str, Any]:
    """On which criteria words are promised, the files of the entry for the browser to keep, the way back to the hall."""
    files = [{"url": one["url"], "bytes": one["bytes"]} for one in answers if one.get("bytes")]
    return {"promised": words["promise"]["each"], "files": files, "hall": hall}


def _own(request: HttpRequest, pk: int) -> Sheet:
    return seen(
        request, "sheet.mark", judgeable(Sheet.objects.select_related("challenge__round__cycle", "judge", "group")), pk=pk
    )


@signed_in
@require_POST
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the sheet back, with a reason; on request declare a conflict of interest with the group besides."""
    sheet, reason = _own(request, pk), request.POST.get("reason", "")

    def act() -> None:
        actions.recuse(sheet=sheet, by=request.user, reason=reason)
        if request.POST.get("conflict"):
            actions.say_too_close(person=sheet.judge, group=sheet.group, by=request.user, reason=reason)

    return redirect("queue") if attempt(request, act, _("The sheet is given back.")) else redirect("sheet", pk)


@signed_in
@require_POST
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the organizers to look at this entry, or take the question back."""
    sheet, words = _own(request, pk), request.POST.get("text", "")
    said = _("The organizers are asked.") if words.strip() else _("The question is taken back.")
    attempt(request, lambda: actions.flag_sheet(sheet=sheet, by=request.user, text=words), said)
    return redirect("sheet", pk)
