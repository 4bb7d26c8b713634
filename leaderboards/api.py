"""The shape of a row over the API: the same wherever a board is shown, now or as it was."""

from typing import Any

from rest_framework import serializers


class RowSerializer(serializers.Serializer[Any]):
    """A row. Numbers are number texts ("21.82", else "2/3"); an empty place or score means none."""

    rank = serializers.IntegerField()
    place = serializers.CharField(allow_blank=True)
    previous_place = serializers.CharField(allow_blank=True)
    movement = serializers.IntegerField(allow_null=True)
    group = serializers.CharField()
    line = serializers.IntegerField()
    name = serializers.CharField()
    bracket = serializers.CharField(allow_blank=True)
    score = serializers.CharField(allow_blank=True)
    keys = serializers.ListField()
    values = serializers.DictField()
    status = serializers.CharField()
    pending = serializers.IntegerField()
