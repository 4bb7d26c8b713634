"""Calibrations on the organizer's desk: which panels calibrate, which entries are their anchors, how they differ, what they say."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.calibrated import ANCHORS, JUDGES, anchor_shown, badge_of, farthest, legend, paged, progress_words, steps_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.pages.marking.calibration import speak, take_step, talk
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import GameError
from games.judging import actions
from games.judging.models import Calibration
from games.judging.queries.calibrating import Place, calibration_on, calibrations, candidates, differences, places_of, standings
from games.judging.queries.others import judges_on
from games.judging.rules.calibrating import calibrates
from games.rounds.rules import group_deadline
from games.submissions.queries import rules_of


@never_cache
@signed_in
@require_safe
def calibrations_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every panel that can calibrate, with where it stands."""
    found = organized(request, cycle)
    context = {"ways": ways(found, "calibrations"), "rows": [_place(one) for one in places_of(found)]}
    return desk_page(request, "desk/calibrations.html", found, "judging", context, title=_("Calibration"))


def _place(one: Place) -> dict[str, Any]:
    begun = one.calibration
    keys = [one.challenge.round.cycle.key]
    url = reverse("desk-calibration", args=[*keys, begun.pk]) if begun else _begin_url(one.challenge, one.panel)
    several = len(rules_of(one.challenge)[1].judges_panels) > 1
    return {
        "task": one.challenge,
        "panel": one.title if several else "",
        "judges": one.judges,
        "wanted": one.wanted,
        "begun": begun,
        "badge": badge_of(begun) if begun else None,
        "url": url,
    }


def _begin_url(challenge: Challenge, panel: str) -> str:
    return f"{reverse('desk-calibrate', args=[challenge.round.cycle.key, challenge.pk])}?panel={panel}"


@never_cache
@signed_in
def begin_page(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Choose the anchors of a panel: those proposed are ticked."""
    found = organized(request, cycle)
    task = Challenge.objects.filter(round__cycle=found, pk=pk).select_related("round__cycle").first()
    panel = request.GET.get("panel", "")
    if task is None or not calibrates(rules_of(task)[1], panel):
        raise Http404
    begun = calibration_on(task, panel)
    if begun is not None:
        return redirect("desk-calibration", found.key, begun.pk)
    rows = candidates(task, panel)
    ticked = {one.group.pk for one in rows if one.proposed}
    problems: list[str] = []
    if request.method == "POST":
        ticked = {id_in(one) for one in request.POST.getlist("anchor")}
        groups = [one.group for one in rows if one.group.pk in ticked]
        try:
            begun = actions.begin_calibration(challenge=task, panel=panel, groups=groups, by=me(request))
        except GameError as refusal:
            problems = [each.message for each in refusal.problems] or [refusal.message]
        else:
            messages.success(request, _("The calibration has begun: every judge of the panel has the anchors."))
            return redirect("desk-calibration", found.key, begun.pk)
    context = {
        "ways": ways(found, "calibrations"),
        "task": task,
        "panel": _panel_name(task, panel),
        "rows": [{"one": one, "ticked": one.group.pk in ticked} for one in rows],
        "topics": any(one.topic for one in rows),
        "problems": problems,
        "until": end if (end := _ends(task)) and end > access_of(request).now else None,
    }
    title = _("Calibration: choose the anchors")
    return desk_page(request, "desk/calibrate.html", found, "judging", context, title=title, status=422 if problems else 200)


def _ends(task: Challenge) -> datetime | None:
    """When entries of the task stop changing; None where nothing is written."""
    return group_deadline(task.round.clock, None) if rules_of(task)[1].form else None


def _panel_name(task: Challenge, panel: str) -> str:
    panels = {one.key: one.title for one in rules_of(task)[1].judges_panels}
    return panels.get(panel, panel) if len(panels) > 1 else ""


def _one(request: HttpRequest, cycle: Cycle, pk: int) -> Calibration:
    return seen(request, "calibration.view", calibrations().filter(challenge__round__cycle=cycle), pk=pk)


@never_cache
@signed_in
@require_safe
def calibration_desk(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """How far the judges are, how their marks differ, what they say; the next step."""
    found = organized(request, cycle)
    one = _one(request, found, pk)
    one.challenge.round.cycle = found
    judges = judges_on(one.challenge, one.panel, named=True)
    rows = differences(one, None)
    anchors = [anchor_shown(request, one, each, judges) for each in rows]
    far = standings(one, rows)
    here = [found.key, one.pk]
    context = {
        "ways": ways(found, "calibrations"),
        "one": one,
        "task": one.challenge,
        "panel": _panel_name(one.challenge, one.panel),
        "state": badge_of(one),
        "steps": steps_of(one),
        "progress": progress_words(far),
        "without": [each.person.name for each in far if not each.whole],
        **paged(
            request, {"standings": (far, JUDGES), "anchors": (anchors, ANCHORS), "legend": (legend(judges, (), rows), JUDGES)}
        ),
        "farthest": farthest(anchors),
        "urls": {"say": reverse("desk-calibration-do", args=here), "step": reverse("desk-calibration-do", args=here)},
        **talk(request, one, judges),
    }
    return desk_page(request, "desk/calibration.html", found, "judging", context, title=one.challenge.name)


@signed_in
@require_POST
def calibration_do(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """One act on a calibration: say something, give the anchors to who has none, let the panel talk, close it."""
    found = organized(request, cycle)
    one = _one(request, found, pk)
    where = ""
    match request.POST.get("do"):
        case "say":
            speak(request, one)
            where = "#talk"
        case "give":
            _give(request, one)
        case _:
            take_step(request, one)
    return redirect(f"{reverse('desk-calibration', args=[found.key, pk])}{where}")


def _give(request: HttpRequest, one: Calibration) -> None:
    try:
        new = actions.give_anchors(calibration=one, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
        return
    said = ngettext("%(count)d new sheet on an anchor is given out.", "%(count)d new sheets on anchors are given out.", new)
    messages.success(request, said % {"count": new})
