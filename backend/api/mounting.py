"""How views come to their addresses: with the layers that lie over all of them, and so that an address is found soon."""

from collections.abc import Sequence
from typing import Final

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from backend.api.idempotency import Idempotent
from backend.api.looking import Looking

ANY: Final = "<"
"""Instead of a last word."""


def once[V: type[APIView]](view: V) -> V:
    """The view with the idempotency layer over it, and what looks rows up."""
    over = (Idempotent, Looking) if issubclass(view, GenericViewSet) else (Idempotent,)
    return type(view.__name__, (*over, view), {"__module__": view.__module__, "__doc__": view.__doc__})  # type: ignore[return-value]


class Addresses(URLResolver):
    """These addresses, found by their shape (the first word, how many parts, the last word) instead of trying one after the other."""

    def __init__(self, flat: Sequence[URLPattern | URLResolver]) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), list(flat))
        self._shaped: dict[tuple[str, int, str], list[URLPattern | URLResolver]] = {}
        shapes = [(one, *_declared(str(one.pattern))) for one in flat]
        for _, first, number, last in shapes:  # those that end with any word stand among those of each word, in their order
            self._shaped[first, number, last] = [
                one for one, *same, end in shapes if same == [first, number] and end in {last, ANY}
            ]

    def resolve(self, path: str) -> ResolverMatch:
        """Raises Resolver404 for what is no address."""
        said = str(path)
        first, number, last = _shape(said)
        for one in self._shaped.get((first, number, last)) or self._shaped.get((first, number, ANY)) or ():
            if found := one.resolve(said):
                return found
        raise Resolver404({"tried": [], "path": path})


def _shape(address: str) -> tuple[str, int, str]:
    parts = address.split("/")
    return parts[0], len(parts), parts[-1]


def _declared(address: str) -> tuple[str, int, str]:
    first, number, last = _shape(address)
    if "<" in first or "<path:" in address:
        message = f"{address}: an address of the API begins with a word, and each <part> is one between two strokes"
        raise ValueError(message)
    return first, number, ANY if "<" in last else last
