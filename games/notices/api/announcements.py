"""Announcements and reminders over the API."""

from typing import Any, Final

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.cycles.models import Cycle
from games.notices import actions
from games.notices.models import Announcement
from games.notices.rules import Audience
from games.rounds.models import Round
from leaderboards.describing import extend_schema

AUDIENCES: Final = [(one.value, one.value) for one in Audience]


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """What organizers told everybody, the teams or the judges. `text` is Markdown."""

    class Meta:
        model = Announcement
        fields = ("id", "cycle", "title", "text", "audience", "at", "withdrawn_at")
        read_only_fields = fields


class AnnouncementAsked(serializers.Serializer[Any]):
    """What is to be told, and to whom."""

    title = serializers.CharField(max_length=200)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=20_000, help_text="Markdown.")
    audience = serializers.ChoiceField(choices=AUDIENCES, default=Audience.PUBLIC.value)


class ReminderAsked(serializers.Serializer[Any]):
    """Whom to remind of what. Without `groups` or `judges`: all who are behind."""

    what = serializers.ChoiceField(choices=[("entries", "entries"), ("marks", "marks"), ("words", "words")])
    groups = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=10_000)
    judges = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=10_000)


class ReminderShape(serializers.Serializer[Any]):
    """Whom it reached: people told now, people told earlier today, groups or judges whom nobody can write to."""

    people = serializers.IntegerField()
    before = serializers.IntegerField()
    silent = serializers.IntegerField()


class AnnouncementFilter(django_filters.FilterSet):
    """Of one cycle, for one audience."""

    class Meta:
        model = Announcement
        fields = ("cycle", "audience")


class Announcements(ReadOnlyModelViewSet[Announcement]):
    """News of the cycles that one may see, to those whom they are for."""

    queryset = Announcement.objects.all()
    serializer_class = AnnouncementSerializer
    seen_as = "announcement.view"
    permissions = {"withdraw": "announcement.withdraw"}
    filterset_class = AnnouncementFilter
    ordering = ("-at", "-id")

    @extend_schema(request=None, responses=AnnouncementSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take it off the page; mails that went out stay out."""
        return Response(self.get_serializer(actions.withdraw_announcement(self.get_object(), by=request.user)).data)


class Announcing(GenericViewSet[Cycle]):
    """Organizers tell people something."""

    queryset = Cycle.objects.all()
    serializer_class = AnnouncementSerializer  # type: ignore[assignment]  # asks about cycles, answers with announcements
    seen_as = "cycle.organize"
    permissions = {"announcements": "cycle.organize"}

    @extend_schema(request=AnnouncementAsked, responses={201: AnnouncementSerializer})
    @action(detail=True, methods=["post"])
    def announcements(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Announce something: it stands on the page of the cycle and is told to its audience."""
        cycle = self.get_object()
        asked = AnnouncementAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        made, _told = actions.make_announcement(cycle, by=request.user, **asked.validated_data)
        return Response(AnnouncementSerializer(made).data, status=status.HTTP_201_CREATED)


class Reminding(GenericViewSet[Round]):
    """Organizers remind those who are behind in a round."""

    queryset = Round.objects.select_related("cycle")
    serializer_class = ReminderShape  # asks about rounds, answers with whom it reached
    seen_as = "round.view"
    permissions = {"remind": "round.steer"}

    @extend_schema(request=ReminderAsked, responses=ReminderShape)
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Remind teams that have not handed in everything, judges with open sheets, or judges whose promised words are missing; each person once a day."""
        round_ = self.get_object()
        asked = ReminderAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        if given["what"] == "entries":
            done = actions.remind_entries(round_, by=request.user, groups=given.get("groups"))
        elif given["what"] == "words":
            done = actions.remind_words(round_, by=request.user, judges=given.get("judges"))
        else:
            done = actions.remind_marks(round_, by=request.user, judges=given.get("judges"))
        return Response(ReminderShape(done._asdict()).data)
