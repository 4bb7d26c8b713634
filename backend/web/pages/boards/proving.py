"""Proof for people: the receipt of a row, why a group moved between two versions, and a board as it was at any moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.templatetags.ludus import shown
from backend.web.pages.boards.seeing import Place, number_in, place_of
from backend.web.pages.cycle import crumbs_of, cycle_seen, tabs
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.groups.queries import public_key
from games.permissions import visible
from games.playbooks.schema import Design
from games.recognition.queries.replays import From, board_at
from games.recognition.queries.whys import Why, why
from games.results.queries.history import versions_of
from games.rounds.models import Round
from leaderboards import proof
from leaderboards.engine import numbers
from leaderboards.engine.whys import Crossing, Part, PartKind
from leaderboards.models import Snapshot
from leaderboards.queries import PUBLIC, RESTRICTED, RowData

VERSIONS: Final = 60
STEPS: Final = 200
ROWS: Final = 200
NAMED: Final = 12


def _seen(request: HttpRequest, cycle: str, key: str) -> Place:
    return place_of(request, cycle_seen(request, cycle), key)


def _version(place: Place, number: int) -> Snapshot:
    """A published version without its rows, if this person may see it; else 404."""
    there = Snapshot.objects.filter(board=place.board, audience=PUBLIC, number=number).select_related("board").defer("rows")
    found = visible(place.access, "snapshot.view", there).first()
    if found is None:
        raise Http404
    return found


@require_safe
def row_receipt(request: HttpRequest, cycle: str, key: str, number: int) -> HttpResponse:
    """The receipt of a row as a file: of the group that is asked for, else of the person's own."""
    place = _seen(request, cycle, key)
    snapshot = _version(place, number)
    asked = request.GET.get("group", "")[:100]
    keys = [asked] if asked else list(place.own)
    found = next((said for one in keys if (said := proof.receipt(snapshot, one, _line(request))) is not None), None)
    if found is None:
        raise Http404
    name = f"receipt-{place.cycle.key}-{place.board.key}-{number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(orjson.dumps(found, option=orjson.OPT_INDENT_2), content_type="application/json", headers=headers)


def _line(request: HttpRequest) -> int:
    return number_in(request.GET["line"]) if request.GET.get("line", "0") != "0" else 0


# --- Why ------------------------------------------------------------------------------------------------------------------------------


