"""Registering a team, a team's own page, joining one."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, may, me, refuse, require, seen, signed_in
from backend.accounts.pages.team_forms import ANSWERS, AskForm, CodeForm, InviteForm, RegisterForm, RenameForm, WithdrawForm
from backend.api.permissions import access_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups import actions
from games.groups.models import Group, JoinRequest, Membership, Registration
from games.groups.queries import door_of, members, open_requests, place_on_list, places_taken, team_of
from games.groups.rules import GroupState, consent_problems, missing_members
from games.journal.queries import db_now
from games.organizations.actions import person_for
from games.playbooks.rules import Capability
from games.playbooks.schema import Registration as Rules

STATES = {
    GroupState.PENDING.value: ("planned", "waits"),
    GroupState.ACTIVE.value: ("open", "takes part"),
    GroupState.WITHDRAWN.value: ("closed", "withdrew"),
    GroupState.DISQUALIFIED.value: ("alert", "disqualified"),
    GroupState.MERGED.value: ("closed", "merged"),
}


@never_cache
@signed_in
def register(request: HttpRequest, cycle: str) -> HttpResponse:
    """Bring a new team into a cycle: form, terms, rules; every fault beside its field."""
    found = seen(request, "cycle.view", Cycle.objects.all(), key=cycle)
    rules = design_of(found).registration
    entrance = door_of(found, db_now())
    form = RegisterForm(request.POST or None, rules=rules)
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
        "crumbs": _crumbs(found, "Register a team"),
    }
    return render(request, "groups/register.html", context)


def _crumbs(cycle: Cycle, label: str) -> list[dict[str, str]]:
    return [{"label": cycle.name, "url": f"/cycles/{cycle.key}/"}, {"label": label}]


@never_cache
@signed_in
def complete(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Answer anew and accept what holds now, for a team whose registration waits for that."""
    rows = Registration.objects.select_related("group__cycle")
    registration = seen(request, "registration.view", rows, group__cycle__key=cycle, group__key=group)
    require(request, "registration.complete", registration)
    found = registration.group.cycle
    rules = design_of(found).registration
    form = RegisterForm(request.POST or None, rules=rules, initial=_before(registration))
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
        "crumbs": _crumbs(found, registration.group.name),
    }
    return render(request, "groups/register.html", context)


def _before(registration: Registration) -> dict[str, Any]:
    """What was answered in the cycle before."""
    answers = {f"{ANSWERS}{key}": value for key, value in registration.answers.items()}
    return {**answers, "division": registration.group.division}


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


