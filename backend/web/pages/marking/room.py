"""A deliberation in the browser: the marks side by side, what was said, what the chair decided."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, may, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of
from games.cycles.queries import design_of
from games.judging.actions import deliberating as acts
from games.judging.actions.revising import revise_talked_about
from games.judging.models import Deliberation, Sheet
from games.judging.queries.room import Place, Room, room_of, speaker_in
from games.judging.queries.talk import deliberations, tied_to
from games.judging.rules import DeliberationState, SheetState
from games.permissions import Access, visible
from games.progression import actions as steering
from games.results.queries.ties import CutTie
from games.submissions.queries import eyes, label_of, rules_of


@never_cache
@signed_in
@require_safe
def deliberation_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What those see who judge the entry, who chair the panel and who organize; each as the round's rules say."""
    found = seen(request, "deliberation.view", deliberations(), pk=pk)
    room, round_ = room_of(found, access_of(request)), found.challenge.round
    label = label_of(eyes(access_of(request), round_, found.group_id or 0), round_, found.group, found.ordinal)  # type: ignore[attr-defined, arg-type]
    open_ = found.state == DeliberationState.OPEN.value
    organizes = may(request, "cycle.organize", round_.cycle)
    tie = _tie(request, found)
    held = _held(access_of(request), Deliberation.objects.filter(pk=found.pk)).get()
    may_decide = open_ and held.may_decide and (tie is None or tie["whole"])
    context = {
        "talk": found,
        "label": label,
        "cycle": round_.cycle,
        "table": _table(found, room),
        "hidden": not room.all_shown,
        "remarks": _remarks(request, found, room),
        "may_speak": open_ and held.may_speak,
        "may_decide": may_decide,
        "tie": tie,
        "kept_from": "" if organizes or may_decide or not open_ or tie is None else tie["kept_from"],
        "own": next((one for one in room.own if one.state != SheetState.RECUSED.value), None) if open_ else None,
        "organizes": organizes,
        "typed": request.session.pop(f"said-{found.pk}", {}),
        "crumbs": crumbs_of(round_.cycle, *_way(found, organizes), _("Deliberation: %(entry)s") % {"entry": label}),
    }
    return render(request, "judging/room.html", context)


def _held(access: Access, rows: QuerySet[Deliberation]) -> QuerySet[Any]:
    """Each with what the person may do there: `may_view`, `may_speak`, `may_decide`."""
    here = Deliberation.objects.filter(pk=OuterRef("pk"))
    acts = ("view", "speak", "decide")
    return rows.annotate(**{f"may_{one}": Exists(visible(access, f"deliberation.{one}", here)) for one in acts})


def _tie(request: HttpRequest, found: Deliberation) -> dict[str, Any] | None:
    """The tie at a cut that this talk belongs to: its entries as they are called here, and whether the person may decide on all of them."""
    if not found.tie:
        return None
    access, round_ = access_of(request), found.challenge.round
    tie = CutTie.of(found.tie)
    if found.state == DeliberationState.OPEN.value:
        rows = tied_to(round_.cycle, tie.board, tie.to)
    else:
        rows = deliberations().filter(challenge__round=round_, tie__board=tie.board, tie__to=tie.to, closed_at=found.closed_at)
    all_ = list(_held(access, rows))
    entries: dict[str, dict[str, Any]] = {}
    for one in (one for one in all_ if one.may_view):
        label = label_of(eyes(access, round_, one.group_id or 0), round_, one.group, one.ordinal)
        key = one.group.key if one.group is not None else ""
        entries.setdefault(key, {"key": key, "label": label, "pk": one.pk, "here": one.group_id == found.group_id})
    spec = design_of(round_.cycle).round(tie.to)
    open_ = found.state == DeliberationState.OPEN.value
    mine = {one.pk for one in all_ if open_ and one.may_decide}
    return {
        "tie": tie,
        "to": spec.title if spec else tie.to,
        "entries": sorted(entries.values(), key=lambda one: str(one["label"])),
        "whole": len(mine) == len(all_) > 0,
        "kept_from": _kept_from(all_, mine),
    }


def _kept_from(talks: Sequence[Deliberation], mine: Collection[int]) -> str:
    """Why the chair of some of these talks does not decide them together, in words; empty for who chairs none, or all.

    It names no entry: whoever is in conflict with one may not know which it is.
    """
    if not mine or len(mine) == len(talks):
        return ""
    led = {(one.challenge_id, one.panel) for one in talks if one.pk in mine}
    if any((one.challenge_id, one.panel) in led for one in talks if one.pk not in mine):
        return _(
            "You lead this panel, but among the tied entries is one of your own team, or one you have a conflict of interest with."
            " So it is not you who decides this tie: the organizers do. You may go on talking here."
        )
    return _("The tied entries were judged by several panels, and you lead one of them: the organizers decide this tie.")


