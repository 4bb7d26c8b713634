"""Joining forces with other teams: what is proposed to us and by us, what holds, and a form in two steps to propose something."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.workspace.frame import framed, team_seen
from backend.web.paging import page_of
from backend.web.partners import partnership_shape, points_in
from games.challenges.models import Challenge
from games.challenges.queries import challenges_in
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.partnerships import actions
from games.partnerships.models import Partnership
from games.partnerships.queries import acting_for, busy_in, partnerships_of, urgent_first
from games.partnerships.rules import WHOLE, PartnershipKind, PartnershipState
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.rounds.rules import RoundState, state_of

PAGE: Final = 12
PARTS: Final = ("asked", "waiting", "agreed", "past")
"""The parts of the page, as `urgent_first` numbers them."""
PLACES: Final = 3
"""So many other teams can be named at once."""


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def partners_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """What there is between us and other teams. Step one chooses with whom, step two what is agreed."""
    found = team_seen(request, cycle, group)
    access = access_of(request)
    speaks = found.pk in access.groups_with(Capability.CAPTAIN) and found.state == GroupState.ACTIVE.value
    if request.method == "POST" and not speaks:
        raise Http404
    teams = _teams(access, found) if speaks else []
    asked = request.POST if request.method == "POST" else request.GET
    step = _step(access, found, teams, asked) if speaks else None
    error = ""
    if request.method == "POST":
        if step is None:
            raise Http404
        error = _proposed(request, found, step)
        if not error:
            messages.success(request, _("Proposed. It holds once every team has agreed."))
            return redirect("team-partners", found.cycle.key, found.key)
    context = framed(request, found, "team-partners", _("Partners")) | {
        "speaks": speaks,
        "teams": teams,
        "tasks": _tasks(access, found) if speaks and step is None else [],
        "places": range(1, PLACES + 1),
        "step": step,
        "error": error,
        "closed": _why_not(access, found) if speaks else "",
        **_between(request, found),
    }
    return render(request, "workspace/partners.html", context, status=422 if error else 200)


def _between(request: HttpRequest, group: Group) -> dict[str, Any]:
    """A page of proposals that wait for us, then for others, of what is agreed, of what came to nothing."""
    access = access_of(request)
    rows = visible(access, "partnership.view", urgent_first(partnerships_of([group.pk]), group))
    page = page_of(request, rows, PAGE)
    found: dict[str, list[Any]] = {name: [] for name in PARTS}
    for one in page:
        found[PARTS[one.urgency]].append(partnership_shape(one, group, access))
    return {"page": page, **found}


def _teams(access: Access, group: Group) -> list[Group]:
    """Whom one can ask."""
    rows = Group.objects.filter(cycle=group.cycle_id, kind=group.kind, state=GroupState.ACTIVE.value).exclude(pk=group.pk)
    return list(visible(access, "group.view", rows).order_by("name", "pk"))


def _tasks(access: Access, group: Group) -> list[Challenge]:
    """Tasks to which an entry can still be handed in."""
    rows = visible(access, "challenge.view", challenges_in(group.cycle))
    open_ = {RoundState.PLANNED, RoundState.OPEN}
    return [one for one in rows if state_of(one.round.clock, access.now) in open_ and one.division in {"", group.division}]


def _why_not(access: Access, group: Group) -> str:
    """Why our team cannot merge now, as far as it depends on us alone."""
    rules = design_of(group.cycle).registration
    if not rules.mergers:
        return _("Teams do not merge in this cycle.")
    if rules.mergers_until is not None and rules.mergers_until <= access.now:
        return _("The time for mergers is over.")
    busy = busy_in([group], access.now)
    return _("Teams merge between rounds: “%(round)s” is not over.") % {"round": busy.name} if busy is not None else ""


# --- Step two -------------------------------------------------------------------------------------------------------------------------


def _step(access: Access, group: Group, teams: list[Group], asked: Any) -> dict[str, Any] | None:
    """What was chosen in step one, with what is typed in step two. None: nothing is chosen yet."""
    kind, keys = asked.get("kind", ""), list(dict.fromkeys(key for key in asked.getlist("with") if key))[:PLACES]
    chosen = [one for one in teams if one.key in keys]
    if kind not in set(PartnershipKind) or not chosen:
        return None
    task = next((one for one in _tasks(access, group) if str(one.pk) == asked.get("task")), None)
    if kind == PartnershipKind.JOINT.value and task is None:
        return None
    together = [group, *chosen]
    return {
        "kind": kind,
        "task": task,
        "rows": [{"team": one, "percent": _typed(asked, one, together)} for one in together],
        "lead": asked.get("lead", group.key),
        "name": asked.get("name", ""),
        "note": asked.get("note", ""),
    }


def _typed(asked: Mapping[str, Any], team: Group, together: list[Group]) -> str:
    """What was typed as the team's part, else an even one."""
    return str(asked.get(f"part-{team.key}", "")) or even(len(together))[together.index(team)]


def even(count: int) -> list[str]:
    """100 percent in even parts of two decimals, the rest with the first."""
    part, rest = divmod(WHOLE, count)
    return [f"{(part + (rest if number == 0 else 0)) / 100:g}" for number in range(count)]


def _proposed(request: HttpRequest, group: Group, step: dict[str, Any]) -> str:
    """Empty when it was proposed, else why not."""
    lead = next((row["team"] for row in step["rows"] if row["team"].key == step["lead"]), group)
    words: dict[str, Any] = {
        "group": group,
        "lead": lead,
        "shares": {row["team"].pk: points_in(row["percent"]) for row in step["rows"]},
        "note": step["note"],
        "by": me(request),
        "person": acting_for(group, request.user),
    }
    try:
        if step["kind"] == PartnershipKind.JOINT.value:
            actions.propose_joint(challenge=step["task"], **words)
        else:
            actions.propose_merger(name=step["name"], **words)
    except GameError as refusal:
        return refusal.message
    return ""


# --- Answers --------------------------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def answer_page(request: HttpRequest, cycle: str, group: str, number: int) -> HttpResponse:
    """Agree, decline, withdraw."""
    found = team_seen(request, cycle, group)
    if found.pk not in access_of(request).groups_with(Capability.CAPTAIN):
        raise Http404
    rows = Partnership.objects.select_related("cycle", "lead").filter(cycle=found.cycle_id, partners__group=found)
    one = seen(request, "partnership.act", rows, number=number)
    by, person = me(request), acting_for(found, request.user)
    merger = one.kind == PartnershipKind.MERGER.value
    match request.POST.get("do"):
        case "agree":
            done = _("Agreed.")
            act = attempt(request, lambda: actions.answer(partnership=one, group=found, agree=True, by=by, person=person), done)
            one.refresh_from_db()
            if act and merger and one.state == PartnershipState.AGREED.value:
                return redirect("team-partners", found.cycle.key, one.lead.key)
        case "decline":
            attempt(
                request,
                lambda: actions.answer(partnership=one, group=found, agree=False, by=by, person=person),
                _("Declined. The other team is told."),
            )
        case "withdraw":
            attempt(request, lambda: actions.withdraw(partnership=one, group=found, by=by), _("Withdrawn."))
        case _:
            raise Http404
    return redirect(reverse("team-partners", args=[found.cycle.key, found.key]))