@require_safe
def why_page(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Why a group moved between two published versions: its own changes, and who passed it, adding up exactly."""
    place = _seen(request, cycle, key)
    versions = list(visible(place.access, "snapshot.view", versions_of(place.board))[:VERSIONS])
    asked = request.GET.get("group", "")[:100].replace("\0", "") or place.mine
    pair = _pair(request, versions)
    context: dict[str, Any] = _frame(place, _("Why"), current="why") | {"versions": versions, "asked": asked, "found": None}
    if pair is not None and asked:
        there = Snapshot.objects.select_related("board").in_bulk([one.pk for one in pair])
        before, after = (there[one.pk] for one in pair)
        context |= {"before": before, "after": after}
        mine, keys = _names(place, asked)
        found = why(place.cycle, before, after, keys, group=mine)
        context["found"] = _told(place, found) if found is not None else None
    return render(request, "boards/why.html", context)


def _pair(request: HttpRequest, versions: Sequence[Snapshot]) -> tuple[Snapshot, Snapshot] | None:
    """The two versions asked for, the older one first; the last two if nothing is said."""
    by_number = {one.number: one for one in versions}
    after = by_number.get(number_in(request.GET.get("to"))) if "to" in request.GET else next(iter(versions), None)
    if after is None:
        return None
    older = [one for one in versions if one.number < after.number]
    before = next((one for one in older if str(one.number) == request.GET.get("from")), None) or next(iter(older), None)
    return None if before is None else (before, after)


def _names(place: Place, asked: str) -> tuple[str | None, set[str]]:
    """The key of the group itself, for its members and for organizers, and those under which it may stand."""
    if asked in place.own:
        return place.own[0], {*place.own}
    if place.access.reads(place.cycle.pk) and (found := Group.objects.filter(cycle=place.cycle, key=asked).first()) is not None:
        return found.key, {found.key, public_key(found)}
    return None, {asked}


def _told(place: Place, found: Why) -> dict[str, Any]:
    design = design_of(place.cycle, found.later.design_number)
    others = found.others
    return {
        "name": found.now["name"],
        "entry": found.now["entry"],
        "was_entry": found.was["entry"],
        "was": found.was,
        "now": found.now,
        "change": signed(numbers.text(found.change)),
        "parts": [_part(one, design) for one in found.parts],
        "compared": any(one.kind is PartKind.ROUND for one in found.parts),
        "crossed": [
            {"sign": sign, "title": title, "rows": [_crossed(one) for one in rows[:NAMED]], "more": max(0, len(rows) - NAMED)}
            for sign, title, rows in (
                ("bad", _("Passed us"), others.passed_us),
                ("bad", _("New ahead of us"), others.came),
                ("good", _("We passed"), others.we_passed),
                ("good", _("No longer ahead of us"), others.left),
            )
            if rows
        ],
        "ranks": others.change,
        "acts": [{"seal": one.seal, "at": one.at, "what": act_words(one.kind)} for one in found.acts],
    }


def _part(one: Part, design: Design) -> dict[str, Any]:
    return {
        "what": _what(one, design),
        "at": one.at,
        "seal": one.seal,
        "before": "–" if one.before is None else shown(numbers.text(one.before)),
        "after": "–" if one.after is None else shown(numbers.text(one.after)),
        "round": one.kind is PartKind.ROUND,
        "change": signed(numbers.text(one.change)),
    }


def _what(one: Part, design: Design) -> str:
    match one.kind:
        case PartKind.RULES:
            return _("Other rules")
        case PartKind.ROUND:
            return next((spec.title for spec in design.rounds if spec.key == one.key), one.key)
        case PartKind.POINTS:
            bare = one.key.split(":")[0]
            return next((rule.title for rule in design.rules if rule.key == bare), one.key)
        case _:
            return _("What none of these explains")


def _crossed(one: Crossing) -> dict[str, str]:
    before, after = ("" if value is None else shown(numbers.text(value)) for value in (one.before, one.after))
    return {"name": one.name, "before": before, "after": after, "same": "yes" if before == after else ""}


def signed(text: str) -> str:
    """A number text with its sign: +3, −3, ±0."""
    if text == "0":
        return "±0"
    return f"−{shown(text[1:])}" if text.startswith("-") else f"+{shown(text)}"


def act_words(kind: str) -> str:
    """What an act of the journal is called."""
    words = {
        "submission.received": _("We handed in"),
        "submission.withdrawn": _("An entry was withdrawn"),
        "submission.disqualified": _("An entry was disqualified"),
        "attempt.judged": _("A try of ours was judged"),
        "sheet.finalized": _("A judge finished our sheet"),
        "sheet.corrected": _("Marks of ours were corrected"),
        "appeal.answered": _("An appeal of ours was answered"),
    }
    return words.get(kind, kind)


# --- As it was ------------------------------------------------------------------------------------------------------------------------


@require_safe
def then_page(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """A board as it stood at any moment since the cycle began, by a slider; organizers may look at what was held back, too."""
    place, side = _seen(request, cycle, key), _side(request)
    if side == RESTRICTED and not place.access.reads(place.cycle.pk):
        raise Http404
    begun, now = place.cycle.created_at, place.access.now
    versions = list(visible(place.access, "snapshot.view", versions_of(place.board))[:VERSIONS])
    first = _first(place)
    begun = min([begun, *(one.published_at for one in versions), *([first] if first else [])])
    step = _step(request)
    when = begun + (now - begun) * step / STEPS
    context: dict[str, Any] = _frame(place, _("As it was"), current="then") | {
        "step": step,
        "steps": STEPS,
        "begun": begun,
        "when": when,
        "side": side,
        "sides": _sides(place, side, step),
        "versions": versions,
    }
    try:
        found = board_at(place.board, when, side=side)
    except GameError as refusal:
        return render(request, "boards/then.html", context | {"refusal": refusal.message}, status=refusal.status)
    rows = [row for row in found.rows if not row["line"]]
    context |= {
        "source": found.source.value,
        "snapshot": found.snapshot,
        "seal": found.seal,
        "design": found.design_number,
        "brought": found.brought,
        "computed": found.source not in {From.PUBLISHED, From.NOTHING},
        "total": len(rows),
        "columns": [{"label": _("Place")}, {"label": _("Name")}, {"label": _("Score"), "number": True}],
        "rows": [_row(row) for row in rows[:ROWS]],
        "more": max(0, len(rows) - ROWS),
        "nothing": found.source is From.NOTHING,
    }
    return render(request, "boards/then.html", context)


def _side(request: HttpRequest) -> str:
    return RESTRICTED if request.GET.get("side") == RESTRICTED else PUBLIC


def _sides(place: Place, side: str, step: int) -> list[dict[str, Any]]:
    """Links to both sides at the same moment, for whoever reads the cycle whole."""
    if not place.access.reads(place.cycle.pk):
        return []
    there = ((PUBLIC, _("For everybody")), (RESTRICTED, _("For organizers")))
    return [{"label": label, "url": f"?t={step}&side={one}", "current": one == side} for one, label in there]


def _first(place: Place) -> datetime | None:
    """When its first round opened: contests of the past began before they were brought here."""
    rows = Round.objects.filter(cycle=place.cycle, opens_at__lte=place.access.now).order_by("opens_at")
    return rows.values_list("opens_at", flat=True).first()


def _step(request: HttpRequest) -> int:
    text = request.GET.get("t", str(STEPS))
    return min(STEPS, int(text)) if text.isascii() and text.isdigit() and len(text) <= 4 else STEPS  # noqa: PLR2004 a slider has few steps


def _row(row: RowData) -> dict[str, Any]:
    return {"cells": [shown(row["place"]) or "–", row["name"], shown(row["score"]) or "–"]}


def _frame(place: Place, title: str, *, current: str) -> dict[str, Any]:
    cycle, board = place.cycle, place.board
    here = reverse("board", args=[cycle.key, board.key])
    return {
        "cycle": cycle,
        "board": board,
        "crumbs": crumbs_of(cycle, (board.name, here), title),
        "tabs": tabs(cycle, "board", main=place.boards[0], access=place.access),
        "views": [
            {"label": _("Whole field"), "url": here, "current": False},
            {"label": _("Over time"), "url": reverse("board-history", args=[cycle.key, board.key]), "current": False},
            {"label": _("As it was"), "url": reverse("board-then", args=[cycle.key, board.key]), "current": current == "then"},
            {"label": _("Why we moved"), "url": reverse("board-why", args=[cycle.key, board.key]), "current": current == "why"},
        ],
        "own": place.own,
    }
