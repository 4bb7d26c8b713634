"""What views share: who asks, ids in addresses and in what is sent."""

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.request import Request

if TYPE_CHECKING:
    from games.permissions import Access


def access_in(request: Request) -> "Access":
    """Who asks, loaded once by the permission layer."""
    return request.access  # type: ignore[attr-defined, no-any-return]


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)
