"""Rounds on a line of time, as geometry for one picture: bars for entries and judging, marks for months. Pure."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from games.playbooks.schema import Design
from games.progression.rules import begins, ends, zone_of

WIDTH: Final = 1000
ROW: Final = 44
TOP: Final = 34
FEW_DAYS: Final = 45
MANY_DAYS: Final = 500
MOST_DAYS: Final = 5_000  # beyond it nobody reads days
LEAST: Final = 6  # a bar is never thinner than this


class Bar(NamedTuple):
    """A round: where it stands, in units of the picture."""

    name: str
    y: int
    text_y: int
    x: int
    width: int
    judging_x: int
    judging: int
    opens: datetime | None
    closes: datetime | None
    judging_closes: datetime | None
    gate: bool


class Tick(NamedTuple):
    """A day that is named."""

    x: int
    label: str


class Picture(NamedTuple):
    """The whole line."""

    bars: list[Bar]
    ticks: list[Tick]
    height: int
    zone: str


def picture(design: Design) -> Picture | None:
    """The rounds that have dates; None if none has."""
    timed = [one for one in design.rounds if one.opens and one.closes]
    if not timed:
        return None
    zone = zone_of(design)
    first = min([one.opens for one in timed if one.opens] + ([start] if (start := begins(design)) else []))
    last = max([one.judging_closes or one.closes or first for one in timed] + ([end] if (end := ends(design)) else []))
    span = max((last - first).total_seconds(), 1.0)

    def at(moment: datetime) -> int:
        return round((moment - first).total_seconds() / span * WIDTH)

    bars = [_bar(one, number, at) for number, one in enumerate(timed)]
    return Picture(bars, _ticks(first, last, zone, at), TOP + ROW * len(bars), design.cycle.timezone or "UTC")


def _bar(one: Any, number: int, at: Any) -> Bar:
    x, end, y = at(one.opens), at(one.closes), TOP + ROW * number
    judged = at(one.judging_closes) if one.judging_closes else end
    width = max(end - x, LEAST)
    return Bar(
        name=one.title,
        y=y + 22,
        text_y=y + 16,
        x=x,
        width=width,
        judging_x=x + width,
        judging=max(judged - x - width, 0),
        opens=one.opens,
        closes=one.closes,
        judging_closes=one.judging_closes,
        gate=one.gate,
    )


def _ticks(first: datetime, last: datetime, zone: tzinfo, at: Any) -> list[Tick]:
    """Mondays of a few weeks, first days of months, quarters of years; not too many."""
    days = (last - first).days
    if days > MOST_DAYS:
        return []
    day = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = []
    while day <= last:
        month = day.day == 1 and (days <= MANY_DAYS or day.month in {1, 4, 7, 10})
        if day.weekday() == 0 if days <= FEW_DAYS else month:
            found.append(Tick(at(day.astimezone(UTC)), day.strftime("%-d %b")))
        day += timedelta(days=1)
    every = max(-(-len(found) // 8), 1)
    return [one for number, one in enumerate(found) if number % every == 0 and one.x < WIDTH * 0.95]
