"""What was sent is read as the framework reads it, whether it is plainly right or not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from rest_framework import serializers

from leaderboards import asking
from leaderboards.asking import asked_for


class Inner(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=3)
    value = serializers.CharField(required=False, allow_null=True, max_length=5)
    state = serializers.ChoiceField(["", "absent", 7], required=False, allow_blank=True)


class Checked(serializers.Serializer[Any]):
    low = serializers.IntegerField()
    high = serializers.IntegerField(default=5)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["low"] > attrs["high"]:
            message = "low is above high"
            raise serializers.ValidationError(message)
        return attrs


class Shape(serializers.Serializer[Any]):
    rows = Inner(many=True, required=False)
    some = Inner(many=True, required=False, allow_empty=False, max_length=2)  # type: ignore[call-arg]  # of the list
    one = Inner(required=False, allow_null=True)
    checked = Checked(required=False)
    text = serializers.CharField(required=False, allow_blank=True)
    whole = serializers.CharField(required=False, trim_whitespace=False, min_length=2)
    number = serializers.IntegerField(required=False, min_value=0, max_value=9)
    facts = serializers.DictField(required=False)
    when = serializers.DateTimeField(required=False, allow_null=True)
    kind = serializers.CharField(default="usual", max_length=9)


class Hidden(serializers.Serializer[Any]):
    shown = serializers.CharField()
    hidden = serializers.HiddenField(default="ours")


class Elsewhere(serializers.Serializer[Any]):
    shown = serializers.CharField(source="kept_as")


class OfItsOwn(serializers.Serializer[Any]):
    shown = serializers.CharField()

    def validate_shown(self, value: str) -> str:
        return value.upper()


SHAPES = (Shape, Inner, Checked, Hidden, Elsewhere, OfItsOwn)
LEAVES = some.one_of(
    some.sampled_from(["", "a", " a ", "absent", "7", "three", "2027-01-01T00:00:00Z", "a\nb", "\0", "\ud800", "ä", "\u00a0"]),
    some.integers(-1, 10),
    some.sampled_from([None, True, 2.5, 10**20]),
)
NAMES = some.sampled_from(["name", "value", "state", "low", "high", "shown", "hidden", "text", "number", "kind", "whole", "when"])
THINGS = some.dictionaries(NAMES, LEAVES, max_size=5)
ROWS = some.lists(THINGS, max_size=3)
SENT = some.one_of(
    THINGS,
    some.fixed_dictionaries(
        {}, optional={"rows": ROWS, "some": ROWS, "one": some.none() | THINGS, "checked": THINGS, "facts": THINGS, "kind": LEAVES}
    ),
    some.recursive(LEAVES, lambda inner: some.lists(inner, max_size=2), max_leaves=3),
)


def theirs(shape: type[serializers.Serializer[Any]], data: Any) -> Any:
    asked = shape(data=data)
    return dict(asked.validated_data) if asked.is_valid() else asked.errors


def ours(shape: type[serializers.Serializer[Any]], data: Any) -> Any:
    try:
        return asked_for(shape, data)
    except serializers.ValidationError as error:
        return error.detail


@settings(max_examples=300, deadline=None)
@given(some.sampled_from(SHAPES), SENT)
def test_it_is_read_as_the_framework_reads_it(shape: type[serializers.Serializer[Any]], data: Any) -> None:
    mine, other = ours(shape, data), theirs(shape, data)
    assert mine == other
    assert repr(mine) == repr(other)  # 1 is not True, and the order is the same


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "a", "rows": [{"name": "c1", "value": "7.5", "state": "absent"}, {"name": "c2", "value": None}, {"name": "c"}]},
        {"kind": "a", "text": "", "number": 9, "one": None, "checked": {"low": 1, "high": 2}, "facts": {"a": [1]}, "more": 1},
    ],
)
def test_what_is_plainly_right_is_not_looked_at_again(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = theirs(Shape, data)
    asking._made(Shape, "en")

    def copied(_: Any) -> None:
        pytest.fail("the framework was asked")

    monkeypatch.setattr(asking, "copy", copied)
    assert asked_for(Shape, data) == expected
