"""Where we stand on each board, how we moved, and why: the last two published states side by side, with our neighbours."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.moves import REACH, moved, near, own_row, parts, reasons
from backend.web.pages.cycle import boards_seen
from backend.web.pages.workspace.frame import framed, team_seen
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import public_key
from games.permissions import Access, visible
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.queries import COLUMNS, PUBLIC

HISTORY: Final = 8  # published states that are read of each board


@never_cache
@signed_in
@require_safe
def standing_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Board by board."""
    found = team_seen(request, cycle, group)
    access = access_of(request)
    boards = list(boards_seen(access, found.cycle))
    names = {one.key: one.name or one.key for one in design_of(found.cycle).rounds}
    keys = {found.key, public_key(found)}
    states, live = _states(access, boards), _live(access, boards, keys)
    shown = [_board(one, found, states.get(one.pk, []), live.get(one.pk, []), keys, names) for one in boards]
    context = framed(request, found, "team-standing", _("Where we stand")) | {
        "boards": [one for one in shown if one["own"] and (one["own"]["place"] or one["own"]["status"] != "unscored")],
        "absent": [
            one["board"] for one in shown if not one["own"] or (not one["own"]["place"] and one["own"]["status"] == "unscored")
        ],
        "hidden": found.rank_hidden,
    }
    return render(request, "workspace/standing.html", context)


def _states(access: Access, boards: list[Board]) -> dict[int, list[Snapshot]]:
    """The last published states of each board, the newest first: one statement."""
    last = Snapshot.objects.filter(board=OuterRef("board"), audience=PUBLIC).order_by()
    newest = Subquery(last.values("board").annotate(most=Max("number")).values("most"))
    stored = Snapshot.objects.filter(board__in=boards, audience=PUBLIC).annotate(newest=newest)
    found: dict[int, list[Snapshot]] = defaultdict(list)
    for one in visible(access, "snapshot.view", stored.filter(number__gt=F("newest") - HISTORY)).order_by("-number"):
        found[one.board_id].append(one)
    return found


def _live(access: Access, boards: list[Board], keys: set[str]) -> dict[int, list[dict[str, Any]]]:
    """Of boards that move as it happens: our row and its neighbours. Two statements."""
    rows = visible(access, "standing.view", Standing.objects.filter(board__in=boards, board__live=True, audience=PUBLIC))
    own = list(rows.filter(entry__in=keys, line=0).values_list("board_id", "bracket", "rank"))
    if not own:
        return {}
    beside = Q()
    for board, bracket, rank in own:
        beside |= Q(board=board, bracket=bracket, rank__range=(rank - REACH, rank + REACH))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.filter(beside).order_by("rank").values("board_id", *COLUMNS):
        found[row["board_id"]].append(row)
    return found


def _board(
    board: Board, group: Group, states: list[Snapshot], live: list[dict[str, Any]], keys: set[str], names: Mapping[str, str]
) -> dict[str, Any]:
    """One board as the team sees it. A live board shows its rows of now; its published states are its history."""
    rows = live or (states[0].rows if states else [])
    own = own_row(rows, keys)
    shown: dict[str, Any] = {"board": board, "own": own, "url": reverse("board", args=[group.cycle.key, board.key])}
    if own is None:
        return shown
    before = states[1].rows if len(states) > 1 and not live else []
    proven = own_row(states[0].rows, keys) if states else None
    was = own_row(before, keys) if before else None
    rounds = _rounds_of(board, names)
    made_of = parts(was, own, rounds, board.spec.get("weights") or {})
    return shown | {
        "live": bool(live),
        "at": None if live else states[0].published_at,
        "number": None if live else states[0].number,
        "proven": {"entry": proven["entry"], "number": states[0].number} if proven else None,
        "correction": "" if live else states[0].reason,
        "movement": _since(own) if live else moved(was, own) if before else None,
        "of": None if live else sum(1 for row in rows if row["bracket"] == own["bracket"] and row["place"]),
        "parts": made_of,
        "compared": any(one.changed for one in made_of),
        "weighed": any(one.weight for one in made_of),
        "reasons": reasons(before, rows, keys, rounds) if before else [],
        "near": near(rows, own, keys),
        "way": [line["place"] for one in reversed(states) if (line := own_row(one.rows, keys)) and line["place"]],
    }


def _since(own: Mapping[str, Any]) -> int | str | None:
    return moved({"place": own["previous_place"]}, own) if own["previous_place"] else None


def _rounds_of(board: Board, names: Mapping[str, str]) -> dict[str, str]:
    """The rounds that a board counts, by name, in order."""
    if board.spec.get("source", "rounds") != "rounds":
        return {}  # what acts earn, not what rounds gave
    counted = board.spec.get("weights") or board.spec.get("rounds")
    return {key: name for key, name in names.items() if counted is None or key in counted}
