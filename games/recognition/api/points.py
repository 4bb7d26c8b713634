"""Points over the API: the ledger, totals, rules, badges, and a replay under other rules."""

from typing import Any, Final

import django_filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Invalid, NotAllowed, NotFound
from games.permissions import access_of, allows, visible
from games.playbooks.queries import exact
from games.playbooks.schema import DesignRefused, PointRule, parse_design
from games.recognition import actions
from games.recognition.models import Points, PointsTotal
from games.recognition.queries import badges_of, shown_points, shown_totals
from games.recognition.queries.points import changes_between
from games.recognition.queries.trials import trial_of
from games.recognition.rules import level_of
from games.recognition.rules.game import game_of
from games.recognition.rules.words import rule_words
from leaderboards.describing import OpenApiParameter, extend_schema, extend_schema_serializer
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _


class PointsSerializer(serializers.ModelSerializer[Points]):
    """Points given, or taken back: then `reverses` says which. `seal` is the journal entry that earned them.

    `day`: the day of the cycle's time zone whose caps they count for. An amount of 0 is an act that counted when so little was left.
    """

    class Meta:
        model = Points
        fields = ("id", "cycle", "seal", "rule", "design_number", "group", "day", "amount", "reverses", "at")
        read_only_fields = fields


class TotalSerializer(serializers.ModelSerializer[PointsTotal]):
    """The sum of a group's points, and the level they reach."""

    group_key = serializers.CharField(source="group.key")
    level = serializers.SerializerMethodField()

    class Meta:
        model = PointsTotal
        fields = ("cycle", "group", "group_key", "amount", "level", "last_at")
        read_only_fields = fields

    def get_level(self, total: PointsTotal) -> int | None:
        """Level n begins at 100 n (n - 1) / 2 points; empty where levels are switched off."""
        on: dict[int, bool] = self.__dict__.setdefault("_levels", {})
        if total.cycle_id not in on:
            on[total.cycle_id] = game_of(design_of(total.cycle)).levels
        return level_of(total.amount) if on[total.cycle_id] else None


class RuleSerializer(serializers.Serializer[Any]):
    """What earns points: acts of one kind, up to the caps."""

    key = serializers.CharField()
    name = serializers.CharField(source="title")
    summary = serializers.CharField()
    event = serializers.CharField()
    points = serializers.IntegerField()
    cap_day = serializers.IntegerField(allow_null=True)
    cap_week = serializers.IntegerField(allow_null=True)
    cap_cycle = serializers.IntegerField(allow_null=True)
    ratio = serializers.SerializerMethodField()
    partner_ratio = serializers.SerializerMethodField()
    pause = serializers.IntegerField(allow_null=True)
    receiver = serializers.CharField()
    own_group = serializers.BooleanField()
    rounds = serializers.ListField(child=serializers.CharField(), allow_null=True)
    challenges = serializers.ListField(child=serializers.CharField(), allow_null=True)
    says = serializers.SerializerMethodField()

    def get_ratio(self, rule: PointRule) -> str | None:
        """What each further act of a day counts of the one before."""
        return None if rule.ratio is None else numbers.text(rule.ratio)

    def get_partner_ratio(self, rule: PointRule) -> str | None:
        """The same from the third with one other team on."""
        return None if rule.partner_ratio is None else numbers.text(rule.partner_ratio)

    def get_says(self, rule: PointRule) -> str:
        """The rule in words, as its page has it."""
        return rule_words(rule, self.context["design"]).sentence


class RulesSerializer(serializers.Serializer[Any]):
    """All rules of a cycle."""

    rules = RuleSerializer(many=True)


class BadgeSerializer(serializers.Serializer[Any]):
    """A badge that a group has earned."""

    key = serializers.CharField(source="badge.key")
    name = serializers.CharField(source="badge.title")
    summary = serializers.CharField(source="badge.summary")
    group = serializers.IntegerField()
    reached = serializers.IntegerField()


class BadgesSerializer(serializers.Serializer[Any]):
    """All badges earned in a cycle."""

    badges = BadgeSerializer(many=True)


class ReplayAsked(serializers.Serializer[Any]):
    """Of which cycle, under which numbered rules (default: the present ones), or under `rules` on trial, written as in cycle.toml."""

    cycle = serializers.IntegerField()
    design_number = serializers.IntegerField(required=False, min_value=1)
    rules = serializers.ListField(child=serializers.DictField(), required=False, max_length=200)


class SwapAsked(serializers.Serializer[Any]):
    """Which previewed generation is to be shown."""

    cycle = serializers.IntegerField()
    generation = serializers.IntegerField(min_value=1)


class ChangeSerializer(serializers.Serializer[Any]):
    """A group whose total would change."""

    group = serializers.IntegerField()
    now = serializers.IntegerField()
    then = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """A replay that is not shown yet. A long journal is read by a worker: as long as `done` is false, `changes` is empty; ask again."""

    generation = serializers.IntegerField()
    done = serializers.BooleanField()
    percent = serializers.IntegerField()
    changes = ChangeSerializer(many=True)


