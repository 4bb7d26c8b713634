"""What was won and how it is given, over the API."""

from typing import Any, Final

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.recognition import actions
from games.recognition.models import Grant

LONGEST: Final = 5000


class GrantSerializer(serializers.ModelSerializer[Grant]):
    """That something was won. Money is in whole cents; without `group` it is money that nobody won."""

    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)

    class Meta:
        model = Grant
        fields = (
            *("id", "cycle", "award", "kind", "name", "group", "group_key", "board", "snapshot", "place"),
            *("amount_cents", "currency", "state", "reason", "created_at", "changed_at"),
        )
        read_only_fields = fields


class WithProof(serializers.Serializer[Any]):
    """What shows it: a note, an address."""

    proof = serializers.CharField(default="", allow_blank=True, max_length=LONGEST)


class WithReason(serializers.Serializer[Any]):
    """Why: it stands in the record."""

    reason = serializers.CharField(max_length=LONGEST)


class GrantFilter(django_filters.FilterSet):
    """Of one cycle, award, group."""

    class Meta:
        model = Grant
        fields = ("cycle", "award", "kind", "group", "state")


class Grants(ReadOnlyModelViewSet[Grant]):
    """What was won: seen by organizers at once, by the group once verified, by everybody once granted."""

    queryset = Grant.objects.select_related("group")
    serializer_class = GrantSerializer
    seen_as = "grant.view"
    permissions = dict.fromkeys(("verify", "grant", "deliver", "decline", "revoke"), "grant.move")
    filterset_class = GrantFilter
    ordering = ("cycle_id", "award")

    def _moved(self, verb: Any, shape: type[serializers.Serializer[Any]] | None = None) -> Response:
        asked: dict[str, Any] = {}
        if shape is not None:
            form = shape(data=self.request.data)
            form.is_valid(raise_exception=True)
            asked = form.validated_data
        return Response(GrantSerializer(verb(self.get_object(), by=self.request.user, **asked)).data)

    @extend_schema(request=WithProof, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The rules were kept and the group is who it says. Nothing is granted before."""
        return self._moved(actions.verify, WithProof)

    @extend_schema(request=None, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It is theirs: from now on everybody sees it."""
        return self._moved(actions.give_grant)

    @extend_schema(request=WithProof, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It was handed over."""
        return self._moved(actions.deliver, WithProof)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The group does not take it."""
        return self._moved(actions.decline, WithReason)

    @extend_schema(request=WithReason, responses=GrantSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Taken back."""
        return self._moved(actions.revoke, WithReason)
