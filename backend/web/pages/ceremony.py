"""The ceremony: what was won, told from the last award to the first; a covered board is opened row by row. By keyboard, for a hall."""

import hashlib
from collections.abc import Container
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import ceremony_shapes
from backend.web.pages.cycle import boards_seen, crumbs_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.queries import withheld
from games.groups.rules import UNNAMED, is_unnamed
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.results.queries.ceremony import Curtain, ceremony_round, is_published
from games.results.queries.preview import missing, stamp
from games.results.rules import AwardPlan, WinnerPlan
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from leaderboards.models import Board
from leaderboards.queries import RowData, latest, snapshot_rows
from worker.desk import Job, kept_curtain

OUT = [GrantState.GRANTED.value, GrantState.DELIVERED.value]
WON = [*OUT, GrantState.VERIFIED.value, GrantState.NOMINATED.value]
AGAIN = 1  # seconds until a page that waits is loaded again
KEEP = 600  # seconds; a computation is thrown away sooner when anything it rests on changes


@never_cache
@require_safe
def ceremony_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every scene on one page; the script shows one at a time. Organizers see it before the results are out, others afterwards.

    Others are told no more than elsewhere: awards that are granted, and the main board as it was published, if they may see it.
    """
    found, waiting, told = _asked(request, cycle)
    context = {"cycle": found, "crumbs": crumbs_of(found, _("Ceremony")), "waiting": waiting}
    if isinstance(told, Job):
        answer = render(request, "ceremony/ceremony.html", context | {"job": told})
        if not told.over:
            answer["Refresh"] = str(AGAIN)
        return answer
    return render(request, "ceremony/ceremony.html", context | {"ready": told is not None} | (told or {}))


@never_cache
@require_safe
def opening(request: HttpRequest, cycle: str) -> JsonResponse:
    """The covered board and the steps that open it, as data for the page's script."""
    _found, _waiting, told = _asked(request, cycle)
    if told is None or isinstance(told, Job) or told["opening"] is None:
        raise Http404
    return JsonResponse(told["opening"])


def _asked(request: HttpRequest, key: str) -> tuple[Cycle, Round | None, dict[str, Any] | Job | None]:
    """The cycle, the round whose publication this precedes, and what is told; nothing while the ceremony waits, the job while it is computed."""
    found = seen(request, "ceremony.view", Cycle.objects.select_related("series", "organization"), key=key)
    rounds = list(rounds_of(found, access_of(request).now))
    waiting = ceremony_round(rounds)
    ready = bool(rounds) and (waiting is not None or all(one.published_at for one in rounds))
    if not ready:
        return found, waiting, None
    access = access_of(request)
    if access.organizes(found.pk):
        return found, waiting, _told(found, waiting, rounds)
    main = boards_seen(access, found).filter(number=1).first()
    told = _told(found, waiting, rounds, published=True, main=main)
    if main is None and isinstance(told, dict):
        told |= {"opening": None, "board": None}
    return found, waiting, told


def _told(
    cycle: Cycle, waiting: Round | None, rounds: list[Round], *, published: bool = False, main: Board | None = None
) -> dict[str, Any] | Job | None:
    """Put together once while nothing changes. `published`: as others than organizers see it."""
    last, hidden = waiting or rounds[-1], withheld(cycle)
    last.cycle = cycle  # known already: no statement for it
    shown = latest(main, rows=False) if main else None
    rests_on = stamp(last, missing(last))
    state = hashlib.sha256(repr((rests_on, sorted(hidden), shown and shown.pk)).encode()).hexdigest()
    key = f"ceremony:{get_language()}:{cycle.pk}:{state}:{'all' if not published else main.pk if main else 'none'}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        job = kept_curtain(cycle, waiting, rests_on)
        if job.state != "done":
            return job
        curtain: Curtain | None = job.result
        kept = _scenes(cycle, curtain, hidden, OUT if published else WON) if curtain is not None else None
        if kept is not None and curtain is not None and published:
            rows = snapshot_rows(shown) if shown else []
            kept["podium"] = _podium(rows, hidden)
            kept["opening"] = kept["opening"] if is_published(curtain, rows) else None
        cache.set(key, kept, KEEP)
    return kept


def _podium(published: list[RowData], hidden: Container[str]) -> list[dict[str, str]]:
    """The best of the board as it was published last: a correction that is not published yet is nobody's business here."""
    best = {str(place) for place in range(1, ceremony_shapes.PODIUM + 1)}
    rows = [row for row in published if row["place"] in best and not row["line"]]
    unnamed = [is_unnamed(row["group"]) or row["group"] in hidden for row in rows]
    names = [_(UNNAMED) if kept else row["name"] for row, kept in zip(rows, unnamed, strict=True)]
    return [{"place": row["place"], "name": name, "score": row["score"]} for row, name in zip(rows, names, strict=True)]


def _scenes(cycle: Cycle, curtain: Curtain, hidden: Container[str], states: list[str]) -> dict[str, Any]:
    design = design_of(cycle)

    def name(key: str) -> str:
        return _(UNNAMED) if key in hidden else curtain.names.get(key, key)

    awards = curtain.awards if curtain.waiting else _granted(cycle, states)
    return {
        "scenes": ceremony_shapes.scenes(design, awards, name),
        "opening": ceremony_shapes.opening(design, curtain, curtain.reveal, name) if curtain.reveal else None,
        "podium": ceremony_shapes.podium(curtain, name),
        "board": {"key": curtain.board.id, "name": curtain.board.title},
    }


def _granted(cycle: Cycle, states: list[str]) -> list[AwardPlan]:
    """What was given in the end, which may differ from what was computed: somebody declined, a decision moved an award.

    `states`: how far an award must be. Before it is granted, nobody but organizers sees it.
    """
    plans: dict[str, AwardPlan] = {}
    for one in Grant.objects.filter(cycle=cycle, state__in=states, group__isnull=False).select_related("group").order_by("pk"):
        plan = plans.setdefault(one.award, AwardPlan(key=one.award, board=one.board, budget=0, unallocated=0, winners=[]))
        group = one.group.key if one.group else ""
        plan["winners"].append(WinnerPlan(group=group, place=one.place, cents=one.amount_cents or 0))
    return list(plans.values())
