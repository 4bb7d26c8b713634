"""Credentials over the API: what was issued, asking for one of one's own, taking one back, verifying what somebody shows."""

from typing import Any, Final

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.credentials import actions, queries
from games.credentials.models import Credential
from games.credentials.queries import Verdict
from games.credentials.rules import SourceKind
from games.credentials.rules.signing import TOKEN_LONGEST
from games.credentials.rules.states import NAME_LONGEST, REASON_LONGEST
from games.errors import NotFound
from games.groups.models import Group
from games.permissions import access_of
from leaderboards.describing import extend_schema

SOURCES: Final = [(one.value, one.value) for one in SourceKind]


class CredentialShape(serializers.ModelSerializer[Credential]):
    """That a group, or a member (`personal`), won or earned something. `token` is the signed badge, `address` says whether it is valid."""

    group_key = serializers.CharField(source="group.key")
    personal = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()

    class Meta:
        model = Credential
        fields = (
            *("id", "public_id", "cycle", "group", "group_key", "personal", "source", "key", "name", "title", "digest", "state"),
            *("token", "address", "asked_at", "issued_at", "revoked_at", "reason"),
        )
        read_only_fields = fields

    def get_personal(self, row: Credential) -> bool:
        """Whether it names a person."""
        return row.person_id is not None

    def get_address(self, row: Credential) -> str:
        """The page that a stranger verifies it on."""
        return queries.absolute("verify-one", row.public_id)


class CredentialAsked(serializers.Serializer[Any]):
    """For which award or badge; `name` for one of one's own, without it one for the whole group."""

    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]  # taken off the class by the framework
    key = serializers.CharField(max_length=100)
    name = serializers.CharField(required=False, max_length=NAME_LONGEST)
    with_address = serializers.BooleanField(default=False)


class CredentialReason(serializers.Serializer[Any]):
    """Why: everybody who verifies it reads it."""

    reason = serializers.CharField(max_length=REASON_LONGEST)


class BadgeShown(serializers.Serializer[Any]):
    """A badge that somebody shows: a compact JWT."""

    token = serializers.CharField(max_length=TOKEN_LONGEST)


class CredentialVerdict(serializers.Serializer[Any]):
    """valid; revoked; altered: it names what was issued here, and is not that; key_withdrawn; unknown: nothing of this house."""

    verdict = serializers.ChoiceField(choices=[(one.value, one.value) for one in Verdict])
    public_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    title = serializers.CharField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class CredentialFilter(django_filters.FilterSet):
    """Of one cycle, one group, one award or badge."""

    class Meta:
        model = Credential
        fields = ("cycle", "group", "source", "key", "state")


class Credentials(ReadOnlyModelViewSet[Credential]):
    """What was issued: seen by the group, by whom it names, by organizers; the groups' own by everybody."""

    queryset = Credential.objects.select_related("group")
    serializer_class = CredentialShape
    seen_as = "credential.view"
    permissions = {"revoke": "credential.revoke", "give_up": "credential.give_up"}
    filterset_class = CredentialFilter
    ordering = ("cycle_id", "asked_at")

    @extend_schema(request=CredentialReason, responses=CredentialShape)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it back, for good: whoever verifies it reads when and why."""
        asked = CredentialReason(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(CredentialShape(actions.revoke(self.get_object(), by=request.user, **asked.validated_data)).data)

    @extend_schema(request=None, responses=CredentialShape)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take one's own back, to have another name on it or none."""
        return Response(CredentialShape(actions.give_up(self.get_object(), by=request.user)).data)


class GroupCredentials(GenericViewSet[Any]):
    """A credential for what a group won or earned."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = CredentialShape  # asks about groups, answers with their credentials
    seen_as = "group.view"
    permissions = {"credentials": "group.member"}
    pagination_class = None

    @extend_schema(request=CredentialAsked, responses={201: CredentialShape})
    @action(detail=True, methods=["post"])
    def credentials(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask for one: a worker prints and signs it. 409 `credential_exists` where there is one."""
        group, access = self.get_object(), access_of(request)
        asked = CredentialAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        grounds = queries.grounds_of([group.pk], sorted(access.persons))
        ground = next((one for one in grounds if (one.source, one.key) == (said["source"], said["key"])), None)
        if ground is None:
            raise NotFound
        if "name" in said:
            wish = {"name": said["name"], "with_address": said["with_address"]}
            made = actions.ask_for_oneself(ground, persons=sorted(access.persons), by=request.user, **wish)
        else:
            made = actions.ask_for_group(ground, by=request.user)
        return Response(CredentialShape(made).data, status=status.HTTP_201_CREATED)


class Verifying(GenericViewSet[Credential]):
    """Whether a badge is true, for anybody."""

    queryset = Credential.objects.none()
    serializer_class = CredentialVerdict
    permissions = {"verify": "anybody"}
    pagination_class = None

    @extend_schema(request=BadgeShown, responses=CredentialVerdict)
    @action(detail=False, methods=["post"])
    def verify(self, request: Request) -> Response:
        """What is to be thought of a badge: nothing is kept of it."""
        asked = BadgeShown(data=request.data)
        asked.is_valid(raise_exception=True)
        found = queries.verify_token(asked.validated_data["token"].strip())
        row = found.credential
        said = {
            "verdict": found.verdict.value,
            "public_id": row.public_id if row else None,
            "name": row.name if row else "",
            "title": row.title if row else "",
            "revoked_at": row.revoked_at if row else None,
            "reason": row.reason if row else "",
        }
        return Response(CredentialVerdict(said).data)
