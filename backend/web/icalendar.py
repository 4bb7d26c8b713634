"""Dates as an iCalendar file (RFC 5545), as calendar programs subscribe to it. Pure: the same events give the same bytes."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

PRODUCT: Final = "-//Ludus//Ludus//EN"
OCTETS: Final = 75  # of a line before it is folded (section 3.1)
REFRESH: Final = "PT1H"


@dataclass(frozen=True, slots=True)
class Event:
    """A moment (or, as a `date`, a whole day; or some `minutes`, during which one is busy). `uid` stays the same for ever; `sequence` goes up
    when anything of it may have changed.
    """

    uid: str
    at: datetime | date
    title: str
    text: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False
    minutes: int = 0
    place: str = ""


def calendar(name: str, events: Iterable[Event], *, stamp: datetime) -> bytes:
    """The whole file. `stamp`: when the events were last changed."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        *(line for event in events for line in _event(event, stamp)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(event: Event, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{_moment(stamp)}"
    yield f"SEQUENCE:{event.sequence}"
    if isinstance(event.at, datetime):
        yield f"DTSTART:{_moment(event.at)}"
        if event.minutes:
            yield f"DTEND:{_moment(event.at + timedelta(minutes=event.minutes))}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.at:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.at + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{escaped(event.text)}"
    if event.place:
        yield f"LOCATION:{escaped(event.place)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'OPAQUE' if event.minutes else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line breaks written out, other control signs left out (section 3.3.11)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cc")


def folded(line: str) -> bytes:
    """A line of at most 75 octets, the rest on further lines that begin with a space; no sign is cut in two."""
    parts, part, room = [], b"", OCTETS
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", OCTETS - 1
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"
