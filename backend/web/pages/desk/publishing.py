"""Publish: what a round would bring, looked at before it counts; departures with their reasons; the run that carries it out."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import refuse, signed_in
from backend.api.permissions import access_of
from backend.web import preview_shapes, shapes
from backend.web.pages.desk.changes.place import ways
from backend.web.pages.desk.confirming import run_shape
from backend.web.pages.desk.departing import DepartForm, TieForm, departures, near_rows, tie_words
from backend.web.pages.desk.looking import looks_part
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.promising import owed_part
from backend.web.pages.rounds import round_seen
from backend.web.vote_shapes import voting_now
from games.cycles.models import Cycle, Decision
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import RESULT_KINDS, DecisionKind
from games.errors import GameError
from games.judging.queries.ballots import votes_in
from games.playbooks.schema import Design
from games.results.models import RecomputeRun
from games.results.queries.preview import Missing, Preview, missing
from games.results.rules import OPEN, RunKind
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from worker import desk as work

ENDED: Final = {"locked", "closed"}


@never_cache
@signed_in
@require_safe
def publish_index(request: HttpRequest, cycle: str) -> HttpResponse:
    """The rounds: which can be published, which are out."""
    found = organized(request, cycle)
    rounds = list(rounds_of(found, access_of(request).now))
    ready = next((one for one in rounds if one.state in ENDED and not one.published_at), None)
    listed = [
        {"round": one, "badge": shapes.round_badge(one), "ended": one.state in ENDED, "next": one is ready} for one in rounds
    ]
    context = {"rounds": listed, "ready": ready, "ways": ways(found, "rounds")}
    return desk_page(request, "desk/publish.html", found, "publish", context)


@never_cache
@signed_in
@require_safe
def publish_round(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """A round before it counts: its boards, who goes on, the awards, what is missing, what changes."""
    found = organized(request, cycle)
    return _page(request, found, round_seen(request, found, key))


def _page(
    request: HttpRequest, cycle: Cycle, round_: Round, *, form: DepartForm | None = None, tie: TieForm | None = None
) -> HttpResponse:
    runs = RecomputeRun.objects.filter(round=round_, kind=RunKind.SETTLE.value, publish=True).order_by("-pk")
    run = runs.first()
    context: dict[str, Any] = {
        "round": round_,
        "round_badge": shapes.round_badge(round_),
        "ended": round_.state in ENDED,
        "here": reverse("desk-publish-round", args=[cycle.key, round_.key]),
    }
    asked = request.GET.get("run", "")
    if run is not None and (run.state in OPEN or asked == str(run.pk)):
        return _answer(request, cycle, round_, context | run_shape(cycle, round_, run))
    if round_.state == "planned":
        return _answer(request, cycle, round_, context | {"planned": True})
    beside = missing(round_)
    job = work.kept_preview(round_, beside, fresh="fresh" in request.GET)
    if job.state == "done":
        context |= _preview(request, cycle, round_, job.result, beside, form=form, tie=tie)
    else:
        context["job"] = job
    return _answer(request, cycle, round_, context, status=422 if form is not None or tie is not None else 200)


def _answer(request: HttpRequest, cycle: Cycle, round_: Round, context: dict[str, Any], status: int = 200) -> HttpResponse:
    title = _("Publish %(round)s") % {"round": round_.name}
    return desk_page(request, "desk/publish_round.html", cycle, "publish", context, title=title, status=status)


def _preview(
    request: HttpRequest,
    cycle: Cycle,
    round_: Round,
    found: Preview,
    beside: Missing,
    *,
    form: DepartForm | None,
    tie: TieForm | None,
) -> dict[str, Any]:
    design = design_of(cycle)
    asked = request.GET if request.method == "GET" else request.POST
    board = found.board(asked.get("board", "") if any(one.key == asked.get("board") for one in found.boards) else _main(found))
    here = reverse("desk-publish-round", args=[cycle.key, round_.key])
    taken, overrides = _decided(round_)
    stops = _stops(request, round_, found, overrides)
    if board is None:
        return {"preview": found, "empty": True} | stops
    return {
        "preview": found,
        "board": preview_shapes.board_part(design, found, board, bracket=asked.get("bracket", ""), page=asked.get("page")),
        "tabs": preview_shapes.board_tabs(found, board, here) if len(found.boards) > 1 else [],
        "fields": preview_shapes.fields(cycle, design, found),
        "awards": preview_shapes.awards(cycle, design, found),
        "missing": preview_shapes.missing_words(design, found, beside),
        "warnings": preview_shapes.warnings(design, found),
        "at_line": [words for cut in found.cuts if cut.board == board.key and (words := tie_words(cut, found.names))],
        "close": _close(design, found, board.key, stops["looks"]["ties"]),
        "ties": _ties(found, stops["looks"]["ties"], tie),
        "taken": taken,
        "names": found.names,
        "depart": _departing(cycle, found, asked.get("group", ""), board.key, form),
        "can_publish": round_.state in ENDED and not found.undecided and not stops["stopped"],
    } | stops


def _decided(round_: Round) -> tuple[list[Decision], list[Decision]]:
    """What was decided and is not public yet, the latest first; and the decisions to go on without something here. One statement."""
    kinds = [kind.value for kind in RESULT_KINDS]
    asked = Q(kind__in=kinds, published_at__isnull=True) | Q(kind=DecisionKind.OVERRIDE.value, round=round_.key)
    rows = list(decisions_in_force(round_.cycle).filter(asked).order_by("-number"))
    taken = [one for one in rows if one.kind in kinds and one.published_at is None]
    return taken, [one for one in rows if one.kind == DecisionKind.OVERRIDE.value and one.round == round_.key]


def _stops(request: HttpRequest, round_: Round, found: Preview, overrides: list[Decision]) -> dict[str, Any]:
    """What must be settled before a round is published: promised feedback, votes that are open, what a human looks at first."""
    owed, votes = owed_part(round_, owed=found.owed, overrides=overrides), voting_now(votes_in(round_, access_of(request).now))
    looks = looks_part(round_, overrides)
    return {"owed": owed, "votes": votes, "looks": looks, "stopped": owed["blocks"] or looks["blocks"] or bool(votes)}


def _ties(found: Preview, talks: Mapping[Any, Any], typed: TieForm | None) -> list[dict[str, Any]]:
    """A form for each tie at a line that waits for a decision, with the talk about it; `typed`: the one that was refused."""
    return [
        {
            "form": typed if typed is not None and typed.cut == cut else TieForm(cut, found.names),
            "cut": f"{cut.board}:{cut.to}",
            "talk": talks.get((cut.board, cut.to)),
            "names": [found.names.get(key, key) for key in cut.undecided],
        }
        for cut in found.undecided
    ]


def _close(design: Design, found: Preview, board: str, talks: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Who cannot be told apart across a line of this board, with the talk about it, if there is one."""
    rounds = {one.key: one.title for one in design.rounds}
    return [
        {
            "cut": f"{tie.board}:{tie.to}",
            "talk": talks.get((tie.board, tie.to)),
            "names": ", ".join(found.names.get(key, key) for key in tie.groups),
            "to": rounds.get(tie.to, tie.to),
        }
        for tie in found.close
        if tie.board == board
    ]


