"""The rules on the organizer's desk: what holds, what was changed and why, how they are changed, how the next cycle begins."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import may, signed_in
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.launching.ending import dry_run_shape
from backend.web.pages.launching.words import changed_words
from games.cycles.queries import design_of, design_rows
from games.progression.actions.designs import AMENDABLE
from games.progression.drafting import rehearsal_of
from games.progression.models import Draft
from leaderboards.engine.words import scoring_rules

MOST: Final = 20


@never_cache
@signed_in
@require_safe
def rules_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """The rules of a cycle, for whoever may change them."""
    found = organized(request, cycle)
    design = design_of(found)
    data = design.data()
    rows = list(design_rows(found)[:MOST])
    context: dict[str, Any] = {
        "draft": Draft.objects.filter(cycle=found).first(),
        "amendable": found.state in AMENDABLE,
        "may_follow": may(request, "cycle.launch"),
        "dry_run": dry_run_shape(rehearsal_of(found)) if not found.rehearsal else None,
        "numbers": [
            {
                "number": one.number,
                "at": one.created_at,
                "reason": one.decision.reason if one.decision else "",
                "changes": changed_words(one.diff, data, data),
            }
            for one in rows
        ],
        "headings": [{"title": title, "rules": rules} for title, rules in scoring_rules(design).items() if rules],
    }
    return desk_page(request, "launch/rules.html", found, "rules", context)
