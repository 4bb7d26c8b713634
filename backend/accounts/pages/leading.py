"""A team's own page: its workspace for members; who is in it and what its captain decides; for others its name and the way in."""

from collections.abc import Callable
from typing import Any, Final

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, id_in, me, refuse, require, seen, signed_in
from backend.accounts.pages.team_forms import AskForm, InviteForm, RenameForm, WithdrawForm
from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of
from backend.web.pages.workspace.frame import framed, team_tabs
from backend.web.pages.workspace.overview import outdated, overview
from backend.web.paging import kept, page_of
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups import actions
from games.groups.models import Group, JoinRequest, Membership, Registration, RegistrationFile
from games.groups.queries import members, open_requests, place_on_list, with_asking
from games.groups.rules import GroupState, missing_members
from games.organizations.actions import person_for
from games.playbooks.rules import Capability
from games.playbooks.schema import FieldType

PAGE: Final = 24
"""So many members, and so many who ask to join, stand on a page."""
STATES = {
    GroupState.PENDING.value: ("planned", gettext_lazy("waits")),
    GroupState.ACTIVE.value: ("open", gettext_lazy("takes part")),
    GroupState.WITHDRAWN.value: ("closed", gettext_lazy("withdrew")),
    GroupState.DISQUALIFIED.value: ("alert", gettext_lazy("disqualified")),
    GroupState.MERGED.value: ("closed", gettext_lazy("merged")),
}


