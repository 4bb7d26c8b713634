"""Groups and who is in them."""

from typing import Any

import django_filters
from django.db.models import Count, Q
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import UpdateModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.groups import actions
from games.groups.api.shapes import (
    Answer,
    Code,
    CodeAnswer,
    GroupSerializer,
    Heir,
    InvitationAnswer,
    Invite,
    JoinRequestSerializer,
    MemberSerializer,
    RankHidden,
    Why,
    Words,
)
from games.groups.models import Group, JoinRequest, Membership
from games.organizations.actions import person_for
from games.organizations.models import Invitation
from leaderboards.describing import extend_schema


def invitation_answer(membership: Membership, invitation: Invitation, _secret: str) -> Response:
    """What the one who invites is shown: never the secret, which would stay with the answers kept for repeated requests."""
    body = {"membership": membership, "expires_at": invitation.expires_at}
    return Response(InvitationAnswer(body).data, status=201)


class GroupFilter(django_filters.FilterSet):
    """Of one cycle, division, kind, state."""

    class Meta:
        model = Group
        fields = ("cycle", "key", "kind", "division", "state", "organization")


class Groups(UpdateModelMixin, ReadOnlyModelViewSet[Group]):
    """Teams and other groups. New ones come in by `POST /cycles/{id}/register`."""

    queryset = Group.objects.annotate(member_count=Count("memberships", filter=Q(memberships__until__isnull=True)))
    serializer_class = GroupSerializer
    http_method_names = ["get", "post", "patch", "head", "options"]
    seen_as = "group.view"
    permissions = {
        "update": "group.manage",
        "partial_update": "group.manage",
        "withdraw": "group.manage",
        "code": "group.member",
        "renew_code": "group.manage",
        "rank": "group.member",
        "set_rank": "group.manage",
        "hand_over": "group.manage",
        "invite": "group.manage",
        "ask": "signed_in",
        "join": "signed_in",
    }
    filterset_class = GroupFilter
    ordering = ("name", "id")

    def perform_update(self, serializer: BaseSerializer[Group]) -> None:
        """Only the name changes; the key stays."""
        group: Any = serializer.instance
        group.name = actions.rename(group, name=serializer.validated_data.get("name", group.name), by=self.request.user).name

    @extend_schema(request=Why, responses=GroupSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Leave the cycle; what was entered stays in the record."""
        group = self.get_object()
        group.state = actions.withdraw_group(group, by=request.user, reason=Why.of(request.data)["reason"]).state
        return Response(self.get_serializer(group).data)

    @extend_schema(responses=CodeAnswer)
    @action(detail=True)
    def code(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The invite code, for members."""
        return Response({"code": self.get_object().invite_code})

    @extend_schema(request=None, responses=CodeAnswer)
    @code.mapping.post
    def renew_code(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """A new code; the old one no longer works."""
        return Response({"code": actions.renew_code(self.get_object(), by=request.user)})

    @extend_schema(responses=RankHidden)
    @action(detail=True)
    def rank(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Whether public boards leave out the group's name, for members."""
        return Response({"hidden": self.get_object().rank_hidden})

    @extend_schema(request=RankHidden, responses=RankHidden)
    @rank.mapping.post
    def set_rank(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask that public boards leave out the group's name, or name it again."""
        hidden = RankHidden.of(request.data)["hidden"]
        return Response({"hidden": actions.set_rank_hidden(self.get_object(), hidden=hidden, by=request.user).rank_hidden})

    @extend_schema(request=Heir, responses=MemberSerializer)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Another member becomes the captain."""
        group = self.get_object()
        members = Membership.objects.filter(group=group, until__isnull=True).select_related("person")
        heir = get_object_or_404(members, pk=Heir.of(request.data)["to"])
        actions.hand_over(group, to=heir, by=request.user)
        return Response(MemberSerializer(members.get(pk=heir.pk)).data)

    @extend_schema(request=Invite, responses={201: InvitationAnswer})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Keep a place in the group for somebody, and mail them the link."""
        return invitation_answer(*actions.invite_member(self.get_object(), by=request.user, **Invite.of(request.data)))

    @extend_schema(request=Words, responses={201: JoinRequestSerializer})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask to join."""
        asked = Words.of(request.data)
        made = actions.ask_to_join(self.get_object(), by=request.user, person=person_for(request.user), message=asked["message"])
        return Response(JoinRequestSerializer(made).data, status=201)

    @extend_schema(request=Code, responses={201: MemberSerializer})
    @action(detail=False, methods=["post"])
    def join(self, request: Request) -> Response:
        """Join the group that has this code."""
        code = Code.of(request.data)["code"]
        membership = actions.join_by_code(code, by=request.user, person=person_for(request.user))
        return Response(MemberSerializer(membership).data, status=201)


class MembershipFilter(django_filters.FilterSet):
    """Of one cycle, group, person, role; `current` leaves out or keeps those that ended."""

    current = django_filters.BooleanFilter(field_name="until", lookup_expr="isnull")

    class Meta:
        model = Membership
        fields = ("cycle", "group", "person", "role")


class Memberships(ReadOnlyModelViewSet[Membership]):
    """Who is in one's groups; for organizers everybody in the cycle."""

    queryset = Membership.objects.select_related("person")
    serializer_class = MemberSerializer
    seen_as = "membership.view"
    permissions = {"end": "membership.end"}
    filterset_class = MembershipFilter
    ordering = ("since", "id")

    @extend_schema(request=Why, responses=MemberSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Leave a group, take a member out of it, or take back a role in the cycle (that needs a reason)."""
        membership = self.get_object()
        reason = Why.of(request.data)["reason"]
        if membership.group_id is None:
            actions.dismiss(membership, by=request.user, reason=reason)
        elif membership.person.user_id == request.user.pk:
            actions.leave(membership, by=request.user)
        else:
            actions.remove_member(membership, by=request.user)
        membership.refresh_from_db()
        return Response(self.get_serializer(membership).data)


class JoinRequests(ReadOnlyModelViewSet[JoinRequest]):
    """Who asks to join: one's own requests, and those to groups one is captain of."""

    queryset = JoinRequest.objects.select_related("person")
    serializer_class = JoinRequestSerializer
    seen_as = "join_request.view"
    permissions = {"settle": "join_request.settle"}
    filterset_fields = ("group", "state")
    ordering = ("asked_at", "id")

    @extend_schema(request=Answer, responses=JoinRequestSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say yes or no."""
        settled = actions.settle_request(self.get_object(), accept=Answer.of(request.data)["accept"], by=request.user)
        return Response(self.get_serializer(settled).data)
