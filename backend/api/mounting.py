"""How views come to their addresses: with the layers that lie over all of them, and so that an address is found soon."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from backend.api.idempotency import Idempotent
from backend.api.looking import Looking


def once[V: type[APIView]](view: V) -> V:
    """The view with the idempotency layer over it, and what looks rows up."""
    over = (Idempotent, Looking) if issubclass(view, GenericViewSet) else (Idempotent,)
    return type(view.__name__, (*over, view), {"__module__": view.__module__, "__doc__": view.__doc__})  # type: ignore[return-value]


def by_first_word(flat: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses, those below one word together: whoever looks one up tries a few words instead of all addresses."""
    whole: list[URLPattern | URLResolver] = []
    below: dict[str, list[URLPattern]] = {}
    for one in flat:
        word, slash, rest = str(one.pattern).partition("/")
        if slash and isinstance(one, URLPattern):
            below.setdefault(word, []).append(path(rest, one.callback, name=one.name))
        else:
            whole.append(one)
    return [*(path(f"{word}/", include(some)) for word, some in below.items()), *whole]
