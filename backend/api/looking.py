"""Looking one row up: for actions that a view lists as `kept` the statement is put together once for each kind of person who asks.

`kept` is for actions whose rows depend on who asks and on nothing else of the request: it is made with a request that knows nothing but
`access`, so that whatever else a view looks at fails at once, and not for the next who asks.

What is wrong with a request is told to those who may have the row of its address: to all others there is none, whatever they send.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from backend.api.idempotency import EARLIER
from backend.api.permissions import access_of
from games.errors import GameError
from games.permissions import Access
from leaderboards.kept import KeptShapes

MANY: Final = 16
"""Who holds so much has few who are alike."""

FAULTS: Final = (exceptions.ValidationError, exceptions.ParseError, exceptions.UnsupportedMediaType, GameError)
"""What may be said of a request before its row was looked up."""

type Making = Callable[[QuerySet[Any]], QuerySet[Any, Any]]


@dataclass(frozen=True, slots=True)
class Somebody:
    """The request of whoever has this access."""

    access: Access
    query_params: dict[str, str] = field(default_factory=dict)


class Looking(GenericAPIView[Any]):
    """Laid over every view set where it is mounted (`mounting.py`)."""

    kept: frozenset[str]  # no default here: this class comes before the view's own in the order of look-up
    action: str
    found = False
    """Whether the row of the address was looked up, and this person may have it."""

    def handle_exception(self, exc: Exception) -> Response:
        """The refusal. Whoever may not have the row of the address hears that first, and nothing about what was sent."""
        told = isinstance(exc, FAULTS) and not isinstance(exc, EARLIER)
        if told and not self.found and (self.lookup_url_kwarg or self.lookup_field) in self.kwargs:
            try:
                self.get_object()
            except (Http404, exceptions.PermissionDenied, exceptions.NotAuthenticated) as first:
                exc = first
        return super().handle_exception(exc)

    def get_object(self) -> Any:
        """The row of the address, as ever."""
        row = super().get_object() if _number(self) is None else self._kept_row()
        self.found = True
        return row

    def _kept_row(self) -> Any:
        found = self.looked_up(_as_they_are)
        if not found:
            raise Http404
        self.check_object_permissions(self.request, found[0])
        return found[0]

    def locked(self, making: Making) -> list[Any]:
        """What `looked_up` gives; Http404 where the person may have none. `making` locks the row and says what decides about it."""
        if _digits(self.kwargs["pk"]) is None or not (found := self.looked_up(making)):
            raise Http404
        self.found = True
        return found

    def looked_up(self, making: Making) -> list[Any]:
        """What `making` makes of the row of the address, if the person may have it under the permission of the view: one statement."""
        number, access = _number(self), access_of(self.request)
        if number is None:
            rows = self.filter_queryset(self.get_queryset())
            return list(making(rows.filter(pk=self.kwargs["pk"])))
        values = [number, *access.values()]
        if len(values) > MANY:
            return list(_found(self, making, access, number))
        shape = (type(self), self.action, making, access.shape())
        return _statements.ask(shape, lambda pk, *rest: _found(self, making, access.with_values(rest), pk), values)


def _found(view: Looking, making: Making, access: Access, pk: int) -> QuerySet[Any, Any]:
    """The row as the view finds it for whoever has this access."""
    other = type(view)(action=view.action, request=Somebody(access), kwargs={"pk": pk}, args=())
    return making(other.filter_queryset(other.get_queryset()).filter(pk=pk))


def _number(view: Looking) -> int | None:
    """The id in the address of an action that is kept; None for all others, and where something else is asked besides."""
    if view.action not in getattr(view, "kept", ()) or view.request.GET:
        return None
    return _digits(view.kwargs.get("pk"))


def _digits(given: object) -> int | None:
    said = str(given)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None  # noqa: PLR2004 digits of 2^63


def _as_they_are(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows


_statements: Final = KeptShapes()
