"""What views share: who asks, ids in addresses and in what is sent."""

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.request import Request

from games.errors import NotFound

if TYPE_CHECKING:
    from games.permissions import Access


def access_in(request: Request) -> "Access":
    """Who asks, loaded once by the permission layer."""
    return request.access  # type: ignore[attr-defined, no-any-return]


def id_in(text: str) -> int:
    """The id of a row from an address. NotFound for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 digits of 2^63
        raise NotFound
    return int(text)


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)
