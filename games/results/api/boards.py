"""Boards and snapshots over the API: what is shown of them, page by page, with the version as ETag."""

from datetime import UTC, datetime
from typing import Any, Final

import django_filters
import orjson
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.errors import Invalid, NotAllowed, NotFound
from games.permissions import SCORES_SHOWN, access_of
from games.results.queries import Shown, shown_around, shown_find, shown_of, shown_page
from games.results.queries.alike import Alike, alike_on, with_ties
from games.results.queries.behind import behind, with_waiting
from leaderboards.api import RowSerializer
from leaderboards.describing import OpenApiParameter, extend_schema, extend_schema_field
from leaderboards.engine.language import gettext as _
from leaderboards.models import Board, Snapshot
from leaderboards.pages import mark
from leaderboards.queries import PUBLIC, RESTRICTED, RowData, snapshot_rows

SIDES: Final = (PUBLIC, RESTRICTED, "published")
PAGES: Final = 100_000
LATE: Final = "Ludus-Late"


class BoardSerializer(serializers.ModelSerializer[Board]):
    """A declared ranking. `number` 1 is the main result of its cycle; `version` goes up with every change of live rows."""

    cycle = serializers.IntegerField(source="scope")

    class Meta:
        model = Board
        fields = ("id", "cycle", "key", "number", "name", "audience", "live", "version", "refreshed_at")
        read_only_fields = fields


class StandingSerializer(RowSerializer):
    """A row as a board shows it.

    `tied`: how many neighbours the judging cannot tell it apart from (0: none); absent where this board cannot tell.
    """

    tied = serializers.IntegerField(required=False)


class PageSerializer(serializers.Serializer[Any]):
    """One page of rows, 50 to a page, with the version they belong to."""

    board = serializers.IntegerField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    page = serializers.IntegerField()
    total = serializers.IntegerField()
    rows = StandingSerializer(many=True)


class RowsSerializer(serializers.Serializer[Any]):
    """Some rows."""

    rows = StandingSerializer(many=True)


class BoardFilter(django_filters.FilterSet):
    """Of one cycle."""

    cycle = django_filters.NumberFilter(field_name="scope")

    class Meta:
        model = Board
        fields = ("key", "live")


LATENESS = OpenApiParameter(
    LATE,
    datetime,
    OpenApiParameter.HEADER,
    response=[200],
    description="Only while this live board is late: since when nothing that came in was counted. What came in is safe.",
)
SIDE = OpenApiParameter(
    "side", str, enum=SIDES, description="organizers: which side; `published`: the last snapshot also of a live board"
)
PAGE = OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": PAGES, "default": 1})


