"""The end of writing: what is missing, what changes, the dry run, the launch, the amendment, or nothing of it."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import may, me, require, signed_in
from backend.web.pages.launching.place import Place, cycle_at, linked, page, place_at
from backend.web.pages.launching.words import changed_words, sentences_changed
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.errors import GameError, Problem
from games.progression import actions
from games.progression.actions.rehearsing import next_step, remove_rehearsal, start_rehearsal, steps_of
from games.progression.actions.succession import JUDGES, TEAMS
from games.progression.drafting import rehearsal_of
from games.progression.models import Rehearsal
from games.progression.rules import NothingChanged

CARRIED: Final = ((TEAMS, gettext_lazy("Teams with their members")), (JUDGES, gettext_lazy("Judges and those who look on")))


@never_cache
@signed_in
def draft_launch(request: HttpRequest, pk: int) -> HttpResponse:
    """What is missing, each linked to its field; the dry run; the launch, or the amendment with its reason."""
    place = place_at(request, pk)
    if request.method != "POST":
        return _shown(request, place)
    try:
        if place.amends:
            actions.amend_as_written(place.cycle, by=me(request), reason=request.POST.get("reason", ""))
            messages.success(request, _("The rules are amended. The decision and its reason can be read by everybody."))
            return redirect("cycle-desk", place.cycle.key)
        require(request, "cycle.launch")
        actions.edit_draft(place.draft, place.draft.data, by=me(request), carry=request.POST.getlist("carry"))
        launched = actions.launch_draft(
            place.cycle, by=me(request), reason=request.POST.get("reason", ""), public=request.POST.get("public") == "yes"
        )
    except GameError as refusal:
        return _shown(request, place, refusal=refusal)
    messages.success(request, _("“%(name)s” is launched. Now invite people.") % {"name": launched.name})
    return redirect("cycle-desk", launched.key)


def _shown(request: HttpRequest, place: Place, *, refusal: GameError | None = None) -> HttpResponse:
    problems: list[Problem] = place.written.problems
    told = [] if refusal is None else list(refusal.problems) or [Problem(refusal.where, refusal.message)]
    missing = linked(place, problems or [one for one in told if one.where not in {"reason", ""}])
    context: dict[str, Any] = {
        "missing": missing,
        "warnings": linked(place, place.written.warnings),
        "refusal": refusal.message if refusal is not None and not missing else "",
        "reason": request.POST.get("reason", ""),
        "reason_fault": next((one.message for one in told if one.where == "reason"), ""),
        "may_launch": may(request, "cycle.launch"),
        "dry_run": dry_run_shape(rehearsal_of(place.cycle)) if not place.amends else None,
        "can_try": place.written.design is not None,
        "carry": CARRIED if place.cycle.predecessor and not place.amends else (),
        "carried": place.draft.carry,
        "public": place.cycle.public,
    }
    if place.amends:
        context |= _amendment(place)
    return page(request, "launch/launch.html", place, "launch", context, status=422 if refusal is not None else 200)


def _amendment(place: Place) -> dict[str, Any]:
    """The change in words: what would be otherwise, which sentences of the rules go and come, what has to stay."""
    design, before = place.written.design, design_of(place.cycle)
    if design is None:
        return {"nothing": False, "changes": [], "sentences": []}
    return {
        "changes": changed_words(place.written.diff, before.data(), design.data()),
        "sentences": sentences_changed(before, design),
        "nothing": not place.written.diff,
        "nothing_words": NothingChanged.__doc__,
        "begun": [one.title for one in before.rounds if one.key in place.written.begun],
    }


@signed_in
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away, and its dry run with it."""
    place = place_at(request, pk)
    try:
        actions.discard_draft(place.cycle, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
        return redirect("draft-step", pk, "launch")
    messages.success(request, _("What was written is thrown away."))
    return redirect("cycle-desk", place.cycle.key) if place.amends else redirect("launch")


# --- The dry run ------------------------------------------------------------------------------------------------------------------------


def dry_run_shape(found: Rehearsal | None) -> dict[str, Any] | None:
    """How far a dry run is: {done, steps, percent, now, error, finished, url of its cycle}."""
    if found is None:
        return None
    step = next_step(found)
    design = design_of(found.cycle)
    titles = {one.key: one.title for one in design.rounds}
    words = {
        "people": _("Invented teams register, invented judges are appointed"),
        "entries": _("Entries for “%(round)s”"),
        "marks": _("Marks for “%(round)s”"),
        "results": _("Results of “%(round)s”: standings, awards, who goes on"),
        "awards": _("Awards are given"),
    }
    named = [
        {
            "words": words[one.kind] % {"round": titles.get(one.round, one.round)},
            "done": number < found.done,
            "now": number == found.done,
        }
        for number, one in enumerate(steps_of(design))
    ]
    return {
        "row": found,
        "steps": named,
        "done": found.done,
        "of": found.steps,
        "at": words[step.kind] % {"round": titles.get(step.round, step.round)} if step else "",
        "error": found.error,
        "finished": found.finished_at is not None,
        "running": found.finished_at is None and not found.error,
        "url": reverse("cycle", args=[found.cycle.key]),
        "desk": reverse("cycle-desk", args=[found.cycle.key]),
    }


@signed_in
@require_POST
def rehearse(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a dry run of the rules as they are written now; of a launched cycle as they hold, or as a change of them is written."""
    cycle = cycle_at(request, pk)
    try:
        start_rehearsal(cycle, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{_home(cycle)}#dry-run")


def _home(cycle: Cycle) -> str:
    """Where the dry run of a cycle is looked at: the end of its draft, or its rules at the desk."""
    if cycle.state == CycleState.DRAFT.value:
        return reverse("draft-launch", args=[cycle.pk])
    return reverse("desk-rules", args=[cycle.key])


@never_cache
@signed_in
@require_safe
def dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the dry run is: a fragment that the page asks for again while it plays."""
    found = dry_run_shape(rehearsal_of(cycle_at(request, pk)))
    if found is None:
        raise Http404
    return render(request, "launch/dry_run.html", {"dry_run": found, "pk": pk})


@signed_in
@require_POST
def remove_dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the dry run: everything of it. `pk` is that of the dry run's own cycle, or of the cycle it tries out."""
    cycle = cycle_at(request, pk)
    found = Rehearsal.objects.filter(cycle=cycle).select_related("cycle", "source").first() or rehearsal_of(cycle)
    if found is None:
        raise Http404
    try:
        remove_rehearsal(found, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The dry run is removed, with everything in it."))
    return redirect(f"{_home(found.source)}#dry-run")
