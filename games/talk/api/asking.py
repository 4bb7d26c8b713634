"""What views of talk share: what was sent, in the shape that is expected."""

from typing import Any

from rest_framework import serializers


def asked_for(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent; every fault is answered with 422."""
    asked = shape(data=data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)
