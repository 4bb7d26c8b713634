"""Reports, rulings and appeals over the API."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.talk import actions
from games.talk.api import shapes
from games.talk.models import Report, Ruling
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class Reports(ReadOnlyModelViewSet[Report]):
    """As organizer all of your cycles, else what you reported. Without `ruling` it waits."""

    queryset = Report.objects.all()
    serializer_class = shapes.ReportShape
    seen_as = "report.view"
    filterset_fields = ("cycle", "post", "idea", "ruling")
    ordering = ("-at", "-id")


class Rulings(ReadOnlyModelViewSet[Ruling]):
    """What organizers decided about what you or your group said; as organizer all of your cycles."""

    queryset = Ruling.objects.select_related("cycle", "post__thread__cycle", "post__author", "idea__cycle", "idea__author")
    serializer_class = shapes.RulingShape
    seen_as = "ruling.view"
    permissions = {"appeal": "ruling.appeal", "answer": "ruling.answer"}
    filterset_fields = ("cycle", "post", "idea", "verdict")
    ordering = ("-at", "-id")

    @extend_schema(request=shapes.TextAsked, responses=shapes.RulingShape)
    @action(detail=True, methods=["post"])
    def appeal(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say once why it should be seen again."""
        ruling, asked = self.get_object(), asked_for(shapes.TextAsked, request.data)
        return Response(shapes.RulingShape(actions.appeal(ruling=ruling, text=asked["text"], by=request.user)).data)

    @extend_schema(request=shapes.AppealAnswerAsked, responses=shapes.RulingShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Answer an appeal, once and for all."""
        ruling, asked = self.get_object(), asked_for(shapes.AppealAnswerAsked, request.data)
        return Response(shapes.RulingShape(actions.answer_appeal(ruling=ruling, by=request.user, **asked)).data)
