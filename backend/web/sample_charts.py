"""What the style page shows of boards and charts: a contest, places over five weeks, scores over an evening; all invented."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from backend.web.chart_shapes import Standings, bump_shape, lines_shape
from backend.web.contest_shapes import cells, contest_words, task_columns
from games.results.queries.contest import Task, Tried
from leaderboards.engine.tempo import Way
from leaderboards.queries import RowData

NAMES: Final = {
    "herons": "Blue Herons",
    "kiln": "The Kiln",
    "tally": "Tally & Sons",
    "pebble": "Pebble Works",
    "orchard": "Orchard of Very Patient Long-Named Gardeners",
    "moss": "Moss",
    "ember": "Ember",
}
_WEEKS: Final = (
    ("1 · 2 Mar", "tally kiln moss herons pebble ember orchard"),
    ("2 · 9 Mar", "kiln tally herons moss pebble ember orchard"),
    ("3 · 16 Mar", "kiln herons tally pebble moss orchard"),
    ("4 · 23 Mar", "herons kiln tally pebble orchard moss"),
    ("5 · 30 Mar", "herons kiln tally pebble orchard moss"),
)
_TASKS: Final = tuple(
    Task("night", key, name) for key, name in zip("ABCDE", ("Ferry", "Paper", "Bells", "Maze", "Tides"), strict=True)
)
# minute of the solve (or -), rejected tries, tries that wait, first of all
_TRIED: Final = {
    "herons": ("12 0 0 1", "44 1 0 0", "71 0 0 1", "143 2 0 0", "- 1 2 0"),
    "kiln": ("15 0 0 0", "31 0 0 1", "- 3 0 0", "120 0 0 1", "- 0 1 0"),
    "tally": ("29 1 0 0", "52 0 0 0", "98 2 0 0", "", ""),
}
_RESULT: Final = {"herons": ("4", "330"), "kiln": ("3", "166"), "tally": ("3", "239")}
_EVENING: Final = {"herons": (12, 44, 71, 143), "kiln": (15, 31, 120), "tally": (29, 52, 98)}


def bump() -> dict[str, Any] | None:
    """Places after five publications; one group left after the second."""
    columns = [
        Standings(head, {key: (number, str(number)) for number, key in enumerate(keys.split(), start=1)}, head[0])
        for head, keys in _WEEKS
    ]
    return bump_shape(columns, NAMES, chosen="orchard", title="Places after each publication")


def _row(number: int, group: str, score: str, penalty: str) -> RowData:
    return RowData(
        rank=number,
        place=str(number),
        previous_place="",
        movement=None,
        group=group,
        line=0,
        name=NAMES[group],
        bracket="",
        score=score,
        keys=[score, penalty],
        values={"penalty": penalty},
        status="ranked",
        pending=0,
    )


def _rows() -> list[RowData]:
    return [_row(number, group, *result) for number, (group, result) in enumerate(_RESULT.items(), start=1)]


def lines() -> dict[str, Any] | None:
    """Tasks solved over an evening."""
    ways: dict[str, Way] = {
        group: [(0, Fraction(0)), *((minute * 60_000, Fraction(number)) for number, minute in enumerate(minutes, start=1))]
        for group, minutes in _EVENING.items()
    }
    return lines_shape(ways, _rows(), chosen="kiln", low=False, until=180 * 60_000)


def contest() -> dict[str, Any]:
    """A contest's board with every kind of cell."""
    found = {
        group: {("night", task.key): _tried(text) for task, text in zip(_TASKS, row, strict=True) if text}
        for group, row in _TRIED.items()
    }
    return {
        "pk": 8,
        "key": "night",
        "title": "A night of five tasks",
        "note": "Tasks solved, then the lower penalty. The last hour is held back.",
        "version": 3,
        "columns": [{"key": "penalty", "label": "Penalty", "title": "", "decimals": 0}],
        "tasks": task_columns(_TASKS),
        "rows": [
            {
                **row,
                "group": f"night-{row['group']}",
                "cells": cells(_TASKS, found[row["group"]]),
                "pending": 3 if row["group"] == "herons" else 0,
            }
            for row in _rows()
        ],
        "group_url": "/style/?group=~",
        "state": {"state": "locked", "label": "frozen"},
        "score_label": "Solved",
        "score_decimals": 0,
        "still": True,
    }


def _tried(text: str) -> Tried:
    minute, rejected, pending, first = text.split()
    return Tried(None if minute == "-" else int(minute), int(rejected), int(pending), first == "1")


def around_boards(now: datetime) -> dict[str, Any]:
    """What stands around a board: freeze, views, signs."""
    return {
        "contest": contest(),
        "signs": contest_words(),
        "freeze": {"begun": True, "at": now - timedelta(minutes=25), "held": "23 tries of the groups on this page wait."},
        "views": [
            {"label": "Whole field", "url": "#contest", "current": True},
            {"label": "Around us", "url": "#contest"},
            {"label": "Over time", "url": "#charts"},
        ],
        "bump": bump(),
        "lines": lines(),
    }
