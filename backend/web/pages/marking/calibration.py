"""A judge in a calibration: anchors to mark, how the panel differs on them, the talk, marking anew; the chair goes on."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.calibrated import (
    ANCHORS,
    JUDGES,
    anchor_shown,
    badge_of,
    called,
    farthest,
    legend,
    paged,
    progress_words,
    steps_of,
)
from backend.web.pages.marking.lists import SHEET_BADGES, words_of
from backend.web.pages.marking.offline import facts
from backend.web.paging import kept, page_of
from games.judging import actions
from games.judging.models import Calibration, Sheet
from games.judging.queries import judgeable
from games.judging.queries.calibrating import calibrations, differences, remarks_of, speaker_on, standings, talk_of
from games.judging.queries.others import judges_on
from games.submissions.queries import rules_of

REMARKS: Final = 25
"""So many of what was said stand on a page; the last of them first of all."""


def _mine(request: HttpRequest, pk: int) -> Calibration:
    """The calibration of a panel on which this person judges, or that they organize."""
    return seen(request, "calibration.view", calibrations(), pk=pk)


@never_cache
@signed_in
@require_safe
def calibration_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the calibration of one's panel stands, and what one does in it."""
    one, access = _mine(request, pk), access_of(request)
    judges = judges_on(one.challenge, one.panel)
    if not access.persons & judges.keys():  # who only organizes has a page of their own
        return redirect("desk-calibration", one.challenge.round.cycle.key, one.pk)
    found = differences(one, access.persons)
    anchors = [_anchor(one, each) | anchor_shown(request, one, each, judges) for each in found]
    panels = {each.key: each.title for each in rules_of(one.challenge)[1].judges_panels}
    mine_here = [judge for pk_, judge in judges.items() if pk_ in access.persons]
    who = legend(judges, access.persons, found) if one.state != "marking" else []
    context = {
        "one": one,
        "cycle": one.challenge.round.cycle,
        "challenge": one.challenge,
        "panel": panels.get(one.panel, "") if len(panels) > 1 else "",
        "badge": badge_of(one),
        "steps": steps_of(one),
        "many": len(anchors),
        "left": sum(1 for each in anchors if each["state"] != "final"),
        **paged(request, {"anchors": (anchors, ANCHORS), "legend": (who, JUDGES)}),
        "farthest": farthest(anchors),
        "progress": progress_words(standings(one)) if one.state == "marking" else "",
        "leads": any(judge.chair for judge in mine_here) or access.organizes(one.challenge.round.cycle_id),
        "urls": {"say": reverse("calibration-say", args=[one.pk]), "step": reverse("calibration-step", args=[one.pk])},
        **talk(request, one, judges),
        "facts": facts(request, []),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), _("Calibration")),
    }
    return render(request, "judging/calibration.html", context)


def _anchor(one: Calibration, each: Any) -> dict[str, Any]:
    sheet: Sheet = each.own
    return {
        "state": sheet.state,
        "sheet": sheet,
        "badge": {"state": SHEET_BADGES[sheet.state], "label": words_of(sheet.state)},
        "revisable": one.state == "discussing" and sheet.state == "final",
        "marking": one.state == "marking" or (one.state == "discussing" and sheet.state in {"assigned", "draft"}),
    }


def talk(request: HttpRequest, one: Calibration, judges: Any) -> dict[str, Any]:
    """What was said, what was agreed on, and what was typed and refused. No statement before the panel talks, else one or two."""
    if one.state == "marking":
        return {"remarks": None, "outcome": "", "talks": False, "typed": {}}
    access, said = access_of(request), list(remarks_of(one))
    held = said[-1].deliberation if said else talk_of(one)
    remarks = [
        {
            "text": each.text,
            "at": each.at,
            "me": each.person_id in access.persons,
            "name": called(judges[each.person_id], me=each.person_id in access.persons)
            if each.person_id in judges
            else _("Organizers"),
        }
        for each in said
    ]
    typed = request.session.pop(f"calibration-{one.pk}", {})
    page = page_of(request, remarks, REMARKS, name="said", holding=len(remarks) - 1)
    return {
        "remarks": page,
        "remarks_kept": kept(request, "said"),
        "outcome": held.outcome if held else "",
        "talks": one.state == "discussing",
        "typed": typed,
    }


def typed_in(request: HttpRequest, one: Calibration, name: str) -> str:
    """What was typed, kept for the page should it be refused."""
    text = str(request.POST.get(name, ""))[:20_000]
    request.session[f"calibration-{one.pk}"] = {name: text}
    return text


def forgotten(request: HttpRequest, one: Calibration) -> None:
    """It was taken: what was typed is kept no longer."""
    request.session.pop(f"calibration-{one.pk}", None)


def speak(request: HttpRequest, one: Calibration) -> None:
    """Say what was typed, as the judge of the panel one is, else as an organizer."""
    text, person = typed_in(request, one, "text"), speaker_on(one, access_of(request).persons)
    if person is None:
        raise Http404

    def act() -> None:
        actions.remark_on_calibration(calibration=one, person=person, text=text, by=request.user)

    if attempt(request, act, _("Said to the panel.")):
        forgotten(request, one)


@signed_in
@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something to the panel."""
    one = seen(request, "calibration.talk", calibrations(), pk=pk)
    speak(request, one)
    return redirect(f"{reverse('calibration', args=[pk])}#talk")


@signed_in
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """The chair lets the panel talk, or closes the calibration."""
    one = seen(request, "calibration.lead", calibrations(), pk=pk)
    take_step(request, one)
    return redirect("calibration", pk)


def take_step(request: HttpRequest, one: Calibration) -> None:
    """Do what was asked: talk, or close."""
    match request.POST.get("do"):
        case "discuss":
            attempt(
                request,
                lambda: actions.discuss_calibration(calibration=one, by=request.user),
                _("The panel now sees how it differs."),
            )
        case "close":
            outcome = typed_in(request, one, "outcome")
            done = _("The calibration is done: all entries are open.")
            if attempt(request, lambda: actions.close_calibration(calibration=one, by=request.user, outcome=outcome), done):
                forgotten(request, one)
        case _:
            raise Http404


@signed_in
@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one's own final sheet on an anchor again."""
    rows = judgeable(Sheet.objects.select_related("challenge__round__cycle", "judge", "group"))
    sheet = seen(request, "sheet.mark", rows, pk=pk)
    said = _("Your sheet is open again. What it said is kept.")
    attempt(request, lambda: actions.revise_anchor(sheet=sheet, by=request.user), said)
    return redirect("sheet", pk)
