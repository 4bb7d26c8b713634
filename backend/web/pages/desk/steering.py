"""Steering: one act of an organizer on a round or the cycle, each with its reason."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.place import back, organized
from backend.web.pages.rounds import round_seen
from games.challenges.queries import challenges_of
from games.cycles.actions import change_state
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.actions import settle
from games.groups.models import Registration
from games.judging.actions import assign_all
from games.permissions import visible
from games.progression import actions as steering
from games.results.actions import request_settle
from games.rounds.models import Round
from games.suggestions.actions import pass_gate
from games.suggestions.queries import at_the_gate


def round_card(cycle: Cycle, one: Round) -> dict[str, Any]:
    """A round with what can be done about it now. One statement more where its gate is still to be passed: what was accepted goes with it."""
    gate = one.gated and one.passed_at is None and one.closed_at is None
    doing = [
        (gate, "go", _("Pass the gate"), False),
        (gate, "no_go", _("Do not open it"), True),
        (one.state == "planned" and not gate, "open", _("Open now"), False),
        (one.state in {"planned", "open"} and one.ends_at is not None, "extend", _("Extend"), False),
        (one.state == "open", "lock", _("Close entries now"), True),
        (one.state in {"open", "locked"}, "assign", _("Give every judge every entry"), False),
        (one.state in {"locked", "closed"}, "settle", _("Compute results"), False),
        (one.state in {"locked", "closed"} and not one.published_at, "reopen", _("Take entries again"), True),
        (one.state == "locked", "close", _("End the round"), True),
    ]
    return {
        "round": one,
        "badge": shapes.round_badge(one),
        "url": reverse("steer", args=[cycle.key, one.key]),
        "doing": [{"key": key, "label": label, "grave": grave} for fits, key, label, grave in doing if fits],
        "accepted": _waiting(cycle) if gate else [],
        "timed": one.state == "open" or (one.state == "planned" and not gate) or one.state in {"locked", "closed"},
        "detail": reverse("round-desk", args=[cycle.key, one.key]),
        "publish": reverse("desk-publish-round", args=[cycle.key, one.key]) if one.state in {"locked", "closed"} else "",
    }


def _waiting(cycle: Cycle) -> list[dict[str, str]]:
    """What was accepted and becomes a rule at the gate."""
    return [{"title": one.title, "url": reverse("suggestion", args=[cycle.key, one.number])} for one in at_the_gate(cycle)]


def when_typed(request: HttpRequest, zone: str) -> datetime | None:
    """A moment typed in the cycle's zone."""
    try:
        found = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


@signed_in
@require_POST
def steer(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """One act of an organizer on a round, with a reason."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    wanted, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    until = when_typed(request, design_of(found).cycle.timezone or "UTC")
    if wanted in {"extend", "reopen"} and until is None:
        messages.error(request, _("Say until when: a day and a time."))
        return redirect("cycle-desk", found.key)
    acts = _acts(round_, by=request.user, reason=reason, until=until)
    if wanted not in acts:
        raise Http404
    act, done = acts[wanted]
    attempt(request, act, done)
    return redirect("cycle-desk", found.key)


def _acts(round_: Round, *, by: Any, reason: str, until: Any) -> dict[str, tuple[Callable[[], object], str]]:
    """What can be asked for, and what is said when it was done. Publishing is not among it: that takes a preview, which was looked at."""

    def give_out() -> int:
        return sum(assign_all(challenge=one, by=by) for one in challenges_of(round_) if one.format in {"rubric", "ranking"})

    return {
        "go": (lambda: pass_gate(round_, "go", by=by, reason=reason), _("The gate is passed.")),
        "no_go": (lambda: pass_gate(round_, "no_go", by=by, reason=reason), _("The round will not open.")),
        "open": (lambda: steering.open_round(round_, by=by, reason=reason), _("The round is open.")),
        "lock": (lambda: steering.lock_round(round_, by=by, reason=reason), _("Entries are closed.")),
        "extend": (lambda: steering.extend(round_, until, by=by, reason=reason), _("The deadline is extended for everybody.")),
        "reopen": (lambda: steering.reopen_round(round_, until, by=by, reason=reason), _("The round takes entries again.")),
        "close": (lambda: steering.close_round(round_, by=by, reason=reason), _("The round is over.")),
        "assign": (give_out, _("The sheets are given out.")),
        "settle": (lambda: request_settle(round_, by=by, reason=reason), _("Results are being computed.")),
    }


@signed_in
@require_POST
def steer_cycle(request: HttpRequest, cycle: str) -> HttpResponse:
    """Change the state of the cycle, or launch the next one, with a reason."""
    found = organized(request, cycle)
    wanted, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    if wanted == "next":
        made: list[Cycle] = []
        if attempt(request, lambda: made.append(steering.next_cycle(found, by=request.user)), _("The next cycle is launched.")):
            return redirect("cycle-desk", made[0].key)
    elif wanted == CycleState.CLOSED.value:
        attempt(request, lambda: steering.close_cycle(found, by=request.user, reason=reason), _("The cycle is closed."))
    elif wanted in set(CycleState):
        state = CycleState(wanted)
        attempt(
            request, lambda: change_state(found, state, by=request.user, reason=reason), _("The cycle has changed its state.")
        )
    else:
        raise Http404
    return redirect("cycle-desk", found.key)


@signed_in
@require_POST
def settle_registration(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Accept or refuse a registration, refusing with a reason."""
    found = organized(request, cycle)
    row = visible(access_of(request), "registration.settle", Registration.objects.filter(group__cycle=found, pk=pk)).first()
    if row is None:
        raise Http404
    accepted, reason = request.POST.get("act") == "accept", request.POST.get("reason", "").strip()
    attempt(request, lambda: settle(row, accept=accepted, by=request.user, reason=reason), _("The registration is answered."))
    return back(request, reverse("cycle-desk", args=[found.key]))
