"""People of a cycle on the organizer's desk: the roll, registrations, one person's place, the roll as CSV."""

import csv
from io import StringIO
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.live import fragment
from backend.web.pages.desk.place import back, desk_page, organized
from backend.web.pages.desk.roll import STATES, counted, narrowed, roll_of, table
from backend.web.paging import page_of
from backend.web.shapes import badge
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups import actions
from games.groups.models import Registration
from games.groups.queries import door_of, places_taken, registrations_of
from games.groups.rules import CYCLE_WIDE, RegistrationState
from games.playbooks.rules import Capability

PAGE: Final = 50
REGISTRATIONS: Final = {
    RegistrationState.PENDING.value: ("planned", gettext_lazy("waits for you")),
    RegistrationState.WAITING.value: ("locked", gettext_lazy("waiting list")),
    RegistrationState.ACCEPTED.value: ("open", gettext_lazy("takes part")),
    RegistrationState.REFUSED.value: ("alert", gettext_lazy("refused")),
    RegistrationState.WITHDRAWN.value: ("closed", gettext_lazy("withdrew")),
}
OPEN: Final = (RegistrationState.PENDING.value, RegistrationState.WAITING.value)


def ways(cycle: Cycle, current: str) -> list[dict[str, Any]]:
    """The parts of this place."""
    parts = (
        ("roll", _("Everybody"), "cycle-people"),
        ("invite", _("Invite"), "desk-invite"),
        ("registrations", _("Registrations"), "desk-registrations"),
        ("partners", _("Partners"), "desk-partners"),
    )
    return [{"label": label, "url": reverse(name, args=[cycle.key]), "current": key == current} for key, label, name in parts]


def roles_of(cycle: Cycle, *, wide: bool = False) -> list[tuple[str, str]]:
    """Key and name of the roles of a cycle; `wide`: only those that hold for the whole of it."""
    usable = [one for one in design_of(cycle).roles if one.capabilities]
    return [(one.key, one.name or one.key) for one in usable if not wide or set(one.capabilities) <= CYCLE_WIDE]


@never_cache
@signed_in
@require_safe
def roll_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Everybody, filtered and sorted; what each one's invitation came to."""
    found = organized(request, cycle)
    everybody = roll_of(found, access_of(request).now)
    asked = {key: request.GET.get(key, "") for key in ("q", "role", "state", "sort")}
    page = page_of(request, narrowed(everybody, asked), PAGE)
    counts, names = counted(everybody), dict(roles_of(found))
    for one in page.object_list:
        _shown(one, names)
    kept = {key: value for key, value in asked.items() if value}
    context = {
        "ways": ways(found, "roll"),
        "page": page,
        "asked": asked,
        "kept": urlencode(kept),
        "narrow": bool(asked["q"] or asked["role"] or asked["state"]),
        "roles": roles_of(found),
        "states": [(key, label, counts[key]) for key, (_shape, label) in STATES.items() if counts[key] or asked["state"] == key],
        "sorts": [("name", _("Name")), ("team", _("Team")), ("role", _("Role")), ("since", _("Newest first"))],
        "here": request.get_full_path(),
        "sending": counts["sending"],
        "mail": _mail(counts),
    }
    return desk_page(request, "desk/people.html", found, "people", context)


def _mail(counts: dict[str, int]) -> dict[str, Any]:
    """How far the mails of the invitations are."""
    over = counts["invited"] + counts["bounced"]
    return {
        "sent": counts["invited"],
        "bounced": counts["bounced"],
        "left": counts["sending"],
        "over": over,
        "all": over + counts["sending"],
    }


@never_cache
@signed_in
@require_safe
def mail_progress(request: HttpRequest, cycle: str) -> HttpResponse:
    """A fragment: how many invitations are on their way. Polled while there are any."""
    found = organized(request, cycle)
    counts = counted(roll_of(found, access_of(request).now))
    return fragment(request, "desk/mail_progress.html", {"cycle": found, "mail": _mail(counts)}, over=not counts["sending"])


@never_cache
@signed_in
@require_safe
def roll_csv(request: HttpRequest, cycle: str) -> HttpResponse:
    """The roll, as narrowed on the page, as a table with addresses."""
    found = organized(request, cycle)
    rows = narrowed(roll_of(found, access_of(request).now), request.GET.dict())
    text = StringIO()
    csv.writer(text).writerows(table(rows))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.key}-people.csv"'
    return answer


