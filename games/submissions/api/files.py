"""Files of entries: sent as multipart, served as attachments to those who may see the entry."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from games.errors import NotFound
from games.submissions import actions
from games.submissions.api import shapes
from games.submissions.api.asking import access_in
from games.submissions.models import Submission, Upload
from games.submissions.queries import acting, eyes, handed_in, person_of, rules_of
from games.submissions.rules import FileRefused, blind_name
from games.submissions.rules.bare import MOST, NotBare, bare
from leaderboards.asking import asked_for
from leaderboards.describing import OpenApiTypes, extend_schema
from leaderboards.engine.language import gettext as _

FORM_OVERHEAD = 64 * 1024


class UploadAsked(serializers.Serializer[Any]):
    """A file for a field of the form."""

    field = serializers.CharField(max_length=100)
    file = serializers.FileField()


class UploadWriting(GenericViewSet[Submission]):
    """Files that a group adds to its entry."""

    queryset = Submission.objects.all()
    seen_as = "submission.edit"
    permissions = {"uploads": "submission.edit"}
    parser_classes = (MultiPartParser,)

    def get_queryset(self) -> QuerySet[Submission]:
        """With its round, and with the person as whom the user acts."""
        rows = Submission.objects.select_related("challenge__round__cycle")
        return rows.annotate(me=acting(access_in(self.request)))

    @extend_schema(request={"multipart/form-data": UploadAsked}, responses={201: shapes.FileShape})
    @action(detail=True, methods=["post"])
    def uploads(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Add a file; it counts once a version names its id."""
        entry = self.get_object()
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES + FORM_OVERHEAD:
            msg = _("A file may have at most {upload_max_bytes} bytes.", upload_max_bytes=settings.UPLOAD_MAX_BYTES)
            raise FileRefused(msg, where="file")
        asked = asked_for(UploadAsked, request.data)
        kept = actions.upload(
            submission=entry, field=asked["field"], file=asked["file"], by=request.user, person=person_of(entry)
        )
        return Response(shapes.FileShape(kept).data, status=status.HTTP_201_CREATED)


class Uploads(GenericViewSet[Upload]):
    """The files themselves."""

    queryset = Upload.objects.select_related("submission__challenge__round__cycle")
    serializer_class = shapes.FileShape
    seen_as = "upload.view"
    permissions = {"content": "upload.view", "destroy": "upload.remove"}

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: str) -> FileResponse:  # noqa: ARG002 the framework's signature
        """The bytes, always as an attachment. Until it is part of a version only the group has a file.

        Who must not know whose it is gets them without what the file says of its author.
        """
        upload = self.get_object()
        seen = eyes(access_in(request), upload.submission.challenge.round, upload.submission.group_id)
        asked = {one.key: one for one in rules_of(upload.submission.challenge)[1].form}.get(upload.field)
        if not upload.file or (not seen.own and not handed_in(upload)) or (asked is not None and not seen.sees(asked)):
            raise NotFound  # without its bytes: they were deleted as the rules of the cycle say; or the form hides it from judges
        name = upload.name if seen.names else blind_name(upload.field, upload.name)
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        }
        file = upload.file.open("rb") if seen.names else _bare(upload)
        return FileResponse(file, as_attachment=True, filename=name, content_type=upload.content_type, headers=headers)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002 the framework's signature
        """Take away a file that no version names."""
        actions.remove_upload(upload=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _bare(upload: Upload) -> BytesIO:
    """Such files are refused when they come in; one that came before the round was blind, or by an import, waits for the publication."""
    with upload.file.open("rb") as file:
        data = file.read(MOST + 1)
    try:
        return BytesIO(bare(upload.name, data))
    except NotBare as why:
        msg = _("While judging is blind this file is not shown: {why}, so that it could tell whose it is.", why=why)
        raise FileRefused(msg, where="file") from why
