"""Boards of the past over the API: as they were at a seal or a moment, and why a group moved between two versions."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.cycles.models import Cycle
from games.errors import Invalid, NotAllowed, NotFound
from games.groups.models import Group
from games.groups.queries import public_key
from games.journal.queries import db_now
from games.permissions import Access, access_of, visible
from games.recognition.queries.replays import From, board_at, moment_of
from games.recognition.queries.whys import Why, why
from leaderboards.api import RowSerializer
from leaderboards.describing import OpenApiParameter, extend_schema
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.whys import Crossing, Part
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RESTRICTED

LARGEST = 2**63 - 1
SIDES = (PUBLIC, RESTRICTED)


class BoardThen(serializers.Serializer[Any]):
    """`source`: ledger (points up to `seal`), clock (tries up to `when`, with the verdicts they had), known (everything known at `when`),
    published (`number`), nothing. `design`: the rules it was shown under. `brought_in`: the moment is before the competition was brought
    here; what was brought counts from the times it carries.
    """

    source = serializers.ChoiceField(choices=[one.value for one in From])  # type: ignore[assignment]  # taken off the class
    side = serializers.ChoiceField(choices=SIDES)
    when = serializers.DateTimeField()
    design = serializers.IntegerField()
    brought_in = serializers.BooleanField()
    seal = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    rows = RowSerializer(many=True)


class PlaceThen(serializers.Serializer[Any]):
    """Where the group stood in one version."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    rank = serializers.IntegerField()
    place = serializers.CharField(allow_blank=True)
    score = serializers.CharField(allow_blank=True)


class PartShape(serializers.Serializer[Any]):
    """A piece of the change of score: the rules, a round (`key`), points by the act `seal` under the rule `key`, or the rest."""

    kind = serializers.ChoiceField(choices=["rules", "round", "points", "rest"])
    key = serializers.CharField(allow_blank=True)
    change = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    seal = serializers.IntegerField(allow_null=True)


class CrossingShape(serializers.Serializer[Any]):
    """A row that changed sides with ours."""

    group = serializers.CharField()
    name = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ActShape(serializers.Serializer[Any]):
    """An entry of the journal about the group."""

    seal = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()


class WhyShape(serializers.Serializer[Any]):
    """`parts` add up to `change` exactly; passed_us + came - we_passed - left is the change of rank. `acts`: for the group and organizers."""

    group = serializers.CharField()
    was = PlaceThen()
    now = PlaceThen()
    change = serializers.CharField()
    parts = PartShape(many=True)
    passed_us = CrossingShape(many=True)
    we_passed = CrossingShape(many=True)
    came = CrossingShape(many=True)
    left = CrossingShape(many=True)
    acts = ActShape(many=True)


class BoardsPast(GenericViewSet[Board]):
    """Boards as they were, and why groups moved."""

    queryset = Board.objects.all()
    serializer_class = BoardThen
    seen_as = "board.view"
    permissions = {"at": "board.view", "why": "board.view"}
    pagination_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "seal", {"type": "integer", "minimum": 0, "maximum": LARGEST}, description="after this entry of the journal"
            ),
            OpenApiParameter("when", datetime, description="at this moment, with its offset from UTC; now if neither is said"),
            OpenApiParameter("side", str, enum=SIDES, default=PUBLIC, description="organizers: which side"),
        ],
        responses=BoardThen,
        filters=False,
    )
    @action(detail=True)
    def at(self, request: Request, **_: Any) -> Response:
        """The board as the house showed it, by the rules in force then. 409 `board_too_large` where it is too large to be computed."""
        board, seal = self.get_object(), _number(request, "seal")
        whole = access_of(request).reads(board.scope)
        side = _side(request, whole=whole)
        when = told = _when(request) or db_now()
        if seal is not None:
            cycle = Cycle.objects.get(pk=board.scope)
            when = moment_of(cycle, seal, whole=True)
            told = when if whole else moment_of(cycle, seal, whole=False)
        found = board_at(board, when, seal=seal, side=side)
        shape = {
            "source": found.source.value,
            "side": side,
            "when": told,
            "design": found.design_number,
            "brought_in": found.brought,
            "seal": found.seal,
            "number": found.snapshot.number if found.snapshot else None,
            "rows": found.rows,
        }
        return Response(BoardThen(shape).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("group", str, required=True, description="key of the group as it was published"),
            OpenApiParameter(
                "from", {"type": "integer", "minimum": 1}, description="the version before; the one before `to` if not said"
            ),
            OpenApiParameter("to", {"type": "integer", "minimum": 1}, description="the version after; the last one if not said"),
        ],
        responses=WhyShape,
        filters=False,
    )
    @action(detail=True)
    def why(self, request: Request, **_: Any) -> Response:
        """Why a group moved between two published versions, exact to the point. 404 where it does not stand in both."""
        board, access = self.get_object(), access_of(request)
        earlier, later = two_versions(access, board, _number(request, "from"), _number(request, "to"))
        keys, group = keys_of(access, board, request.query_params.get("group", "").replace("\0", ""))
        found = why(Cycle.objects.get(pk=board.scope), earlier, later, keys, group=group.key if group is not None else None)
        if found is None:
            raise NotFound
        return Response(WhyShape(why_shape(found)).data)


