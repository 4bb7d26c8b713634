"""How others saw our work: every score that is published, how it came about, and what the judges wrote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.pages.groups import rounds_of_group
from backend.web.pages.workspace.frame import framed, team_seen


@never_cache
@signed_in
@require_safe
def feedback_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Round by round, the newest first."""
    found = team_seen(request, cycle, group)
    rounds = rounds_of_group(access_of(request), found.cycle, found)
    context = framed(request, found, "team-feedback", _("Marks and feedback")) | {
        "published": [one for one in reversed(rounds) if one["round"].published_at],
        "waiting": [
            one["round"] for one in rounds if not one["round"].published_at and one["round"].state in {"locked", "closed"}
        ],
    }
    return render(request, "workspace/feedback.html", context)
