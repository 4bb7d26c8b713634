"""A board over time: what was published of it, places after each publication and in each round, and how scores grew."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.web import chart_shapes
from backend.web.board_shapes import sort_is_low
from backend.web.pages.boards import parts
from backend.web.pages.boards.seeing import Place, frozen, may_tell, place_of, real_keys, spec_of
from backend.web.pages.cycle import crumbs_of, cycle_seen, tabs
from games.cycles.models import Cycle
from games.permissions import visible
from games.playbooks.schema import Design
from games.recognition.queries import grown_of
from games.results.queries import shown_rows
from games.results.queries.contest import tasks_tried, ways_of
from games.results.queries.history import places_in, versions_of
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from leaderboards.engine import numbers
from leaderboards.engine.names import challenges_of
from leaderboards.engine.spec import BoardSpec, Missing, Rows, Source, board_rounds
from leaderboards.engine.state import goes_low
from leaderboards.engine.tempo import Way, tasks_in_tempo
from leaderboards.models import Snapshot
from leaderboards.queries import RowData

VERSIONS: Final = 60
COLUMNS: Final = 12
LINES: Final = 8
LISTED: Final = 100
"""So many teams stand in a list to choose from; of more, one types a part of the name."""


@require_safe
def history(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Everything of a board that has a date."""
    found = cycle_seen(request, cycle)
    place = place_of(request, found, key)
    design, spec = spec_of(place)
    versions = list(visible(place.access, "snapshot.view", versions_of(place.board))[:VERSIONS])
    rows = _first_lines(place)
    chosen = _chosen(request, place, rows)
    bracket = _bracket(request, rows, chosen)
    inside = [row for row in rows if row["bracket"] == bracket]
    brackets = list(dict.fromkeys(row["bracket"] for row in rows))
    names = {row["group"]: row["name"] for row in inside}
    lines, live = _lines(place, design, spec, inside, chosen)
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, (place.board.name, reverse("board", args=[found.key, key])), _("Over time")),
        "tabs": tabs(found, "board", main=place.boards[0], access=place.access),
        "boards": [parts.board_tab(found, one, current=one.pk == place.board.pk) for one in place.boards],
        "views": parts.view_tabs(place, request, None, current="history"),
        "board": place.board,
        "brackets": [
            {"label": one or _("Others"), "url": f"?{urlencode({'bracket': one})}", "current": one == bracket} for one in brackets
        ]
        if len(brackets) > 1
        else [],
        "versions": versions,
        "published": _published(versions[:COLUMNS], bracket, names, chosen),
        "in_rounds": _in_rounds(design, spec, inside, names, chosen),
        "lines": lines,
        "lines_url": _lines_url(found, key, chosen, bracket, several=len(brackets) > 1) if lines else "",
        "socket": f"/ws/boards/{place.board.pk}" if live else "",
        "names": sorted(names.items(), key=lambda one: one[1].casefold()) if len(names) <= LISTED else [],
        "many": len(names) > LISTED,
        "query": names.get(chosen) or _query(request),
        "chosen": chosen if chosen in names else "",
        "bracket": bracket,
    }
    return render(request, "boards/history.html", context)


@require_safe
def lines(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Scores over time as columns of numbers, with an ETag."""
    place = place_of(request, cycle_seen(request, cycle), key)
    design, spec = spec_of(place)
    chosen = request.GET.get("group", "")[:100] or place.mine
    tag = f'"lines-{place.shown.tag}-{chosen.encode().hex()}-{request.GET.get("bracket", "").encode().hex()[:200]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    rows = _first_lines(place)
    bracket = _bracket(request, rows, chosen)
    drawn = _drawn([row for row in rows if row["bracket"] == bracket], chosen)
    ways = _ways(place, design, spec, drawn, _rounds(place, design, spec))
    if not ways:
        raise Http404
    return HttpResponse(
        orjson.dumps(chart_shapes.lines_data(ways, drawn, chosen=chosen)), content_type="application/json", headers=headers
    )


def _lines_url(cycle: Cycle, key: str, chosen: str, bracket: str, *, several: bool) -> str:
    asked = {"group": chosen} if chosen else {}
    asked |= {"bracket": bracket} if several else {}
    return reverse("board-lines", args=[cycle.key, key]) + (f"?{urlencode(asked)}" if asked else "")


def _chosen(request: HttpRequest, place: Place, rows: Sequence[RowData]) -> str:
    """Whose line is brought out: who is asked for, by key or by a part of the name, else the person's own group."""
    asked = request.GET.get("group", "")[:100]
    if asked:
        return asked
    query = _query(request).casefold()
    return next((row["group"] for row in rows if (query in row["name"].casefold() if query else row["group"] in place.own)), "")


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:100]


