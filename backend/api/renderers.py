"""JSON out: exact numbers as text, times as RFC 3339 in UTC."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import orjson
from django.db.models import QuerySet
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

from leaderboards.engine import numbers

_OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def plain(value: Any) -> Any:  # noqa: PLR0911 -- one line per type
    """What orjson does not know: a Fraction as number text, a Decimal in plain digits, a time as 2026-03-01T12:00:00Z."""
    match value:
        case Fraction():
            return numbers.text(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            if value.tzinfo is None:
                message = "a time without a zone reached the API"
                raise TypeError(message)
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return numbers.text(Fraction(value // timedelta(microseconds=1), 1_000_000))
        case Promise():
            return str(value)
        case set() | frozenset() | QuerySet():
            return list(value)
        case Mapping():
            return dict(value)
        case _:
            message = f"{type(value).__name__} cannot be written as JSON"
            raise TypeError(message)


def dumps(value: Any) -> bytes:
    """The one way in which the API writes JSON."""
    return orjson.dumps(value, default=plain, option=_OPTIONS)


class JSONRenderer(BaseRenderer):
    """application/json, always UTF-8, never indented."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 -- the framework's signature
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002 -- the framework's signature
    ) -> bytes:
        """No data is no body (204), not the word null."""
        return b"" if data is None else dumps(data)
