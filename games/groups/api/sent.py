"""A registration as it was sent: as JSON, or as a form with files beside the JSON."""

from typing import Any, Final

import orjson
from django.conf import settings
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.settings import api_settings

from games.groups.api.shapes import Complete, WithFiles
from games.playbooks.schema import FieldType, Registration
from leaderboards.engine.language import gettext as _

PARSERS: Final = (*api_settings.DEFAULT_PARSER_CLASSES, MultiPartParser)
FILE: Final = "files."
BESIDE: Final = 1024 * 1024  # bytes for everything that is no file


def sent[Shape: type[Complete]](request: Request, shape: Shape, rules: Registration) -> dict[str, Any]:
    """What was asked for, with `files` by the key of their question. Refuses a body larger than the files that are asked for could be."""
    if not (request.content_type or "").startswith("multipart/"):
        return shape.split(shape.of(request.data))
    wanted = sum(1 for one in rules.form if one.type is FieldType.FILE)
    if int(request.META.get("CONTENT_LENGTH") or 0) > wanted * settings.UPLOAD_MAX_BYTES + BESIDE:
        raise serializers.ValidationError(
            {
                "files": _(
                    "Each of {wanted} files has at most {upload_max_bytes} bytes.",
                    wanted=wanted,
                    upload_max_bytes=settings.UPLOAD_MAX_BYTES,
                )
            }
        )
    form = WithFiles(data=request.data)
    form.is_valid(raise_exception=True)
    try:
        told = orjson.loads(form.validated_data["registration"])
    except orjson.JSONDecodeError as fault:
        raise serializers.ValidationError({"registration": _("This is not JSON: {msg}.", msg=fault.msg)}) from None
    files = {name.removeprefix(FILE): file for name, file in request.FILES.items() if name.startswith(FILE)}
    return shape.split(shape.of(told)) | {"files": files}