def _first_lines(place: Place) -> list[RowData]:
    return [row for row in shown_rows(place.shown) if not row["line"]]


def _bracket(request: HttpRequest, rows: Sequence[RowData], chosen: str) -> str:
    brackets = list(dict.fromkeys(row["bracket"] for row in rows)) or [""]
    asked = request.GET.get("bracket")
    if asked in brackets:
        return asked
    return next((row["bracket"] for row in rows if row["group"] == chosen), brackets[0])


def _published(versions: Sequence[Snapshot], bracket: str, names: dict[str, str], chosen: str) -> dict[str, Any] | None:
    """Places after each publication, the oldest on the left."""
    ordered = versions[::-1]
    if len(ordered) < 2:  # noqa: PLR2004 a line has two ends
        return None
    heads = [f"{one.number} · {date_format(one.published_at, 'j M')}" for one in ordered]
    places = places_in(ordered)
    known = {key: held.name for one in places for key, held in one.items()} | names
    columns = chart_shapes.by_version(heads, places, bracket)
    return chart_shapes.bump_shape(columns, known, chosen=chosen, title=_("Places after each publication"))


def _in_rounds(
    design: Design, spec: BoardSpec, rows: Sequence[RowData], names: dict[str, str], chosen: str
) -> dict[str, Any] | None:
    """Places in each round by its score alone."""
    if spec.source is not Source.ROUNDS or spec.rows is not Rows.GROUPS:
        return None
    rounds = [
        (one.key, one.title, spec.points is None and goes_low(challenges_of(design, one.key, spec)))
        for one in board_rounds(design, spec)
    ]
    columns = chart_shapes.by_round(rounds, rows, zeros=spec.missing is Missing.ZERO)
    return chart_shapes.bump_shape(columns, names, chosen=chosen, title=_("Place in each round"))


# --- Scores over time -----------------------------------------------------------------------------------------------------------------


def _drawn(rows: Sequence[RowData], chosen: str) -> list[RowData]:
    """The first few, and the chosen one."""
    placed = [row for row in rows if row["place"]]
    return [*placed[:LINES], *(row for row in placed[LINES:] if row["group"] == chosen)]


def _lines(
    place: Place, design: Design, spec: BoardSpec, rows: Sequence[RowData], chosen: str
) -> tuple[dict[str, Any] | None, bool]:
    """The chart, and whether it follows what happens."""
    drawn, rounds = _drawn(rows, chosen), _rounds(place, design, spec)
    ways = _ways(place, design, spec, drawn, rounds)
    if not ways:
        return None, False
    tasks = tasks_in_tempo(design, spec)
    low = (bool(tasks) and tasks[0].low) or sort_is_low(spec, "score")
    until = _until(place, rounds) if tasks_tried(design, spec) else None
    shape = chart_shapes.lines_shape(ways, drawn, chosen=chosen, low=low, until=until)
    return shape, place.shown.source == "live" and place.cycle.state == "running"


def _rounds(place: Place, design: Design, spec: BoardSpec) -> list[Round]:
    """The rounds, where there are attempts to tell of."""
    return list(rounds_of(place.cycle, place.access.now)) if tasks_in_tempo(design, spec) else []


def _until(place: Place, rounds: Sequence[Round]) -> int | None:
    """Where the time of a contest ends: now, or when its last round ended."""
    last = rounds[-1] if rounds else None
    opened = (last.opened_at or last.opens_at) if last else None
    if last is None or opened is None:
        return None
    end = min(place.access.now, last.ends_at) if last.ends_at else place.access.now
    return max(int((end - opened).total_seconds() * 1000), 0)


def _ways(place: Place, design: Design, spec: BoardSpec, drawn: Sequence[RowData], rounds: Sequence[Round]) -> dict[str, Way]:
    """How the scores of these rows grew; nothing unless every way ends where the board says."""
    real = real_keys(place, drawn)
    groups = list(real.values())
    if spec.source is Source.POINTS:
        ways = grown_of(place.cycle, groups)
    elif not rounds or not may_tell(place, design, spec, rounds):
        return {}
    else:
        ways = ways_of(place.cycle, design, spec, groups, frozen=frozen(place, design, spec, rounds))
    told = {row["group"]: ways.get(real[row["group"]], []) for row in drawn}
    whole = all(not way or numbers.text(way[-1][1]) == row["score"] for row, way in zip(drawn, told.values(), strict=True))
    return told if whole and any(len(way) > 1 for way in told.values()) else {}
