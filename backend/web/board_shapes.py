"""A board in the shape that its component takes: columns, the cut, what state it is in, where the page asks for changes."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backend.web import shapes
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.playbooks.schema import Design
from games.results.queries import Shown
from games.results.queries.pages import BoardPage
from games.rounds.models import Entrant
from leaderboards.engine import numbers
from leaderboards.engine.names import split_order
from leaderboards.engine.spec import BoardSpec, Rows, Source, board_rounds
from leaderboards.engine.words.names import name_in_words
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RowData

LONG = 2 * 24 * 60  # minutes
OVER = {CycleState.CLOSED.value, CycleState.CANCELLED.value}


def version_of(shown: Shown) -> int:
    """The version of what is shown: of the live side, or the number of the snapshot."""
    if shown.source == "live":
        return shown.board.version if shown.side == PUBLIC else shown.board.restricted_version
    return shown.snapshot.number if shown.snapshot else 0


def board_shape(
    cycle: Cycle, design: Design, spec: BoardSpec, shown: Shown, part: BoardPage, *, past: bool = False
) -> dict[str, Any]:
    """What the board component takes."""
    row, follows = shown.board, not past and cycle.state not in OVER
    columns, score = columns_of(design, spec, part.rows)
    columns = [one | {"decimals": shapes.decimals_in(row["values"].get(one["key"]) for row in part.rows)} for one in columns]
    rows_url = (
        f"{reverse('board-rows', args=[cycle.key, row.key])}?{urlencode({'bracket': part.bracket, 'page': str(part.page)})}"
    )
    live_public = shown.source == "live" and shown.side == PUBLIC
    return {
        "pk": row.pk,
        "key": row.key,
        "title": row.name,
        "version": version_of(shown),
        "columns": columns,
        "rows": part.rows,
        "url": f"{rows_url}{'' if live_public or shown.source != 'live' else f'&side={shown.side}'}" if follows else "",
        "socket": f"/ws/boards/{row.pk}" if follows and shown.source == "live" else "",
        "group_url": reverse("group", args=[cycle.key, "~"]),
        "cut_rank": _cut_rank(cycle, design, row, part) if spec.rows is Rows.GROUPS else None,
        "first": part.rows[0]["rank"] if part.rows else 1,
        "last": part.rows[-1]["rank"] if part.page < part.pages else "",
        "bracket": part.bracket if len(part.brackets) > 1 else "",
        "state": _state(shown, past=past),
        "score_label": score,
        "score_decimals": shapes.decimals_in(one["score"] for one in part.rows),
    }


def columns_of(design: Design, spec: BoardSpec, rows: list[RowData]) -> tuple[list[dict[str, Any]], str]:
    """The columns between the name and the score, and what the score is called: rounds if there are several, then what decides ties."""
    rounds = board_rounds(design, spec) if spec.source is Source.ROUNDS and spec.rows is Rows.GROUPS else ()
    titles = {one.key: one.title for one in rounds}
    names = [split[0] for text in spec.order if (split := split_order(text))]
    keys = [key for key in titles if len(titles) > 1]
    keys += [name for name in names if name not in {*keys, "score"} and (len(titles) > 1 or name not in titles)]
    score = _("Points") if spec.source is Source.POINTS else _("Total") if len(titles) > 1 else _("Score")
    if names and names[0] != "score" and names[0] in keys and all(row["values"].get(names[0]) == row["score"] for row in rows):
        keys.remove(names[0])
        score = short_name(design, spec, names[0])
    if spec.rows is Rows.RECORDS:
        keys = ["at"] if all(_within_days(row["values"].get("at")) for row in rows) else []
    return [{"key": key, "label": titles.get(key) or short_name(design, spec, key), "title": ""} for key in keys], score


def _within_days(at: Any) -> bool:
    """Whether a time since the opening can be read as minutes."""
    return at is None or numbers.parse(at) <= LONG


def short_name(design: Design, spec: BoardSpec, name: str) -> str:
    """A named value as the head of a column."""
    short = {
        "solved": _("Solved"),
        "penalty": _("Penalty"),
        "rejected": _("Rejected"),
        "at": _("Minute"),
        "last": _("Last solve"),
    }
    words = short.get(name) or name_in_words(design, spec, name)
    return f"{words[:1].upper()}{words[1:]}"


def _cut_rank(cycle: Cycle, design: Design, row: Board, part: BoardPage) -> int | None:
    """The last rank that goes on: by who is in the next round once that is known, else by the rule."""
    cut = next((one for one in design.cuts if one.board == row.key), None)
    if cut is None:
        return None
    groups = [one["group"] for one in part.rows]
    through = set(
        Entrant.objects.filter(round__cycle=cycle, round__key=cut.to, via="cut", group__key__in=groups).values_list(
            "group__key", flat=True
        )
    )
    if through:
        last = max((one["rank"] for one in part.rows if one["group"] in through), default=None)
        return None if last == part.rows[-1]["rank"] and part.page < part.pages else last
    return cut.first if isinstance(cut.first, int) else None


def _state(shown: Shown, *, past: bool) -> dict[str, Any]:
    if shown.snapshot is not None:
        word = _("past version %(number)d") if past else _("published, version %(number)d")
        return {"state": "closed" if past else "published", "label": word % {"number": shown.snapshot.number}}
    if shown.source == "live":
        return {"state": "open", "label": _("as it stands now") if shown.side == PUBLIC else _("live, organizers' side")}
    return {"state": "planned", "label": _("not published yet")}
