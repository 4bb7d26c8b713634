"""Boards: live or as published last, any snapshot, a bracket a tab, fifty rows a page; and the same rows as JSON for a page that polls."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.board_shapes import board_shape, version_of
from backend.web.pages.cycle import OVER, boards_seen, crumbs_of, cycle_seen, tabs
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import public_key
from games.permissions import Access, visible
from games.results.queries import Shown, published_rounds, shown_find, shown_of
from games.results.queries.pages import BoardPage, board_page, elsewhere_of, official_of
from leaderboards.engine.spec import BoardSpec, board_rounds
from leaderboards.engine.words import board_rules, cut_rules
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RESTRICTED

FOUND = 12


def _board_seen(request: HttpRequest, cycle: Cycle, key: str) -> tuple[Board, list[Board]]:
    """The board and all its sisters that this person may see; 404 if it is not among them."""
    boards = list(boards_seen(access_of(request), cycle))
    board = next((one for one in boards if one.key == key), None)
    if board is None:
        raise Http404
    return board, boards


def _shown(request: HttpRequest, cycle: Cycle, board: Board) -> Shown:
    """The side that is asked for: organizers see all marks unless they look at what is published."""
    side = request.GET.get("side", "") or ("published" if cycle.state in OVER else "")
    return shown_of(board, organizes=access_of(request).reads(cycle.pk), side=side if side in {RESTRICTED, "published"} else "")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1  # noqa: PLR2004 pages are counted in thousands


@require_safe
def board(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """A board as it is shown to this person now."""
    found = cycle_seen(request, cycle)
    row, boards = _board_seen(request, found, key)
    return _render(request, found, row, boards, _shown(request, found, row))


@require_safe
def snapshot(request: HttpRequest, cycle: str, key: str, number: int) -> HttpResponse:
    """A published state, as it was."""
    found = cycle_seen(request, cycle)
    row, boards = _board_seen(request, found, key)
    stored = visible(access_of(request), "snapshot.view", Snapshot.objects.filter(board=row, audience=PUBLIC))
    one = stored.filter(number=number).first()
    if one is None:
        raise Http404
    return _render(request, found, row, boards, Shown(row, "published", snapshot=one), past=True)


@require_safe
def board_rows(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The rows of one page as JSON, with an ETag: what board.js asks for when it missed something."""
    found = cycle_seen(request, cycle)
    row, _boards = _board_seen(request, found, key)
    shown = _shown(request, found, row)
    bracket, page = request.GET.get("bracket", ""), _number(request.GET.get("page"))
    tag = f'"{shown.tag}-{page}-{orjson.dumps(bracket).hex()[:64]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    part = board_page(shown, bracket=bracket, page=page)
    body = {"board": row.pk, "key": row.key, "version": version_of(shown), "rows": part.rows}
    return HttpResponse(orjson.dumps(body), content_type="application/json", headers=headers)


def _render(
    request: HttpRequest, cycle: Cycle, row: Board, boards: list[Board], shown: Shown, *, past: bool = False
) -> HttpResponse:
    access, design = access_of(request), design_of(cycle, shown.snapshot.design_number if shown.snapshot else None)
    wanted = request.GET.get("group", "")
    part = board_page(shown, bracket=request.GET.get("bracket", ""), page=_number(request.GET.get("page")), find=wanted)
    mine = _own_row(access, cycle, part)
    query = request.GET.get("q", "").strip()
    spec = find_board(design, row.key) or BoardSpec(key=row.key)
    context = {
        "cycle": cycle,
        "crumbs": crumbs_of(cycle, row.name),
        "tabs": tabs(cycle, "board", main=row, access=access),
        "boards": [_tab(cycle, one, one.pk == row.pk) for one in boards],
        "brackets": _bracket_tabs(request, part),
        "board": board_shape(cycle, design, spec, shown, part, past=past),
        "mine": mine or wanted,
        "own": mine,
        "rules": board_rules(design, row.key),
        "cuts": [words for cut in design.cuts if cut.board == row.key for words in cut_rules(design, cut)],
        "page": part,
        "shown": shown,
        "past": past,
        "query": query,
        "found": shown_find(shown, query, FOUND) if query else [],
        "pagination": _pagination(request, part),
        "snapshots": _snapshots(access, row),
        "notes": _notes(cycle, access, shown, spec, past=past),
        "official": _official(shown, part),
        "elsewhere": _elsewhere(cycle) if row.number == 1 else [],
        "digest_rule": _("SHA-256 over the canonical rows, the number of the rules and the digest before"),
    }
    return render(request, "boards/board.html", context)