def _main(found: Preview) -> str:
    """The board to show first: the one that decides who goes on, else the first."""
    keys = [cut.board for cut in found.cuts]
    return next((one.key for one in found.boards if one.key in keys), "")


def _departing(cycle: Cycle, found: Preview, group: str, board_key: str, form: DepartForm | None) -> dict[str, Any] | None:
    """The form for one group, if one was chosen and stands on the board."""
    board = found.board(board_key)
    row = next((one for one in board.rows if one["group"] == group), None) if board else None
    if board is None or row is None:
        return None
    form = form or DepartForm(departures(design_of(cycle), found, board, row), near_rows(board, row))
    return {"group": group, "name": row["name"], "place": row["place"], "form": form}


def _known(request: HttpRequest, cycle: str, key: str) -> tuple[Cycle, Round, Preview]:
    """The round and its preview, for what is decided on it; 404 while there is none."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    job = work.kept_preview(round_, missing(round_)) if round_.state != "planned" else None
    if job is None or job.state != "done":
        raise Http404
    return found, round_, job.result


@signed_in
@require_POST
def depart(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Decide something about one group that departs from what the rules give."""
    found, round_, shown = _known(request, cycle, key)
    board = shown.board(request.POST.get("board", ""))
    row = next((one for one in board.rows if one["group"] == request.POST.get("group")), None) if board else None
    if board is None or row is None:
        raise Http404
    form = DepartForm(departures(design_of(found), shown, board, row), near_rows(board, row), request.POST)
    if form.is_valid():
        try:
            form.carry_out(found, row["group"], by=request.user)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Decided. The preview takes it into account; it is public once the round is published."))
            return redirect(f"{reverse('desk-publish-round', args=[found.key, round_.key])}?{_kept(request.POST)}")
    return _page(request, found, round_, form=form)


def _kept(asked: QueryDict) -> str:
    """Which board, bracket and page were looked at."""
    kept = QueryDict(mutable=True)
    for name in ("board", "bracket", "page"):
        if value := asked.get(name):
            kept[name] = str(value)
    return kept.urlencode()


@signed_in
@require_POST
def decide_tie(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Say who of those tied across the line goes on."""
    found, round_, shown = _known(request, cycle, key)
    cut = next((one for one in shown.undecided if f"{one.board}:{one.to}" == request.POST.get("cut")), None)
    if cut is None:
        messages.info(request, _("This tie no longer waits for a decision."))
        return redirect("desk-publish-round", found.key, round_.key)
    form = TieForm(cut, shown.names, request.POST)
    if (cut.board, cut.to) in looks_part(round_)["ties"]:
        messages.info(request, _("This tie is talked about: it is decided there."))
        return redirect("desk-publish-round", found.key, round_.key)
    if form.is_valid():
        try:
            form.carry_out(found, round_.key, by=request.user)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The tie is decided."))
            return redirect("desk-publish-round", found.key, round_.key)
    return _page(request, found, round_, tie=form)
