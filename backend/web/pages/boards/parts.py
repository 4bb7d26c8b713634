"""What stands around the rows of a board: ways to other views, pages, notes, versions, official results."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.web.board_shapes import AROUND, Seen
from backend.web.pages.boards.seeing import Place, frozen
from games.cycles.models import Cycle
from games.groups.models import Group
from games.results.queries.behind import behind
from games.results.queries.official import Beside, Elsewhere
from games.results.queries.pages import BoardPage
from games.rounds.models import Round
from leaderboards.engine.spec import board_rounds
from leaderboards.engine.spec.base import clock_text
from leaderboards.models import Board
from leaderboards.queries import PAGE_ROWS, RESTRICTED

FROZEN: Final = {"state": "locked", "label": gettext_lazy("frozen")}
KEPT: Final = ("side", "bracket", "page", "sort", "view", "group")


def board_tab(cycle: Cycle, one: Board, *, current: bool) -> dict[str, Any]:
    """A sister board as a tab."""
    return {"label": one.name, "url": reverse("board", args=[cycle.key, one.key]), "current": current}


def query(request: HttpRequest, **changes: Any) -> str:
    """The address of this page with some of its questions changed; None takes one away."""
    kept: dict[str, Any] = {key: request.GET[key] for key in KEPT if key in request.GET}
    wanted = {key: str(value) for key, value in (kept | changes).items() if value is not None}
    return f"?{urlencode(wanted)}"


def bracket_tabs(request: HttpRequest, part: BoardPage) -> list[dict[str, Any]]:
    """A tab for each bracket, if there are several."""
    if len(part.brackets) == 1:
        return []
    bare: dict[str, Any] = {"page": None, "view": None, "group": None}
    return [
        {"label": one or _("Others"), "url": query(request, bracket=one, **bare), "current": one == part.bracket}
        for one in part.brackets
    ]


def view_tabs(place: Place, request: HttpRequest, seen: Seen | None, *, current: str) -> list[dict[str, Any]]:
    """The views of a board: the whole field, around a group, over time."""
    here = reverse("board", args=[place.cycle.key, place.board.key])
    group = (seen.group if seen else "") or request.GET.get("group", "")[:100] or place.mine
    side = {"side": request.GET["side"]} if "side" in request.GET else {}
    found = [("board", _("Whole field"), here + (f"?{urlencode(side)}" if side else ""))]
    if group:
        label = _("Around us") if group in place.own else _("Around this place")
        found.append((AROUND, label, f"{here}?{urlencode({**side, 'view': AROUND, 'group': group})}"))
    more = f"?{urlencode({'group': group})}" if group and group not in place.own else ""
    found.append(("history", _("Over time"), f"{reverse('board-history', args=[place.cycle.key, place.board.key])}{more}"))
    return [{"label": label, "url": url, "current": key == current} for key, label, url in found]


def sorts(request: HttpRequest, shape: dict[str, Any], sort: str) -> dict[str, dict[str, Any]]:
    """Key of a column -> where its head leads: sorted by it, or back to the order of places."""
    keys = ["name", *(one["key"] for one in shape["columns"] if not one.get("words"))]
    return {
        key: {"url": query(request, sort=None if key == sort else key, page=None, group=None, view=None), "current": key == sort}
        for key in keys
    }


def pagination(request: HttpRequest, part: BoardPage) -> dict[str, str]:
    """Links to the pages before and after, and which rows these are."""
    here = {"bracket": part.bracket if len(part.brackets) > 1 else None, "group": None}
    first = (part.page - 1) * PAGE_ROWS + 1
    return {
        "previous": query(request, page=part.page - 1, **here) if part.page > 1 else "",
        "next": query(request, page=part.page + 1, **here) if part.page < part.pages else "",
        "text": _("%(first)d to %(last)d of %(all)d") % {"first": first, "last": first + len(part.rows) - 1, "all": part.total},
    }


def notes(place: Place, *, past: bool) -> list[dict[str, str]]:
    """What a reader must know before reading the rows."""
    found = []
    here = reverse("board", args=[place.cycle.key, place.board.key])
    if past:
        text = _("This is an earlier published state. The board may have changed since.")
        found.append({"level": "info", "text": text, "url": here, "action": _("The board as it is now")})
    if place.shown.source == "live" and place.shown.side == RESTRICTED:
        text = _("You see the organizers' side: marks that are not published count here.")
        found.append({"level": "warning", "text": text, "url": f"{here}?side=published", "action": _("What is published")})
    elif place.access.reads(place.cycle.pk) and not past:
        url, action = f"{here}?side={RESTRICTED}", _("Organizers' side")
        found.append({"level": "info", "text": _("You see what everybody sees."), "url": url, "action": action})
    if place.shown.source == "live" and not past and (since := behind(place.board, place.access.now)) is not None:
        text = _("This board is late: what came in since %(time)s (UTC) is safe, and not counted yet.")
        found.append({"level": "warning", "text": text % {"time": f"{since.astimezone(UTC):%H:%M:%S}"}})
    return found


def sure_links(seen: Seen) -> list[dict[str, str]]:
    """Where it is told how sure the places of this page are, if rows of it cannot be told apart: a page for each task behind the board."""
    if not any(seen.alike.tied.get(row["group"]) for row in seen.part.rows):
        return []
    tasks = {one.key: one for one in seen.design.challenges}
    wanted = [(key, tasks[task]) for key, task in seen.alike.tasks]
    here = [one for one in wanted if one[1].division == seen.part.bracket] or wanted
    return [
        {"url": reverse("certainty", args=[seen.cycle.key, round_, one.key]), "name": one.name or one.key} for round_, one in here
    ]


def freeze_shape(place: Place, seen: Seen) -> dict[str, Any] | None:
    """The freeze while it holds: since when, what is held back; before it begins: when it will."""
    spec, rounds = seen.spec, seen.rounds
    if spec.freeze is None or place.shown.source != "live" or not frozen(place, seen.design, spec, rounds):
        return None
    counted = [one.key for one in board_rounds(seen.design, spec)]
    last = next((one for one in rounds if counted and one.key == counted[-1]), None)
    at = _freezes_at(last, spec.freeze)
    begun = at is not None and at <= place.access.now
    waiting = sum(row["pending"] for row in seen.part.rows)
    held = ngettext(
        "%(count)d try of the teams on this page waits.", "%(count)d tries of the teams on this page wait.", waiting
    ) % {"count": waiting}
    return {"begun": begun, "at": at, "clock": clock_text(spec.freeze), "held": held if begun and waiting else ""}


def _freezes_at(round_: Round | None, freeze: int) -> datetime | None:
    opened = (round_.opened_at or round_.opens_at) if round_ is not None else None
    return None if opened is None else opened + timedelta(milliseconds=freeze)


def official_table(beside: Beside | None, part: BoardPage) -> dict[str, Any] | None:
    """The official result as a table of its own, with how far ours agrees."""
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


def elsewhere_tables(cycle: Cycle, tables: list[Elsewhere]) -> list[dict[str, Any]]:
    """Tables published elsewhere, under their own title, in their own order."""
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
