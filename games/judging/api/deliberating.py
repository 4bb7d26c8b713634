"""Deliberations and reviews over the API: opened by organizers and chairs, talked through by those who judge the entry."""

from typing import Any

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.judging.actions import deliberating as acts
from games.judging.actions.reviewing import answer_review
from games.judging.api.asking import access_in
from games.judging.api.others import WhoShape, who
from games.judging.models import Deliberation, MarkReview, Sheet
from games.judging.queries.others import Who, judges_on
from games.judging.queries.room import room_of, speaker_in
from games.judging.queries.talk import deliberations
from games.judging.rules.talking import WORDS
from games.organizations.models import Person
from games.submissions.queries import eyes, label_of, with_ordinal
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class DeliberationShape(serializers.ModelSerializer[Deliberation]):
    """A deliberation on one entry. `entry` is what it is called towards you."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    round = serializers.CharField(source="challenge.round.key")
    challenge_key = serializers.CharField(source="challenge.key")
    entry = serializers.SerializerMethodField()

    class Meta:
        model = Deliberation
        fields = (
            "id",
            "cycle",
            "round",
            "challenge",
            "challenge_key",
            "panel",
            "entry",
            "state",
            "why",
            "outcome",
            "opened_at",
            "closed_at",
        )
        read_only_fields = fields

    def get_entry(self, row: Deliberation) -> str:
        """The label."""
        return label(self.context["request"], row)


def label(request: Request, row: Any) -> str:
    """What the entry of a deliberation or a sheet is called towards who asks."""
    round_ = row.challenge.round
    return label_of(eyes(access_in(request), round_, row.group_id), round_, row.group, row.ordinal)


class PlaceShape(WhoShape):
    """One judge's marks: number texts by criterion, when the talk began and now. Empty while the round's rules hide them from you."""

    me = serializers.BooleanField()
    shown = serializers.BooleanField()
    before = serializers.DictField(child=serializers.CharField(allow_null=True))
    after = serializers.DictField(child=serializers.CharField(allow_null=True))


class SaidThere(serializers.Serializer[Any]):
    """What was said; `judge` is null for an organizer."""

    id = serializers.IntegerField()
    judge = WhoShape(allow_null=True)
    me = serializers.BooleanField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class DeliberationAsked(serializers.Serializer[Any]):
    """What is to be talked about."""

    why = serializers.CharField(max_length=WORDS)


class RoomWordsAsked(serializers.Serializer[Any]):
    """Something to say."""

    text = serializers.CharField(max_length=WORDS)


class DecidedAsked(serializers.Serializer[Any]):
    """What was decided, and why. It stands in the record."""

    outcome = serializers.CharField(max_length=WORDS)


class DeliberationFilter(django_filters.FilterSet):
    """Of one cycle, task, panel; by state."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")

    class Meta:
        model = Deliberation
        fields = ("challenge", "panel", "state")