class Boards(ReadOnlyModelViewSet[Board]):
    """Boards and what is shown of them: live rows of live boards, else what was published last."""

    queryset = Board.objects.all()
    serializer_class = BoardSerializer
    seen_as = "board.view"
    permissions = {"standings": "board.view", "find": "board.view", "around": "board.view"}
    kept = frozenset(permissions)
    filterset_class = BoardFilter
    ordering = ("scope", "number")

    def get_queryset(self) -> QuerySet[Board]:
        """Where rows are shown, with what says whether they are late."""
        rows = super().get_queryset()
        return with_waiting(rows) if self.action in self.permissions else rows

    def _marked[Answer: HttpResponse](self, response: Answer, shown: Shown) -> Answer:
        return mark(response, shown.board.pk, access_of(self.request).view(shown.board.scope))

    def _late(self, shown: Shown) -> dict[str, str]:
        since = behind(shown.board, access_of(self.request).now) if shown.source == "live" else None
        return {} if since is None else {LATE: since.astimezone(UTC).isoformat(timespec="seconds")}

    def _shown(self) -> Shown:
        side = self.request.query_params.get("side", "")
        if side and side not in SIDES:
            message = _("Expected one of {names}.", names=", ".join(SIDES))
            raise Invalid(message, where="side")
        board = self.get_object()
        organizes = access_of(self.request).reads(board.scope)
        if side == RESTRICTED and not organizes:
            message = _("Only organizers see the restricted side.")
            raise NotAllowed(message, where="side")
        return shown_of(board, organizes=organizes, side=side)

    @extend_schema(parameters=[SIDE, PAGE, LATENESS], responses={200: PageSerializer, 304: None}, filters=False)
    @action(detail=True, pagination_class=None)
    def standings(self, request: Request, **__: Any) -> HttpResponse:
        """One page of rows. The ETag names the version: with If-None-Match an unchanged page is answered 304, empty."""
        page = request.query_params.get("page", "1")
        if not (page.isascii() and page.isdigit() and 1 <= int(page) <= PAGES):
            message = _("Expected a whole number from 1 to {pages}.", pages=PAGES)
            raise Invalid(message, where="page")
        shown = self._shown()
        tag, body = shown_page(shown, int(page))
        alike = alike_on(shown, open_to=SCORES_SHOWN)
        if alike.tied:
            tag, body = f"{tag}-{alike.tag}", _told(body, alike)
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", "Ludus-Source": shown.source, **self._late(shown)}
        if f'"{tag}"' in request.headers.get("If-None-Match", ""):
            return self._marked(HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=headers), shown)
        return self._marked(HttpResponse(body, content_type="application/json", headers=headers), shown)

    @extend_schema(
        parameters=[SIDE, OpenApiParameter("q", str, required=True), LATENESS], responses=RowsSerializer, filters=False
    )
    @action(detail=True, pagination_class=None)
    def find(self, request: Request, **__: Any) -> Response:
        """Rows whose group has this key, or this text in its name; at most 50."""
        text = request.query_params.get("q", "").strip()
        if not text:
            message = _("Expected some letters of a name, or a key.")
            raise Invalid(message, where="q")
        shown = self._shown()
        rows = with_ties(shown_find(shown, text), alike_on(shown, open_to=SCORES_SHOWN))
        return self._marked(Response({"rows": rows}, headers=self._late(shown)), shown)

    @extend_schema(
        parameters=[
            SIDE,
            OpenApiParameter("group", str, required=True),
            OpenApiParameter("reach", {"type": "integer", "minimum": 0, "maximum": 25, "default": 2}),
            LATENESS,
        ],
        responses=RowsSerializer,
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def around(self, request: Request, **__: Any) -> Response:
        """The row of a group with its neighbours in the same bracket."""
        reach = request.query_params.get("reach", "2")
        if not (reach.isascii() and reach.isdigit() and int(reach) <= 25):  # noqa: PLR2004 as in the schema
            message = _("Expected a whole number from 0 to 25.")
            raise Invalid(message, where="reach")
        shown = self._shown()
        rows = shown_around(shown, request.query_params.get("group", ""), int(reach))
        if not rows:
            raise NotFound
        told = {"rows": with_ties(rows, alike_on(shown, open_to=SCORES_SHOWN))}
        return self._marked(Response(told, headers=self._late(shown)), shown)


def _told(body: bytes, alike: Alike) -> bytes:
    """A ready page with what cannot be told apart in its rows."""
    page: dict[str, Any] = orjson.loads(body)
    return orjson.dumps(page | {"rows": with_ties(page["rows"], alike)})


# --- Snapshots ------------------------------------------------------------------------------------------------------------------------


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    """A published state. `digest` follows from rows, rules and the digest before: anybody can compute it again."""

    class Meta:
        model = Snapshot
        fields = (
            "id",
            "board",
            "audience",
            "number",
            "design_number",
            "digest",
            "previous_digest",
            "reason",
            "published_at",
        )
        read_only_fields = fields


class SnapshotDetail(SnapshotSerializer):
    """With its rows, and their movement since the snapshot before."""

    rows = serializers.SerializerMethodField()

    class Meta(SnapshotSerializer.Meta):
        fields = (*SnapshotSerializer.Meta.fields, "rows")  # type: ignore[assignment]  # longer than the base's
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(RowSerializer(many=True))
    def get_rows(self, snapshot: Snapshot) -> list[RowData]:
        """Rows as they were published."""
        return snapshot_rows(snapshot)


class SnapshotFilter(django_filters.FilterSet):
    """Of one board or cycle."""

    cycle = django_filters.NumberFilter(field_name="board__scope")

    class Meta:
        model = Snapshot
        fields = ("board", "number", "audience")


class Snapshots(ReadOnlyModelViewSet[Snapshot]):
    """Published states, numbered, never changed."""

    queryset = Snapshot.objects.all()
    seen_as = "snapshot.view"
    filterset_class = SnapshotFilter
    ordering = ("board_id", "audience", "number")

    def get_serializer_class(self) -> type[SnapshotSerializer]:
        """Rows only one by one."""
        return SnapshotDetail if self.action == "retrieve" else SnapshotSerializer

    def retrieve(self, request: Request, **_: Any) -> Response:
        """One published state, with its rows."""
        found = self.get_object()
        response = Response(self.get_serializer(found).data)
        return mark(response, found.board_id, access_of(request).view(found.board.scope))

    def get_queryset(self) -> Any:
        """A list does not read the rows."""
        rows = super().get_queryset()
        return rows.select_related("board") if self.action == "retrieve" else rows.defer("rows")
