"""Office hours: how many a group has, until when one is given back, which times an expert may offer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from games.errors import Conflict, Invalid
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext


class Outcome(StrEnum):
    """What became of a session; empty as long as nobody has said."""

    OPEN = ""
    HELD = "held"  # it took place
    MISSED = "missed"  # the group did not come


class SlotInvalid(Invalid):
    """A time cannot be offered as it is."""

    code = "slot_invalid"


class BookingInvalid(Invalid):
    """A booking, or what is noted about it, cannot be taken as it is."""

    code = "booking_invalid"


class OfficeHoursRefused(Conflict):
    """The state of things does not allow it: no office hours here, too late, somebody not of this cycle."""

    code = "office_hours_refused"


class SlotFull(Conflict):
    """Somebody else was quicker, or the time is no longer offered."""

    code = "slot_full"


class OverQuota(Conflict):
    """The group has booked as many office hours as every group may."""

    code = "over_quota"


class Overlaps(Conflict):
    """The group, or the expert, is elsewhere at that time."""

    code = "overlaps"


PLACE: Final = 300
TOPICS: Final = 300
QUESTION: Final = 2_000
NOTE: Final = 5_000
MOST_SEATS: Final = 50
MOST_OFFERED: Final = 100
"""So many slots are offered at once at most."""
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=8)
MOST_WEEKS: Final = 26


@dataclass(frozen=True, slots=True)
class Span:
    """A time from `starts` until before `ends`, both aware."""

    starts: datetime
    ends: datetime

    def meets(self, other: "Span") -> bool:
        """Whether both have a moment in common; one that begins when the other ends does not meet it."""
        return self.starts < other.ends and other.starts < self.ends


def check_span(span: Span, now: datetime) -> None:
    """Refuse a time that has begun, ends before it begins, or is shorter or longer than a session can be. Raises SlotInvalid."""
    if span.starts <= now:
        raise SlotInvalid(_("Offer a time that is still to come."), where="starts")
    if span.ends - span.starts < SHORTEST:
        raise SlotInvalid(_("A session takes at least 5 minutes."), where="minutes")
    if span.ends - span.starts > LONGEST:
        raise SlotInvalid(_("A session takes at most 8 hours."), where="minutes")


def weekly(first: date, begin: time, end: time, *, minutes: int, weeks: int, zone: ZoneInfo) -> list[Span]:
    """Times of `minutes` each, one after the other from `begin` until `end`, on the day `first` and the same weekday after it.

    `begin` and `end` are read on the clock of `zone`, so a session at 14:00 stays at 14:00 when the clocks change. Raises SlotInvalid.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        message = _("From 1 to {most_weeks} weeks.", most_weeks=MOST_WEEKS)
        raise SlotInvalid(message, where="weeks")
    length = timedelta(minutes=minutes)
    if not SHORTEST <= length <= LONGEST:
        raise SlotInvalid(_("A session takes from 5 minutes to 8 hours."), where="minutes")
    found: list[Span] = []
    for week in range(weeks):
        day = first + timedelta(weeks=week)
        at, until = (datetime.combine(day, one, tzinfo=zone).astimezone(ZoneInfo("UTC")) for one in (begin, end))
        while at + length <= until:
            found.append(Span(at, at + length))
            at += length
            if len(found) > MOST_OFFERED:
                message = _("At most {most_offered} times at once: fewer weeks, or longer sessions.", most_offered=MOST_OFFERED)
                raise SlotInvalid(message, where="weeks")
    if not found:
        raise SlotInvalid(_("No session of that length fits between these times."), where="end")
    return found


def check_apart(spans: Sequence[Span], others: Sequence[Span]) -> None:
    """Refuse times that meet each other, or one of `others` that stand already. Raises Overlaps."""
    for number, one in enumerate(spans):
        met = next((other for other in (*spans[:number], *others) if one.meets(other)), None)
        if met is not None:
            message = _(
                "Two of these times overlap: there is one at {starts} already.", starts=met.starts.isoformat(timespec="minutes")
            )
            raise Overlaps(message)


def check_quota(used: int, quota: int, *, per_round: bool) -> None:
    """Refuse one more booking when `used` of `quota` are used. Raises OverQuota."""
    if used < quota:
        return
    within = _("in each round") if per_round else _("in this competition")
    hours = ngettext("office hour", "office hours", quota)
    message = _(
        "Every team has {quota} {hours} {within}, and yours are booked. Cancel one in time, and you may book another.",
        quota=quota,
        hours=hours,
        within=within,
    )
    raise OverQuota(message)


def given_back(starts: datetime, now: datetime, cancel_hours: int) -> bool:
    """Whether a booking cancelled `now` is given back: up to `cancel_hours` before it starts, that moment included."""
    return now <= starts - timedelta(hours=cancel_hours)


def round_at(opens: Sequence[tuple[int, datetime | None]], at: datetime) -> int | None:
    """The id of the round to which a session at `at` counts: the last that has opened by then, else the first. `opens`: in order."""
    begun = [pk for pk, opening in opens if opening is not None and opening <= at]
    return begun[-1] if begun else (opens[0][0] if opens else None)


def cleaned(text: str, most: int, where: str, *, empty: str = "") -> str:
    """The text without blanks around it. Raises BookingInvalid when it is too long, or empty where `empty` says what is missing."""
    clean = text.replace("\r\n", "\n").strip()
    if empty and not clean:
        raise BookingInvalid(empty, where=where)
    if len(clean) > most:
        message = _("At most {most:,} characters: this has {count:,}.", most=most, count=len(clean))
        raise BookingInvalid(message, where=where)
    if "\0" in clean:
        raise BookingInvalid(_("No null character, please."), where=where)
    return clean
