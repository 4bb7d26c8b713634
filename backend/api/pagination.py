"""Lists in pages by cursor: stable while rows come and go, and as quick on page 900 as on page 1."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.api.renderers import dumps
from games.errors import GameError, Problem
from leaderboards.engine.language import gettext as _

if TYPE_CHECKING:  # the framework loads this file while it loads its views
    from rest_framework.views import APIView


class PageRefused(GameError):
    """`cursor` or `limit` is not as expected."""

    code = "invalid"
    status = 422


def _refusal(where: str, message: str) -> PageRefused:
    return PageRefused(message, problems=[Problem(where, message)])


class Cursor(NamedTuple):
    """Where a page begins: behind the row with these values of the ordering; backwards: before it."""

    values: list[Any]
    back: bool

    def written(self) -> str:
        """As it stands in an address."""
        return urlsafe_b64encode(dumps([int(self.back), *self.values])).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, parts: int) -> "Cursor":
        """Raises ValueError unless it is a direction and one plain value for each part of the ordering."""
        found = orjson.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        if not isinstance(found, list) or len(found) != parts + 1 or found[0] not in (0, 1):
            raise ValueError(text)
        if any(isinstance(one, bool) or not isinstance(one, int | str) for one in found):
            raise ValueError(text)
        return cls(found[1:], bool(found[0]))


class CursorPages(CursorPagination):
    """{results, next, previous}. A view may set `ordering`; the primary key is always its last part, so that no two rows are equal.

    The framework's own cursor holds the first part alone and counts rows that are equal in it, up to a thousand: a list by round would
    go in circles. Ours holds every part. Parts must not be null; one may follow relations (`round__number`).
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering: Any = ("pk",)

    def get_page_size(self, request: Request) -> int:
        """The `limit` asked for; PageRefused unless it is a whole number within bounds."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and asked.strip() == asked[:4] and 1 <= int(asked) <= self.max_page_size):
            message = _("Expected a whole number from 1 to {max_page_size}.", max_page_size=self.max_page_size)
            raise _refusal("limit", message)
        return int(asked)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: "APIView") -> tuple[str, ...]:
        """The view's ordering with the primary key behind it, in the direction of the first part."""
        chosen = getattr(view, "ordering", None) or super().get_ordering(request, queryset, view)
        parts = [chosen] if isinstance(chosen, str) else list(chosen)
        if parts[-1].lstrip("-") not in {"pk", "id"}:
            parts.append("-pk" if parts[0].startswith("-") else "pk")
        return tuple(parts)

    def paginate_queryset[M: Model, R](
        self, queryset: QuerySet[M, R] | Sequence[R], request: Request, view: "APIView | None" = None
    ) -> list[R] | None:
        """One page. A cursor that was tampered with is refused, whatever it breaks."""
        assert view is not None, "pages are cut for views"
        assert isinstance(queryset, QuerySet), "pages are cut from querysets"
        limit, parts = self.get_page_size(request), self.get_ordering(request, queryset, view)
        self.base_url, self.wanted = request.build_absolute_uri(), None
        asked = request.query_params.get(self.cursor_query_param)
        if asked is None:
            return self._cut(list(queryset.order_by(*parts)[: limit + 1]), limit, parts)
        try:
            self.wanted = wanted = Cursor.read(asked, len(parts))
            towards = tuple(_reversed(one) for one in parts) if wanted.back else parts
            rows = queryset.order_by(*towards).filter(_behind(towards, wanted.values))
            return self._cut(list(rows[: limit + 1]), limit, parts)
        except (ValueError, OverflowError, DataError, DjangoValidationError) as fault:
            message = _("Expected a cursor as it stands in `next` or `previous`.")
            raise _refusal("cursor", message) from fault

    def _cut[R](self, rows: list[R], limit: int, parts: Sequence[str]) -> list[R]:
        """The page in the order of the list; one row more than asked for tells that there are others."""
        more, back = len(rows) > limit, self.wanted is not None and self.wanted.back
        page = rows[:limit][::-1] if back else rows[:limit]
        self.after = Cursor(_values(page[-1], parts), back=False) if page and (more or back) else None
        self.before = Cursor(_values(page[0], parts), back=True) if page and (more if back else self.wanted) else None
        return page

    def get_next_link(self) -> str | None:
        """The address of the page behind this one."""
        return self._link(self.after)

    def get_previous_link(self) -> str | None:
        """The address of the page before this one."""
        return self._link(self.before)

    def _link(self, cursor: Cursor | None) -> str | None:
        return None if cursor is None else replace_query_param(str(self.base_url), self.cursor_query_param, cursor.written())

    def get_paginated_response(self, data: Any) -> Response:
        """Results first: they are what was asked for."""
        return Response({"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()})

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        """`limit` with its bounds, `cursor` as text."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for one in parameters:
            if one["name"] == self.page_size_query_param:
                one["schema"] = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The envelope for OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }


def _reversed(part: str) -> str:
    return part[1:] if part.startswith("-") else f"-{part}"


def _behind(parts: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come later in this order: greater in the first part, or equal in it and later by the others."""
    later = Q(pk__in=())
    for part, value in zip(reversed(parts), reversed(values), strict=True):
        name, verb = part.lstrip("-"), "lt" if part.startswith("-") else "gt"
        later = Q(**{f"{name}__{verb}e": value}) & (Q(**{f"{name}__{verb}": value}) | later)
    return later


def _values(row: Any, parts: Sequence[str]) -> list[Any]:
    """What the row has of each part; a time as text."""
    found = [reduce(getattr, part.lstrip("-").split("__"), row) for part in parts]
    return [one.isoformat() if isinstance(one, datetime) else one for one in found]
