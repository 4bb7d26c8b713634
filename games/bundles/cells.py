"""What a cell may hold: text in, value out, ValueError with what was expected. Frequent cells are remembered."""

import json
import re
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Final

from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import clock_ms

KEPT: Final = 20_000
"""Keys, and numbers, that a process remembers after it has read a bundle: four megabytes each at most."""
KEY_LENGTH: Final = 100
TEXT_LENGTH: Final = 20_000
LARGEST: Final = 10**12
EMAIL_LENGTH: Final = 254
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_KEY: Final = re.compile(r"\w[\w.+@-]*")
_SECONDS: Final = re.compile(r"\d{1,9}(?:\.\d{1,3})?", re.ASCII)
_LONG: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_AMOUNT: Final = re.compile(r"-?\d{1,9}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_WHOLE: Final = re.compile(r"\d{1,9}", re.ASCII)


def text(cell: str) -> str:
    """Any text of a sensible length."""
    if len(cell) > TEXT_LENGTH:
        msg = _("{count} characters; at most {text_length}", count=len(cell), text_length=TEXT_LENGTH)
        raise ValueError(msg)
    return cell


class Short:
    """Text of at most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, cell: str) -> str:
        """The text, or how long it may be."""
        if len(cell) > self.most:
            msg = _("{count} characters; at most {most}", count=len(cell), most=self.most)
            raise ValueError(msg)
        return cell


def email(cell: str) -> str:
    """An address, or nothing."""
    if cell and (len(cell) > EMAIL_LENGTH or not _EMAIL.fullmatch(cell)):
        msg = _('expected an address like name@example.org, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)
    return cell.lower()


@lru_cache(maxsize=KEPT)
def key(cell: str) -> str:
    """The key of a group or a person; not empty."""
    if not cell:
        msg = _("is empty; expected a key")
        raise ValueError(msg)
    if not _KEY.fullmatch(cell) or len(cell) > KEY_LENGTH:
        msg = _(
            '"{cell}" is no key; expected letters, digits and - _ . + @, at most {key_length}',
            cell=cell[:60],
            key_length=KEY_LENGTH,
        )
        raise ValueError(msg)
    return cell


@lru_cache(maxsize=KEPT)
def number(cell: str) -> Fraction | None:
    """An exact number; empty is none."""
    if not cell:
        return None
    value = numbers.parse(cell)
    if abs(value) > LARGEST:
        msg = _("{cell} is too large; at most {largest} either way", cell=cell, largest=LARGEST)
        raise ValueError(msg)
    return value


@lru_cache(maxsize=1_000)
def version(cell: str) -> int:
    """A version from 1 on; empty is 0, the latest."""
    return _whole(cell) if cell else 0


@lru_cache(maxsize=1_000)
def count(cell: str) -> int:
    """How many; empty is 1."""
    return _whole(cell) if cell else 1


def limit(cell: str) -> int:
    """At most so many, from 1 on; empty is 0: no limit."""
    return _whole(cell) if cell else 0


def amount(cell: str) -> int:
    """A whole number with its sign, not zero."""
    if not _AMOUNT.fullmatch(cell) or int(cell) == 0:
        msg = _('expected a whole number other than 0, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)
    return int(cell)


def signed(cell: str) -> int:
    """A whole number with its sign; not empty."""
    if not _AMOUNT.fullmatch(cell):
        msg = _('expected a whole number, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)
    return int(cell)


def balance(cell: str) -> int:
    """A whole number with its sign; empty is 0."""
    return amount(cell) if cell else 0


def whole(cell: str) -> int:
    """A whole number from 1 on; not empty."""
    return _whole(cell)


def digest(cell: str) -> str:
    """SHA-256 in hexadecimal; not empty."""
    if not _DIGEST.fullmatch(cell):
        msg = _('expected 64 signs of 0-9 and a-f (SHA-256), found "{cell}"', cell=cell[:70])
        raise ValueError(msg)
    return cell


def digest_ever(cell: str) -> str:
    """SHA-256 in hexadecimal, or nothing."""
    return digest(cell) if cell else ""


def acted(cell: str) -> datetime:
    """A time with its offset; not empty."""
    found = moment(cell)
    if found is None or found.tzinfo is None:
        msg = _('expected a time with its offset like 2027-03-01T17:00:00Z, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)
    return found


def acted_ever(cell: str) -> datetime | None:
    """A time with its offset; empty: it never happened."""
    return acted(cell) if cell else None


def day_ever(cell: str) -> date | None:
    """A day like 2027-03-01, or nothing."""
    return day(cell) if cell else None


def day(cell: str) -> date:
    """A day like 2027-03-01; not empty."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        msg = _('expected a day like 2027-03-01, found "{cell}"', cell=cell[:60])
        raise ValueError(msg) from None


def whole_ever(cell: str) -> int | None:
    """A whole number with its sign, or nothing."""
    if not cell:
        return None
    if not _LONG.fullmatch(cell):
        msg = _('expected a whole number or nothing, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)
    return int(cell)


def told(cell: str) -> str:
    """JSON of any kind, or nothing."""
    try:
        json.loads(cell or "0")
    except (ValueError, RecursionError):
        msg = _('expected JSON, found "{cell}"', cell=cell[:60])
        raise ValueError(msg) from None
    return cell


def payload(cell: str) -> str:
    """A JSON object."""
    try:
        found = json.loads(cell or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        msg = _('expected a JSON object, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)  # noqa: TRY004 every fault of a cell is a ValueError
    return text(cell or "{}")


def _whole(cell: str) -> int:
    if not _WHOLE.fullmatch(cell) or int(cell) < 1:
        msg = _('expected a whole number from 1 on, found "{cell}"', cell=cell[:60])
        raise ValueError(msg)
    return int(cell)


def moment(cell: str) -> datetime | None:
    """A time, with or without offset; empty is none."""
    if not cell:
        return None
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        msg = _('expected a time like 2027-03-01T17:00:00Z, found "{cell}"', cell=cell[:60])
        raise ValueError(msg) from None


def since(cell: str) -> int | datetime:
    """Milliseconds since the round opened, from seconds or h:mm:ss.fff; or a time, still to be counted from the opening."""
    if _SECONDS.fullmatch(cell):
        return int(Fraction(cell) * 1000)
    if cell.count(":") == 2 and "-" not in cell:  # noqa: PLR2004 - h:mm:ss
        return clock_ms(cell)
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        msg = _('expected seconds, h:mm:ss or a time like 2027-03-01T17:00:00Z, found "{cell}"', cell=cell[:60])
        raise ValueError(msg) from None


def day_or_moment(cell: str) -> date:
    """A date or a time."""
    return datetime.fromisoformat(cell) if "T" in cell else date.fromisoformat(cell)


class OneOf:
    """A cell that holds one of a few words."""

    def __init__(self, *words: str, otherwise: str | None = None) -> None:
        self.words = words
        self.otherwise = otherwise

    def __call__(self, cell: str) -> str:
        """The word, or what was expected."""
        if not cell and self.otherwise is not None:
            return self.otherwise
        if cell not in self.words:
            msg = _(
                'expected {names}, found "{cell}"', names=", ".join(word or _("nothing") for word in self.words), cell=cell[:60]
            )
            raise ValueError(msg)
        return cell
