"""One panel of a task on the organizer's desk: what is known of its judges, who dropped out, what is open, plans asked for so far."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.paging import page_of, place_of
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.errors import GameError
from games.judging import actions
from games.judging.actions.panels import choices_of
from games.judging.models import AssignmentPlan, Panelist
from games.judging.planning import Facts, facts_of, gaps_of, missing
from games.judging.rules.plans import Asked
from games.judging.rules.seats import Details
from games.judging.seating import MARKED

SHOWN: Final = 12
SEATS: Final = 24
KNOWN: Final = 40  # plans that are looked at for what the last one asked
PLAN_BADGES: Final = {
    "waiting": ("planned", gettext_lazy("waiting")),
    "running": ("judging", gettext_lazy("being worked out")),
    "ready": ("open", gettext_lazy("to be looked at")),
    "infeasible": ("alert", gettext_lazy("cannot be")),
    "failed": ("alert", gettext_lazy("failed")),
    "applied": ("published", gettext_lazy("given out")),
    "dropped": ("closed", gettext_lazy("dropped")),
}


def badge_of(plan: AssignmentPlan) -> dict[str, Any]:
    """The state of a plan, as components/badge.html takes it."""
    state, label = PLAN_BADGES[plan.state]
    return {"state": state, "label": label}


def task_of(cycle: Cycle, pk: int, panel: str) -> Challenge:
    """A task of the cycle that has this panel, else 404."""
    rows = Challenge.objects.filter(round__cycle=cycle, format__in=MARKED, pk=pk).select_related("round__cycle")
    task = rows.first()
    if task is None or panel not in {one.key for one in spec_of(task).judges_panels if one.who != "audience"}:
        raise Http404
    return task


@never_cache
@signed_in
@require_safe
def panel_page(request: HttpRequest, cycle: str, pk: int, panel: str) -> HttpResponse:
    """Who sits on the panel, with all that a plan looks at; what is open; what was planned."""
    found = organized(request, cycle)
    task = task_of(found, pk, panel)
    return desk_page(request, "desk/panel.html", found, "judging", panel_context(request, found, task, panel), title=task.name)


def panel_context(request: HttpRequest, cycle: Cycle, task: Challenge, panel: str) -> dict[str, Any]:
    """What the page shows; also when something on it was refused."""
    spec = spec_of(task)
    facts = facts_of(task, panel)
    plans = list(AssignmentPlan.objects.filter(challenge=task, panel=panel).defer("found").order_by("-pk")[:KNOWN])
    gaps, seats = gaps_of(facts, plans), _seats(facts)
    places = [cycle.key, task.round.key, task.key]
    return {
        "ways": ways(cycle, "panels"),
        "task": task,
        "panel": panel,
        "named": next((one.title for one in spec.judges_panels if one.key == panel), panel),
        "several": len(spec.judges_panels) > 1,
        "seats": page_of(request, seats, SEATS, holding=place_of(request, "seat", (one["seat"].pk for one in seats))),
        "topics": choices_of(spec, spec.topics),
        "languages": choices_of(spec, spec.language),
        "entries": len(facts.groups),
        "judges": len(facts.seats),
        "open": missing(facts, gaps),
        "each": gaps.per_entry if facts.kept else min(3, len(facts.seats)) or 1,
        "calibrated": len(facts.anchors),
        "seed": task.pk * 7919 % 10_000,
        "plans": [{"plan": one, "badge": badge_of(one), "asked": Asked.of(one.asked)} for one in plans[:SHOWN]],
        "matrix": f"{reverse('desk-matrix', args=places)}?panel={panel}",
    }


def _seats(facts: Facts) -> list[dict[str, Any]]:
    """The judges by name, those who dropped out last."""
    counts: dict[int, int] = {}
    for _group, judge in (*facts.kept, *facts.take):
        counts[judge] = counts.get(judge, 0) + 1
    waiting: dict[int, int] = {}
    for _group, judge in facts.take:
        waiting[judge] = waiting.get(judge, 0) + 1
    return [
        {
            "seat": one,
            "person": one.person,
            "sheets": counts.get(one.person_id, 0),
            "waiting": waiting.get(one.person_id, 0),
            "gone": one in facts.gone,
            "full": one.max_load is not None and counts.get(one.person_id, 0) >= one.max_load,
        }
        for one in (*facts.seats, *facts.gone)
    ]


@signed_in
@require_POST
def panelist(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """One act on a judge of a panel: change what is known of them, they drop out, they are back."""
    found = organized(request, cycle)
    rows = Panelist.objects.filter(challenge__round__cycle=found).select_related("person", "challenge__round__cycle")
    one = seen(request, "panelist.change", rows, pk=pk)
    by, name = me(request), {"name": one.person.name}
    match request.POST.get("do"):
        case "describe":
            said = _("What is known of %(name)s is saved.") % name
            attempt(request, lambda: actions.describe_panelist(panelist=one, details=_details(request, one), by=by), said)
        case "leave":
            said = _("%(name)s gets nothing new. What they have open can be dealt anew.") % name
            attempt(request, lambda: actions.leave_panel(panelist=one, by=by), said)
        case "rejoin":
            said = _("%(name)s is back.") % name
            attempt(request, lambda: actions.rejoin_panel(panelist=one, by=by), said)
        case _:
            raise Http404
    place = reverse("desk-panel", args=[found.key, one.challenge_id, one.panel])
    return redirect(f"{place}#open" if request.POST.get("do") == "leave" else f"{place}?seat={one.pk}#seat-{one.pk}")


def _details(request: HttpRequest, seat: Panelist) -> Details:
    """What the form says; topics and languages only where the task asks its entries for them."""
    spec = spec_of(seat.challenge)
    load = request.POST.get("max_load", "").strip()
    return Details(
        topics=tuple(request.POST.getlist("topic")) if spec.topics else None,
        languages=tuple(request.POST.getlist("language")) if spec.language else None,
        max_load=int(load) if load.isascii() and load.isdigit() and len(load) < 9 else -1 if load else 0,  # noqa: PLR2004 digits
        chair=bool(request.POST.get("chair")),
    )


@signed_in
@require_POST
def panels_table(request: HttpRequest, cycle: str, pk: int, panel: str) -> HttpResponse:
    """Panels and what is known of judges from a pasted or uploaded table; with one fault nothing changes, and what was pasted stays."""
    found = organized(request, cycle)
    task = task_of(found, pk, panel)
    upload = request.FILES.get("file")
    content = upload.read(5 * 2**20 + 1) if upload is not None else request.POST.get("csv", "").encode()
    try:
        named = actions.seat_csv(cycle=found, content=content, by=me(request))
    except GameError as refusal:
        problems = [str(one) for one in refusal.problems[:200]] or [refusal.message]
        more = {"csv": content.decode(errors="replace")[:20_000], "problems": problems}
        context = panel_context(request, found, task, panel) | more
        return desk_page(request, "desk/panel.html", found, "judging", context, title=task.name, status=422)
    said = ngettext("%(count)d seat is as the table says.", "%(count)d seats are as the table says.", named)
    messages.success(request, said % {"count": named})
    return redirect("desk-panel", found.key, task.pk, panel)