class Deliberations(ReadOnlyModelViewSet[Deliberation]):
    """Deliberations on entries that you judge or whose panel you chair; organizers all of their cycle."""

    queryset = deliberations()
    serializer_class = DeliberationShape
    seen_as = "deliberation.view"
    permissions = {
        "marks": "deliberation.view",
        "remarks": "deliberation.view",
        "remark": "deliberation.speak",
        "close": "deliberation.decide",
    }
    filterset_class = DeliberationFilter

    @extend_schema(responses=PlaceShape(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def marks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Who gave what before and after, as far as the round's rules show it to you."""
        room = room_of(self.get_object(), access_in(request))
        rows = [
            {**who(one.who), "me": one.me, "shown": one.shown, "before": one.before, "after": one.after} for one in room.places
        ]
        return Response(PlaceShape(rows, many=True).data)

    @extend_schema(responses=SaidThere(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def remarks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What was said, in its order."""
        one = self.get_object()
        judges = _judges(request, one)
        rows = [_said(request, row, judges) for row in one.remarks.order_by("at", "pk")]
        return Response(SaidThere(rows, many=True).data)

    @extend_schema(request=RoomWordsAsked, responses={201: SaidThere})
    @remarks.mapping.post
    def remark(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say something, as long as it is open."""
        one = self.get_object()
        asked = asked_for(RoomWordsAsked, request.data)
        now = acts.remark(
            deliberation=one, person=speaker_in(one, access_in(request).persons), text=asked["text"], by=request.user
        )
        return Response(SaidThere(_said(request, now, _judges(request, one))).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=DecidedAsked, responses=DeliberationShape)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say what was decided and why; the marks of this moment are kept."""
        one, asked = self.get_object(), asked_for(DecidedAsked, request.data)
        acts.close_deliberation(
            deliberation=one, outcome=asked["outcome"], by=request.user, person=speaker_in(one, access_in(request).persons)
        )
        return Response(self.get_serializer(self.get_object()).data)


def _judges(request: Request, deliberation: Deliberation) -> dict[int, Who]:
    named = access_in(request).reads(deliberation.challenge.round.cycle_id)
    return judges_on(deliberation.challenge, deliberation.panel, named=named)


def _said(request: Request, row: Any, judges: dict[int, Who]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "judge": who(judges[row.person_id]) if row.person_id in judges else None,
        "me": row.person_id in access_in(request).persons,
        "text": row.text,
        "at": row.at,
    }


class SheetDeliberating(GenericViewSet[Sheet]):
    """Where a deliberation begins: at a sheet on the entry."""

    queryset = with_ordinal(Sheet.objects.select_related("challenge__round__cycle", "group"))
    seen_as = "sheet.deliberate"
    permissions = {"deliberate": "sheet.deliberate"}

    @extend_schema(request=DeliberationAsked, responses={201: DeliberationShape})
    @action(detail=True, methods=["post"])
    def deliberate(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let those who judge this entry talk about it; the marks of this moment are kept."""
        sheet, asked = self.get_object(), asked_for(DeliberationAsked, request.data)
        begun = acts.open_deliberation(
            challenge=sheet.challenge, panel=sheet.panel, group=sheet.group, why=asked["why"], by=request.user
        )
        found = deliberations().get(pk=begun.pk)
        return Response(DeliberationShape(found, context={"request": request}).data, status=status.HTTP_201_CREATED)


class ReviewShape(serializers.ModelSerializer[MarkReview]):
    """A mark far from what the others lead one to expect. `distance`: hundredths of the residual standard deviation."""

    cycle = serializers.IntegerField(source="sheet.challenge.round.cycle_id")
    round = serializers.CharField(source="sheet.challenge.round.key")
    challenge_key = serializers.CharField(source="sheet.challenge.key")

    class Meta:
        model = MarkReview
        fields = (
            "id",
            "cycle",
            "round",
            "challenge_key",
            "sheet",
            "criterion",
            "distance",
            "state",
            "answer",
            "asked_at",
            "answered_at",
        )
        read_only_fields = fields


class ReviewAnswered(serializers.Serializer[Any]):
    """What the human found. `reopen` opens the sheet again, so that its judge may change the mark."""

    answer = serializers.CharField(max_length=WORDS)
    reopen = serializers.BooleanField(required=False, default=False)


class ReviewFilter(django_filters.FilterSet):
    """Of one cycle; by state."""

    cycle = django_filters.NumberFilter(field_name="sheet__challenge__round__cycle_id")

    class Meta:
        model = MarkReview
        fields = ("state",)


class Reviews(ReadOnlyModelViewSet[MarkReview]):
    """Marks that a human looks at before the result stands."""

    queryset = MarkReview.objects.select_related("sheet__challenge__round__cycle")
    serializer_class = ReviewShape
    seen_as = "review.view"
    permissions = {"answer": "review.answer"}
    filterset_class = ReviewFilter
    ordering = ("-distance",)

    @extend_schema(request=ReviewAnswered, responses=ReviewShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The mark stands, or its judge is asked to look again: the answer says why."""
        review, asked = self.get_object(), asked_for(ReviewAnswered, request.data)
        person = Person.objects.filter(pk__in=sorted(access_in(request).persons)).order_by("pk").first()
        answer_review(review=review, changed=asked["reopen"], answer=asked["answer"], by=request.user, person=person)
        return Response(self.get_serializer(self.get_object()).data)
