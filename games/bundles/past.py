"""What an imported cycle has behind it: which rounds are over, from their times, from the cycle's end, or from the work that is there."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from games.bundles.bundle import Bundle
from games.bundles.rows import RoundRow
from games.playbooks.schema import Design, RoundDesign

WORK: Final = ("submissions", "marks", "attempts", "votes")


def courses(bundle: Bundle, now: datetime) -> dict[str, RoundRow]:
    """How each round went. What rounds.csv says holds; without it a round is over when its time is, or when the cycle has ended.

    Rounds without any time are over as far as there is work. A round that is over counts as published.
    """
    stated = {row.round: row for row in bundle.tables.rounds.rows}
    if stated:
        return {one.key: stated.get(one.key, RoundRow(one.key)) for one in bundle.design.rounds}
    end = _end(bundle.design)
    worked = [
        any(row.round == one.key for name in WORK for row in getattr(bundle.tables, name).rows) for one in bundle.design.rounds
    ]
    last = max((number for number, there in enumerate(worked) if there), default=-1)
    found = {}
    for number, one in enumerate(bundle.design.rounds):
        closed = _closed(one, end, now, worked=number <= last, followed=number < last)
        opened = None if one.opens is not None or closed is None else min(_start(bundle.design) or closed, closed)
        if closed is None and one.opens is None and number <= last:
            opened = now
        found[one.key] = RoundRow(one.key, opened=opened, closed=closed, published=closed)
    return found


def _closed(one: RoundDesign, end: datetime | None, now: datetime, *, worked: bool, followed: bool) -> datetime | None:
    """When the round ended, if it did. `worked`: there is work in it or after it; `followed`: there is work after it."""
    own = one.judging_closes or one.closes
    if own is not None:
        return own if own <= now else None
    if one.opens is not None and one.opens > now:
        return None
    if end is not None:
        return end if end <= now and (one.opens is None or one.opens < end) else None
    if one.opens is not None:
        return now if followed else None
    return now if worked else None


def _end(design: Design) -> datetime | None:
    """The end of the cycle; of a day: its last moment."""
    return _moment(design, design.cycle.ends, timedelta(days=1))


def _start(design: Design) -> datetime | None:
    return _moment(design, design.cycle.starts, timedelta(0))


def _moment(design: Design, value: date | None, more: timedelta) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=ZoneInfo(design.cycle.timezone or "UTC")) + more
