"""Calibrations over the API: begun by organizers, talked about by the judges of the panel, closed by organizers or the chair."""

from typing import Any

import django_filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Invalid, NotFound
from games.groups.models import Group
from games.judging.actions import calibrating as acts
from games.judging.api.asking import IdField, access_in
from games.judging.api.others import SaidShape, WhoShape, said, who
from games.judging.models import Calibration
from games.judging.queries.calibrating import OnAnchor, calibrations, candidates, differences, leaning, remarks_of, speaker_on
from games.judging.queries.others import Said, Who, judges_on
from games.judging.rules.calibrating import MOST, REMARK
from games.submissions.queries import eyes, label_of, rules_of
from leaderboards.asking import asked_for
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import rounded, text

SHARE = 3  # decimals


class CalibrationShape(serializers.ModelSerializer[Calibration]):
    """Where the calibration of a panel stands."""

    cycle = serializers.IntegerField(source="challenge.round.cycle_id")
    round = serializers.CharField(source="challenge.round.key")
    challenge_key = serializers.CharField(source="challenge.key")

    class Meta:
        model = Calibration
        fields = ("id", "cycle", "round", "challenge", "challenge_key", "panel", "state", "opened_at", "discussed_at", "done_at")
        read_only_fields = fields


class CalibrationAsked(serializers.Serializer[Any]):
    """Which entries are the anchors of a panel: keys of groups."""

    challenge = IdField()
    panel = serializers.CharField(required=False, max_length=100, help_text="The task's first if absent.")
    anchors = serializers.ListField(child=serializers.CharField(max_length=100), min_length=1, max_length=MOST)


class CandidateShape(serializers.Serializer[Any]):
    """An entry that may be an anchor."""

    group = serializers.CharField(source="group.key")
    name = serializers.CharField(source="group.name")
    topic = serializers.CharField()
    barred = serializers.ListField(child=serializers.CharField(), help_text="Judges of the panel who must not mark it.")
    proposed = serializers.BooleanField(help_text="Among those proposed: spread over topics, for every judge to mark.")


class AnchorCriterion(serializers.Serializer[Any]):
    """The marks on one criterion, as number text; `range` is the highest less the lowest."""

    criterion = serializers.CharField()
    marks = serializers.DictField(child=serializers.CharField(), help_text="Number of the judge → mark.")
    own = serializers.CharField(allow_null=True)
    low = serializers.CharField(allow_null=True)
    high = serializers.CharField(allow_null=True)
    mean = serializers.CharField(allow_null=True)
    range = serializers.CharField(allow_null=True)


class AnchorShape(serializers.Serializer[Any]):
    """An anchor; the others' marks are there once one's own are final and the panel talks, or as the round's rules say."""

    label = serializers.CharField()  # type: ignore[assignment] # a field named as the base's
    sheet = serializers.IntegerField(allow_null=True, help_text="One's own sheet.")
    shown = serializers.BooleanField()
    criteria = AnchorCriterion(many=True)
    comments = SaidShape(many=True)


class JudgeShape(WhoShape):
    """A judge of the panel; `leaning`: how far above the others' marks theirs lie, as a share of the scale."""

    me = serializers.BooleanField()
    leaning = serializers.CharField(allow_null=True)


class DifferencesShape(serializers.Serializer[Any]):
    """How the judges' marks on the anchors differ."""

    judges = JudgeShape(many=True)
    anchors = AnchorShape(many=True)


class CalibrationRemarkAsked(serializers.Serializer[Any]):
    """Something to say."""

    text = serializers.CharField(max_length=REMARK)


class CalibrationRemark(serializers.Serializer[Any]):
    """What was said; `judge` is null for an organizer."""

    id = serializers.IntegerField()
    judge = WhoShape(allow_null=True)
    me = serializers.BooleanField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class CalibrationOutcomeAsked(serializers.Serializer[Any]):
    """What the panel agreed on, for all of it to read."""

    outcome = serializers.CharField(required=False, allow_blank=True, max_length=REMARK)


class CalibrationFilter(django_filters.FilterSet):
    """Of one cycle, task, panel; by state."""

    cycle = django_filters.NumberFilter(field_name="challenge__round__cycle_id")

    class Meta:
        model = Calibration
        fields = ("challenge", "panel", "state")


def viewer_of(request: Request, calibration: Calibration) -> frozenset[int] | None:
    """As which persons one looks at the anchors; None: as an organizer."""
    access = access_in(request)
    return None if access.reads(calibration.challenge.round.cycle_id) else access.persons


def _judges(request: Request, calibration: Calibration) -> dict[int, Who]:
    return judges_on(calibration.challenge, calibration.panel, named=viewer_of(request, calibration) is None)


