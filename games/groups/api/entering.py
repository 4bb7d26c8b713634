"""The door of a cycle: registering a group, settling registrations, roles in the cycle, invitations."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups import actions
from games.groups.api.groups import invitation_answer
from games.groups.api.sent import PARSERS, sent
from games.groups.api.shapes import (
    AcceptedAnswer,
    Complete,
    DoorAnswer,
    InvitationAnswer,
    InviteToRole,
    Register,
    RegistrationSerializer,
    Secret,
    Settle,
    WithFiles,
)
from games.groups.models import Registration
from games.groups.queries import door_of, places_taken
from games.journal.queries import db_now
from games.organizations.actions import person_for
from leaderboards.describing import extend_schema


class CyclePeople(GenericViewSet[Cycle]):
    """How groups and people come into a cycle."""

    queryset = Cycle.objects.all()
    serializer_class = RegistrationSerializer  # type: ignore[assignment] # asks about cycles, answers with registrations
    seen_as = "cycle.view"
    permissions = {"door": "anybody", "register": "signed_in", "invite": "cycle.organize"}

    @extend_schema(responses=DoorAnswer)
    @action(detail=True)
    def door(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Whether groups can register now, and the form, terms and rules they are asked to answer and accept."""
        cycle = self.get_object()
        rules = design_of(cycle).registration
        entrance = door_of(cycle, db_now())
        left = None if rules.capacity is None else max(0, rules.capacity - places_taken(cycle))
        body = {
            "open": entrance.open,
            "why": entrance.why,
            "opens": entrance.opens,
            "closes": entrance.closes,
            "places": left,
            "rules": rules.model_dump(mode="json", exclude_defaults=True),
        }
        return Response(DoorAnswer(body).data)

    @extend_schema(
        request={"application/json": Register, "multipart/form-data": WithFiles}, responses={201: RegistrationSerializer}
    )
    @action(detail=True, methods=["post"], parser_classes=PARSERS)
    def register(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Register a new team; whoever asks is its captain. As a form where the cycle asks for files."""
        cycle = self.get_object()
        asked = sent(request, Register, design_of(cycle).registration)
        made = actions.register(cycle, by=request.user, person=person_for(request.user), **asked)
        return Response(RegistrationSerializer(made).data, status=201)

    @extend_schema(request=InviteToRole, responses={201: InvitationAnswer})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Appoint a judge, organizer or follower by address, and mail them the link."""
        return invitation_answer(*actions.invite_to_role(self.get_object(), by=request.user, **InviteToRole.of(request.data)))


class Registrations(ReadOnlyModelViewSet[Registration]):
    """Registrations of one's own group; for organizers all of the cycle."""

    queryset = Registration.objects.select_related("group__cycle")
    serializer_class = RegistrationSerializer
    seen_as = "registration.view"
    permissions = {"settle": "registration.settle", "complete": "registration.complete"}
    filterset_fields = {"group__cycle": ["exact"], "group": ["exact"], "state": ["exact"]}
    ordering = ("asked_at", "id")

    @extend_schema(request=Settle, responses=RegistrationSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Organizers accept or refuse; a refusal cites its reason."""
        return Response(self.get_serializer(actions.settle(self.get_object(), by=request.user, **Settle.of(request.data))).data)

    @extend_schema(request={"application/json": Complete, "multipart/form-data": WithFiles}, responses=RegistrationSerializer)
    @action(detail=True, methods=["post"], parser_classes=PARSERS)
    def complete(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The captain answers anew and accepts what holds now, such as terms that changed since the cycle before; files as in `register`."""
        registration = self.get_object()
        asked = sent(request, Complete, design_of(registration.group.cycle).registration)
        done = actions.complete(registration, by=request.user, person=person_for(request.user), **asked)
        return Response(self.get_serializer(done).data)


class AcceptInvitation(APIView):
    """Take the place that an invitation keeps."""

    permissions = {"post": "signed_in"}

    @extend_schema(request=Secret, responses=AcceptedAnswer)
    def post(self, request: Request) -> Response:
        """The secret is the last part of the link."""
        invitation = actions.accept_invitation(Secret.of(request.data)["secret"], by=request.user)
        return Response({"person": invitation.person_id, "next_path": invitation.next_path})
