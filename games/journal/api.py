"""The event feed of a cycle: one JSON line per sealed entry, resumed by the seal of the last line read."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, Final

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from games.errors import Invalid, NotFound
from games.journal.models import JournalEntry
from games.journal.queries import sealed
from games.permissions import access_of, sees_cycle, visible
from leaderboards.describing import OpenApiParameter, OpenApiResponse, OpenApiTypes, extend_schema
from leaderboards.engine.language import gettext as _

LINES: Final = 1000
MOST: Final = 10_000
LAST: Final = 2**63 - 1


def line(entry: JournalEntry, *, whole: bool) -> bytes:
    """An entry as a line. Who acted (a pseudonym) and the links of the chain are for organizers."""
    shown: dict[str, Any] = {
        "seal": entry.seal,
        "kind": entry.kind,
        "at": entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "group": entry.group_id,
        "subject": entry.subject,
        "payload": entry.payload,
    }
    if whole:
        shown |= {
            "actor": str(entry.actor) if entry.actor else None,
            "previous_hash": entry.previous_hash,
            "hash": entry.hash,
        }
    return orjson.dumps(shown, option=orjson.OPT_APPEND_NEWLINE)


class Events(APIView):
    """What happened in a cycle, in sealed order."""

    permissions = {"get": "anybody"}

    @extend_schema(
        operation_id="cycles_events",
        parameters=[
            OpenApiParameter(
                "after", {"type": "integer", "minimum": 0, "maximum": LAST, "default": 0}, description="seal read last"
            ),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LINES}),
        ],
        responses={(200, "application/x-ndjson"): OpenApiResponse(OpenApiTypes.STR, description="One JSON object per line.")},
    )
    def get(self, request: Request, cycle: int) -> HttpResponse | StreamingHttpResponse:
        """The next lines after a seal; none means that nothing happened since. Organizers read everything, others its public kinds."""
        after, limit = _whole(request, "after", 0, 0, LAST), _whole(request, "limit", LINES, 1, MOST)
        access = access_of(request)
        if not sees_cycle(access, cycle):
            raise NotFound
        entries = visible(access, "journal.view", sealed(cycle, after=after))[:limit]
        whole = access.reads(cycle)

        def lines() -> Iterator[bytes]:
            for entry in entries.iterator(chunk_size=500):
                yield line(entry, whole=whole)

        return StreamingHttpResponse(lines(), content_type="application/x-ndjson", headers={"Cache-Control": "private, no-cache"})


def _whole(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= most):  # noqa: PLR2004 digits of 2^63
        message = _("Expected a whole number from {least} to {most}.", least=least, most=most)
        raise Invalid(message, where=name)
    return int(text)
