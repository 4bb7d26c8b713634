"""What was sent to the API, checked against the shape that is expected.

What is plainly right (texts, whole numbers, choices, lists of such) is read straight away. Wherever there is any doubt the framework looks at
all of it: it makes something of what is written in another way, and says what is wrong with the rest.
"""

from collections.abc import Callable, Collection
from copy import copy
from functools import cache
from typing import Any, Final

from django.core import validators as rules
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

type Reading = Callable[[Any], Any]
"""From what was sent to what it means. Raises Doubt."""

OWN: Final = ("to_internal_value", "run_validation", "run_validators", "validate")
"""Methods of the framework: a shape that has others is left to it."""
OF_TEXTS: Final = (rules.MaxLengthValidator, rules.ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
OF_NUMBERS: Final = (rules.MinValueValidator, rules.MaxValueValidator)


class Doubt(Exception):
    """It is not plainly right: the framework has to look."""


def asked_for(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent, in the shape that is expected; every fault is answered with 422."""
    made, read = _made(shape, get_language())
    try:
        found: dict[str, Any] = read(data)
    except Doubt:
        asked = copy(made)
        asked.initial_data = data
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)
    return found


@cache
def _made(shape: type[serializers.Serializer[Any]], language: str) -> tuple[serializers.Serializer[Any], Reading]:  # noqa: ARG001 fields keep their words
    """One with its fields, made once for each language: the framework makes them anew for each that is asked. And how it is read."""
    made = shape()
    return made, _plainly(made) or (lambda _: _doubt())


def _reading(field: Any) -> Reading:
    """How values of a field are read; `empty` is never one of them."""
    read = _plainly(field)
    if read is None or not field.allow_null:
        return read or _by_the_framework(field)
    return lambda value: None if value is None else read(value)


def _plainly(field: Any) -> Reading | None:
    if isinstance(field, serializers.Serializer):
        return _shape(field)
    kind = type(field)
    if kind is serializers.ListSerializer:
        return _many(field)
    if kind is serializers.CharField and _only(field, OF_TEXTS):
        return _text(field)
    if kind is serializers.IntegerField and _only(field, OF_NUMBERS):
        return _number(field)
    if kind is serializers.ChoiceField and _only(field, ()):
        known: dict[str, Any] = field.choice_strings_to_values | ({"": ""} if field.allow_blank else {})
        return lambda value: known[value] if type(value) is str and value in known else _doubt()
    return None


def _only(field: Any, known: Collection[type]) -> bool:
    return all(type(one) in known for one in field.validators)


def _doubt() -> Any:
    raise Doubt


def _by_the_framework(field: Any) -> Reading:
    def read(value: Any) -> Any:
        try:
            return field.run_validation(value)
        except (serializers.ValidationError, ValidationError):
            raise Doubt from None

    return read


def _text(field: Any) -> Reading:
    most, blank = field.max_length, field.allow_blank

    def read(value: Any) -> str:
        text: str = str(value) if type(value) in {int, float} else value
        if type(text) is not str or not text.isprintable() or text != text.strip():
            raise Doubt
        if (not text and not blank) or (most is not None and len(text) > most):
            raise Doubt
        return text

    return read


def _number(field: Any) -> Reading:
    least, most = field.min_value, field.max_value

    def read(value: Any) -> int:
        if type(value) is not int or (least is not None and value < least) or (most is not None and value > most):
            raise Doubt
        return value

    return read


def _many(field: Any) -> Reading | None:
    if field.validators or field.min_length is not None or field.max_length is not None:
        return None
    one, may_be_empty = _reading(field.child), field.allow_empty

    def read(value: Any) -> list[Any]:
        if type(value) is not list or not (value or may_be_empty):
            raise Doubt
        return [one(each) for each in value]

    return read


def _shape(made: Any) -> Reading | None:
    """An object: each field that is there is read; one that must be there, or that means something by its absence, is a doubt."""
    fields = made.fields.items()
    own = any(getattr(type(made), name) is not getattr(serializers.Serializer, name) for name in OWN)
    simple = all(one.source_attrs == [name] and not hasattr(made, f"validate_{name}") for name, one in fields)
    if (
        own
        or made.validators
        or not simple
        or any(one.read_only or isinstance(one, serializers.HiddenField) for _, one in fields)
    ):
        return None
    parts = [(name, one.required or one.default is not empty, _reading(one)) for name, one in fields]

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Doubt
        found = {}
        for name, needed, part in parts:
            if name in value:
                found[name] = part(value[name])
            elif needed:
                raise Doubt
        return found

    return read
