"""A judge about themselves: what they know well and read, panel by panel, and whom they are too close to."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.marking.lists import mine, tabs
from backend.web.pages.marking.offline import facts
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.groups.rules import GroupState
from games.judging import actions
from games.judging.actions.panels import choices_of
from games.judging.models import ConflictOfInterest, Panelist
from games.judging.queries import judges_in, progress_by_task
from games.judging.queries.others import unnamed_to
from games.judging.rules import ConflictSource
from games.permissions import visible
from games.playbooks.rules import Capability

OVER = (CycleState.CLOSED.value, CycleState.CANCELLED.value)


@never_cache
@signed_in
def my_panels(request: HttpRequest) -> HttpResponse:
    """The panels this person sits on in cycles that go on, and the groups they do not judge."""
    if request.method == "POST":
        return _act(request)
    access = access_of(request)
    cycles = list(
        Cycle.objects.filter(pk__in=access.cycles_with(Capability.JUDGE)).exclude(state__in=OVER).order_by("name", "pk")
    )
    seats = visible(access, "panelist.own", Panelist.objects.filter(challenge__round__cycle__in=cycles))
    known = visible(access, "conflict.view", ConflictOfInterest.objects.filter(group__cycle__in=cycles, lifted_at__isnull=True))
    groups = Group.objects.filter(cycle__in=cycles, state=GroupState.ACTIVE.value).order_by("name", "pk")
    context = {
        "cycles": _by_cycle(cycles, list(_whole(seats)), _known(known, access.persons), list(groups)),
        "tabs": tabs("my-panels", progress_by_task(mine(request))),
        "facts": facts(request, []),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), _("My panels")),
    }
    return render(request, "judging/panels.html", context)


def _whole(seats: Any) -> Any:
    places = ("challenge__round__cycle__name", "challenge__round__number", "challenge__number", "panel", "pk")
    return seats.select_related("challenge__round__cycle").order_by(*places)


def _known(known: Any, persons: frozenset[int]) -> list[dict[str, Any]]:
    """Whom this person does not judge. A group whose entry they had in a round that is blind stays unnamed; words only where they are theirs."""
    rows = list(known.filter(person__in=sorted(persons)).select_related("group").order_by("group__name", "pk"))
    unnamed = unnamed_to(persons) if rows else set()
    return [
        {
            "cycle": one.group.cycle_id,
            "group": None if one.group_id in unnamed else one.group,
            "reason": one.reason if one.source == ConflictSource.JUDGE.value else "",
            "mine": one.source == ConflictSource.JUDGE.value,
        }
        for one in sorted(rows, key=lambda row: row.group_id in unnamed)
    ]


def _by_cycle(
    cycles: list[Cycle], seats: list[Panelist], known: list[dict[str, Any]], groups: list[Group]
) -> list[dict[str, Any]]:
    return [
        {
            "cycle": cycle,
            "seats": [_seat(one) for one in seats if one.challenge.round.cycle_id == cycle.pk],
            "known": [one for one in known if one["cycle"] == cycle.pk],
            "groups": [one for one in groups if one.cycle_id == cycle.pk],
        }
        for cycle in cycles
    ]


def _seat(seat: Panelist) -> dict[str, Any]:
    spec = spec_of(seat.challenge)
    return {
        "seat": seat,
        "several": len(spec.judges_panels) > 1,
        "topics": choices_of(spec, spec.topics),
        "languages": choices_of(spec, spec.language),
    }


def _act(request: HttpRequest) -> HttpResponse:
    access, by = access_of(request), me(request)
    match request.POST.get("do"):
        case "expertise":
            rows = Panelist.objects.select_related("challenge__round__cycle")
            seat = seen(request, "panelist.own", rows, pk=id_in(request.POST.get("seat", "")))
            spec = spec_of(seat.challenge)
            topics = request.POST.getlist("topic") if spec.topics else seat.topics
            languages = request.POST.getlist("language") if spec.language else seat.languages
            done = _("Saved. Entries are dealt with this in mind.")
            attempt(request, lambda: actions.state_expertise(panelist=seat, topics=topics, languages=languages, by=by), done)
        case "close":
            cycles = Cycle.objects.filter(pk__in=access.cycles_with(Capability.JUDGE))
            group = Group.objects.filter(cycle__in=cycles, pk=id_in(request.POST.get("group", ""))).first()
            held = judges_in(group.cycle_id) if group is not None else judges_in(0)
            judge = held.filter(person__in=sorted(access.persons)).select_related("person").first()
            if group is None or judge is None:
                messages.error(request, _("Choose a team."))
            else:
                done = _("You do not judge %(group)s. Sheets on it are given back.") % {"group": group.name}
                reason = request.POST.get("reason", "")
                person = judge.person
                attempt(request, lambda: actions.say_too_close(person=person, group=group, reason=reason, by=by), done)
        case _:
            raise Http404
    return redirect("my-panels")
