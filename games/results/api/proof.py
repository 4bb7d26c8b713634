"""Receipts over the API: what proves to strangers that a row was published."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.errors import Invalid, NotFound
from leaderboards import proof
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine.language import gettext as _
from leaderboards.models import Snapshot


class KeyShape(serializers.Serializer[Any]):
    """An Ed25519 key as a JWK; `kid` is its RFC 7638 thumbprint."""

    kty = serializers.CharField()
    crv = serializers.CharField()
    x = serializers.CharField()
    kid = serializers.CharField()


class ReceiptShape(serializers.Serializer[Any]):
    """docs/proof.md has the exact bytes. `leaf` is the row; `path` the hashes beside its way to the root that `statement` names."""

    type = serializers.CharField()
    statement = serializers.DictField()
    signature = serializers.CharField()
    key = KeyShape()
    leaf = serializers.DictField()
    salt = serializers.CharField()
    index = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField())


class Receipts(GenericViewSet[Snapshot]):
    """What proves a row: for whoever may see the version."""

    queryset = Snapshot.objects.select_related("board").defer("rows")
    serializer_class = ReceiptShape
    seen_as = "snapshot.view"
    permissions = {"receipt": "snapshot.view"}
    pagination_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "group", str, required=True, description="`entry` of the row: the key of the group as it was published"
            ),
            OpenApiParameter("line", {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0}),
        ],
        responses=ReceiptShape,
        filters=False,
    )
    @action(detail=True)
    def receipt(self, request: Request, **__: Any) -> Response:
        """The receipt of one row. 404 where there is no such row, or the version was never signed."""
        line = request.query_params.get("line", "0")
        if not (line.isascii() and line.isdigit() and len(line) <= 5):  # noqa: PLR2004 as in the schema
            message = _("Expected a whole number from 0 to 10000.")
            raise Invalid(message, where="line")
        found = proof.receipt(self.get_object(), request.query_params.get("group", ""), int(line))
        if found is None:
            raise NotFound
        return Response(found)
