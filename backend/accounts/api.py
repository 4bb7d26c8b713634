"""Oneself, one's tokens, and the desk of the instance over the API."""

from typing import Any
from zoneinfo import available_timezones

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import CreateModelMixin, DestroyModelMixin, ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from backend.accounts import actions
from backend.accounts.models import ApiToken, User
from backend.accounts.queries import tokens_of, users
from games.errors import NotAllowed
from games.groups.queries import memberships_of
from games.notices.actions import mark_bounced, send_again
from games.notices.models import Message
from games.notices.queries import outbox
from games.organizations.actions import person_for
from games.organizations.queries import people_of_user
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class PartSerializer(serializers.Serializer[Any]):
    """One's part in a cycle, or in a group of it."""

    membership = serializers.IntegerField(source="pk")
    cycle = serializers.IntegerField(source="cycle_id")
    cycle_key = serializers.CharField(source="cycle.key")
    group = serializers.IntegerField(source="group_id", allow_null=True)
    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)
    person = serializers.IntegerField(source="person_id")
    role = serializers.CharField()
    capabilities = serializers.ListField(child=serializers.CharField())


class MeSerializer(serializers.ModelSerializer[User]):
    """Oneself. `persons` are the ids under which one is known in the game, the own one first."""

    owner = serializers.BooleanField(source="is_superuser", read_only=True)
    persons = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "name", "timezone", "may_launch", "owner", "persons", "parts")
        read_only_fields = ("id", "email", "may_launch")

    def get_persons(self, user: User) -> list[int]:
        """Ids of the persons one is."""
        return [one.pk for one in people_of_user(user)]

    @extend_schema(responses=PartSerializer(many=True))
    def get_parts(self, user: User) -> list[dict[str, Any]]:
        """What one takes part in."""
        mine = [one.pk for one in people_of_user(user)]
        return list(PartSerializer(memberships_of(mine), many=True).data)

    def validate_timezone(self, value: str) -> str:
        """A name of the time zone database."""
        if value not in available_timezones():
            message = _("Expected a name like Europe/Berlin.")
            raise serializers.ValidationError(message)
        return value


class Me(APIView):
    """Oneself."""

    permissions = {"get": "signed_in", "patch": "signed_in"}

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Name, rights, and what one takes part in."""
        person_for(_me(request))
        return Response(MeSerializer(_me(request)).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change name or time zone."""
        user = _me(request)
        mine = MeSerializer(user, data=request.data, partial=True)
        mine.is_valid(raise_exception=True)
        for field, value in mine.validated_data.items():
            setattr(user, field, value)
        user.save(update_fields=list(mine.validated_data))
        return Response(MeSerializer(user).data)


def _me(request: Request) -> User:
    """The user who asks; the permission "signed_in" has seen to it that there is one."""
    assert isinstance(request.user, User)
    return request.user


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token, without its secret."""

    expires_at = serializers.DateTimeField(required=False, help_text="Default: in 90 days; at most in 366.")
    cycles = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        help_text="Empty: every cycle one is in.",
    )
    capabilities = serializers.ListField(child=serializers.CharField(), required=False, help_text="Empty: all that one has.")

    class Meta:
        model = ApiToken
        fields = ("id", "name", "hint", "cycles", "capabilities", "created_at", "expires_at", "last_used_at")
        read_only_fields = ("hint", "created_at", "last_used_at")


class TokenMade(TokenSerializer):
    """A new token. `token` itself is in the answer to its creation, and never again."""

    token = serializers.CharField()

    class Meta:
        model = ApiToken
        fields = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields


class Tokens(CreateModelMixin, ListModelMixin, DestroyModelMixin, GenericViewSet[ApiToken]):
    """One's tokens. They are made and revoked from a signed-in browser: a token makes no other tokens."""

    serializer_class = TokenSerializer
    filter_backends = ()
    permissions = {"list": "signed_in", "create": "signed_in", "destroy": "signed_in"}
    idempotent = False  # the answer is a secret: it is not kept
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[ApiToken]:
        """One's own."""
        return tokens_of(self.request.user) if isinstance(self.request.user, User) else ApiToken.objects.none()

    @extend_schema(responses={201: TokenMade})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 the framework's signature
        """Make a token; `token` in the answer is shown this once."""
        _only_in_person(request)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        expires = values.pop("expires_at", None)
        row, secret = actions.create_token(_me(request), expires=expires, **values)
        return Response({**self.get_serializer(row).data, "token": secret}, status=201)

    def perform_destroy(self, instance: ApiToken) -> None:
        """Revoke it: it is dead at once."""
        _only_in_person(self.request)
        actions.revoke_token(instance)