def _way(found: Deliberation, organizes: bool) -> list[tuple[str, str]]:  # noqa: FBT001 one fact
    if not organizes:
        return [(_("My sheets"), reverse("queue"))]
    key = found.challenge.round.cycle.key
    return [(_("Organizer's desk"), reverse("cycle-desk", args=[key])), (_("Second looks"), reverse("desk-doubts", args=[key]))]


def _table(found: Deliberation, room: Room) -> dict[str, Any]:
    """Rows of judges, columns of criteria; a cell has the mark now and, where it moved, the one before."""
    titles = {one.key: one.title for one in rules_of(found.challenge)[1].marked_criteria}
    return {
        "columns": [titles.get(key, key) for key in room.criteria],
        "rows": [
            {"who": one.who, "me": one.me, "shown": one.shown, "cells": [_cell(one, key) for key in room.criteria]}
            for one in room.places
        ],
    }


def _cell(one: Place, key: str) -> dict[str, str]:
    before, now = one.before.get(key), one.after.get(key)
    return {"now": "–" if now is None else now, "before": ("–" if before is None else before) if before != now else ""}


def _remarks(request: HttpRequest, found: Deliberation, room: Room) -> list[dict[str, Any]]:
    access = access_of(request)
    return [
        {"text": one.text, "at": one.at, "me": one.person_id in access.persons, "who": room.panel.get(one.person_id)}
        for one in found.remarks.order_by("at", "pk")
    ]


def _own(request: HttpRequest, found: Deliberation) -> Sheet | None:
    """One's own sheet on the entry, which may be marked anew while the talk is open."""
    rows = Sheet.objects.filter(challenge=found.challenge_id, panel=found.panel, group=found.group_id)
    return rows.filter(judge__in=sorted(access_of(request).persons)).exclude(state=SheetState.RECUSED.value).first()


def _words(request: HttpRequest, found: Deliberation, name: str) -> str:
    """What was typed, kept for the page if it is refused."""
    typed = str(request.POST.get(name, ""))[:20_000]
    request.session[f"said-{found.pk}"] = {name: typed}
    return typed


def _answered(request: HttpRequest, found: Deliberation, *, fine: bool) -> HttpResponse:
    if fine:
        request.session.pop(f"said-{found.pk}", None)
    return redirect("deliberation", pk=found.pk)


@signed_in
@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something."""
    found = seen(request, "deliberation.speak", deliberations(), pk=pk)
    text, person = _words(request, found, "text"), speaker_in(found, access_of(request).persons)
    fine = attempt(request, lambda: acts.remark(deliberation=found, person=person, text=text, by=me(request)), _("Said."))
    return _answered(request, found, fine=fine)


@signed_in
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The chair or an organizer says what was decided."""
    found = seen(request, "deliberation.decide", deliberations(), pk=pk)
    outcome, person = _words(request, found, "outcome"), speaker_in(found, access_of(request).persons)
    done, by = _("Decided. It stands in the record, with the marks before and after."), me(request)
    if found.tie:
        tie = _tie(request, found)
        if tie is None or not tie["whole"]:
            raise Http404
        go = request.POST.getlist("go")
        chosen = [one["key"] for one in tie["entries"] if str(one["pk"]) in go]
        request.session[f"said-{found.pk}"] = {"outcome": outcome, "go": go}
        fine = attempt(
            request,
            lambda: steering.decide_tie(deliberation=found, chosen=chosen, outcome=outcome, by=by, person=person),
            done,
        )
    else:
        fine = attempt(request, lambda: acts.close_deliberation(deliberation=found, outcome=outcome, by=by, person=person), done)
    return _answered(request, found, fine=fine)


@signed_in
@require_POST
def mark_anew(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one's own final sheet on the entry again, while it is talked about."""
    found = seen(request, "deliberation.speak", deliberations(), pk=pk)
    sheet = _own(request, found)
    if sheet is None:
        return redirect("deliberation", pk=found.pk)
    done = _("Your sheet is open again. What it said is kept.")
    if attempt(request, lambda: revise_talked_about(sheet=sheet, by=me(request)), done):
        return redirect("sheet", pk=sheet.pk)
    return redirect("deliberation", pk=found.pk)