class Calibrations(ReadOnlyModelViewSet[Calibration]):
    """Calibrations of your panels; organizers all of their cycle."""

    queryset = calibrations()
    serializer_class = CalibrationShape
    seen_as = "calibration.view"
    permissions = {
        "differences": "calibration.view",
        "remarks": "calibration.view",
        "remark": "calibration.talk",
        "discuss": "calibration.lead",
        "close": "calibration.lead",
    }
    filterset_class = CalibrationFilter

    @extend_schema(responses=DifferencesShape)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def differences(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Anchor by anchor how the judges' marks differ, as far as you may see it now."""
        one = self.get_object()
        anchors, judges = differences(one, viewer_of(request, one)), _judges(request, one)
        mine = access_in(request).persons
        found = {
            "judges": [
                {**who(each), "me": judge in mine, "leaning": share(leaning(judge, anchors))}
                for judge, each in sorted(judges.items(), key=lambda pair: pair[1].number)
            ],
            "anchors": [_anchor(request, one, anchor, judges) for anchor in anchors],
        }
        return Response(DifferencesShape(found).data)

    @extend_schema(responses=CalibrationRemark(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def remarks(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """What the panel said, in its order."""
        one = self.get_object()
        judges = _judges(request, one)
        rows = [_remark(request, row, judges) for row in remarks_of(one)]
        return Response(CalibrationRemark(rows, many=True).data)

    @extend_schema(request=CalibrationRemarkAsked, responses={201: CalibrationRemark})
    @remarks.mapping.post
    def remark(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Say something to the panel while it talks."""
        one = self.get_object()
        asked = asked_for(CalibrationRemarkAsked, request.data)
        person = speaker_on(one, access_in(request).persons)
        if person is None:
            raise NotFound
        said_now = acts.remark_on_calibration(calibration=one, person=person, text=asked["text"], by=request.user)
        return Response(_remark(request, said_now, _judges(request, one)), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CalibrationShape)
    @action(detail=True, methods=["post"])
    def discuss(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Let the judges see how they differ, and talk. It begins by itself once all of them have marked the anchors."""
        return Response(CalibrationShape(acts.discuss_calibration(calibration=self.get_object(), by=request.user)).data)

    @extend_schema(request=CalibrationOutcomeAsked, responses=CalibrationShape)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """The calibration is done: the other entries open."""
        asked, one = asked_for(CalibrationOutcomeAsked, request.data), self.get_object()
        closed = acts.close_calibration(calibration=one, by=request.user, outcome=asked.get("outcome", ""))
        return Response(CalibrationShape(closed).data)


def share(value: Any) -> str | None:
    """A share of the scale as number text."""
    return None if value is None else text(rounded(value, SHARE))


def _anchor(request: Request, calibration: Calibration, one: OnAnchor, judges: dict[int, Who]) -> dict[str, Any]:
    round_ = calibration.challenge.round
    group, mine = one.anchor.group, one.own.judge_id if one.own else None
    label = label_of(eyes(access_in(request), round_, group.pk), round_, group, one.anchor.ordinal)
    criteria = []
    for each in one.criteria:
        found, marks = each.apart, each.apart.marks if each.apart else {}
        ends = {name: None if found is None or not one.shown else text(getattr(found, name)) for name in ("low", "high", "range")}
        criteria.append(
            {
                "criterion": each.criterion.key,
                "marks": {str(judges[judge].number): text(value) for judge, value in marks.items()},
                "own": text(marks[mine]) if mine is not None and mine in marks else None,
                **ends,
                "mean": None if found is None or not one.shown else text(rounded(found.mean, SHARE)),
            }
        )
    comments = [{**who(judges[judge]), **said(Said(None, "", words))} for judge, words in one.comments.items()]
    return {
        "label": label,
        "sheet": one.own.pk if one.own else None,
        "shown": one.shown,
        "criteria": criteria,
        "comments": comments,
    }


def _remark(request: Request, row: Any, judges: dict[int, Who]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "judge": who(judges[row.person_id]) if row.person_id in judges else None,
        "me": row.person_id in access_in(request).persons,
        "text": row.text,
        "at": row.at,
    }


class CalibrationSetUp(GenericViewSet[Cycle]):
    """What organizers set up."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.organize"
    permissions = {"calibrations": "cycle.organize", "candidates": "cycle.organize"}

    @extend_schema(request=CalibrationAsked, responses={201: CalibrationShape})
    @action(detail=True, methods=["post"])
    def calibrations(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Name the anchors of a panel: every judge of it gets them first, the other entries open when the calibration is done."""
        cycle, asked = self.get_object(), asked_for(CalibrationAsked, request.data)
        challenge = _task(cycle, asked["challenge"])
        panel = asked.get("panel") or rules_of(challenge)[1].judges_panels[0].key
        groups = {one.key: one for one in Group.objects.filter(cycle=cycle, key__in=asked["anchors"])}
        for number, key in enumerate(asked["anchors"]):
            if key not in groups:
                msg = _('"{key}" is not a group of this cycle', key=key)
                raise Invalid(msg, where=f"anchors.{number}")
        begun = acts.begin_calibration(challenge=challenge, panel=panel, groups=list(groups.values()), by=request.user)
        return Response(CalibrationShape(begun).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("challenge", int, required=True), OpenApiParameter("panel", str)],
        responses=CandidateShape(many=True),
    )
    @action(detail=True, methods=["get"], url_path="calibrations/candidates", pagination_class=None)
    def candidates(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Every entry of a task that may be an anchor, those proposed marked."""
        asked = request.query_params.get("challenge", "")
        challenge = _task(self.get_object(), int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0)  # noqa: PLR2004 digits of an id
        panel = request.query_params.get("panel") or rules_of(challenge)[1].judges_panels[0].key
        return Response(CandidateShape(candidates(challenge, panel), many=True).data)


def _task(cycle: Cycle, pk: int) -> Challenge:
    found = Challenge.objects.filter(round__cycle=cycle, pk=pk).select_related("round__cycle").first()
    if found is None:
        raise Invalid(_("expected the id of a task of this cycle"), where="challenge")
    return found