@never_cache
@signed_in
def place_page(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """One person's place: send the invitation again, withdraw it, another role, lead the team, end it."""
    found = organized(request, cycle)
    rows: Any = roll_of(found, access_of(request).now).select_related("cycle")
    one = seen(request, "membership.end", rows, pk=pk)
    if request.method == "POST":
        return _changed(request, found, one)
    context = {"one": _shown(one, dict(roles_of(found))), "wide": roles_of(found, wide=True), "back": came_from(request, found)}
    return desk_page(request, "desk/place.html", found, "people", context, title=one.person.name)


def _shown(one: Any, names: dict[str, str]) -> Any:
    """A row of the roll with what templates need to know of it."""
    one.badge, one.role_name = badge(STATES[one.standing]), names.get(one.role, one.role)
    one.leads = Capability.CAPTAIN in one.capabilities
    return one


def came_from(request: HttpRequest, cycle: Cycle) -> str:
    """The list as it was narrowed, if one came from there."""
    wanted, home = request.GET.get("back", ""), reverse("cycle-people", args=[cycle.key])
    return wanted if wanted.startswith(home) else home


def _changed(request: HttpRequest, cycle: Cycle, one: Any) -> HttpResponse:
    given = {key: request.POST.get(key, "").strip() for key in ("reason", "role", "email")}
    name = {"name": one.person.name}
    match request.POST.get("do"):
        case "again":
            done = _("A new link is on its way to %(name)s.") % name
            attempt(request, lambda: actions.invite_again(one, by=me(request), email=given["email"]), done)
        case "withdraw":
            done = _("The invitation of %(name)s is withdrawn.") % name
            attempt(request, lambda: actions.withdraw_invitation(one, by=me(request), reason=given["reason"]), done)
        case "role":
            done = _("%(name)s has another role now.") % name
            attempt(request, lambda: actions.change_role(one, role=given["role"], by=me(request), reason=given["reason"]), done)
        case "lead" if one.group is not None:
            group, done = one.group, _("%(name)s leads the team now.") % name
            attempt(request, lambda: actions.hand_over(group, to=one, by=me(request)), done)
        case "end" if one.group is not None:
            attempt(request, lambda: actions.remove_member(one, by=me(request)), _("%(name)s has left the team.") % name)
        case "end":
            done = _("The role of %(name)s has ended.") % name
            attempt(request, lambda: actions.dismiss(one, by=me(request), reason=given["reason"]), done)
        case _:
            raise Http404
    return back(request, reverse("cycle-people", args=[cycle.key]))


@never_cache
@signed_in
@require_safe
def registrations_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Registrations in the order they came, those that wait for an answer first."""
    found = organized(request, cycle)
    state = request.GET.get("state", "")
    rows = registrations_of(found)
    counts = {key: sum(1 for one in rows if one.state == key) for key in REGISTRATIONS}
    chosen = [one for one in rows if one.state == state] if state in REGISTRATIONS else sorted(rows, key=_answered)
    page = page_of(request, chosen, PAGE)
    rules = design_of(found).registration
    context = {
        "ways": ways(found, "registrations"),
        "page": page,
        "kept": f"state={state}" if state in REGISTRATIONS else "",
        "registrations": [(one, badge(REGISTRATIONS[one.state]), one.state in OPEN) for one in page.object_list],
        "state": state,
        "states": [(key, label, counts[key]) for key, (_shape, label) in REGISTRATIONS.items() if counts[key] or key == state],
        "door": door_of(found, access_of(request).now),
        "taken": places_taken(found),
        "capacity": rules.capacity,
        "pending": counts[RegistrationState.PENDING.value],
        "here": request.get_full_path(),
    }
    return desk_page(request, "desk/registrations.html", found, "people", context, title=_("Registrations"))


def _answered(one: Registration) -> bool:
    return one.state not in OPEN


@signed_in
@require_POST
def accept_all(request: HttpRequest, cycle: str) -> HttpResponse:
    """Accept every registration that waits for an answer; those that cannot be are named with the reason."""
    found = organized(request, cycle)
    rows = [one for one in registrations_of(found) if one.state == RegistrationState.PENDING.value]
    accepted = sum(1 for one in rows if _accepted(request, one))
    if accepted:
        done = ngettext("%(count)d registration is accepted.", "%(count)d registrations are accepted.", accepted)
        messages.success(request, done % {"count": accepted})
    return redirect("desk-registrations", found.key)


def _accepted(request: HttpRequest, one: Registration) -> bool:
    """Whether it went; a refusal is told with whom it is about."""
    try:
        actions.settle(one, accept=True, by=me(request))
    except GameError as refusal:
        messages.error(request, f"{one.group.name}: {refusal.message}")
        return False
    return True
