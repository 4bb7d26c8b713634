"""Playbooks over the API: what can be launched here, and posting another one."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.errors import Invalid
from games.playbooks.actions import post_playbook
from games.playbooks.models import Playbook
from games.playbooks.queries import Preset, preset, presets
from leaderboards.describing import OpenApiParameter, extend_schema, extend_schema_serializer
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import expand_boards


class PlaybookSummary(serializers.Serializer[Any]):
    """A playbook in a list."""

    key = serializers.CharField()
    version = serializers.IntegerField()
    label = serializers.CharField(help_text="key@version, as launching takes it.")  # type: ignore[assignment] # a field named as the base's
    name = serializers.CharField()
    summary = serializers.CharField()
    source = serializers.ChoiceField(["library", "posted"])  # type: ignore[assignment] # a field named as the base's


@extend_schema_serializer(many=False)
class PlaybookList(serializers.Serializer[Any]):
    """All that can be launched here, at once."""

    results = PlaybookSummary(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PlaybookDetail(PlaybookSummary):
    """With its rules, times still offsets from the start."""

    design = serializers.JSONField(source="data")
    rounds = serializers.SerializerMethodField()
    boards = serializers.SerializerMethodField()
    formats = serializers.SerializerMethodField()

    def get_rounds(self, found: Preset) -> list[str]:
        """Names of the rounds in order of time."""
        return [one.title for one in found.sample().rounds]

    def get_boards(self, found: Preset) -> list[str]:
        """Names of the boards, the main one first."""
        return [one.title for one in expand_boards(found.sample())]

    def get_formats(self, found: Preset) -> list[str]:
        """Which formats of challenges it uses."""
        return sorted({one.format.value for one in found.sample().challenges})


class PlaybookPost(serializers.Serializer[Any]):
    """Either the TOML text of a playbook, or the same as JSON."""

    toml = serializers.CharField(required=False, trim_whitespace=False, max_length=500_000)
    design = serializers.DictField(required=False)


class Playbooks(GenericViewSet[Any]):
    """The library of this instance and what was posted to it."""

    queryset = Playbook.objects.none()
    serializer_class = PlaybookSummary
    permissions = {"list": "anybody", "retrieve": "anybody", "create": "playbook.post"}
    pagination_class = None  # few: they come at once
    lookup_field = "key"
    lookup_value_converter = "str"

    @extend_schema(responses=PlaybookList)
    def list(self, request: Request) -> Response:  # noqa: ARG002 the framework's signature
        """All playbooks, the library first; of a posted one its newest version."""
        return Response({"results": PlaybookSummary(presets(), many=True).data, "next": None, "previous": None})

    @extend_schema(
        parameters=[OpenApiParameter("key", str, OpenApiParameter.PATH, description="key, or key@version")],
        responses=PlaybookDetail,
    )
    def retrieve(self, request: Request, key: str) -> Response:  # noqa: ARG002 the framework's signature
        """One playbook with its rules."""
        return Response(PlaybookDetail(preset(key)).data)

    @extend_schema(request=PlaybookPost, responses={201: PlaybookDetail})
    def create(self, request: Request) -> Response:
        """Post a playbook: a new version, or the present one when nothing differs."""
        asked = PlaybookPost(data=request.data)
        asked.is_valid(raise_exception=True)
        sources = [one for one in (asked.validated_data.get("toml"), asked.validated_data.get("design")) if one is not None]
        if len(sources) != 1:
            message = _("Send either toml or design.")
            raise Invalid(message, where="design")
        found = post_playbook(sources[0], by=request.user)
        return Response(PlaybookDetail(found).data, status=status.HTTP_201_CREATED)