def _only_in_person(request: Request) -> None:
    if isinstance(request.auth, ApiToken):
        message = _("A token cannot make or revoke tokens: sign in to the pages for that.")
        raise NotAllowed(message)


class UserSerializer(serializers.ModelSerializer[User]):
    """An account, as the desk sees it."""

    tokens = serializers.IntegerField(source="token_count", read_only=True)

    class Meta:
        model = User
        fields = (
            *("id", "email", "name", "is_active", "may_launch", "is_superuser"),
            *("email_confirmed_at", "date_joined", "last_login", "tokens"),
        )
        read_only_fields = fields


class Launching(serializers.Serializer[Any]):
    """Whether the user may launch cycles."""

    allowed = serializers.BooleanField()


class Users(ReadOnlyModelViewSet[User]):
    """The desk: every account on this instance."""

    queryset = users()
    serializer_class = UserSerializer
    filter_backends = ()
    permissions = dict.fromkeys(("list", "retrieve", "suspend", "restore", "launching", "send_reset"), "instance.desk")
    ordering = ("-date_joined", "-id")

    def get_queryset(self) -> QuerySet[User]:
        """Narrowed by `search` in names and addresses."""
        return users(self.request.query_params.get("search", ""))

    def _again(self, pk: int) -> Response:
        return Response(self.get_serializer(users().get(pk=pk)).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Keep somebody out at once: sessions, tokens and links end."""
        user = self.get_object()
        actions.suspend(user, by=_me(request))
        return self._again(user.pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let somebody in again."""
        user = self.get_object()
        actions.restore(user, by=_me(request))
        return self._again(user.pk)

    @extend_schema(request=Launching)
    @action(detail=True, methods=["post"])
    def launching(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say whether somebody may launch cycles."""
        user = self.get_object()
        asked = Launching(data=request.data)
        asked.is_valid(raise_exception=True)
        actions.allow_launching(user, allowed=asked.validated_data["allowed"], by=_me(request))
        return self._again(user.pk)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"], url_path="send-reset")
    def send_reset(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Mail a link to set a new password."""
        actions.send_reset(self.get_object(), by=_me(request))
        return Response(status=202)


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A mail in the outbox, without its text."""

    class Meta:
        model = Message
        fields = ("id", "to", "kind", "cycle", "subject", "state", "tries", "error", "created_at", "due_at", "sent_at")
        read_only_fields = fields


class Bounce(serializers.Serializer[Any]):
    """What the other side said."""

    error = serializers.CharField(max_length=2000)


class Again(serializers.Serializer[Any]):
    """Where to, when the address was wrong."""

    to = serializers.EmailField(required=False, default="")


class Messages(ReadOnlyModelViewSet[Message]):
    """The desk: the mail outbox, with what failed and what bounced."""

    queryset = Message.objects.all()
    serializer_class = MessageSerializer
    filter_backends = ()
    permissions = dict.fromkeys(("list", "retrieve", "bounce", "send_again"), "instance.desk")
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Message]:
        """Narrowed by `state` and by `search` in address, kind and subject."""
        query = self.request.query_params
        return outbox(state=query.get("state", ""), search=query.get("search", ""))

    @extend_schema(request=Bounce)
    @action(detail=True, methods=["post"])
    def bounce(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Note that the mail came back."""
        asked = Bounce(data=request.data)
        asked.is_valid(raise_exception=True)
        message = self.get_object()
        mark_bounced(message, error=asked.validated_data["error"])
        return Response(self.get_serializer(message).data)

    @extend_schema(request=Again)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Queue a failed or bounced mail once more."""
        asked = Again(data=request.data)
        asked.is_valid(raise_exception=True)
        message = self.get_object()
        send_again(message, to=asked.validated_data["to"])
        return Response(self.get_serializer(message).data)
