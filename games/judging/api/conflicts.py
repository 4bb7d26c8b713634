"""Conflicts of interest over the API: organizers settle them, judges and teams say their own, teams also in words."""

from typing import TYPE_CHECKING, Any

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.errors import Invalid, NotFound
from games.groups.models import Group
from games.judging import actions
from games.judging.api.asking import IdField, JudgedGroup, access_in
from games.judging.api.shapes import REASON, PersonRef
from games.judging.models import Concern, ConflictOfInterest
from games.judging.queries import judges_in
from games.judging.queries.others import unnamed_to
from games.judging.rules import ConflictSource
from games.judging.seating import judges_known, judges_of
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema, extend_schema_field
from leaderboards.engine.language import gettext as _

if TYPE_CHECKING:
    from games.permissions import Access


class ConflictShape(serializers.ModelSerializer[ConflictOfInterest]):
    """This judge must not mark this group. Words are for the organizers and for whoever said them."""

    person = PersonRef()
    group = serializers.SerializerMethodField(
        help_text="Null for a judge who has, or had, a sheet on it in a round judged blind."
    )
    said_by = serializers.SerializerMethodField(help_text="judge, team, organizer, system; empty where it is not yours to know.")
    reason = serializers.SerializerMethodField()
    lifted_reason = serializers.SerializerMethodField()

    class Meta:
        model = ConflictOfInterest
        fields = ("id", "person", "group", "kind", "said_by", "reason", "declared_at", "lifted_at", "lifted_reason")
        read_only_fields = fields

    def _mine(self, conflict: ConflictOfInterest) -> bool:
        """Whether who asks organizes, or said it."""
        access: Access = access_in(self.context["request"])
        if access.reads(conflict.group.cycle_id):
            return True
        if conflict.source == ConflictSource.TEAM.value:
            return conflict.group_id in access.groups
        return conflict.source == ConflictSource.JUDGE.value and conflict.person_id in access.persons

    @extend_schema_field(JudgedGroup(allow_null=True))
    def get_group(self, conflict: ConflictOfInterest) -> dict[str, Any] | None:
        """Its name would tell a blind judge which entry was whose."""
        access: Access = access_in(self.context["request"])
        if conflict.group_id not in access.groups and not access.reads(conflict.group.cycle_id):
            kept: dict[str, Any] = self.context  # type: ignore[assignment] # one dict for all rows of a list
            if "unnamed" not in kept:
                kept["unnamed"] = unnamed_to(access.persons)
            if conflict.group_id in kept["unnamed"]:
                return None
        return dict(JudgedGroup(conflict.group).data)

    def get_said_by(self, conflict: ConflictOfInterest) -> str:
        """Who said so."""
        return conflict.source if self._mine(conflict) else ""

    def get_reason(self, conflict: ConflictOfInterest) -> str:
        """Why."""
        return conflict.reason if self._mine(conflict) else ""

    def get_lifted_reason(self, conflict: ConflictOfInterest) -> str:
        """Why there is none after all."""
        return conflict.lifted_reason if self._mine(conflict) else ""


class ConcernShape(serializers.ModelSerializer[Concern]):
    """What a team said in words about who should not judge it."""

    group = JudgedGroup()

    class Meta:
        model = Concern
        fields = ("id", "group", "words", "said_at", "answer", "settled_at")
        read_only_fields = fields


