"""The kinds of value a key can hold: exact numbers, keys, clocks, and the words shared by several tables."""

import re
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import Rounding

NUMBER_PATTERN: Final = r"^[+-]?[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$"
KEY_PATTERN: Final = r"^\w[\w-]*$"
_CLOCK: Final = re.compile(r"(\d{1,5}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)
_KEY: Final = re.compile(KEY_PATTERN)


def _written(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else numbers.text(value)


def _operand(value: object) -> Fraction | str:
    """A number if it reads as one, else the name of a field."""
    try:
        return numbers.parse(value)
    except ValueError:
        if isinstance(value, str) and _KEY.fullmatch(value):
            return value
        raise


def _operand_written(value: Fraction | str) -> int | str:
    return _written(value) if isinstance(value, Fraction) else value


def clock_ms(value: object) -> int:
    """Milliseconds of "h:mm:ss" or "h:mm:ss.fff"."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        msg = _('expected a time since opening like "4:00:00", found {value!r}', value=value)
        raise ValueError(msg)
    hours, minutes, seconds, fraction = match.groups()
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int((fraction or "").ljust(3, "0"))


def clock_text(milliseconds: int) -> str:
    """The clock as text, the way `clock_ms` reads it."""
    seconds, rest = divmod(milliseconds, 1000)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text


_NUMBER_SCHEMA = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER_PATTERN}]})

Number = Annotated[
    Fraction,
    BeforeValidator(numbers.parse),
    PlainSerializer(_written, return_type=int | str),
    _NUMBER_SCHEMA,
]
"""An exact number: int, Decimal or number text in; whole number or number text out."""

Operand = Annotated[
    Fraction | str,
    BeforeValidator(_operand),
    PlainSerializer(_operand_written, return_type=int | str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
"""A number, or the name of a field of the submission."""

Clock = Annotated[
    int,
    BeforeValidator(clock_ms),
    PlainSerializer(clock_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,5}:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,3})?$"}),
]
"""Milliseconds since the round opened, written h:mm:ss."""

Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN, max_length=64)]
Whole = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Amount = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
Decimals = Annotated[int, Field(strict=True, ge=0, le=12)]
Switch = Annotated[bool, Field(strict=True)]


class Aggregate(StrEnum):
    """How several values become one."""

    SUM = "sum"
    MEAN = "mean"


class Fold(StrEnum):
    """How the marks of a panel become one value."""

    MEAN = "mean"
    MEDIAN = "median"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    SEVERITY = "severity"
    SEVERITY_CLIP = "severity_clip"


class Missing(StrEnum):
    """What a value that is not there does to the value above it."""

    SKIP = "skip"
    ZERO = "zero"
    UNSCORED = "unscored"


class PlaceStyle(StrEnum):
    """How shared places are numbered."""

    STANDARD = "1224"
    DENSE = "1223"
    FRACTIONAL = "fractional"


class Spec(BaseModel):
    """A table of the vocabulary: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rounded(Spec):
    """A step that may round its value: `decimals` absent = exact; `rounding` overrides the mode of the cycle."""

    decimals: Decimals | None = None
    rounding: Rounding | None = None


class Keyed(Spec):
    """A table with a key, and a name only for show."""

    key: Key
    name: str = ""

    @property
    def title(self) -> str:
        """What people read: the name, else the key."""
        return self.name or self.key
