"""Views that are loaded when they are first asked for: a web process carries only what somebody looked at in it, and starts sooner.

Addresses name their views by words, so a wrong word is found by a test (`tests/habits/test_addresses.py`), not by an import.
"""

from collections.abc import Callable
from importlib import import_module
from threading import RLock
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

type View = Callable[..., HttpResponseBase]

_loading: Final = RLock()
"""One thread loads at a time: two that load modules which lead to each other would see them half made."""
_loaded: Final[dict[str, Any]] = {}


def loaded(place: str) -> Any:
    """What stands at `package.module.name`. Raises ImportError or AttributeError if nothing does."""
    if place not in _loaded:
        module, _, name = place.rpartition(".")
        with _loading:
            _loaded[place] = getattr(import_module(module), name)
    return _loaded[place]


def pages(package: str) -> Callable[[str], View]:
    """Makes the views of `package` from `module.name`. What Django reads from a view itself (`csrf_exempt`) stands with its address."""

    def page(place: str) -> View:
        def view(request: HttpRequest, *parts: Any, **named: Any) -> HttpResponseBase:
            answer: HttpResponseBase = loaded(f"{package}.{place}")(request, *parts, **named)
            return answer

        view.__module__, _, view.__qualname__ = f"{package}.{place}".rpartition(".")
        return view

    return page
