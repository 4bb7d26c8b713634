"""Bundles over the API: a zip becomes a cycle or a series, a cycle becomes a zip for those who may have it; many marks come in at once."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.bundles.actions import export_files, import_read, public_zip
from games.bundles.actions.scores import ScoreRow, first_panel, import_scores, import_table
from games.bundles.audience import Audience
from games.bundles.reading import FORMATS, read_source
from games.bundles.rules import MAX_FILE, MEGABYTE, BundleRefused
from games.bundles.source import open_zip
from games.bundles.writer import zipped
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Invalid, NotAllowed, Problem
from games.permissions import access_of, allows
from leaderboards.describing import OpenApiParameter, OpenApiTypes, extend_schema
from leaderboards.engine.language import gettext as _

FORM_OVERHEAD = 64 * 1024
AT_ONCE = 20_000


class BundleAsked(serializers.Serializer[Any]):
    """A zip of one cycle, or of a series."""

    file = serializers.FileField()
    key = serializers.CharField(required=False, max_length=64, help_text="Import the cycle under this key.")
    format = serializers.ChoiceField(
        list(FORMATS), required=False, help_text="clics: a contest's event feed. Found out if absent."
    )


class ImportedCycle(serializers.ModelSerializer[Cycle]):
    """A cycle that came in."""

    class Meta:
        model = Cycle
        fields = ("id", "key", "name", "state")
        read_only_fields = fields


class WarningShape(serializers.Serializer[Any]):
    """Something worth knowing that did not stop the import."""

    where = serializers.CharField()
    message = serializers.CharField()


class BundleImported(serializers.Serializer[Any]):
    """What came in."""

    cycles = ImportedCycle(many=True)
    warnings = WarningShape(many=True)


class Bundles(GenericViewSet[Cycle]):
    """Cycles in files, on their way in."""

    queryset = Cycle.objects.none()
    permissions = {"create": "cycle.launch"}
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": BundleAsked}, responses={201: BundleImported})
    def create(self, request: Request) -> Response:
        """Import a zip, whole or not at all: every fault is named with file, row and column. You organize what comes in."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FILE + FORM_OVERHEAD:
            raise BundleRefused(
                [Problem("file", _("a bundle that is sent has at most {max_file} MB", max_file=MAX_FILE // MEGABYTE))]
            )
        asked = BundleAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        read = read_source(open_zip(sent["file"], sent["file"].name or "bundle.zip"), sent.get("format"))
        cycles = import_read(read, by=request.user, key=sent.get("key") or None)
        warnings = [{"where": one.where, "message": one.message} for one in read.warnings]
        body = BundleImported({"cycles": cycles, "warnings": warnings}).data
        return Response(body, status=status.HTTP_201_CREATED)


class BundleExport(GenericViewSet[Cycle]):
    """Cycles in files, on their way out."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.view"
    permissions = {"export": "cycle.view"}
    pagination_class = None
    filterset_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter("for", str, enum=[one.value for one in Audience], description="Who will read it; public if absent."),
            OpenApiParameter(
                "files",
                str,
                enum=["yes", "no"],
                description="Whether the files of entries come along: for organizers, yes if absent; for others always no.",
            ),
        ],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: str) -> HttpResponse:  # noqa: ARG002 the framework's signature
        """A zip of the cycle. For everybody what is published, without files; the rest, and with files, organizers only."""
        cycle = self.get_object()
        asked = request.query_params.get("for", Audience.PUBLIC.value)
        if asked not in list(Audience):
            raise serializers.ValidationError({"for": _("Expected one of {names}.", names=", ".join(Audience))})
        whole = allows(access_of(request), "cycle.read_whole", cycle)
        if asked != Audience.PUBLIC and not whole:
            message = _("Organizers of the cycle may export it for judges and organizers; you may have what is public.")
            raise NotAllowed(message, where="for")
        files = request.query_params.get("files", "yes" if whole else "no")
        if files not in {"yes", "no"}:
            raise serializers.ValidationError({"files": _("Expected yes or no.")})
        if files == "yes" and not whole:
            message = _("Organizers of the cycle export the files too; you may download each file that is published by itself.")
            raise NotAllowed(message, where="files")
        headers = {
            "Content-Disposition": f'attachment; filename="{cycle.key}-{asked}.zip"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        content = zipped(export_files(cycle, audience=asked, files=files == "yes")) if whole else public_zip(cycle)
        return HttpResponse(content, content_type="application/zip", headers=headers)


class ScoreAsked(serializers.Serializer[Any]):
    """A mark: keys of the group, the judge and the criterion; its value as a number text."""

    group = serializers.CharField(max_length=100)
    judge = serializers.CharField(max_length=100)
    criterion = serializers.CharField(max_length=100)
    value = serializers.CharField(max_length=100)


class ScoresAsked(serializers.Serializer[Any]):
    """Either a list (at most 20,000 marks), or the text of a table (CSV): group, judge, criterion, value."""

    panel = serializers.CharField(required=False, max_length=100, help_text="The task's first if absent.")
    marks = serializers.ListField(child=ScoreAsked(), required=False, allow_empty=False, max_length=AT_ONCE)
    csv = serializers.CharField(required=False, trim_whitespace=False, max_length=5_000_000)


class ScoresImported(serializers.Serializer[Any]):
    """How many sheets are final now."""

    sheets = serializers.IntegerField()


class ScoreImport(GenericViewSet[Challenge]):
    """Marks from paper, or from elsewhere."""

    queryset = Challenge.objects.select_related("round__cycle")
    seen_as = "challenge.organize"
    permissions = {"scores": "challenge.organize"}

    @extend_schema(request=ScoresAsked, responses={201: ScoresImported})
    @action(detail=True, methods=["post"])
    def scores(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Make the sheets final that these marks fill, all or none. 422 `marks_refused` names every fault by row and column.

        Each sheet must be assigned and not final, and be filled whole. Rows of a list are counted from 1; the header of a table is row 1.
        """
        challenge, asked = self.get_object(), ScoresAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        if ("marks" in sent) == ("csv" in sent):
            raise Invalid(_("expected either marks or csv"), where="marks")
        panel = sent.get("panel") or first_panel(challenge)
        if "csv" in sent:
            done = import_table(challenge=challenge, panel=panel, content=sent["csv"].encode(), by=request.user)
        else:
            rows = [ScoreRow(**one) for one in sent["marks"]]
            done = import_scores(challenge=challenge, panel=panel, rows=rows, by=request.user)
        return Response({"sheets": done}, status=status.HTTP_201_CREATED)
