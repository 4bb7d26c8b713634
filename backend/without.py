"""What a process of pages and API goes without: parts of libraries that come along with what it uses, and that it never uses itself.

REST framework takes up libraries for formats that we do not offer, if it finds them, and the pages of an admin for one function; Redis' client
brings its asynchronous half and its cluster, which are for others. Five megabytes, and a tenth of a second at the start.
"""

import sys
from types import ModuleType
from typing import Any, Final, Self

OPTIONAL: Final = ("yaml", "uritemplate", "django.contrib.postgres")
"""Not found by whoever looks for them: as if they were not installed."""
UNUSED: Final = (
    "django.contrib.admindocs.views",
    "redis.asyncio",
    "redis.asyncio.observability",
    "redis.asyncio.observability.recorder",
    "redis.asyncio.retry",
    "redis.cluster",
    "redis.commands.cluster",
    "redis.keyspace_notifications",
    "redis.sentinel",
)
"""Imported by their own library whether anybody uses them or not: a stand-in has any name, and nothing behind it."""


class Unused:
    """Stands for a class or a function."""

    def __new__(cls, *_values: Any, **_named: Any) -> Self:
        message = f"{cls.__module__}.{cls.__name__} is left out of web processes (backend/without.py): take it from its list to use it here"
        raise RuntimeError(message)


class StandIn(ModuleType):
    """Stands for a module."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> type[Unused]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Unused,), {"__module__": self.__name__})


def go_without() -> None:
    """For a process that has just begun. Where Redis' client is loaded (a test, a shell), everything stays as it is."""
    if "redis" in sys.modules:
        return
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(OPTIONAL))
    modules.update((name, StandIn(name)) for name in UNUSED)
