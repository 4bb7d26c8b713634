"""Desks: what waits for this person, and an organizer's desk of one cycle, plain but complete."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, require, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, names_of, tabs
from backend.web.pages.marking import waiting_for
from backend.web.pages.rounds import round_seen
from games.challenges.queries import challenges_of
from games.cycles.actions import change_state
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import NEXT_STATES, CycleState
from games.groups.actions import settle
from games.groups.models import Group, Registration
from games.groups.queries import registrations_of
from games.groups.rules import GroupState, RegistrationState
from games.judging.actions import assign_all
from games.judging.models import Sheet
from games.judging.queries import progress_by_judge
from games.judging.rules import SheetState
from games.permissions import visible
from games.progression import actions as steering
from games.results.actions import request_settle
from games.results.models import RecomputeRun
from games.rounds.models import Round
from games.rounds.queries import entrants_of, rounds_of, with_state
from games.submissions.models import Submission
from games.submissions.rules import COUNTS

COUNTING: Final = [one.value for one in COUNTS]


@never_cache
@signed_in
@require_safe
def my_desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, over all their cycles."""
    access = access_of(request)
    cycles = {one.pk: one for one in visible(access, "cycle.view", Cycle.objects.filter(pk__in=sorted(access.member_of)))}
    rounds: dict[int, list[Round]] = {}
    for one in rounds_in(cycles, access.now):
        rounds.setdefault(one.cycle_id, []).append(one)
    teams = list(Group.objects.filter(pk__in=access.groups_with()).select_related("cycle").order_by("-cycle_id", "name"))
    context = {
        "now": access.now,
        "to_mark": waiting_for(request),
        "teams": [_team(one, rounds.get(one.cycle_id, []), access.now) for one in teams],
        "organized": [
            {"cycle": one, "badge": shapes.cycle_badge(one), "until": shapes.next_deadline(rounds.get(pk, []), access.now)}
            for pk, one in cycles.items()
            if access.organizes(pk)
        ],
        "may_launch": access.may_launch or access.owner,
    }
    return render(request, "desk/mine.html", context)


def rounds_in(cycles: dict[int, Cycle], now: datetime) -> list[Round]:
    """The rounds of several cycles, with their states, in one statement."""
    return list(with_state(Round.objects.filter(cycle__in=cycles), now).order_by("cycle_id", "number"))


def _team(group: Group, rounds: list[Round], now: datetime) -> dict[str, Any]:
    until = shapes.next_deadline(rounds, now)
    return {"group": group, "badge": shapes.cycle_badge(group.cycle), "until": until}


# --- The organizer's desk -------------------------------------------------------------------------------------------------------------


def _organized(request: HttpRequest, key: str) -> Cycle:
    """The cycle, which the person must organize: to others its desk does not exist."""
    found = cycle_seen(request, key)
    if not access_of(request).organizes(found.pk):
        raise Http404
    require(request, "cycle.organize", found)
    return found


@never_cache
@signed_in
@require_safe
def cycle_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """Who waits, what is late, what to publish, what was decided."""
    found = _organized(request, cycle)
    access = access_of(request)
    rounds = list(rounds_of(found, access.now))
    decisions = list(Decision.objects.filter(cycle=found).order_by("-number")[:10])
    pending = [RegistrationState.PENDING.value, RegistrationState.WAITING.value]
    context = {
        "cycle": found,
        "badge": shapes.cycle_badge(found),
        "crumbs": crumbs_of(found, _("Organizer's desk")),
        "tabs": tabs(found, "desk", main=boards_seen(access, found).first(), access=access),
        "rounds": [_round(found, one) for one in rounds],
        "pending": [one for one in registrations_of(found) if one.state in pending],
        "judges": list(progress_by_judge(found)),
        "runs": RecomputeRun.objects.filter(cycle=found).select_related("round").order_by("-pk")[:5],
        "decisions": decisions,
        "names": names_of(found, decisions),
        "states": sorted(NEXT_STATES[CycleState(found.state)]),
        "stats": _stats(found),
        "closed": found.state in {CycleState.CLOSED.value, CycleState.AWARDING.value},
        "zone": design_of(found).cycle.timezone or "UTC",
    }
    return render(request, "desk/cycle.html", context)


def _stats(cycle: Cycle) -> list[dict[str, Any]]:
    counts = Group.objects.filter(cycle=cycle).aggregate(
        active=Count("pk", filter=Q(state=GroupState.ACTIVE.value)), pending=Count("pk", filter=Q(state=GroupState.PENDING.value))
    )
    entries = Submission.objects.filter(challenge__round__cycle=cycle, state__in=COUNTING).count()
    found = [(counts["active"], _("groups")), (counts["pending"], _("wait for an answer")), (entries, _("entries that count"))]
    return [{"value": value, "label": label} for value, label in found]


