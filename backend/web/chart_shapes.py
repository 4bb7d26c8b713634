"""Charts as their components take them: the picture in a wide and a narrow form, its words, and the same as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from backend.web.distances import written
from backend.web.geometry import Run, Series, Tone, bump, line_chart
from games.results.queries.history import Places
from leaderboards.engine import numbers
from leaderboards.engine.tempo import Way
from leaderboards.queries import RowData

DRAWN: Final = 12
LOUD: Final = 3
NARROW_COLUMNS: Final = 5
NARROW: Final = 340
NARROW_NAMES: Final = 118
TABLE: Final = 100
MINUTE: Final = 60_000
UNITS: Final = ((600, 1), (72 * 60, 60))
"""(up to so many minutes, minutes in a unit); beyond that: days."""


@dataclass(frozen=True, slots=True)
class Standings:
    """A column of a bump chart: its head (`short` where there is little room), and where everybody stood."""

    head: str
    places: Mapping[str, tuple[int, str]]
    short: str = ""


def bump_shape(columns: Sequence[Standings], names: Mapping[str, str], *, chosen: str, title: str) -> dict[str, Any] | None:
    """Places over several columns; None where there are fewer than two, or nobody to draw."""
    if len(columns) < 2:  # noqa: PLR2004 a line has two ends
        return None
    drawn = _drawn(columns, chosen)
    if not drawn:
        return None
    runs = [_run(key, names.get(key, key), columns, _tone(key, drawn, chosen)) for key in drawn]
    narrow = columns[-NARROW_COLUMNS:]
    small = [_run(key, names.get(key, key), narrow, _tone(key, drawn, chosen)) for key in drawn]
    loud = [run for run in runs if run.tone is not Tone.QUIET]
    words = [_("%(title)s, in %(count)d steps.") % {"title": title, "count": len(columns)}]
    words += [f"{run.name}: {', '.join(place or '–' for place in run.places)}." for run in loud]
    return {
        "title": title,
        "wide": bump(runs, [one.head for one in columns]),
        "narrow": bump(small, [one.short or one.head for one in narrow], width=NARROW, left=0, right=NARROW_NAMES),
        "words": " ".join(words),
        "drawn": len(runs),
        "all": len({key for one in columns for key in one.places}),
        **_places_table(columns, names, title),
    }


def _drawn(columns: Sequence[Standings], chosen: str) -> list[str]:
    """Whose lines are drawn: the first of the last column, then who stayed longest; whoever led once; and the chosen one."""
    stayed: dict[str, tuple[int, int]] = {}
    for number, one in enumerate(columns):
        stayed |= {key: (-number, rank) for key, (rank, _place) in one.places.items()}
    leaders = [min(one.places, key=lambda key: one.places[key][0]) for one in columns if one.places]
    keys = list(dict.fromkeys([*sorted(stayed, key=lambda key: stayed[key])[:DRAWN], *leaders]))
    if chosen and chosen not in keys and any(chosen in one.places for one in columns):
        keys.append(chosen)
    return keys


def _tone(key: str, drawn: Sequence[str], chosen: str) -> Tone:
    if key == chosen:
        return Tone.MINE
    return Tone.TOP if key in drawn[:LOUD] else Tone.QUIET


def _run(key: str, name: str, columns: Sequence[Standings], tone: Tone) -> Run:
    held = [one.places.get(key) for one in columns]
    return Run(key, name, tuple(one[0] if one else None for one in held), tuple(one[1] if one else "" for one in held), tone)


def _places_table(columns: Sequence[Standings], names: Mapping[str, str], title: str) -> dict[str, Any]:
    keys = {key for one in columns for key in one.places}
    last = columns[-1].places
    ordered = sorted(keys, key=lambda key: (last[key][0] if key in last else 10**9, names.get(key, key)))
    rows = [
        {"cells": [names.get(key, key), *(one.places[key][1] or "–" if key in one.places else "" for one in columns)]}
        for key in ordered[:TABLE]
    ]
    heads = [{"label": _("Name")}, *({"label": one.head, "number": True} for one in columns)]
    return {"caption": title, "columns": heads, "rows": rows}


def by_version(heads: Sequence[str], places: Sequence[Places], bracket: str) -> list[Standings]:
    """Published states as columns: who had a place in this bracket."""
    return [
        Standings(
            head,
            {key: (held.rank, held.place) for key, held in one.items() if held.place and held.bracket == bracket},
            head.partition(" ")[0],
        )
        for head, one in zip(heads, places, strict=True)
    ]


def by_round(rounds: Sequence[tuple[str, str, bool]], rows: Sequence[RowData], *, zeros: bool) -> list[Standings]:
    """Rounds as columns, each with the places by its score alone. `rounds`: (key, title, less is better).

    With `zeros` a score of 0 stands for a round that somebody was not in. A round without scores is no column.
    """
    found = []
    for key, title, low in rounds:
        scores = {row["group"]: _number(row["values"].get(key)) for row in rows if not row["line"]}
        there = {group: score for group, score in scores.items() if score is not None and not (zeros and score == 0)}
        ordered = sorted(there, key=lambda group: there[group] * (1 if low else -1))
        places: dict[str, tuple[int, str]] = {}
        for number, group in enumerate(ordered, start=1):
            before = ordered[number - 2] if number > 1 else None
            tied = before is not None and there[before] == there[group]
            places[group] = (number, places[before][1] if tied and before is not None else str(number))
        if places:
            found.append(Standings(title, places))
    return found


def _number(value: Any) -> Fraction | None:
    try:
        return numbers.parse(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


def unit_of(ways: Mapping[str, Way]) -> tuple[int, str]:
    """Milliseconds of the unit that fits the length of time, and its name."""
    minutes = max((at for way in ways.values() for at, _value in way), default=0) / MINUTE
    within = next((size for most, size in UNITS if minutes <= most), 24 * 60)
    names = {1: _("minutes since the opening"), 60: _("hours since the opening"), 24 * 60: _("days since the opening")}
    return within * MINUTE, names[within]


def lines_shape(
    ways: Mapping[str, Way], rows: Sequence[RowData], *, chosen: str, low: bool, until: int | None
) -> dict[str, Any] | None:
    """Scores over time; None if there is nothing to draw. `until`: milliseconds up to which the lines go on."""
    drawn = [row for row in rows if ways.get(row["group"])]
    if not drawn:
        return None
    unit, unit_name = unit_of(ways)
    series = [_series(row, ways[row["group"]], unit, _line_tone(number, row, chosen)) for number, row in enumerate(drawn)]
    end = until / unit if until is not None else None
    title = _("Score over time")
    best = drawn[0]
    words = _("%(title)s of %(count)d teams, in %(unit)s. %(name)s is first with %(score)s.") % {
        "title": title,
        "count": len(drawn),
        "unit": unit_name,
        "name": best["name"],
        "score": written(ways[best["group"]][-1][1]),
    }
    table = [
        {"cells": [row["name"], written(ways[row["group"]][-1][1]), f"{ways[row['group']][-1][0] / unit:,.1f}"]} for row in drawn
    ]
    return {
        "title": title,
        "unit": unit_name,
        "words": words,
        "wide": line_chart(series, until=end, low_is_better=low),
        "narrow": line_chart(series, until=end, low_is_better=low, width=340, height=280, right=96),
        "caption": title,
        "columns": [
            {"label": _("Name")},
            {"label": _("Score"), "number": True},
            {"label": _("Last change (%(unit)s)") % {"unit": unit_name}, "number": True},
        ],
        "rows": table,
    }


def _line_tone(number: int, row: RowData, chosen: str) -> Tone:
    if row["group"] == chosen:
        return Tone.MINE
    return Tone.TOP if number < LOUD else Tone.QUIET


def _series(row: RowData, way: Way, unit: int, tone: Tone) -> Series:
    return Series(row["group"], row["name"], tuple((at / unit, float(value)) for at, value in way), tone)


def lines_data(ways: Mapping[str, Way], rows: Sequence[RowData], *, chosen: str) -> dict[str, Any]:
    """The same lines as columns of numbers, one x for all: what the drawing program in the browser takes."""
    drawn = [row for row in rows if ways.get(row["group"])]
    unit, unit_name = unit_of(ways)
    moments = sorted({at for row in drawn for at, _value in ways[row["group"]]})
    series = []
    for number, row in enumerate(drawn):
        own, values, now = dict(ways[row["group"]]), [], None
        for at in moments:
            now = float(own[at]) if at in own else now
            values.append(now)
        series.append({"key": row["group"], "name": row["name"], "tone": _line_tone(number, row, chosen).value, "y": values})
    return {"unit": unit_name, "x": [at / unit for at in moments], "series": series}
