"""The organizer's desk of a cycle: what is next, who waits, what is late; one round from the inside."""

from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.cycle import names_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.rounds import round_seen
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import NEXT_STATES, CycleState
from games.groups.models import Group
from games.groups.queries import registrations_of
from games.groups.rules import GroupState, RegistrationState
from games.judging.models import Sheet
from games.judging.queries import progress_by_judge
from games.judging.rules import SheetState
from games.results.models import RecomputeRun
from games.rounds.models import Round
from games.rounds.queries import entrants_of, rounds_of
from games.submissions.models import Submission
from games.submissions.rules import COUNTS

COUNTING: Final = [one.value for one in COUNTS]


@never_cache
@signed_in
@require_safe
def cycle_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """Who waits, what is late, what to publish, what was decided."""
    found = organized(request, cycle)
    access = access_of(request)
    rounds = list(rounds_of(found, access.now))
    decisions = list(Decision.objects.filter(cycle=found).order_by("-number")[:10])
    pending = [RegistrationState.PENDING.value, RegistrationState.WAITING.value]
    context = {
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
    return desk_page(request, "desk/cycle.html", found, "overview", context)


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
def rounds_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every round with what can be done about it now."""
    found = organized(request, cycle)
    rounds = list(rounds_of(found, access_of(request).now))
    context = {"rounds": [_round(found, one) for one in rounds], "zone": design_of(found).cycle.timezone or "UTC"}
    return desk_page(request, "desk/rounds.html", found, "rounds", context)


@never_cache
@signed_in
@require_safe
def round_desk(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """One round from the inside: who has not handed in, which entries lack marks."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    context = {
        "round": round_,
        "round_badge": shapes.round_badge(round_),
        "step": _round(found, round_),
        "missing": _missing(round_),
        "entries": _entries(round_),
        "zone": design_of(found).cycle.timezone or "UTC",
    }
    return desk_page(request, "desk/round.html", found, "rounds", context, title=round_.name)


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