@extend_schema_serializer(component_name="PointsShown")
class ShownSerializer(serializers.Serializer[Any]):
    """Which generation is shown now."""

    generation = serializers.IntegerField()


class PointsFilter(django_filters.FilterSet):
    """Of one cycle, group, rule."""

    class Meta:
        model = Points
        fields = ("cycle", "group", "rule")


CYCLE: Final = OpenApiParameter("cycle", int, required=True)


class PointsViews(ListModelMixin, GenericViewSet[Points]):
    """The ledger of points, in the order of the sealed journal. Nobody writes points: rules give them."""

    queryset = shown_points()
    serializer_class = PointsSerializer
    seen_as = "points.view"
    permissions = {"rules": "anybody", "badges": "anybody", "preview": "signed_in", "replay": "signed_in", "swap": "signed_in"}
    filterset_class = PointsFilter
    ordering = ("seal",)

    @extend_schema(parameters=[CYCLE], responses=RulesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def rules(self, request: Request) -> Response:
        """What earns points in a cycle."""
        design = design_of(_asked(request))
        return Response({"rules": RuleSerializer(design.rules, many=True, context={"design": design}).data})

    @extend_schema(parameters=[CYCLE], responses=BadgesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def badges(self, request: Request) -> Response:
        """The badges that groups have earned in a cycle."""
        cycle = _asked(request)
        totals = visible(access_of(request), "points_total.view", shown_totals().filter(cycle=cycle))
        seen = set(totals.values_list("group_id", flat=True))
        return Response({"badges": BadgeSerializer([one for one in badges_of(cycle) if one.group in seen], many=True).data})

    @extend_schema(request=ReplayAsked, responses=PreviewSerializer)
    @action(detail=False, methods=["post"])
    def replay(self, request: Request) -> Response:
        """Read the whole journal again under other rules, and tell what would change. Nothing is shown yet."""
        form = ReplayAsked(data=request.data)
        form.is_valid(raise_exception=True)
        cycle = _organized(request, form.validated_data["cycle"])
        rules = _rules(cycle, form.validated_data["rules"]) if "rules" in form.validated_data else None
        number = form.validated_data.get("design_number")
        actions.try_points(cycle, by=request.user, design_number=number, rules=rules)
        return Response(_preview(cycle))

    @extend_schema(parameters=[CYCLE], responses=PreviewSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What the last replay would change, and how far it is. Absent if nothing is tried."""
        return Response(_preview(_organized(request, _asked(request).pk)))

    @extend_schema(request=SwapAsked, responses=ShownSerializer)
    @action(detail=False, methods=["post"])
    def swap(self, request: Request) -> Response:
        """Show the generation that was previewed."""
        form = SwapAsked(data=request.data)
        form.is_valid(raise_exception=True)
        cycle = _organized(request, form.validated_data["cycle"])
        actions.swap_points(cycle, generation=form.validated_data["generation"], by=request.user)
        return Response({"generation": form.validated_data["generation"]})


class TotalFilter(django_filters.FilterSet):
    """Of one cycle, group."""

    class Meta:
        model = PointsTotal
        fields = ("cycle", "group")


class PointTotals(ListModelMixin, GenericViewSet[PointsTotal]):
    """What each group has earned so far."""

    queryset = shown_totals()
    serializer_class = TotalSerializer
    seen_as = "points_total.view"
    filterset_class = TotalFilter
    ordering = ("-amount",)


def _asked(request: Request) -> Cycle:
    """The cycle that the query names."""
    text = request.query_params.get("cycle", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 a number of the database
        message = _("Expected the id of a cycle.")
        raise Invalid(message, where="cycle")
    return _seen(request, int(text))


def _seen(request: Request, cycle_id: int) -> Cycle:
    cycle = visible(access_of(request), "cycle.view", Cycle.objects.filter(pk=cycle_id, design_number__gt=0)).first()
    if cycle is None:
        raise NotFound
    return cycle


def _rules(cycle: Cycle, written: list[dict[str, Any]]) -> list[PointRule]:
    """Rules on trial. Raises Invalid, naming the first fault and where it is."""
    try:
        design = parse_design(design_of(cycle).data() | {"rules": exact(written)})
    except DesignRefused as refusal:
        first = refusal.problems[0]
        raise Invalid(str(first), where=first.where) from refusal
    return list(design.rules)


def _preview(cycle: Cycle) -> dict[str, Any]:
    trial = trial_of(cycle)
    if trial is None:
        raise NotFound
    changed = changes_between(cycle, trial.shown, trial.generation) if trial.done else {}
    changes = [{"group": group, "now": now, "then": then} for group, (now, then) in changed.items()]
    told = {"generation": trial.generation, "done": trial.done, "percent": trial.percent, "changes": changes}
    return dict(PreviewSerializer(told).data)


def _organized(request: Request, cycle_id: int) -> Cycle:
    """The cycle, which the person must organize. Hidden and absent look alike."""
    cycle = _seen(request, cycle_id)
    if not allows(access_of(request), "cycle.organize", cycle):
        message = _("Only organizers of the cycle may ask for this.")
        raise NotAllowed(message)
    return cycle
