"""What other sites may show in a frame: a public board of a cycle whose organizers allow it. Also the logo.

Whoever looks is nobody in particular here, signed in or not: a frame shows what everybody sees. Only these pages may be framed.
"""

from dataclasses import replace
from typing import Any, Final

import orjson
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from backend.web.board_shapes import Seen, board_shape, row_shapes, version_of
from backend.web.pages.cycle import cycle_seen
from games.cycles.looks import content_type_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.permissions import SCORES_SHOWN, access_for, visible
from games.results.queries import shown_of
from games.results.queries.alike import alike_on
from games.results.queries.pages import Asked, board_page
from leaderboards.engine.spec import BoardSpec
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Board
from leaderboards.pages import mark
from leaderboards.queries import PAGE_ROWS, PUBLIC

ANYWHERE: Final[dict[str, Any]] = settings.SECURE_CSP | {"frame-ancestors": ["*"]}
THEMES: Final = ("light", "dark")
FEW: Final = 10


def _framed(cycle: str, key: str) -> tuple[Cycle, Board]:
    """The cycle and its board as a visitor sees them; 404 unless other sites may show them."""
    access = access_for(AnonymousUser())
    found = visible(access, "cycle.view", Cycle.objects.filter(key=cycle, embeddable=True, rehearsal=False)).first()
    if found is None:
        raise Http404
    board = visible(access, "board.view", Board.objects.filter(scope=found.pk, key=key, audience=PUBLIC)).first()
    if board is None:
        raise Http404
    return found, board


def _asked(request: HttpRequest) -> dict[str, Any]:
    """How it is to look: so many rows, of a bracket, in a theme (else as the reader's system is)."""
    rows = request.GET.get("rows", "")
    theme = request.GET.get("theme", "")
    return {
        "rows": min(max(int(rows), 1), PAGE_ROWS) if rows.isascii() and rows.isdigit() and len(rows) < 4 else FEW,  # noqa: PLR2004
        "bracket": request.GET.get("bracket", "")[:100],
        "theme": theme if theme in THEMES else "",
    }


def _seen(cycle: Cycle, board: Board, asked: dict[str, Any]) -> Seen:
    """The first rows of what everybody sees of the board."""
    shown, design = shown_of(board, organizes=False), design_of(cycle)
    part = board_page(shown, Asked(bracket=asked["bracket"] or None))
    return Seen(
        cycle,
        design,
        find_board(design, board.key) or BoardSpec(key=board.key),
        shown,
        replace(part, rows=part.rows[: asked["rows"]]),
        alike=alike_on(shown, open_to=SCORES_SHOWN, cycle=cycle),
    )


@xframe_options_exempt
@csp_override(ANYWHERE)
@require_safe
def embedded_board(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """A board without anything around it. `rows` (10), `theme` (light or dark; else the reader's own), `bracket`."""
    found, board = _framed(cycle, key)
    asked = _asked(request)
    seen = _seen(found, board, asked)
    part, shape = seen.part, board_shape(seen)
    # A frame on another site polls: it holds no connection open.
    filled = [one for one in shape["columns"] if any(row["values"].get(one["key"]) is not None for row in part.rows)]
    shape |= {"columns": filled, "socket": "", "last": part.rows[-1]["rank"] if part.rows else ""}
    if shape["url"]:
        bracket = part.bracket if len(part.brackets) > 1 else ""
        query = urlencode({"rows": str(asked["rows"]), "bracket": bracket})
        shape["url"] = f"{reverse('embed-rows', args=[found.key, board.key])}?{query}"
    context = {"cycle": found, "board": shape, "theme": asked["theme"], "total": part.total, "few": len(part.rows) < part.total}
    answer = render(request, "boards/embed.html", context)
    answer["Cache-Control"] = "public, max-age=5"
    return mark(answer, board.pk)


@require_safe
def embedded_rows(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The rows of an embedded board as JSON, with an ETag: what its page polls for."""
    found, board = _framed(cycle, key)
    asked = _asked(request)
    shown = shown_of(board, organizes=False)
    tied = alike_on(shown, open_to=SCORES_SHOWN, cycle=found).tag
    tag = f'"{shown.tag}-{tied}-{get_language()}-{asked["rows"]}-{asked["bracket"].encode().hex()[:64]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=2"}
    if tag in request.headers.get("If-None-Match", ""):
        return mark(HttpResponse(status=304, headers=headers), board.pk)
    body = {"board": board.pk, "key": board.key, "version": version_of(shown), "rows": row_shapes(_seen(found, board, asked))}
    return mark(HttpResponse(orjson.dumps(body), content_type="application/json", headers=headers), board.pk)


@require_safe
def cycle_logo(request: HttpRequest, cycle: str) -> FileResponse:
    """The logo, to whoever may see the cycle."""
    found = cycle_seen(request, cycle)
    name = found.logo.name or ""
    if not name or not default_storage.exists(name):
        raise Http404
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=86400",
        "Content-Disposition": "inline",
    }
    return FileResponse(default_storage.open(name, "rb"), content_type=content_type_of(name), headers=headers)