@never_cache
def team(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """A team: its workspace for members, all that leads it for organizers, for everybody else its name and the way in."""
    found, bound, answer = _asked(request, cycle, group)
    if answer is not None:
        return answer
    access = access_of(request)
    if found.pk in access.groups and not bound:
        return render(request, "workspace/overview.html", overview(request, found))
    if found.pk in access.groups or access.reads(found.cycle_id):
        return render(request, "groups/crew.html", _crew(request, found, bound))
    return render(request, "groups/team.html", _outside(request, found, bound))


@never_cache
@signed_in
def crew(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Who is in the team, how others come in, and what its captain decides."""
    found, bound, answer = _asked(request, cycle, group)
    if answer is not None:
        return answer
    access = access_of(request)
    if found.pk not in access.groups and not access.reads(found.cycle_id):
        raise Http404
    return render(request, "groups/crew.html", _crew(request, found, bound))


def _asked(request: HttpRequest, cycle: str, group: str) -> tuple[Group, dict[str, Form], HttpResponse | None]:
    """The team; of what was pressed the faulty form, or where to go on."""
    rows = with_asking(Group.objects.select_related("cycle__series", "cycle__organization", "organization", "registration"))
    found = seen(request, "group.view", rows, cycle__key=cycle, key=group)
    bound: dict[str, Form] = {}
    if request.method != "POST":
        return found, bound, None
    if not request.user.is_authenticated:
        return found, bound, redirect("sign-in")
    answer = _do(request, found, bound)
    return (found, bound, answer) if answer is not None else (seen(request, "group.view", rows, pk=found.pk), bound, None)


def _outside(request: HttpRequest, group: Group, bound: dict[str, Form]) -> dict[str, Any]:
    badge, words = STATES[group.state]
    asked = JoinRequest.objects.filter(group=group, person_id__in=access_of(request).persons, state="asked").first()
    return {
        "group": group,
        "cycle": group.cycle,
        "badge": badge,
        "badge_words": words,
        "asked": asked,
        "ask": bound.get("ask") or AskForm(),
        "crumbs": crumbs_of(group.cycle, group.name),
    }


def _crew(request: HttpRequest, group: Group, bound: dict[str, Form]) -> dict[str, Any]:
    access = access_of(request)
    captain, organizes = group.pk in access.groups_with(Capability.CAPTAIN), access.organizes(group.cycle_id)
    leads = captain or organizes
    rules = design_of(group.cycle).registration
    present = list(members(group))
    page = page_of(request, present, PAGE)
    asking = page_of(request, open_requests(group) if leads else [], PAGE, name="asking")
    registration: Registration | None = getattr(group, "registration", None)
    badge, words = STATES[group.state]
    return framed(request, group, "team-people", _("Team")) | {
        "inside": group.pk in access.groups,
        "leads": leads,
        "captain": captain,
        "settles": registration is not None and organizes,
        "badge": badge,
        "badge_words": words,
        "invite_url": request.build_absolute_uri(f"{reverse('join')}?code={group.invite_code}") if group.invite_code else "",
        "members": [(one, Capability.CAPTAIN in one.capabilities, one.person_id in access.persons) for one in page],
        "page": page,
        "page_kept": kept(request),
        "registration": registration,
        "completes": outdated(group),
        "answers": _answers(rules.form, registration) if registration else [],
        "tabs": team_tabs(group, "team-people") if group.pk in access.groups else [],
        "place": place_on_list(registration) if registration else 0,
        "lacks": missing_members(rules, len(present)) if present else 0,
        "size": rules.max_members,
        "requests": asking,
        "requests_kept": kept(request, "asking"),
        "rename": bound.get("rename") or RenameForm(initial={"name": group.name}),
        "invite": bound.get("invite") or InviteForm(),
        "withdraw": bound.get("withdraw") or WithdrawForm(),
    }


def _answers(fields: Any, registration: Registration) -> list[dict[str, Any]]:
    """What the registration says, question by question; a file by its name, to be opened."""
    given = registration.answers
    asked = [one for one in fields if one.key in given]
    files = {}
    if any(one.type is FieldType.FILE for one in asked):
        files = {one.pk: one for one in RegistrationFile.objects.filter(registration=registration)}
    return [_said(one, given[one.key], files) for one in asked]


def _said(field: Any, value: Any, files: dict[int, RegistrationFile]) -> dict[str, Any]:
    name = field.name or field.key
    if field.type is FieldType.FILE:
        file = files.get(value)
        return {"name": name, "value": file.name, "url": reverse("registration-file", args=[file.pk])} if file else {"name": name}
    return {"name": name, "value": ", ".join(value) if isinstance(value, list) else value}


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
    return redirect(_next(request, group, do))


def _next(request: HttpRequest, group: Group, do: str) -> str:
    """Back to the page where it was pressed; who may have left the team, to the team's public face."""
    if (
        do == "end"
        and not Membership.objects.filter(group=group, person__in=access_of(request).persons, until__isnull=True).exists()
    ):
        return reverse("team", args=[group.cycle.key, group.key])
    return request.path


def _with_form(
    name: str, kind: type[Form], act: Callable[[HttpRequest, Group, dict[str, Any]], object], done: Any
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


def _pressed(act: Callable[[HttpRequest, Group], object], done: Any) -> Callable[[HttpRequest, Group, dict[str, Form]], bool]:
    def run(request: HttpRequest, group: Group, _bound: dict[str, Form]) -> bool:
        attempt(request, lambda: act(request, group), done)
        return True

    return run


def _membership(request: HttpRequest, group: Group) -> Membership:
    """The member that was pressed, if the person may end or change it."""
    number = request.POST.get("member", "")
    rows = Membership.objects.filter(group=group, until__isnull=True).select_related("person", "group")
    return seen(request, "membership.end", rows, pk=id_in(number))


def _leave(request: HttpRequest, group: Group) -> None:
    membership = _membership(request, group)
    if membership.person_id in access_of(request).persons:
        actions.leave(membership, by=me(request))
    else:
        actions.remove_member(membership, by=me(request))


def _answer(request: HttpRequest, group: Group) -> None:
    number = request.POST.get("request", "")
    rows = JoinRequest.objects.filter(group=group)
    asked = seen(request, "join_request.settle", rows, pk=id_in(number))
    actions.settle_request(asked, accept=request.POST.get("answer") == "yes", by=me(request))


def _settle(request: HttpRequest, group: Group) -> None:
    registration = seen(request, "registration.settle", Registration.objects.all(), group=group)
    accept = request.POST.get("answer") == "yes"
    actions.settle(registration, accept=accept, by=me(request), reason=request.POST.get("reason", ""))


def _show_rank(request: HttpRequest, group: Group) -> None:
    actions.set_rank_hidden(group, hidden=request.POST.get("hidden") == "yes", by=me(request))


ACTS: dict[str, tuple[str, Callable[[HttpRequest, Group, dict[str, Form]], bool]]] = {
    "rename": (
        "group.manage",
        _with_form(
            "rename", RenameForm, lambda r, g, v: actions.rename(g, name=v["name"], by=me(r)), gettext_lazy("The new name holds.")
        ),
    ),
    "invite": (
        "group.manage",
        _with_form(
            "invite",
            InviteForm,
            lambda r, g, v: actions.invite_member(g, by=me(r), **v),
            gettext_lazy("The invitation is on its way."),
        ),
    ),
    "ask": (
        "",
        _with_form(
            "ask",
            AskForm,
            lambda r, g, v: actions.ask_to_join(g, by=me(r), person=person_for(me(r)), message=v["message"]),
            gettext_lazy("You have asked. The captain answers."),
        ),
    ),
    "withdraw": (
        "group.manage",
        _with_form(
            "withdraw",
            WithdrawForm,
            lambda r, g, v: actions.withdraw_group(g, by=me(r), reason=v["reason"]),
            gettext_lazy("The team has left the cycle."),
        ),
    ),
    "renew": (
        "group.manage",
        _pressed(lambda r, g: actions.renew_code(g, by=me(r)), gettext_lazy("The new code holds, the old one is dead.")),
    ),
    "captain": (
        "group.manage",
        _pressed(
            lambda r, g: actions.hand_over(g, to=_membership(r, g), by=me(r)), gettext_lazy("The captaincy is handed over.")
        ),
    ),
    "rank": (
        "group.manage",
        _pressed(_show_rank, gettext_lazy("Saved. Live boards follow at once, the others when they are published next.")),
    ),
    "end": ("", _pressed(_leave, gettext_lazy("Done."))),
    "answer": ("group.manage", _pressed(_answer, gettext_lazy("Answered."))),
    "settle": ("", _pressed(_settle, gettext_lazy("Settled."))),
}
