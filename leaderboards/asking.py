"""What was sent to the API, checked against the shape that is expected."""

from copy import copy
from functools import cache
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers


def asked_for(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent, in the shape that is expected; every fault is answered with 422."""
    asked = copy(_made(shape, get_language()))
    asked.initial_data = data
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


@cache
def _made(shape: type[serializers.Serializer[Any]], language: str) -> serializers.Serializer[Any]:  # noqa: ARG001 fields keep their words
    """One with its fields, made once for each language: the framework makes them anew for each that is asked."""
    made = shape()
    made.fields  # noqa: B018 makes them
    return made
