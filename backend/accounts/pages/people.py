"""For organizers: who registered, who waits, who judges and steers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, me, refuse, require, seen, signed_in
from backend.accounts.pages.team_forms import RoleForm
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups import actions
from games.groups.models import Membership, Registration
from games.groups.queries import cycle_roles, door_of, places_taken, registrations_of
from games.groups.rules import CYCLE_WIDE
from games.journal.queries import db_now

STATES = {
    "pending": ("planned", "waits for you"),
    "waiting": ("planned", "waiting list"),
    "accepted": ("open", "takes part"),
    "refused": ("alert", "refused"),
    "withdrawn": ("closed", "withdrew"),
}


@never_cache
@signed_in
def people(request: HttpRequest, cycle: str) -> HttpResponse:
    """Registrations in the order they came, and the roles in the cycle."""
    found = seen(request, "cycle.view", Cycle.objects.all(), key=cycle)
    require(request, "cycle.organize", found)
    form = RoleForm(request.POST if request.POST.get("do") == "invite" else None, roles=_roles(found))
    if request.method == "POST" and _done(request, found, form):
        return redirect("cycle-people", cycle=found.key)
    rules = design_of(found).registration
    context: dict[str, Any] = {
        "cycle": found,
        "door": door_of(found, db_now()),
        "taken": places_taken(found),
        "capacity": rules.capacity,
        "registrations": [(one, *STATES[one.state]) for one in registrations_of(found)],
        "roles": cycle_roles(found),
        "form": form,
        "crumbs": [{"label": found.name, "url": f"/cycles/{found.key}/"}, {"label": "People"}],
    }
    return render(request, "groups/people.html", context)


def _roles(cycle: Cycle) -> list[tuple[str, str]]:
    """Roles of the Design that hold for the whole cycle."""
    usable = [one for one in design_of(cycle).roles if one.capabilities and set(one.capabilities) <= CYCLE_WIDE]
    return [(one.key, one.name or one.key) for one in usable]


def _done(request: HttpRequest, cycle: Cycle, form: RoleForm) -> bool:
    """Carry out what was pressed; False shows the page again with the faulty form."""
    match request.POST.get("do"):
        case "invite":
            return _invited(request, cycle, form)
        case "settle":
            registration = _chosen(request, "registration.settle", Registration.objects.filter(group__cycle=cycle))
            accept = request.POST.get("answer") == "yes"
            reason = request.POST.get("reason", "")
            attempt(request, lambda: actions.settle(registration, accept=accept, by=me(request), reason=reason), "Settled.")
        case "dismiss":
            membership = _chosen(request, "membership.end", Membership.objects.filter(cycle=cycle, group__isnull=True))
            reason = request.POST.get("reason", "")
            attempt(request, lambda: actions.dismiss(membership, by=me(request), reason=reason), "The role has ended.")
        case _:
            raise Http404
    return True


def _chosen(request: HttpRequest, permission: str, rows: Any) -> Any:
    number = request.POST.get("row", "")
    return seen(request, permission, rows, pk=int(number) if number.isdigit() else 0)


def _invited(request: HttpRequest, cycle: Cycle, form: RoleForm) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.invite_to_role(cycle, by=me(request), **form.cleaned_data)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    return attempt(request, lambda: None, "The invitation is on its way.")
