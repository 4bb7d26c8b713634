"""Lists in pages by cursor: stable while rows come and go, and as quick on page 900 as on page 1."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from games.errors import GameError, Problem

if TYPE_CHECKING:  # the framework loads this file while it loads its views
    from rest_framework.views import APIView


class PageRefused(GameError):
    """`cursor` or `limit` is not as expected."""

    code = "invalid"
    status = 422


def _refusal(where: str, message: str) -> PageRefused:
    return PageRefused(message, problems=[Problem(where, message)])


class CursorPages(CursorPagination):
    """{results, next, previous}. A view may set `ordering`; the primary key is always its last part, so that no two rows are equal."""

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
            message = f"Expected a whole number from 1 to {self.max_page_size}."
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
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, OverflowError, DataError, DjangoValidationError) as fault:
            if request.query_params.get(self.cursor_query_param) is None:
                raise
            message = "Expected a cursor as it stands in `next` or `previous`."
            raise _refusal("cursor", message) from fault

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
