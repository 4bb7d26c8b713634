"""The ceremony: what was won, told from the last award to the first; a covered board is opened row by row. By keyboard, for a hall."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import ceremony_shapes
from backend.web.pages.cycle import crumbs_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.recognition.models import Grant
from games.recognition.queries import point_facts
from games.recognition.rules import GrantState
from games.results.queries.ceremony import Curtain, ceremony_round, curtain_of
from games.results.queries.preview import missing, stamp
from games.results.rules import AwardPlan, WinnerPlan
from games.rounds.models import Round
from games.rounds.queries import rounds_of

WON = [GrantState.GRANTED.value, GrantState.DELIVERED.value, GrantState.VERIFIED.value, GrantState.NOMINATED.value]
KEEP = 600  # seconds; a computation is thrown away sooner when anything it rests on changes


@never_cache
@require_safe
def ceremony_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every scene on one page; the script shows one at a time. Organizers see it before the results are out, others afterwards."""
    found = seen(request, "ceremony.view", Cycle.objects.select_related("series", "organization"), key=cycle)
    rounds = list(rounds_of(found, access_of(request).now))
    waiting = ceremony_round(rounds)
    ready = waiting is not None or all(one.published_at for one in rounds)
    told = _told(found, waiting, rounds) if ready and rounds else None
    context = {"cycle": found, "crumbs": crumbs_of(found, _("Ceremony")), "waiting": waiting, "ready": told is not None}
    return render(request, "ceremony/ceremony.html", context | (told or {}))


def _told(cycle: Cycle, waiting: Round | None, rounds: list[Round]) -> dict[str, Any] | None:
    """Computed once while nothing changes: a contest of a hundred teams takes some seconds."""
    last = waiting or rounds[-1]
    key = f"ceremony:{cycle.pk}:{stamp(last, missing(last))}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        curtain = curtain_of(cycle, waiting, points=point_facts(cycle))
        kept = _scenes(cycle, curtain) if curtain is not None else None
        cache.set(key, kept, KEEP)
    return kept


def _scenes(cycle: Cycle, curtain: Curtain) -> dict[str, Any]:
    design = design_of(cycle)

    def name(key: str) -> str:
        return curtain.names.get(key, key)

    awards = curtain.awards if curtain.waiting else _granted(cycle)
    return {
        "scenes": ceremony_shapes.scenes(design, awards, name),
        "opening": ceremony_shapes.opening(design, curtain, curtain.reveal, name) if curtain.reveal else None,
        "podium": ceremony_shapes.podium(curtain, name),
        "board": {"key": curtain.board.id, "name": curtain.board.title},
    }


def _granted(cycle: Cycle) -> list[AwardPlan]:
    """What was given in the end, which may differ from what was computed: somebody declined, a decision moved an award."""
    plans: dict[str, AwardPlan] = {}
    for one in Grant.objects.filter(cycle=cycle, state__in=WON, group__isnull=False).select_related("group").order_by("pk"):
        plan = plans.setdefault(one.award, AwardPlan(key=one.award, board=one.board, budget=0, unallocated=0, winners=[]))
        group = one.group.key if one.group else ""
        plan["winners"].append(WinnerPlan(group=group, place=one.place, cents=one.amount_cents or 0))
    return list(plans.values())
