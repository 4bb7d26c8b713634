"""The API as its schema describes it, put together once for all tests of a process that walk through it. Nobody changes it."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator


@cache
def schema() -> dict[str, Any]:
    """The whole document, as the file that `/api/v1/schema` gives is written from."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def paths() -> dict[str, dict[str, Any]]:
    """Address -> method -> what is said of it."""
    found: dict[str, dict[str, Any]] = schema()["paths"]
    return found
