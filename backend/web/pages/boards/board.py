"""Boards: live or as published last, any snapshot, a bracket a tab, fifty rows a page; and the same rows as JSON for a page that asks again."""

from hashlib import sha256
from typing import Any

import orjson
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.web.board_shapes import AROUND, Seen, board_shape, order_words, row_shapes, version_of
from backend.web.contest_shapes import contest_words
from backend.web.distances import distance
from backend.web.pages.boards import parts
from backend.web.pages.boards.seeing import Place, page_alike, page_seen, place_of, seen_alike
from backend.web.pages.cycle import crumbs_of, cycle_seen, tabs
from games.permissions import SCORES_SHOWN, visible
from games.results.queries import Shown, shown_find
from games.results.queries.alike import alike_on
from games.results.queries.history import versions_of
from games.results.queries.official import others_of
from leaderboards.engine.words import board_rules, cut_rules
from leaderboards.models import Snapshot
from leaderboards.pages import mark
from leaderboards.queries import PUBLIC, RowData

FOUND = 12
READY = 60  # seconds that an answer is kept
VERSIONS = 60


@require_safe
def board(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """A board as it is shown to this person now."""
    found = cycle_seen(request, cycle)
    return _render(request, place_of(request, found, key))


@require_safe
def snapshot(request: HttpRequest, cycle: str, key: str, number: int) -> HttpResponse:
    """A published state, as it was."""
    found = cycle_seen(request, cycle)
    place = place_of(request, found, key)
    stored = visible(place.access, "snapshot.view", Snapshot.objects.filter(board=place.board, audience=PUBLIC))
    one = stored.defer("rows").filter(number=number).first()
    if one is None:
        raise Http404
    shown = Shown(place.board, "published", snapshot=one)
    return _render(request, Place(found, place.board, place.boards, shown, place.access, place.own), past=True)


@require_safe
def board_rows(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The rows of one page as JSON, with an ETag: what board.js asks for when it missed something."""
    place = place_of(request, cycle_seen(request, cycle), key)
    tied = alike_on(place.shown, open_to=SCORES_SHOWN, cycle=place.cycle).tag
    asked = [get_language(), tied, *(request.GET.get(name) for name in ("bracket", "page", "view", "group", "sort"))]
    name = f"rows:{_tag(place, [*asked, place.own])}"
    made: tuple[bool, bytes] | None = cache.get(name)
    if made is None:
        made = _rows_body(request, place)
        cache.set(name, made, READY)
    alike, body = made
    tag, view = _tag(place, asked if alike else [*asked, place.own]), seen_alike(place, whose=not alike)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return mark(HttpResponse(status=304, headers=headers), place.board.pk, view)
    return mark(HttpResponse(body, content_type="application/json", headers=headers), place.board.pk, view)


def _tag(place: Place, asked: list[Any]) -> str:
    return f'"{place.shown.tag}-{sha256(orjson.dumps(asked)).hexdigest()[:24]}"'


def _rows_body(request: HttpRequest, place: Place) -> tuple[bool, bytes]:
    """The answer as bytes, the same for all who see this state of this part: a hall full of phones computes it once.

    And whether it is the same whosever group stands on the board: what was asked for says which part it is.
    """
    seen = page_seen(request, place)
    body: dict[str, Any] = {"board": place.board.pk, "key": place.board.key, "version": version_of(place.shown)}
    body |= {"rows": row_shapes(seen), "page": seen.part.page, "pages": seen.part.pages, "total": seen.part.total}
    one = len(seen.part.brackets) == 1 or request.GET.get("bracket") == seen.part.bracket
    return one and (request.GET.get("view") != AROUND or "group" in request.GET), orjson.dumps(body)


def _render(request: HttpRequest, place: Place, *, past: bool = False) -> HttpResponse:
    cycle = place.cycle
    versions = list(visible(place.access, "snapshot.view", versions_of(place.board))[:VERSIONS])
    seen = page_seen(request, place, versions=versions, past=past)
    shape, query = board_shape(seen), request.GET.get("q", "").replace("\0", "").strip()
    freeze = parts.freeze_shape(place, seen)
    if freeze and freeze["begun"]:
        shape["state"] = parts.FROZEN
    context = {
        "cycle": cycle,
        "crumbs": crumbs_of(cycle, place.board.name),
        "tabs": tabs(cycle, "board", main=place.boards[0], access=place.access),
        "boards": [parts.board_tab(cycle, one, current=one.pk == place.board.pk) for one in place.boards],
        "views": parts.view_tabs(place, request, seen, current=seen.view or "board") if not past else [],
        "brackets": parts.bracket_tabs(request, seen.part) if not seen.view else [],
        "board": shape
        | {"sorts": parts.sorts(request, shape, seen.sort) if not (seen.view or past) else {}, "sorted": seen.sort},
        "mine": _mine(place, seen) or request.GET.get("group", "")[:100],
        "own": place.mine,
        "own_row": seen.part.own,
        "standing": _standing(seen) if seen.view == AROUND else "",
        "page": seen.part,
        "shown": place.shown,
        "proven": _proven(place, seen),
        "past": past,
        "query": query,
        "found": shown_find(place.shown, query, FOUND) if query else [],
        "pagination": parts.pagination(request, seen.part),
        "versions": versions,
        "since": seen.since,
        "before_word": place.shown.snapshot.number - 1 if place.shown.snapshot is not None else 0,
        "notes": parts.notes(place, past=past),
        "freeze": freeze,
        "legend": contest_words() if seen.tasks else [],
        "sure": parts.sure_links(seen),
        "unsure": _(seen.alike.why) if seen.alike.why else "",
        "digest_rule": _("SHA-256 over the canonical rows, the number of the rules and the digest before"),
    } | _words(place, seen)
    return mark(render(request, "boards/board.html", context), place.board.pk, page_alike(place))


def _proven(place: Place, seen: Seen) -> dict[str, Any] | None:
    """{snapshot, mine}: of a board that moves on, what was published of it last and our row in it, if there is one; else None."""
    if place.shown.snapshot is not None or seen.since is None:
        return None
    there = seen.before or {}
    return {"snapshot": seen.since, "mine": next((key for key in place.own if key in there), "")}


def _mine(place: Place, seen: Seen) -> str:
    return seen.part.own["group"] if seen.part.own is not None else place.mine


def _words(place: Place, seen: Seen) -> dict[str, Any]:
    """How the board ranks, who goes on, and what others published beside it."""
    design, key = seen.design, place.board.key
    found: dict[str, Any] = {
        "rules": board_rules(design, key),
        "cuts": [words for cut in design.cuts if cut.board == key for words in cut_rules(design, cut)],
        "official": None,
        "elsewhere": [],
    }
    if place.cycle.imported:
        others = others_of(place.shown)
        found["official"] = parts.official_table(others.official, seen.part)
        found["elsewhere"] = parts.elsewhere_tables(place.cycle, others.elsewhere) if place.board.number == 1 else []
    return found


def _standing(seen: Seen) -> str:
    """Where the group in the middle stands, in one sentence."""
    rows, steps = seen.part.rows, order_words(seen.design, seen.spec)
    at = next((number for number, row in enumerate(rows) if row["group"] == seen.group), None)
    if at is None or not rows[at]["place"]:
        return ""
    row = rows[at]
    above = next((one for one in reversed(rows[:at]) if one["place"] != row["place"]), None)
    below = next((one for one in rows[at + 1 :] if one["place"] and one["place"] != row["place"]), None)
    told = [_("%(name)s: place %(place)s.") % {"name": row["name"], "place": row["place"]}]
    told += [_gap(row, above, steps, _("%(gap)s to place %(place)s, %(name)s.")) if above else ""]
    told += [_gap(row, below, steps, _("%(gap)s ahead of place %(place)s, %(name)s.")) if below else ""]
    return " ".join(one for one in told if one)


def _gap(row: RowData, other: RowData, steps: list[str], sentence: str) -> str:
    gap = distance(row, other, steps)
    return sentence % {"gap": gap, "place": other["place"], "name": other["name"]} if gap else ""
