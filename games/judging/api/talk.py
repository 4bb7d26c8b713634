"""Words about feedback: added by the judge, thanked for and asked about by the team, answered, used in later versions."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.errors import Invalid
from games.judging.actions import feedback as said
from games.judging.api import acts
from games.judging.api.asking import IdField, access_in
from games.judging.models import FeedbackReply, Sheet
from games.judging.queries import unless_own
from games.judging.rules.feedback import REPLY
from games.judging.rules.marks import COMMENT
from games.submissions.models import Version
from games.submissions.queries import acting, person_of
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema
from leaderboards.engine.language import gettext as _


class ReplyShape(serializers.ModelSerializer[FeedbackReply]):
    """What was said about a sheet. Nobody's name: the team speaks as one, the judge as the rules of the round say."""

    class Meta:
        model = FeedbackReply
        fields = ("id", "sheet", "kind", "version", "text", "at")
        read_only_fields = fields


class SaidAsked(serializers.Serializer[Any]):
    """Words, or none: thanks need none."""

    text = serializers.CharField(max_length=REPLY, required=False, allow_blank=True)


class UseAsked(serializers.Serializer[Any]):
    """What was done with the feedback, in which version."""

    version = IdField()
    text = serializers.CharField(max_length=REPLY)


class RemarkAsked(serializers.Serializer[Any]):
    """Words on one criterion."""

    criterion = serializers.CharField(max_length=100)
    comment = serializers.CharField(max_length=COMMENT)


class WordsAsked(serializers.Serializer[Any]):
    """Words where there are none yet: on the whole entry, on criteria, or both."""

    comment = serializers.CharField(max_length=COMMENT, required=False, allow_blank=True)
    remarks = RemarkAsked(many=True, required=False)


class SheetTalk(GenericViewSet[Sheet]):
    """What team and judge say to each other about feedback."""

    queryset = Sheet.objects.select_related("challenge__round__cycle")
    serializer_class = ReplyShape  # type: ignore[assignment]  # asks about sheets, answers with replies
    seen_as = "sheet.view"
    permissions = {
        "words": "sheet.mark",
        "answer_team": "sheet.mark",
        "thanks": "sheet.reply",
        "question": "sheet.reply",
        "uses": "sheet.reply",
    }

    def get_queryset(self) -> QuerySet[Sheet]:
        """Never what the judge must not judge; with `me`: as whom the person acts for the group."""
        access = access_in(self.request)
        return unless_own(super().get_queryset().annotate(me=acting(access)), access.persons)

    @extend_schema(request=WordsAsked, responses=acts.SheetSaved)
    @action(detail=True, methods=["post"])
    def words(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Add words for the entrant to your final sheet, where there are none. Marks stay as they are."""
        asked = asked_for(WordsAsked, request.data)
        remarks = {one["criterion"]: one["comment"] for one in asked.get("remarks", ())}
        kept = said.add_words(sheet=self.get_object(), by=request.user, comment=asked.get("comment", ""), remarks=remarks)
        return Response(acts.saved(kept))

    @extend_schema(request=SaidAsked, responses={201: ReplyShape})
    @action(detail=True, methods=["post"])
    def thanks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Thank the judge, once for each sheet."""
        sheet, asked = self.get_object(), asked_for(SaidAsked, request.data)
        made = said.thank_judge(sheet=sheet, by=request.user, text=asked.get("text", ""), person=person_of(sheet))
        return Response(ReplyShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SaidAsked, responses={201: ReplyShape})
    @action(detail=True, methods=["post"])
    def question(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Ask the judge, once for each sheet."""
        sheet, asked = self.get_object(), asked_for(SaidAsked, request.data)
        made = said.ask_judge(sheet=sheet, by=request.user, text=asked.get("text", ""), person=person_of(sheet))
        return Response(ReplyShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SaidAsked, responses={201: ReplyShape})
    @action(detail=True, methods=["post"], url_path="question/answer")
    def answer_team(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Answer the team's question, once. They read it without your name, unless the round names its judges."""
        asked = asked_for(SaidAsked, request.data)
        made = said.answer_question(sheet=self.get_object(), by=request.user, text=asked.get("text", ""))
        return Response(ReplyShape(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=UseAsked, responses={201: ReplyShape})
    @action(detail=True, methods=["post"])
    def uses(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say what your team did with this feedback in a version handed in after it. Said again for the same version, it is replaced."""
        sheet, asked = self.get_object(), asked_for(UseAsked, request.data)
        version = (
            Version.objects.filter(pk=asked["version"], submission__group=sheet.group_id).select_related("submission").first()
        )
        if version is None:
            raise Invalid(_("expected the id of a version of your group"), where="version")
        made = said.record_use(sheet=sheet, version=version, by=request.user, text=asked["text"], person=person_of(sheet))
        return Response(ReplyShape(made).data, status=status.HTTP_201_CREATED)


class FeedbackReplies(ReadOnlyModelViewSet[FeedbackReply]):
    """What was said about feedback that you wrote, that your group got, or that was used in entries you judge."""

    queryset = FeedbackReply.objects.all()
    serializer_class = ReplyShape
    seen_as = "feedback_reply.view"
    filterset_fields = ("sheet", "kind", "version")
    ordering = ("id",)
