"""Invented data for the style page: one of everything, every state once. Also the reference for the shape that each component takes."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from backend.web.geometry import meter
from backend.web.geometry.qr import qr_code
from backend.web.sample_charts import around_boards
from games.submissions.rules import diff_answers
from leaderboards.queries import movement

_BOUNDS = {"least": "0", "most": "10", "step": "0.5"}
_COLUMNS = (("call", "Call", "Open call"), ("build", "Build", "Build round"), ("show", "Show", "Showing"))
_ROWS: tuple[tuple[str, str, str, str, tuple[str | None, ...], str], ...] = (
    ("herons", "1", "3", "Blue Herons", ("8.4", "9.1", "9.25"), "26.75"),
    ("kiln", "2", "1", "The Kiln", ("9.0", "8.2", "8.75"), "25.95"),
    ("tally", "2", "2", "Tally & Sons", ("8.1", "8.8", "9.05"), "25.95"),
    ("pebble", "4", "2", "Pebble Works", ("8.9", "7.9", "8.1"), "24.9"),
    ("orchard", "5", "", "Orchard of Very Patient Long-Named Gardeners", (None, "25/3", "8.4"), "251/15"),
    ("moss", "6", "7", "Moss", ("7.2", None, "7.95"), "15.15"),
    ("ember", "", "", "Ember", ("8.0", None, None), ""),
)


def _row(rank: int, group: str, place: str, before: str, name: str, cells: tuple[str | None, ...], score: str) -> dict[str, Any]:
    return {
        "rank": rank,
        "place": place,
        "previous_place": before,
        "movement": movement(place, before),
        "group": group,
        "line": 0,
        "name": name,
        "bracket": "",
        "score": score,
        "keys": [score],
        "values": dict(zip([key for key, _, _ in _COLUMNS], cells, strict=True)),
        "status": "ranked" if place else "withdrawn",
        "pending": 2 if group == "moss" else 0,
    }


def board() -> dict[str, Any]:
    """A board with ties, movement of every kind, a cut and a row that left the ranking."""
    return {
        "pk": 7,
        "key": "final",
        "title": "Overall board",
        "note": "Sum of three rounds; equal scores share a place. The first four go on.",
        "version": 7,
        "columns": [{"key": key, "label": label, "title": title, "decimals": 2} for key, label, title in _COLUMNS],
        "rows": [_row(rank, *row) for rank, row in enumerate(_ROWS, start=1)],
        "group_url": "/style/?group=~",
        "cut_rank": 4,
        "url": "",
        "socket": "",
        "state": {"state": "published", "label": "published, version 7"},
        "score_label": "Total",
        "score_decimals": 2,
    }


def stops(now: datetime) -> list[dict[str, Any]]:
    """Five rounds, each in another state."""
    states = [
        ("Open call", "published", "results published", -40, -26, False),
        ("Shortlist", "judging", "judges at work", -26, -3, False),
        ("Build", "open", "open for entries", -3, 11, True),
        ("Final", "planned", "opens later", 18, 25, False),
        ("Celebration", "planned", "opens later", 26, 26, False),
    ]
    return [
        {
            "name": name,
            "state": state,
            "state_label": label,
            "opens": now + timedelta(days=opens),
            "closes": now + timedelta(days=closes),
            "now": here,
            "url": "#timeline" if state != "planned" else "",
            "note": "",
        }
        for name, state, label, opens, closes, here in states
    ]


_FIXED: dict[str, Any] = {
    "running": {"state": "open", "label": "running"},
    "crumbs": [{"label": "Reading Cup", "url": "/"}, {"label": "2026", "url": "/"}, {"label": "Style"}],
    "tabs": [
        {"label": "Overview", "url": "#navigation", "current": True},
        {"label": "Entries", "url": "#navigation", "count": 34},
        {"label": "Board", "url": "#navigation"},
        {"label": "Rules", "url": "#navigation"},
        {"label": "People", "url": "#navigation", "count": 121},
    ],
    "columns": [{"label": "Judge"}, {"label": "Sheets", "number": True}, {"label": "Final", "number": True}],
    "rows": [{"cells": ["Judith", "20", "20"]}, {"cells": ["Marek", "20", "17"]}, {"cells": ["Noor", "20", "4"]}],
    "stats": [
        {"value": "34", "label": "teams"},
        {"value": "121", "label": "people"},
        {"value": "3 of 5", "label": "rounds played"},
        {"value": "510", "label": "marks"},
    ],
    "rules": [
        "Each judge marks five criteria from 0 to 10 in steps of 0.5.",
        "For each criterion the highest and the lowest mark fall away; the rest is averaged to 2 decimals.",
        "The score of the round is the weighted sum. Equal scores share a place.",
        "The first four go on. If the fourth place is shared, all who share it go on.",
    ],
    "awards": [
        ("1", {"title": "First place", "prize": "6,000.00 EUR", "winners": [{"name": "Blue Herons", "url": "#awards"}]}),
        (
            "2",
            {
                "title": "Second place",
                "prize": "3,000.00 EUR each",
                "winners": [{"name": "The Kiln"}, {"name": "Tally & Sons"}],
            },
        ),
        ("", {"title": "Most built upon", "winners": [{"name": "Moss", "under": "7 teams"}]}),
    ],
    "criteria": [
        {"key": "clarity", "name": "Clarity", "says": "Would a stranger understand it?", "value": "7.5", **_BOUNDS},
        {"key": "courage", "name": "Courage", "says": "", "value": "11", "error": "Expected 0 to 10.", **_BOUNDS},
    ],
    "states": [
        ("planned", "planned"),
        ("open", "open"),
        ("judging", "judging"),
        ("locked", "locked"),
        ("published", "published"),
        ("closed", "closed"),
        ("alert", "disqualified"),
    ],
    "swatches": (
        "paper",
        "sheet",
        "sunken",
        "ink",
        "ink-soft",
        "line",
        "accent",
        "accent-wash",
        "red",
        "green",
        "amber",
        "gold",
    ),
    "faults": ["Team name: expected at most 60 characters.", "Mark for clarity: expected 0 to 10."],
    "hash": "sha256:5b0c9d5e3d0a4d9f6b3b0d6f8f4ddf5d5b6a6c1b7e2f4a98c1d2e3f405162738",
}


_BEFORE = "We asked thirty families.\nMost of them wait for rain.\nThe tank is cleaned once a year.\nA pump costs 40 EUR."
_AFTER = (
    "We asked sixty families.\nMost of them wait for rain.\nThe tank is cleaned once a year.\nA pump costs 31.50 EUR, and lasts."
)


def _changes() -> list[dict[str, Any]]:
    """An answer that changed, as the page of two versions tells it."""
    (found,) = diff_answers(["finding"], {"finding": _BEFORE}, {"finding": _AFTER})
    return [{"name": "What we found", "changed": True, "pieces": found.pieces, "added": found.added, "removed": found.removed}]


def everything(now: datetime) -> dict[str, Any]:
    """The context of the style page."""
    return _FIXED | {
        "now": now,
        "soon": now + timedelta(hours=5, minutes=12),
        "later": now + timedelta(days=11, hours=3),
        "board": board(),
        **around_boards(now),
        "stops": stops(now),
        "diff": _changes(),
        "code": qr_code("https://example.org/style/"),
        "meters": [
            meter("Readers who finish a book", baseline=Fraction(12), now=Fraction(31), target=Fraction(45), unit="%"),
            meter("Minutes to a first answer", baseline=Fraction(48), now=Fraction(26), target=Fraction(15), unit="min"),
            meter("Schools taking part", baseline=Fraction(20), now=Fraction(64), target=Fraction(60)),
        ],
        "facts": [
            {"name": "Organizer", "value": "Library of the Two Rivers"},
            {"name": "Prize", "value": "12,000.00 EUR, shared when places are shared"},
            {"name": "Entries close", "at": now + timedelta(days=11, hours=3)},
            {"name": "Rules", "value": "Design 3, with 1 amendment", "url": "#facts"},
        ],
    }
