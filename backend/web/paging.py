"""Long lists in parts: the page that is asked for, and what else the address says, for the links to the pages beside it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from backend.accounts.pages.gate import id_in

NAME = "page"


def page_of(
    request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", size: int, *, name: str = NAME, holding: int | None = None
) -> Page[Any]:
    """The page of `rows` that the address asks for by `name`, else the first; what is no page is the nearest that is.

    `holding`: how many rows stand before one that has to be shown: the page that has it, unless the address asks for another.
    """
    default = 1 if holding is None else holding // size + 1
    return Paginator(rows, size).get_page(request.GET.get(name, default))


def place_of(request: HttpRequest, name: str, ids: Iterable[int]) -> int | None:
    """Where the row stands that the address names by its id; None where it names none of these. `ids` are looked at only if it names one."""
    wanted = id_in(request.GET.get(name, ""))
    return next((place for place, pk in enumerate(ids) if pk == wanted), None) if wanted else None


def kept(request: HttpRequest, *without: str) -> str:
    """What the address asks for besides the page (or the names in `without`), encoded, to stay in the links to other pages."""
    asked = request.GET.copy()
    for name in [one for one in asked if one in (without or (NAME,)) or not asked[one]]:
        del asked[name]
    return asked.urlencode()
