"""A board in the shape that its component takes: columns, rows with their cells, the cut, what state it is in, where the page asks for changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backend.web import shapes
from backend.web.contest_shapes import cells, task_columns
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.playbooks.schema import Design
from games.results.queries import Shown
from games.results.queries.alike import Alike
from games.results.queries.contest import Task, Tried
from games.results.queries.history import Places
from games.results.queries.pages import BoardPage
from games.rounds.models import Entrant, Round
from leaderboards.engine import numbers
from leaderboards.engine.names import split_order
from leaderboards.engine.spec import BoardSpec, Rows, Source, board_rounds
from leaderboards.engine.words.names import name_in_words
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RowData, movement

LONG = 2 * 24 * 60  # minutes
OVER = {CycleState.CLOSED.value, CycleState.CANCELLED.value}


@dataclass(frozen=True, slots=True)
class Seen:
    """One page of a board with everything that is shown beside its rows.

    `since`: the published state that movement is told from; `before`: the places of these rows and of our own in it (None: since each
    row's last change of place).
    """

    cycle: Cycle
    design: Design
    spec: BoardSpec
    shown: Shown
    part: BoardPage
    tasks: Sequence[Task] = ()
    grid: Mapping[str, Mapping[tuple[str, str], Tried]] = field(default_factory=dict)
    since: Snapshot | None = None
    before: Places | None = None
    rounds: Sequence[Round] = ()
    past: bool = False
    sort: str = ""
    view: str = ""
    group: str = ""
    alike: Alike = field(default_factory=Alike)


def version_of(shown: Shown) -> int:
    """The version of what is shown: of the live side, or the number of the snapshot."""
    if shown.source == "live":
        return shown.board.version if shown.side == PUBLIC else shown.board.restricted_version
    return shown.snapshot.number if shown.snapshot else 0


def board_shape(seen: Seen) -> dict[str, Any]:
    """What the board component takes."""
    cycle, row, shown, part = seen.cycle, seen.shown.board, seen.shown, seen.part
    follows = not seen.past and cycle.state not in OVER
    rows = row_shapes(seen)
    columns, score = columns_of(seen.design, seen.spec, part.rows)
    columns = [one | {"decimals": shapes.decimals_in(row["values"].get(one["key"]) for row in part.rows)} for one in columns]
    if seen.view == AROUND:
        columns = [*columns, {"key": GAP, "label": _("To the next place"), "title": "", "decimals": 0, "words": True}]
    return {
        "pk": row.pk,
        "key": row.key,
        "title": row.name,
        "version": version_of(shown),
        "columns": columns,
        "tasks": task_columns(seen.tasks),
        "rows": rows,
        "url": rows_url(seen) if follows else "",
        "socket": f"/ws/boards/{row.pk}?side={shown.side}" if follows and shown.source == "live" else "",
        "still": not (follows and shown.source == "live") and not any(one["movement"] for one in rows),
        "again": bool(seen.tasks or seen.sort or seen.view or (seen.alike.tied and shown.side != PUBLIC)),
        "since": seen.before is not None,
        "group_url": reverse("group", args=[cycle.key, "~"]),
        "cut_rank": _cut_rank(cycle, seen.design, row, part) if seen.spec.rows is Rows.GROUPS and not seen.sort else None,
        "first": part.rows[0]["rank"] if part.rows and not seen.sort else 1,
        "last": part.rows[-1]["rank"] if part.page < part.pages and not seen.sort else "",
        "bracket": part.bracket if len(part.brackets) > 1 else "",
        "state": _state(shown, past=seen.past),
        "score_label": score,
        "score_decimals": shapes.decimals_in(one["score"] for one in part.rows),
    }


AROUND = "around"
GAP = "to_next"


def rows_url(seen: Seen) -> str:
    """Where the page asks for its rows again: the same part of the board."""
    part, shown = seen.part, seen.shown
    asked = {
        "bracket": part.bracket if len(part.brackets) > 1 else None,
        "page": str(part.page) if part.page > 1 else None,
        "side": None if shown.source != "live" or shown.side == PUBLIC else shown.side,
        "sort": seen.sort or None,
        "view": seen.view or None,
        "group": (seen.group or None) if seen.view else None,
    }
    kept = {key: value for key, value in asked.items() if value is not None}
    address = reverse("board-rows", args=[seen.cycle.key, shown.board.key])
    return f"{address}?{urlencode(kept)}" if kept else address


def row_shapes(seen: Seen) -> list[dict[str, Any]]:
    """The rows of this page: as `RowData`, with the place before (`was`), the movement since then, and a contest's cells."""
    return [row_shape(seen, row) for row in seen.part.rows]


def row_shape(seen: Seen, row: RowData) -> dict[str, Any]:
    """One row."""
    made: dict[str, Any] = {**row}
    if seen.before is not None:
        held = seen.before.get(row["group"])
        was = held.place if held is not None and held.bracket == row["bracket"] else ""
        made |= _moved(row, was)
    elif seen.shown.snapshot is not None and seen.shown.snapshot.number > 1:
        made |= _moved(row, row["previous_place"])
    if seen.alike.tied:
        made["tied"] = seen.alike.tied.get(row["group"], 0) if row["place"] else 0
    if seen.tasks:
        made["cells"] = cells(seen.tasks, seen.grid.get(row["group"]))
    return made


def _moved(row: RowData, was: str) -> dict[str, Any]:
    """The place before, and what became of it."""
    return {"was": was, "movement": movement(row["place"], was) if was or not row["place"] else "new"}


def columns_of(design: Design, spec: BoardSpec, rows: Sequence[RowData]) -> tuple[list[dict[str, Any]], str]:
    """The columns between the name and the score, and what the score is called: rounds if there are several, then what decides ties."""
    rounds = board_rounds(design, spec) if spec.source is Source.ROUNDS and spec.rows is Rows.GROUPS else ()
    titles = {one.key: one.title for one in rounds}
    names = order_names(spec)
    keys = [key for key in titles if len(titles) > 1]
    keys += [name for name in names if name not in {*keys, "score"} and (len(titles) > 1 or name not in titles)]
    keys = [key for key in keys if not _told(key, titles)]
    score = _("Points") if spec.source is Source.POINTS else _("Total") if len(titles) > 1 else _("Score")
    if names and names[0] != "score" and names[0] in keys and all(row["values"].get(names[0]) == row["score"] for row in rows):
        keys.remove(names[0])
        score = short_name(design, spec, names[0])
    if spec.rows is Rows.RECORDS:
        keys = ["at"] if all(_within_days(row["values"].get("at")) for row in rows) else []
    return [{"key": key, "label": titles.get(key) or short_name(design, spec, key), "title": ""} for key in keys], score


def _told(name: str, titles: Mapping[str, str]) -> bool:
    """Whether a name says what the column of a round says already: "final.score" beside "final"."""
    head, _dot, rest = name.partition(".")
    return rest == "score" and head in titles and len(titles) > 1


def order_names(spec: BoardSpec) -> list[str]:
    """The names in the order of a board, without their directions."""
    return [split[0] for text in spec.order if (split := split_order(text))]


def order_words(design: Design, spec: BoardSpec) -> list[str]:
    """What the steps of the order are called behind a number: 0.35 points, 73 penalty."""
    words = {"score": _("points"), "solved": _("solved"), "penalty": _("minutes of penalty")}
    return [words.get(name) or short_name(design, spec, name).lower() for name in order_names(spec)]


def sort_is_low(spec: BoardSpec, name: str) -> bool:
    """Whether less is better for this name on this board."""
    return any(split[1] for text in spec.order if (split := split_order(text)) and split[0] == name)


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
    if cut is None or not part.rows:
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
