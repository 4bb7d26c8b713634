"""A team proposes to join forces; the others answer; either side withdraws."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.errors import NotFound
from games.groups.models import Group
from games.partnerships import actions
from games.partnerships.api.shapes import PartnershipAnswerAsked, PartnershipAsked, PartnershipShape
from games.partnerships.models import Partner, Partnership
from games.partnerships.queries import acting_for, with_partners
from games.partnerships.rules import PartnershipInvalid, PartnershipKind
from games.permissions import Access, access_of, visible
from games.playbooks.rules import Capability
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class PartnershipFilter(django_filters.FilterSet):
    """Of one cycle, kind, state; in which one team is."""

    group = django_filters.NumberFilter(field_name="partners__group")

    class Meta:
        model = Partnership
        fields = ("cycle", "kind", "state", "challenge")


def _told(access: Access, rows: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """With what a row shows, and whether the person is `inside`."""
    mine = Partner.objects.filter(partnership=OuterRef("pk"), group__in=access.groups_with())
    return with_partners(rows).annotate(inside=Q(Exists(mine)) | Q(cycle__in=access.reads_whole()))


class Partnerships(ReadOnlyModelViewSet[Partnership]):
    """Mergers and joint entries: one's own, as organizer all; what is agreed and no secret anybody who may see the cycle."""

    queryset = Partnership.objects.all()
    serializer_class = PartnershipShape
    seen_as = "partnership.view"
    permissions = {"answer": "partnership.act", "withdraw": "partnership.act"}
    filterset_class = PartnershipFilter
    ordering = ("-number", "-id")

    def get_queryset(self) -> QuerySet[Partnership]:
        """With what a row shows."""
        return _told(access_of(self.request), super().get_queryset())

    @extend_schema(request=PartnershipAnswerAsked, responses=PartnershipShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """One's team agrees or declines. When the last one agrees, teams become one, or the entry is joint."""
        one, asked = self.get_object(), asked_for(PartnershipAnswerAsked, request.data)
        group = _speaking(request, one)
        actions.answer(partnership=one, group=group, by=request.user, person=acting_for(group, request.user), **asked)
        return self._answer(one)

    @extend_schema(request=None, responses=PartnershipShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take a proposal back; or leave a joint entry while its round takes entries."""
        one = self.get_object()
        actions.withdraw(partnership=one, group=_speaking(request, one), by=request.user)
        return self._answer(one)

    def _answer(self, one: Partnership) -> Response:
        return Response(PartnershipShape(self.get_queryset().get(pk=one.pk)).data)


def _speaking(request: Request, one: Partnership) -> Group:
    """The team of it for which the person speaks."""
    mine = access_of(request).groups_with(Capability.CAPTAIN)
    return next(partner.group for partner in one.partners.all() if partner.group_id in mine)


class JoiningForces(GenericViewSet[Group]):
    """A team proposes to join forces with others."""

    queryset = Group.objects.select_related("cycle")
    serializer_class = PartnershipShape  # type: ignore[assignment]  # asks about groups, answers with partnerships
    seen_as = "group.view"
    permissions = {"partnerships": "group.join_forces"}

    @extend_schema(request=PartnershipAsked, responses={201: PartnershipShape})
    @action(detail=True, methods=["post"])
    def partnerships(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Propose a merger, or a joint entry to a task. Every other team has to agree."""
        group, asked = self.get_object(), asked_for(PartnershipAsked, request.data)
        shares = {one["group"]: one["basis_points"] for one in asked["partners"]}
        if len(shares) < len(asked["partners"]):
            raise PartnershipInvalid(_("A team is named twice."), where="partners")
        there = _seen_teams(request, group, {asked["lead"], *shares})
        words: dict[str, Any] = {"group": group, "lead": there[asked["lead"]], "shares": shares, "note": asked["note"]}
        words |= {"by": request.user, "person": acting_for(group, request.user)}
        if asked["kind"] == PartnershipKind.JOINT.value:
            made = actions.propose_joint(challenge=_seen_task(request, group, asked.get("challenge")), **words)
        else:
            made = actions.propose_merger(name=asked["name"], **words)
        shown = with_partners(Partnership.objects.all()).get(pk=made.pk)
        return Response(PartnershipShape(shown).data, status=status.HTTP_201_CREATED)


def _seen_teams(request: Request, group: Group, wanted: set[int]) -> dict[int, Group]:
    """Teams of the cycle that the person may see; hidden and absent look alike."""
    rows = Group.objects.select_related("cycle").filter(cycle=group.cycle_id, pk__in=wanted)
    found = {one.pk: one for one in visible(access_of(request), "group.view", rows)}
    if len(found) < len(wanted):
        raise NotFound
    return found


def _seen_task(request: Request, group: Group, pk: int | None) -> Challenge:
    if pk is None:
        raise PartnershipInvalid(_("Name the task."), where="challenge")
    rows = Challenge.objects.select_related("round__cycle").filter(pk=pk, round__cycle=group.cycle_id)
    found = visible(access_of(request), "challenge.view", rows).first()
    if found is None:
        raise NotFound
    return found