class ConflictAsked(serializers.Serializer[Any]):
    """Declare a conflict of interest."""

    person = IdField()
    group = serializers.CharField(max_length=100, help_text="Key.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON)


class TooClose(serializers.Serializer[Any]):
    """A judge says it of themselves."""

    group = serializers.CharField(max_length=100, help_text="Key.")
    reason = serializers.CharField(max_length=REASON)


class Objection(serializers.Serializer[Any]):
    """A team says it of a judge, where the judges of the cycle are known."""

    judge = IdField()
    reason = serializers.CharField(max_length=REASON)


class ConcernAsked(serializers.Serializer[Any]):
    """A team names a person or an organization in words."""

    words = serializers.CharField(max_length=REASON)


class LiftAsked(serializers.Serializer[Any]):
    """Why there is no conflict. It stands in the record."""

    reason = serializers.CharField(max_length=REASON)


class SettleAsked(serializers.Serializer[Any]):
    """Which judges are meant, and an answer to the team. Without judges the answer is needed."""

    judges = serializers.ListField(child=IdField(), required=False, max_length=1000)
    answer = serializers.CharField(required=False, allow_blank=True, max_length=REASON)


class FoundShape(serializers.Serializer[Any]):
    """How many are new."""

    new = serializers.IntegerField()


class ConflictFilter(django_filters.FilterSet):
    """Of one cycle or person, of a kind, from a source, in force or lifted."""

    cycle = django_filters.NumberFilter(field_name="group__cycle_id")
    lifted = django_filters.BooleanFilter(field_name="lifted_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ConflictOfInterest
        fields = ("person", "kind")


class Conflicts(ListModelMixin, GenericViewSet[ConflictOfInterest]):
    """Conflicts of interest: organizers all, a judge their own, a team what it said itself."""

    queryset = ConflictOfInterest.objects.select_related("person", "group")
    serializer_class = ConflictShape
    seen_as = "conflict.view"
    permissions = dict.fromkeys(("lift", "uphold"), "conflict.settle")
    filterset_class = ConflictFilter

    @extend_schema(request=LiftAsked, responses=ConflictShape)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """There is none, with a reason: it counts no more and is not found again. Sheets given back stay so until they are reopened."""
        asked = asked_for(LiftAsked, request.data)
        return self._told(actions.lift_conflict(conflict=self.get_object(), reason=asked["reason"], by=request.user))

    @extend_schema(request=None, responses=ConflictShape)
    @action(detail=True, methods=["post"])
    def uphold(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """It is so: final sheets of this judge on this group no longer count either."""
        return self._told(actions.uphold_conflict(conflict=self.get_object(), by=request.user))

    def _told(self, conflict: ConflictOfInterest) -> Response:
        return Response(ConflictShape(conflict, context={"request": self.request}).data)


class ConcernFilter(django_filters.FilterSet):
    """Of one cycle or group, answered or not."""

    cycle = django_filters.NumberFilter(field_name="group__cycle_id")
    settled = django_filters.BooleanFilter(field_name="settled_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Concern
        fields = ("group",)


class Concerns(ListModelMixin, GenericViewSet[Concern]):
    """What teams said in words: organizers all, a team its own."""

    queryset = Concern.objects.select_related("group__cycle")
    serializer_class = ConcernShape
    seen_as = "concern.view"
    permissions = {"settle": "concern.settle"}
    filterset_class = ConcernFilter

    @extend_schema(request=SettleAsked, responses=ConcernShape)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Name the judges who are meant, or answer why nobody is."""
        concern = self.get_object()
        asked = asked_for(SettleAsked, request.data)
        wanted = set(asked.get("judges", ()))
        judges = [one for one in judges_of(concern.group.cycle) if one.pk in wanted]
        if len(judges) < len(wanted):
            raise Invalid(_("expected ids of people who judge in this cycle"), where="judges")
        settled = actions.settle_concern(concern=concern, judges=judges, answer=asked.get("answer", ""), by=request.user)
        return Response(ConcernShape(settled).data)


class TeamConflicts(GenericViewSet[Group]):
    """What a team says about its judges."""

    queryset = Group.objects.select_related("cycle")
    seen_as = "group.submit"
    permissions = dict.fromkeys(("objections", "concerns"), "group.submit")

    @extend_schema(request=Objection, responses={201: ConflictShape})
    @action(detail=True, methods=["post"])
    def objections(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """This judge should not judge us, with a reason: where the judges of the cycle are known. It holds until an organizer lifts it."""
        group = self.get_object()
        asked = asked_for(Objection, request.data)
        judge = next((one for one in judges_known(group.cycle) if one.pk == asked["judge"]), None)
        if judge is None:
            raise Invalid(_("expected the id of a judge who is known to the teams of this cycle"), where="judge")
        said = actions.object_to(group=group, person=judge, reason=asked["reason"], by=request.user)
        return Response(ConflictShape(said, context={"request": request}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ConcernAsked, responses={201: ConcernShape})
    @action(detail=True, methods=["post"])
    def concerns(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say in words who should not judge us: an organizer settles who is meant."""
        group = self.get_object()
        asked = asked_for(ConcernAsked, request.data)
        person = group.memberships.filter(person__in=sorted(access_in(request).persons), until=None).first()
        said = actions.raise_concern(
            group=group, words=asked["words"], by=request.user, person=person.person if person is not None else None
        )
        return Response(ConcernShape(said).data, status=status.HTTP_201_CREATED)


class JudgeConflicts(GenericViewSet[Cycle]):
    """What a judge says about themselves; and the search for what nobody said."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.view"
    permissions = {"too_close": "cycle.view", "find_conflicts": "cycle.organize"}

    @extend_schema(request=TooClose, responses={201: ConflictShape})
    @action(detail=True, methods=["post"], url_path="too-close")
    def too_close(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """As a judge: I must not mark this group. My sheets on it are given back."""
        cycle = self.get_object()
        me = judges_in(cycle).filter(person__in=sorted(access_in(request).persons)).select_related("person").first()
        if me is None:
            raise NotFound
        asked = asked_for(TooClose, request.data)
        group = Group.objects.filter(cycle=cycle, key=asked["group"]).first()
        if group is None:
            msg = _('"{asked}" is not a group of this cycle', asked=asked["group"])
            raise Invalid(msg, where="group")
        said = actions.say_too_close(person=me.person, group=group, reason=asked["reason"], by=request.user)
        return Response(ConflictShape(said, context={"request": request}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=FoundShape)
    @action(detail=True, methods=["post"], url_path="find-conflicts")
    def find_conflicts(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Look for the same organization, past team-mates and mentors. It is also done by itself when people or panels change."""
        return Response({"new": actions.find_conflicts(cycle=self.get_object(), by=request.user)})
