"""A team in the hall: its own table and pitches, and that it is back where nobody was found."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.workspace.frame import team_seen
from games.groups.models import Group
from games.judging.actions import hall
from games.judging.models import Stand
from games.judging.queries.hall import tables_of_group
from games.judging.queries.pitching import pitches_of_group
from games.permissions import visible


def in_the_hall(request: HttpRequest, group: Group) -> dict[str, Any]:
    """Tables and pitches of rounds that are not published yet. Two statements."""
    access = access_of(request)
    return {
        "tables": list(visible(access, "stand.view", tables_of_group(group))),
        "pitches": list(visible(access, "pitch.view", pitches_of_group(group))),
    }


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
