"""What comes out about other judges' marks on an entry, and about what a sheet said before it was opened again."""

from typing import Any

from rest_framework import serializers

from games.judging.queries.others import Before, Others, Said, Who
from games.judging.rules import MarkState
from leaderboards.engine.numbers import text


class MarkShape(serializers.Serializer[Any]):
    """One mark. `value` is number text, or null if there is none; `absent` says so openly."""

    criterion = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField([one.value for one in MarkState], allow_blank=True)
    comment = serializers.CharField(allow_blank=True)


class WhoShape(serializers.Serializer[Any]):
    """A judge of the panel: a number, and the name where the round's rules let judges know each other."""

    number = serializers.IntegerField()
    name = serializers.CharField(allow_null=True)


class SaidShape(WhoShape):
    """Words of a judge."""

    comment = serializers.CharField(allow_blank=True)


class OtherSheetShape(WhoShape):
    """Another judge's final sheet on the same entry."""

    comment = serializers.CharField(allow_blank=True)
    marks = MarkShape(many=True)


class OthersShape(serializers.Serializer[Any]):
    """What the others gave. `mode` as the rules say; `shown` is false while they hide it."""

    mode = serializers.ChoiceField(["never", "after_final", "always"])
    shown = serializers.BooleanField()
    sheets = OtherSheetShape(many=True)


class BeforeShape(serializers.Serializer[Any]):
    """What a sheet said before it was opened again or given back, and why it was."""

    revision = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    final_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField()
    comment = serializers.CharField(allow_blank=True)
    marks = MarkShape(many=True)


def who(one: Who) -> dict[str, Any]:
    """A judge as data."""
    return {"number": one.number, "name": one.name}


def said(one: Said) -> dict[str, Any]:
    """A mark as data."""
    return {"value": None if one.value is None else text(one.value), "state": one.state, "comment": one.comment}


def others_data(found: Others) -> dict[str, Any]:
    """All of it as data."""
    sheets = [
        {**who(one.who), "comment": one.comment, "marks": [{"criterion": key, **said(mark)} for key, mark in one.marks.items()]}
        for one in found.sheets
    ]
    return {"mode": found.mode, "shown": found.shown, "sheets": sheets}


def before_data(one: Before) -> dict[str, Any]:
    """A former state as data."""
    row = one.row
    return {
        "revision": row.revision,
        "reason": row.reason,
        "final_at": row.final_at,
        "opened_at": row.opened_at,
        "comment": row.comment,
        "marks": [{"criterion": key, **said(mark)} for key, mark in one.marks.items()],
    }