def two_versions(access: Access, board: Board, before: int | None, after: int | None) -> tuple[Snapshot, Snapshot]:
    """Two published versions that this person may see, the older one first. Raises NotFound. Two statements."""
    rows = visible(access, "snapshot.view", Snapshot.objects.filter(board=board, audience=PUBLIC)).select_related("board")
    later = (rows.filter(number=after) if after is not None else rows.order_by("-number")).first()
    if later is None:
        raise NotFound
    older = rows.filter(number__lt=later.number)
    earlier = (older.filter(number=before) if before is not None else older.order_by("-number")).first()
    if earlier is None:
        raise NotFound
    return earlier, later


def keys_of(access: Access, board: Board, asked: str) -> tuple[set[str], Group | None]:
    """The keys under which a group may stand in versions, and the group itself where this person may read what its journal says.

    Who asks about their own group by either of its keys finds it in every version; others only what was published.
    """
    for one in Group.objects.filter(cycle=board.scope, pk__in=access.groups_with()):
        if asked in {one.key, public_key(one)}:
            return {one.key, public_key(one)}, one
    if access.reads(board.scope):
        return {asked}, Group.objects.filter(cycle=board.scope, key=asked).first()
    return {asked}, None


def why_shape(found: Why) -> dict[str, Any]:
    """As data."""
    others = found.others
    return {
        "group": found.now["entry"],
        "was": _place(found.earlier, found.was),
        "now": _place(found.later, found.now),
        "change": numbers.text(found.change),
        "parts": [_part(one) for one in found.parts],
        "passed_us": _crossed(others.passed_us),
        "we_passed": _crossed(others.we_passed),
        "came": _crossed(others.came),
        "left": _crossed(others.left),
        "acts": [one._asdict() for one in found.acts],
    }


def _place(snapshot: Snapshot, row: Any) -> dict[str, Any]:
    return {"number": snapshot.number, "published_at": snapshot.published_at} | {
        name: row[name] for name in ("rank", "place", "score")
    }


def _part(one: Part) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "key": one.key,
        "change": numbers.text(one.change),
        "before": _text(one.before),
        "after": _text(one.after),
        "seal": one.seal,
    }


def _crossed(rows: Iterable[Crossing]) -> Sequence[dict[str, Any]]:
    return [{"group": one.entry, "name": one.name, "before": _text(one.before), "after": _text(one.after)} for one in rows]


def _text(value: Fraction | None) -> str | None:
    return None if value is None else numbers.text(value)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) <= LARGEST):  # noqa: PLR2004 fits 63 bits
        message = _("Expected a whole number.")
        raise Invalid(message, where=name)
    return int(text)


def _side(request: Request, *, whole: bool) -> str:
    """Which side is asked for: the public one if nothing is said. Raises Invalid, NotAllowed as the standings do."""
    side = request.query_params.get("side", PUBLIC)
    if side not in SIDES:
        message = _("Expected one of {names}.", names=", ".join(SIDES))
        raise Invalid(message, where="side")
    if side == RESTRICTED and not whole:
        message = _("Only organizers see the restricted side.")
        raise NotAllowed(message, where="side")
    return side


def _when(request: Request) -> datetime | None:
    text = request.query_params.get("when")
    if text is None:
        return None
    try:
        found = parse_datetime(text)
        found = None if found is None or is_naive(found) else found.astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or the first or last day of all in another zone
        found = None
    if found is None:
        message = _("Expected a moment with its offset, such as 2027-05-01T12:00:00Z.")
        raise Invalid(message, where="when")
    return found
