"""What the forms of the schedule hold, and how what was typed is read."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime, parse_time

from games.judging.models import Pitch
from games.judging.queries.pitching import Programme

DIGITS: Final = 4
FIELDS: Final = ("start", "minutes", "rest", "pause", "pause_minutes", "until", "order", "hand_out")


def rooms_form(programme: Programme, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rooms of every panel, a line each: what was typed, else those in use, else one by the name of the panel."""
    used: dict[str, list[str]] = {}
    for one in programme.pitches:
        if one.room not in used.setdefault(one.panel, []):
            used[one.panel].append(one.room)
    return [
        {
            "bench": bench,
            "name": f"rooms-{bench.key}",
            "rooms": typed.get(
                f"rooms-{bench.key}", "\n".join(used.get(bench.key, []) or ([] if programme.pitches else [bench.title]))
            ),
        }
        for bench in programme.benches.values()
    ]


def schedule_form(first: Pitch | None, zone: str, typed: Mapping[str, str] | None, now: datetime) -> dict[str, str]:
    """What the form holds: what was typed, else as the first pitch is, else tomorrow at ten, five minutes each."""
    if typed is not None and "start" in typed:
        return {name: typed.get(name, "") for name in FIELDS}
    where = ZoneInfo(zone)
    if first is not None:
        start, minutes = first.starts_at.astimezone(where), first.minutes
    else:
        tomorrow = now.astimezone(where).date() + timedelta(days=1)
        start, minutes = datetime.combine(tomorrow, time(10), where), 5
    usual = {"start": f"{start:%Y-%m-%dT%H:%M}", "minutes": str(minutes), "rest": "2", "pause_minutes": "60", "order": "name"}
    return dict.fromkeys(FIELDS, "") | usual


def move_form(pitch: Pitch, zone: str, typed: Mapping[str, str] | None) -> dict[str, str]:
    """Where a pitch is, or what was typed."""
    now = {
        "room": pitch.room,
        "starts_at": f"{pitch.starts_at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}",
        "minutes": str(pitch.minutes),
    }
    return now | {name: typed[name] for name in now if typed is not None and name in typed}


def moment(typed: str, zone: str) -> datetime | None:
    """A moment typed in the cycle's zone."""
    try:
        found = parse_datetime(typed)
    except ValueError:
        return None
    if found is None or not 1 < found.year < 9999:  # noqa: PLR2004 -- what a zone can move still has a year
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def hour(typed: str) -> time | None:
    """A time of day."""
    try:
        return parse_time(typed)
    except ValueError:
        return None


def whole(typed: str, otherwise: int = -1) -> int:
    """A whole number; `otherwise` for nothing, -1 for anything else."""
    if not typed:
        return otherwise
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS else -1
