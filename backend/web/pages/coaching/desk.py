"""Office hours on the organizer's desk: who has used how many, so that the chance is equal, and a word to those who booked none."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from games.coaching import actions
from games.coaching.queries import asks_for_hours, experts_of, period_of, slots_ahead, used_in
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.rules import GroupState
from games.rounds.models import Round


@never_cache
@signed_in
@require_safe
def hours_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """The use of each team, those first who have booked least."""
    found = organized(request, cycle)
    access, rules = access_of(request), design_of(found).office_hours
    context: dict[str, Any] = {"rules": rules}
    if rules is not None and asks_for_hours(design_of(found)):
        period = period_of(found, access.now)
        groups = list(Group.objects.filter(cycle=found, state=GroupState.ACTIVE.value).order_by("name"))
        rows = sorted(used_in(found, groups, period=period), key=lambda one: (one.booked, one.group.name))
        free = slots_ahead(found, access.now).values_list("seats", "taken")
        context |= {
            "rows": rows,
            "without": sum(not one.booked for one in rows),
            "round": Round.objects.filter(pk=period).first() if period else None,
            "experts": list(experts_of(found)),
            "free": sum(seats - taken for seats, taken in free),
        }
    return desk_page(request, "coaching/desk.html", found, "rounds", context, title=_("Office hours"))


@signed_in
@require_POST
def nudge(request: HttpRequest, cycle: str) -> HttpResponse:
    """Tell the teams that have booked none that they may."""
    found = organized(request, cycle)
    attempt(request, lambda: actions.nudge(found, by=request.user), _("The teams without a booking are told."))
    return redirect("desk-hours", cycle)
