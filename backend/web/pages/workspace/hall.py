"""A team in the hall: its own table and pitches, and that it is back where nobody was found."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.web.pages.workspace.frame import team_seen
from games.judging.actions import hall
from games.judging.models import Stand


def in_the_hall(rounds: Iterable[Any]) -> list[dict[str, Any]]:
    """A team's own tables and next pitches, from rounds with the annotations of `with_own_hall`; those that are published are over."""
    return [
        {
            "round": one.name,
            "table": {
                "pk": one.table_pk,
                "number": one.table_number,
                "location": one.table_location,
                "absent_at": one.table_absent_at,
            },
            "pitch": {
                "at": one.pitch_starts_at,
                "room": one.pitch_room,
                "minutes": one.pitch_minutes,
                "count": one.pitches_count,
            },
        }
        for one in rounds
        if one.published_at is None and (one.table_pk is not None or one.pitches_count)
    ]


@signed_in
@require_POST
def table(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Nobody is at our table for a while, or we are back."""
    team = team_seen(request, cycle, group)
    rows = Stand.objects.filter(group=team).select_related("round")
    stand = seen(request, "stand.attend", rows, pk=id_in(request.POST.get("table", "")))
    match request.POST.get("do"):
        case "back":
            attempt(request, lambda: hall.mark_back(stand=stand, by=me(request)), _("Judges come to your table again."))
        case "away":
            attempt(
                request,
                lambda: hall.mark_absent(stand=stand, by=me(request)),
                _("No judge is sent to your table until you are back."),
            )
        case _:
            raise Http404
    return redirect("team", cycle, group)
