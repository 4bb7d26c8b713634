"""One's own notices over the API: what one was told, what is read, how soon a mail follows."""

from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.notices import actions
from games.notices.models import Notice
from games.notices.queries import wishes_of
from games.notices.rules import CHOSEN, Pace, Topic
from leaderboards.describing import extend_schema

PACES: Final = [(one.value, one.value) for one in Pace]
MOST: Final = 1000


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """Something one was told. `path` is where it leads on this site; `read_at` is null while it is new."""

    class Meta:
        model = Notice
        fields = ("id", "cycle", "topic", "text", "path", "created_at", "read_at")
        read_only_fields = fields


class ReadAsked(serializers.Serializer[Any]):
    """Which notices were read; without `notices` all of them."""

    notices = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=MOST)


class ReadShape(serializers.Serializer[Any]):
    """How many of them were new until now."""

    read = serializers.IntegerField()


class WishesShape(serializers.Serializer[Any]):
    """Topic → how soon a mail follows: now, daily (in one mail in the morning), never. Topics left out stay as they are."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One field for each topic that can be chosen."""
        return {topic.value: serializers.ChoiceField(choices=PACES, required=False) for topic in CHOSEN}


class NoticeFilter(django_filters.FilterSet):
    """Of one cycle, about one topic, new or read."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notice
        fields = ("cycle", "topic")


class Notices(ReadOnlyModelViewSet[Notice]):
    """What one was told, the newest first."""

    queryset: QuerySet[Notice] = Notice.objects.all()
    serializer_class = NoticeSerializer
    seen_as = "notice.view"
    permissions = {"read": "signed_in", "wishes": "signed_in", "set_wishes": "signed_in"}
    filterset_class = NoticeFilter
    ordering = ("-created_at", "-id")

    @extend_schema(request=ReadAsked, responses=ReadShape, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def read(self, request: Request) -> Response:
        """Mark notices as read. Those of others stay as they are."""
        asked = ReadAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response({"read": actions.mark_read(request.user, asked.validated_data.get("notices"))})

    @extend_schema(responses=WishesShape, filters=False)
    @action(detail=False, pagination_class=None)
    def wishes(self, request: Request) -> Response:
        """How soon a mail follows, by topic."""
        return Response(_wished(request))

    @extend_schema(request=WishesShape, responses=WishesShape, filters=False)
    @wishes.mapping.post
    def set_wishes(self, request: Request) -> Response:
        """Say how soon. Invitations and links to an account always come at once."""
        asked = WishesShape(data=request.data)
        asked.is_valid(raise_exception=True)
        actions.set_wishes(request.user, {Topic(name): Pace(pace) for name, pace in asked.validated_data.items()})
        return Response(_wished(request))


def _wished(request: Request) -> dict[str, str]:
    return {topic.value: pace.value for topic, pace in wishes_of(request.user).items()}
