"""The gate before a round over the API: what was accepted of the suggestions becomes a rule with it."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.journal.queries import db_now
from games.progression.api import shapes
from games.rounds.models import Round
from games.rounds.queries import with_state
from games.suggestions import actions
from leaderboards.asking import asked_for
from leaderboards.describing import extend_schema


class Gates(GenericViewSet[Round]):
    """Organizers decide whether a round may open."""

    queryset = Round.objects.select_related("cycle")
    serializer_class = shapes.RoundShape
    seen_as = "round.view"
    permissions = {"gate": "round.steer"}

    @extend_schema(request=shapes.GateAsked, responses={200: shapes.RoundShape})
    @action(detail=True, methods=["post"])
    def gate(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Decide the gate before the round, once. With a go, accepted suggestions become rules first, unless a round is open."""
        round_, asked = self.get_object(), asked_for(shapes.GateAsked, request.data)
        round_ = actions.pass_gate(round_, by=request.user, **asked)
        return Response(shapes.RoundShape(with_state(Round.objects.filter(pk=round_.pk), db_now()).get()).data)