@never_cache
def team(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """A team: for everybody its name, for members who is in it, for the captain all that leads it."""
    rows = Group.objects.select_related("cycle", "organization")
    found = seen(request, "group.view", rows, cycle__key=cycle, key=group)
    bound: dict[str, Form] = {}
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect("sign-in")
        answer = _do(request, found, bound)
        if answer is not None:
            return answer
        found = seen(request, "group.view", rows, pk=found.pk)
    return render(request, "groups/team.html", _shown(request, found, bound))


def _shown(request: HttpRequest, group: Group, bound: dict[str, Form]) -> dict[str, Any]:
    inside, leads = may(request, "group.member", group), may(request, "group.manage", group)
    rules = design_of(group.cycle).registration
    present = list(members(group)) if inside or leads else []
    registration = Registration.objects.filter(group=group).select_related("group__cycle").first() if inside or leads else None
    badge, words = STATES[group.state]
    access = access_of(request)
    return {
        "group": group,
        "cycle": group.cycle,
        "inside": inside,
        "leads": leads,
        "captain": group.pk in access.groups_with(Capability.CAPTAIN),
        "settles": registration is not None and may(request, "registration.settle", registration),
        "badge": badge,
        "badge_words": words,
        "members": [(one, Capability.CAPTAIN in one.capabilities, one.person_id in access.persons) for one in present],
        "registration": registration,
        "completes": registration is not None and registration.state == "pending" and _outdated(rules, registration),
        "answers": _answers(rules.form, registration) if registration else [],
        "place": place_on_list(registration) if registration else 0,
        "lacks": missing_members(rules, len(present)) if present else 0,
        "size": rules.max_members,
        "requests": open_requests(group) if leads else [],
        "asked": JoinRequest.objects.filter(group=group, person_id__in=access.persons, state="asked").first(),
        "rename": bound.get("rename") or RenameForm(initial={"name": group.name}),
        "invite": bound.get("invite") or InviteForm(),
        "ask": bound.get("ask") or AskForm(),
        "withdraw": bound.get("withdraw") or WithdrawForm(),
        "crumbs": _crumbs(group.cycle, group.name),
    }


def _outdated(rules: Rules, registration: Registration) -> bool:
    """Whether the captain has yet to accept what holds now."""
    divisions = [one.key for one in rules.divisions]
    gone = bool(divisions) and registration.group.division not in divisions
    return gone or bool(consent_problems(rules, actions.given_by(registration)))


def _answers(fields: Any, registration: Registration) -> list[dict[str, Any]]:
    given = registration.answers
    found = [{"name": one.name or one.key, "value": given.get(one.key)} for one in fields if one.key in given]
    return [{**one, "value": ", ".join(one["value"])} if isinstance(one["value"], list) else one for one in found]


def _do(request: HttpRequest, group: Group, bound: dict[str, Form]) -> HttpResponse | None:
    """Carry out what was pressed; None shows the page again with the faulty form in `bound`."""
    do = request.POST.get("do", "")
    act = ACTS.get(do)
    if act is None:
        raise Http404
    permission, run = act
    if permission:
        require(request, permission, group)
    if not run(request, group, bound):
        return None
    return redirect("team", cycle=group.cycle.key, group=group.key)


def _with_form(
    name: str, kind: type[Form], act: Callable[[HttpRequest, Group, dict[str, Any]], object], done: str
) -> Callable[[HttpRequest, Group, dict[str, Form]], bool]:
    def run(request: HttpRequest, group: Group, bound: dict[str, Form]) -> bool:
        form = bound[name] = kind(request.POST)
        if not form.is_valid():
            return False
        values = form.cleaned_data
        try:
            act(request, group, values)
        except GameError as refusal:
            refuse(form, refusal)
            return False
        return attempt(request, lambda: None, done)

    return run


def _pressed(act: Callable[[HttpRequest, Group], object], done: str) -> Callable[[HttpRequest, Group, dict[str, Form]], bool]:
    def run(request: HttpRequest, group: Group, _bound: dict[str, Form]) -> bool:
        attempt(request, lambda: act(request, group), done)
        return True

    return run


def _membership(request: HttpRequest, group: Group) -> Membership:
    """The member that was pressed, if the person may end or change it."""
    number = request.POST.get("member", "")
    rows = Membership.objects.filter(group=group, until__isnull=True).select_related("person", "group")
    return seen(request, "membership.end", rows, pk=int(number) if number.isdigit() else 0)


def _leave(request: HttpRequest, group: Group) -> None:
    membership = _membership(request, group)
    if membership.person_id in access_of(request).persons:
        actions.leave(membership, by=me(request))
    else:
        actions.remove_member(membership, by=me(request))


def _answer(request: HttpRequest, group: Group) -> None:
    number = request.POST.get("request", "")
    rows = JoinRequest.objects.filter(group=group)
    asked = seen(request, "join_request.settle", rows, pk=int(number) if number.isdigit() else 0)
    actions.settle_request(asked, accept=request.POST.get("answer") == "yes", by=me(request))


def _settle(request: HttpRequest, group: Group) -> None:
    registration = seen(request, "registration.settle", Registration.objects.all(), group=group)
    accept = request.POST.get("answer") == "yes"
    actions.settle(registration, accept=accept, by=me(request), reason=request.POST.get("reason", ""))


ACTS: dict[str, tuple[str, Callable[[HttpRequest, Group, dict[str, Form]], bool]]] = {
    "rename": (
        "group.manage",
        _with_form("rename", RenameForm, lambda r, g, v: actions.rename(g, name=v["name"], by=me(r)), "The new name holds."),
    ),
    "invite": (
        "group.manage",
        _with_form(
            "invite", InviteForm, lambda r, g, v: actions.invite_member(g, by=me(r), **v), "The invitation is on its way."
        ),
    ),
    "ask": (
        "",
        _with_form(
            "ask",
            AskForm,
            lambda r, g, v: actions.ask_to_join(g, by=me(r), person=person_for(me(r)), message=v["message"]),
            "You have asked. The captain answers.",
        ),
    ),
    "withdraw": (
        "group.manage",
        _with_form(
            "withdraw",
            WithdrawForm,
            lambda r, g, v: actions.withdraw_group(g, by=me(r), reason=v["reason"]),
            "The team has left the cycle.",
        ),
    ),
    "renew": ("group.manage", _pressed(lambda r, g: actions.renew_code(g, by=me(r)), "The new code holds, the old one is dead.")),
    "captain": (
        "group.manage",
        _pressed(lambda r, g: actions.hand_over(g, to=_membership(r, g), by=me(r)), "The captaincy is handed over."),
    ),
    "end": ("", _pressed(_leave, "Done.")),
    "answer": ("group.manage", _pressed(_answer, "Answered.")),
    "settle": ("", _pressed(_settle, "Settled.")),
}
