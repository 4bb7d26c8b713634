"""A board for a hall: the whole field in huge type, page after page by itself, live, with the clock of the round."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.web.board_shapes import Seen, board_shape
from backend.web.geometry.qr import qr_code
from backend.web.pages.boards import parts
from backend.web.pages.boards.seeing import page_seen, place_of
from backend.web.pages.cycle import cycle_seen
from games.results.queries import shown_of
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from leaderboards.engine.spec import board_rounds
from leaderboards.queries import PUBLIC

PAGES = 6
"""A hall sees at most so many pages of fifty rows."""


@require_safe
def projector(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The public side of a board, whoever is signed in: what a hall sees is what everybody may see."""
    found = cycle_seen(request, cycle)
    place = place_of(request, found, key)
    if place.shown.source == "live" and place.shown.side != PUBLIC:
        place = replace(place, shown=shown_of(place.board, organizes=False))
    seen = page_seen(request, replace(place, own=()))
    rounds = list(seen.rounds) or list(rounds_of(found, place.access.now))
    freeze, shape = parts.freeze_shape(place, seen), board_shape(seen)
    if freeze and freeze["begun"]:
        shape["state"] = parts.FROZEN
    address = request.build_absolute_uri(reverse("board", args=[found.key, key]))
    context = {
        "cycle": found,
        "board": shape,
        "brackets": parts.bracket_tabs(request, seen.part),
        "freeze": freeze,
        "clock": clock_of(seen, rounds, place.access.now),
        "now": place.access.now,
        "pages": min(seen.part.pages, PAGES),
        "total": seen.part.total,
        "light": request.GET.get("light") == "1",
        "back": reverse("board", args=[found.key, key]),
        "address": address,
        "code": qr_code(address),
    }
    return render(request, "boards/projector.html", context)


def clock_of(seen: Seen, rounds: Sequence[Round], now: datetime) -> dict[str, Any] | None:
    """What the big clock counts down to: the end of the round that is open and counts here, or the opening of the next."""
    counted = {one.key for one in board_rounds(seen.design, seen.spec)}
    mine = [one for one in rounds if one.key in counted]
    for one in mine:
        if one.state == "open" and one.ends_at:
            return {"until": one.ends_at, "label": one.name, "over": _("time is up")}
    for one in mine:
        if one.state == "planned" and one.opens_at and one.opens_at > now:
            return {"until": one.opens_at, "label": _("%(round)s opens in") % {"round": one.name}, "over": _("open")}
    return None
