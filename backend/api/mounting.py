"""How views come to their addresses: with the layers over all of them, found soon, and loaded when one is first asked for."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, path
from django.urls.resolvers import RoutePattern
from django.utils.datastructures import MultiValueDict
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from backend.api.idempotency import Idempotent
from backend.api.looking import Looking
from backend.loading import loaded

type Row = tuple[str, str, str]
"""An address, where its view stands, the name of its routes."""

ANY: Final = "<"
"""Instead of a last word."""


def once[V: type[APIView]](view: V) -> V:
    """The view with the idempotency layer over it, and what looks rows up."""
    over = (Idempotent, Looking) if issubclass(view, GenericViewSet) else (Idempotent,)
    return type(view.__name__, (*over, view), {"__module__": view.__module__, "__doc__": view.__doc__})  # type: ignore[return-value]


def routes(rows: Sequence[Row]) -> list[URLPattern]:
    """The addresses of these views, single ones first. Loads the views."""
    router = SimpleRouter(trailing_slash=False, use_regex_path=False)
    single = []
    for address, place, name in rows:
        view = once(loaded(place))
        if issubclass(view, GenericViewSet):
            router.register(address, view, basename=name)
        else:
            single.append(path(address, view.as_view(), name=name))
    return [*single, *router.urls]


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
    """Its shape. Raises ValueError: an address of the API begins with a word, and each <part> is one between two strokes."""
    first, number, last = _shape(address)
    if "<" in first or "<path:" in address:
        raise ValueError(address)
    return first, number, ANY if "<" in last else last


class ByFirstWord(URLResolver):
    """Addresses sorted by their first word; the views below a word are loaded when one of them is first asked for.

    No name leads to them, as that would load them all: clients know the addresses, and pages write out those they link to.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), ())
        self._below: dict[str, Addresses] = {}
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row[0].partition("/")[0], []).append(row)

    def resolve(self, path: str) -> ResolverMatch:
        """Where this address leads. Raises Resolver404 if it leads nowhere."""
        word = str(path).partition("/")[0]
        if word not in self._rows:
            raise Resolver404({"tried": [], "path": path})
        return self._of(word).resolve(path)

    def _of(self, word: str) -> Addresses:
        if word not in self._below:
            self._below[word] = Addresses(routes(self._rows[word]))
        return self._below[word]

    @cached_property
    def url_patterns(self) -> list[URLPattern | URLResolver]:
        """All of them, for the description and for tests."""
        return [route for word in self._rows for route in self._of(word).url_patterns]

    def _populate(self) -> None:
        """What Django calls before it looks for names."""

    reverse_dict = property(lambda _: MultiValueDict())
    namespace_dict = app_dict = property(lambda _: {})
