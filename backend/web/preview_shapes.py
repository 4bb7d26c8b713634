"""A preview in the shapes that its page takes: a page of the board with the line drawn, who goes on, awards, what is missing, what follows."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.templatetags.ludus import shown, status_words
from backend.web import shapes
from backend.web.board_shapes import columns_of
from backend.web.explained import UNSCORED
from games.cycles.models import Cycle
from games.playbooks.schema import Design
from games.results.queries.preview import NO_ENTRY, Missing, Preview, PreviewBoard
from games.results.rules import Change
from leaderboards.engine.spec import BoardSpec, Source
from leaderboards.engine.words.boards import find_board
from leaderboards.queries import PAGE_ROWS, RowData

SHOWN: Final = 12
GOES: Final = {
    "cut": gettext_lazy("goes on"),
    "wildcard": gettext_lazy("wildcard"),
    "invited": gettext_lazy("invited"),
    "tied": gettext_lazy("tie to decide"),
}


def ways_on(found: Preview, board: PreviewBoard) -> dict[str, str]:
    """Group → cut, wildcard, invited or tied, for the rounds whose field this board decides."""
    ways: dict[str, str] = {}
    for cut in found.cuts:
        if cut.board == board.key:
            entrants = set(found.entrants.get(cut.to, ()))
            ways |= {group: "cut" for group in cut.through if group in entrants}
            ways |= {group: "wildcard" for group in cut.wildcards if group in entrants}
            ways |= {group: "invited" for group in entrants if group not in ways}
            ways |= dict.fromkeys(cut.undecided, "tied")
    return ways


def _columns(design: Design, board: PreviewBoard, rows: Sequence[RowData]) -> tuple[list[dict[str, Any]], str]:
    """The columns that hold something on this page, and what the score is called."""
    columns, score = columns_of(design, find_board(design, board.key) or BoardSpec(key=board.key), rows)
    filled = [
        one | {"decimals": shapes.decimals_in(row["values"].get(one["key"]) for row in rows)}
        for one in columns
        if any(row["values"].get(one["key"]) is not None for row in rows)
    ]
    return filled, score


def board_part(design: Design, found: Preview, board: PreviewBoard, *, bracket: str, page: str | None) -> dict[str, Any]:
    """One page of one bracket of a board as it would be published, with the line of the cut."""
    brackets = list(dict.fromkeys(row["bracket"] for row in board.rows)) or [""]
    chosen = bracket if bracket in brackets else brackets[0]
    inside = [row for row in board.rows if row["bracket"] == chosen]
    ways = ways_on(found, board)
    through = [row["rank"] for row in inside if ways.get(row["group"]) == "cut"]
    part = Paginator(inside, PAGE_ROWS).get_page(page)
    rows: list[RowData] = list(part.object_list)
    columns, score = _columns(design, board, rows)
    return {
        "key": board.key,
        "title": board.name,
        "columns": columns,
        "score_label": score,
        "score_decimals": shapes.decimals_in(row["score"] for row in rows),
        "cut_rank": max(through) if through and max(through) < len(inside) else None,
        "rows": [
            {
                "row": row,
                "hidden": row["group"] in board.hidden,
                "way": ways.get(row["group"], ""),
                "goes": GOES.get(ways.get(row["group"], ""), ""),
            }
            for row in rows
        ],
        "brackets": [{"label": one or _("Others"), "key": one, "current": one == chosen} for one in brackets]
        if len(brackets) > 1
        else [],
        "bracket": chosen if len(brackets) > 1 else "",
        "page": part,
        "before": board.before,
        "live": board.live,
        "changes": [_change(one) for one in board.changes[:SHOWN]],
        "more_changes": max(0, len(board.changes) - SHOWN),
    }


def _change(one: Change) -> dict[str, Any]:
    """What changes for a group, in words."""
    if one.before is None:
        words = _("new on this board")
    elif one.after is None:
        words = _("no longer on this board")
    else:
        parts = []
        if one.before[0] != one.after[0]:
            parts.append(_("place %(before)s → %(after)s") % {"before": shown(one.before[0]), "after": shown(one.after[0])})
        if one.before[1] != one.after[1]:
            parts.append(_("score %(before)s → %(after)s") % {"before": shown(one.before[1]), "after": shown(one.after[1])})
        if one.before[2] != one.after[2]:
            parts.append(status_words(one.after[2]) or _("has a place again"))
        words = ", ".join(parts)
    return {"group": one.group, "name": one.name, "words": words}


def fields(cycle: Cycle, design: Design, found: Preview) -> list[dict[str, Any]]:
    """The rounds whose field is settled, each with who goes on and how."""
    listed = []
    for key, groups in found.entrants.items():
        spec = design.round(key)
        cuts = [cut for cut in found.cuts if cut.to == key]
        wild = {group for cut in cuts for group in cut.wildcards}
        by_cut = {group for cut in cuts for group in cut.through}
        names = [
            {
                "key": group,
                "name": found.names.get(group, group),
                "url": reverse("group", args=[cycle.key, group]),
                "how": "" if group in by_cut or not cuts else _("wildcard") if group in wild else _("invited"),
            }
            for group in groups
        ]
        stopped = [found.names.get(group, group) for group in sorted(by_cut | wild) if group not in groups]
        listed.append({"key": key, "name": spec.title if spec else key, "groups": names, "stopped": stopped, "drawn": bool(cuts)})
    return listed


def awards(cycle: Cycle, design: Design, found: Preview) -> list[dict[str, Any]]:
    """The awards that publishing nominates, in the order of the rules, with shares in money."""
    specs = {one.key: one for one in design.awards}
    currency = design.cycle.currency
    listed = []
    for plan in found.awards:
        spec = specs[plan["key"]]
        single = spec.places[0] if spec.places and spec.places[0] == spec.places[1] else 0
        winners = [
            {
                "name": found.names.get(one["group"], one["group"]),
                "url": reverse("group", args=[cycle.key, one["group"]]),
                "under": shapes.money(one["cents"], currency),
            }
            for one in plan["winners"]
        ]
        unspent = (
            _("%(money)s stay unspent") % {"money": shapes.money(plan["unallocated"], currency)} if plan["unallocated"] else ""
        )
        listed.append(
            {
                "rank": single if single in {1, 2, 3} else "",
                "title": spec.title,
                "open": spec.decided,
                "prize": unspent,
                "winners": winners,
                "waits": spec.decided and not winners,
            }
        )
    return listed


def missing_words(design: Design, found: Preview, beside: Missing) -> list[dict[str, Any]]:
    """What is not in yet: {text, items, grave}, the weightiest first."""
    listed: list[dict[str, Any]] = []
    names = {(one.key): one.title for one in design.challenges}
    entries = [one for one in found.lacking if one.why != NO_ENTRY]
    if entries:
        items = [
            f"{found.names.get(one.group, one.group)}, {names.get(one.challenge, one.challenge)}: {UNSCORED[one.why]}"
            for one in entries
        ]
        text = ngettext("%(count)d entry has no score", "%(count)d entries have no score", len(entries)) % {"count": len(entries)}
        listed.append({"text": text, "items": items, "grave": True})
    if beside.judges:
        items = [_("%(judge)s: %(count)d open") % {"judge": name, "count": count} for name, count in beside.judges.items()]
        count = beside.open_sheets
        text = ngettext("%(count)d sheet is not final", "%(count)d sheets are not final", count) % {"count": count}
        listed.append({"text": text, "items": items, "grave": True})
    if beside.pending:
        text = ngettext("%(count)d attempt has no verdict", "%(count)d attempts have no verdict", beside.pending) % {
            "count": beside.pending
        }
        listed.append({"text": text, "items": [], "grave": True})
    if beside.flags:
        text = ngettext("%(count)d flag of a judge is open", "%(count)d flags of judges are open", beside.flags) % {
            "count": beside.flags
        }
        listed.append({"text": text, "items": [], "grave": True})
    absent = [one for one in found.lacking if one.why == NO_ENTRY]
    if absent:
        items = [f"{found.names.get(one.group, one.group)}, {names.get(one.challenge, one.challenge)}" for one in absent]
        text = ngettext("%(count)d entry was not handed in", "%(count)d entries were not handed in", len(absent)) % {
            "count": len(absent)
        }
        listed.append({"text": text, "items": items, "grave": False})
    return [one | {"items": one["items"][: 2 * SHOWN], "more": max(0, len(one["items"]) - 2 * SHOWN)} for one in listed]


def warnings(design: Design, found: Preview) -> list[str]:
    """What has to be known before the rows are believed."""
    told = list(found.problems)
    told += [
        _("The award “%(award)s” waits for a decision: nobody has it yet.") % {"award": spec.title}
        for spec in design.awards
        if spec.decided and any(plan["key"] == spec.key and not plan["winners"] for plan in found.awards)
    ]
    if any(one.source is Source.POINTS for one in design.boards):
        told.append(_("Boards of points move all the time: they are published as they stand at that moment."))
    return told


def board_tabs(found: Preview, current: PreviewBoard, url: str) -> list[dict[str, Any]]:
    """The boards that are published together."""
    listed: Sequence[PreviewBoard] = found.boards
    return [{"label": one.name, "url": f"{url}?board={one.key}", "current": one.key == current.key} for one in listed]