def _round(cycle: Cycle, one: Round) -> dict[str, Any]:
    """A round with what can be done about it now."""
    gate = one.gated and one.passed_at is None and one.closed_at is None
    doing = [
        (gate, "go", _("Pass the gate"), False),
        (gate, "no_go", _("Do not open it"), True),
        (one.state == "planned" and not gate, "open", _("Open now"), False),
        (one.state in {"planned", "open"} and one.ends_at is not None, "extend", _("Extend"), False),
        (one.state == "open", "lock", _("Close entries now"), True),
        (one.state in {"open", "locked"}, "assign", _("Give every judge every entry"), False),
        (one.state in {"locked", "closed"}, "settle", _("Compute results"), False),
        (
            one.state in {"locked", "closed"},
            "publish",
            _("Publish results") if not one.published_at else _("Publish a correction"),
            False,
        ),
        (one.state in {"locked", "closed"} and not one.published_at, "reopen", _("Take entries again"), True),
        (one.state == "locked", "close", _("End the round"), True),
    ]
    return {
        "round": one,
        "badge": shapes.round_badge(one),
        "url": reverse("steer", args=[cycle.key, one.key]),
        "doing": [{"key": key, "label": label, "grave": grave} for fits, key, label, grave in doing if fits],
        "timed": one.state == "open" or (one.state == "planned" and not gate) or one.state in {"locked", "closed"},
        "detail": reverse("round-desk", args=[cycle.key, one.key]),
    }


@never_cache
@signed_in
@require_safe
def round_desk(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """One round from the inside: who has not handed in, which entries lack marks."""
    found = _organized(request, cycle)
    round_ = round_seen(request, found, key)
    context = {
        "cycle": found,
        "round": round_,
        "badge": shapes.round_badge(round_),
        "crumbs": crumbs_of(found, (_("Organizer's desk"), reverse("cycle-desk", args=[found.key])), round_.name),
        "step": _round(found, round_),
        "missing": _missing(round_),
        "entries": _entries(round_),
        "zone": design_of(found).cycle.timezone or "UTC",
    }
    return render(request, "desk/round.html", context)


def _missing(round_: Round) -> list[Group]:
    """Groups in the round that have nothing handed in."""
    handed = Submission.objects.filter(challenge__round=round_, group=OuterRef("pk"), state__in=COUNTING)
    return list(entrants_of(round_).filter(~Exists(handed)))


def _entries(round_: Round) -> list[dict[str, Any]]:
    """Per entry: sheets given out, final, given back. One statement."""
    counts = {
        state.value: Count("pk", filter=Q(state=state.value))
        for state in (SheetState.FINAL, SheetState.DRAFT, SheetState.RECUSED)
    }
    sheets = Sheet.objects.filter(challenge__round=round_).values("challenge__name", "group__name", "group__key")
    rows: Any = sheets.annotate(all=Count("pk"), **counts).order_by("challenge__number", "group__name")
    return [one | {"lacks": one["all"] - one["final"] - one["recused"]} for one in rows]


def _when(request: HttpRequest, zone: str) -> datetime | None:
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
    found = _organized(request, cycle)
    round_ = round_seen(request, found, key)
    wanted, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    until = _when(request, design_of(found).cycle.timezone or "UTC")
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
    """What can be asked for, and what is said when it was done."""

    def give_out() -> int:
        return sum(assign_all(challenge=one, by=by) for one in challenges_of(round_) if one.format in {"rubric", "ranking"})

    return {
        "go": (lambda: steering.pass_gate(round_, "go", by=by, reason=reason), _("The gate is passed.")),
        "no_go": (lambda: steering.pass_gate(round_, "no_go", by=by, reason=reason), _("The round will not open.")),
        "open": (lambda: steering.open_round(round_, by=by, reason=reason), _("The round is open.")),
        "lock": (lambda: steering.lock_round(round_, by=by, reason=reason), _("Entries are closed.")),
        "extend": (lambda: steering.extend(round_, until, by=by, reason=reason), _("The deadline is extended for everybody.")),
        "reopen": (lambda: steering.reopen_round(round_, until, by=by, reason=reason), _("The round takes entries again.")),
        "close": (lambda: steering.close_round(round_, by=by, reason=reason), _("The round is over.")),
        "assign": (give_out, _("The sheets are given out.")),
        "settle": (lambda: request_settle(round_, by=by, reason=reason), _("Results are being computed.")),
        "publish": (
            lambda: request_settle(round_, by=by, reason=reason, publish=True),
            _("Results are being computed and published: it takes a few seconds."),
        ),
    }


@signed_in
@require_POST
def steer_cycle(request: HttpRequest, cycle: str) -> HttpResponse:
    """Change the state of the cycle, or launch the next one, with a reason."""
    found = _organized(request, cycle)
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
    found = _organized(request, cycle)
    row = visible(access_of(request), "registration.settle", Registration.objects.filter(group__cycle=found, pk=pk)).first()
    if row is None:
        raise Http404
    accepted, reason = request.POST.get("act") == "accept", request.POST.get("reason", "").strip()
    attempt(request, lambda: settle(row, accept=accepted, by=request.user, reason=reason), _("The registration is answered."))
    return redirect("cycle-desk", found.key)