def _own_row(access: Access, cycle: Cycle, part: BoardPage) -> str:
    """The key of the viewer's row: of a group that keeps its name to itself what stands for it; nothing for who is in none."""
    own = Group.objects.filter(pk__in=access.groups_with(), cycle=cycle).first() if access.groups else None
    if own is None:
        return ""
    keys = {own.key, public_key(own)}
    return next((row["group"] for row in part.rows if row["group"] in keys), public_key(own))


def _tab(cycle: Cycle, one: Board, current: bool) -> dict[str, Any]:  # noqa: FBT001 read at the only caller
    return {"label": one.name, "url": reverse("board", args=[cycle.key, one.key]), "current": current}


def _query(request: HttpRequest, **changes: Any) -> str:
    kept: dict[str, Any] = {key: request.GET[key] for key in ("side", "bracket", "page") if request.GET.get(key)}
    wanted: dict[str, Any] = kept | changes
    return f"?{urlencode({key: str(value) for key, value in wanted.items() if value})}"


def _bracket_tabs(request: HttpRequest, part: BoardPage) -> list[dict[str, Any]]:
    if len(part.brackets) == 1:
        return []
    return [
        {"label": one or _("Others"), "url": _query(request, bracket=one, page=""), "current": one == part.bracket}
        for one in part.brackets
    ]


def _pagination(request: HttpRequest, part: BoardPage) -> dict[str, str]:
    here = {"bracket": part.bracket if len(part.brackets) > 1 else ""}
    first = (part.page - 1) * 50 + 1
    return {
        "previous": _query(request, page=part.page - 1, **here) if part.page > 1 else "",
        "next": _query(request, page=part.page + 1, **here) if part.page < part.pages else "",
        "text": _("%(first)d to %(last)d of %(all)d") % {"first": first, "last": first + len(part.rows) - 1, "all": part.total},
    }


def _snapshots(access: Access, row: Board) -> list[Snapshot]:
    stored = visible(access, "snapshot.view", Snapshot.objects.filter(board=row, audience=PUBLIC))
    return list(stored.defer("rows").order_by("-number")[:20])


def _notes(cycle: Cycle, access: Access, shown: Shown, spec: BoardSpec, *, past: bool) -> list[dict[str, str]]:
    """What a reader must know before reading the rows."""
    found = []
    here = reverse("board", args=[cycle.key, shown.board.key])
    if past:
        found.append({"level": "info", "text": _("This is an earlier published state. The board may have changed since.")})
    if shown.source == "live" and shown.side == RESTRICTED:
        text = _("You see the organizers' side: marks that are not published count here.")
        found.append({"level": "warning", "text": text, "url": f"{here}?side=published", "action": _("What is published")})
    elif access.reads(cycle.pk) and not past:
        found.append(
            {
                "level": "info",
                "text": _("You see what everybody sees."),
                "url": f"{here}?side={RESTRICTED}",
                "action": _("Organizers' side"),
            }
        )
    if spec.freeze is not None and shown.source == "live" and shown.side == PUBLIC and _held_back(cycle, spec):
        text = _("The board is frozen: what is tried from now on counts, and is shown as waiting until the board is revealed.")
        found.append({"level": "info", "text": text})
    return found


def _held_back(cycle: Cycle, spec: BoardSpec) -> bool:
    """Whether the freeze still hides something: a round that counts is not published yet."""
    return bool({one.key for one in board_rounds(design_of(cycle), spec)} - published_rounds(cycle))


def _official(shown: Shown, part: BoardPage) -> dict[str, Any] | None:
    """The official result as a table of its own, with how far ours agrees."""
    beside = official_of(shown)
    if beside is None:
        return None
    names = {row["group"]: row["name"] for row in part.rows}
    rows = [
        {"cells": [names.get(key, key), place, beside.scores.get(key, "")]}
        for key, place in sorted(beside.places.items(), key=lambda one: (int(one[1]) if one[1].isdigit() else 10**9, one[0]))
        if key in names
    ]
    columns = [{"label": _("Name")}, {"label": _("Place"), "number": True}, {"label": _("Score"), "number": True}]
    return {"columns": columns, "rows": rows, "equal": beside.equal, "compared": beside.compared}


def _elsewhere(cycle: Cycle) -> list[dict[str, Any]]:
    """Tables published elsewhere, under their own title, in their own order."""
    tables = elsewhere_of(cycle.pk)
    keys = {group for table in tables for group in table.cells}
    names = dict(Group.objects.filter(cycle=cycle, key__in=keys).values_list("key", "name")) if keys else {}
    return [
        {
            "title": table.title,
            "columns": [{"label": _("Name")}, *({"label": name.capitalize(), "number": True} for name in table.names)],
            "rows": [
                {"cells": [names.get(group, group), *(cells.get(name, "") for name in table.names)]}
                for group, cells in table.cells.items()
            ],
        }
        for table in tables
    ]
