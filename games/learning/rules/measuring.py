"""What an observation must be: a number with at most six decimals, on a day that has been, with where it comes from. Pure."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from games.errors import Conflict, Invalid
from games.submissions.rules.content import exactly_scaled
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

AIM: Final = "aim"
DECIMALS: Final = 6
NOTE_LENGTH: Final = 1000
FURTHEST: Final = timedelta(hours=14)
"""Ahead of the world's clock: where today begins first."""
EARLIEST: Final = date(1900, 1, 1)
LARGEST: Final = 10**12
"""Either way: what a bundle can carry."""


class ObservationInvalid(Invalid):
    """The value, the day or the source is not what it has to be."""

    code = "observation_invalid"


class ObservationRefused(Conflict):
    """There is a value of this day already, or this one was replaced, or there is nothing to measure."""

    code = "observation_refused"


def in_millionths(value: object) -> int:
    """A measured value as it is stored. Raises ObservationInvalid for anything but a number with at most six decimals."""
    try:
        scaled = exactly_scaled(value, DECIMALS)
    except ValueError as error:
        raise ObservationInvalid(str(error), where="value") from None
    if abs(scaled) > LARGEST * 10**DECIMALS:
        message = _("The value is too large: at most {largest} either way.", largest=LARGEST)
        raise ObservationInvalid(message, where="value")
    return scaled


def number_of(value: int) -> Fraction:
    """The number behind a stored value."""
    return numbers.from_scaled(value, DECIMALS)


def check_day(period: date, now: datetime, zone: str = "") -> None:
    """Refuse a day that has not come yet where the cycle is, or one of another age."""
    today = now.astimezone(ZoneInfo(zone)).date() if zone else (now + FURTHEST).date()
    if period > today:
        raise ObservationInvalid(_("The day has not come yet: enter what was measured, not what is hoped for."), where="period")
    if period < EARLIEST:
        message = _("Expected a day from {year} on.", year=EARLIEST.year)
        raise ObservationInvalid(message, where="period")


def checked_source(note: str) -> str:
    """Where the number comes from. Raises ObservationInvalid without words, or with too many."""
    said = note.strip()
    if not said:
        raise ObservationInvalid(_("Say where the number comes from: a count, a report, who measured it."), where="note")
    if len(said) > NOTE_LENGTH:
        message = _("At most {note_length} characters.", note_length=NOTE_LENGTH)
        raise ObservationInvalid(message, where="note")
    return said
