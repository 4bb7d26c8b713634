"""Registering a team, with files where the form asks for them; completing a registration; joining a team."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import me, refuse, require, seen, signed_in
from backend.accounts.pages.team_forms import ANSWERS, CodeForm, RegisterForm
from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups import actions
from games.groups.models import Registration, RegistrationFile
from games.groups.queries import door_of, places_taken, team_of
from games.journal.queries import db_now
from games.organizations.actions import person_for
from games.permissions import visible


@never_cache
@signed_in
def register(request: HttpRequest, cycle: str) -> HttpResponse:
    """Bring a new team into a cycle: form, terms, rules; every fault beside its field."""
    found = seen(request, "cycle.view", Cycle.objects.all(), key=cycle)
    rules = design_of(found).registration
    entrance = door_of(found, db_now())
    form = RegisterForm(request.POST or None, request.FILES or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register(found, by=me(request), person=person_for(me(request)), **form.values)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            return redirect("team", cycle=found.key, group=made.group.key)
    left = None if rules.capacity is None else max(0, rules.capacity - places_taken(found))
    context = {
        "cycle": found,
        "form": form,
        "rules": rules,
        "door": entrance,
        "left": left,
        "mine": team_of(person_for(me(request)), found, kind=actions.KIND),
        "crumbs": crumbs_of(found, _("Register a team")),
    }
    return render(request, "groups/register.html", context)


@never_cache
@signed_in
def complete(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Answer anew and accept what holds now, for a team whose registration waits for that."""
    rows = Registration.objects.select_related("group__cycle__series")
    registration = seen(request, "registration.view", rows, group__cycle__key=cycle, group__key=group)
    require(request, "registration.complete", registration)
    found = registration.group.cycle
    rules = design_of(found).registration
    kept = {one.field: one for one in registration.files.all() if registration.answers.get(one.field) == one.pk}
    form = RegisterForm(request.POST or None, request.FILES or None, rules=rules, kept=kept, initial=_before(registration))
    del form.fields["name"]
    if request.method == "POST" and form.is_valid():
        try:
            actions.complete(registration, by=me(request), person=person_for(me(request)), **form.values)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            return redirect("team", cycle=cycle, group=group)
    context = {
        "cycle": found,
        "form": form,
        "rules": rules,
        "door": door_of(found, db_now()),
        "title": registration.group.name,
        "crumbs": crumbs_of(found, registration.group.name),
    }
    return render(request, "groups/register.html", context)


def _before(registration: Registration) -> dict[str, Any]:
    """What was answered in the cycle before."""
    answers = {f"{ANSWERS}{key}": value for key, value in registration.answers.items()}
    return {**answers, "division": registration.group.division}


@never_cache
@signed_in
@require_safe
def file_of(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a registration, always as an attachment: for the group itself and organizers."""
    registrations = visible(access_of(request), "registration.view", Registration.objects.all())
    found = RegistrationFile.objects.filter(pk=pk, registration__in=registrations).first()
    if found is None:
        raise Http404
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(  # type: ignore[return-value]  # a response all the same; Django's two kinds share only their base
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type, headers=headers
    )


@never_cache
@signed_in
def join(request: HttpRequest) -> HttpResponse:
    """Join the team whose code one has."""
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.join_by_code(form.cleaned_data["code"], by=me(request), person=person_for(me(request)))
        except GameError as refusal:
            refuse(form, refusal)
        else:
            group = membership.group
            assert group is not None
            return redirect("team", cycle=group.cycle.key, group=group.key)
    return render(request, "groups/join.html", {"form": form})
