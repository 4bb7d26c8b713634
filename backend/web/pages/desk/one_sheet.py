"""One sheet on the organizer's desk: what the judge gave, what it said before it was opened again, opening it again with a reason."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.web.pages.desk.matrix import matrix_url
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.pages.marking.beside import earlier_on, shown
from backend.web.pages.marking.lists import SHEET_BADGES, words_of
from games.cycles.rules import CycleState
from games.judging import actions
from games.judging.models import Sheet
from games.judging.queries.others import said_on
from games.judging.rules import SheetState, criteria_of
from games.submissions.queries import rules_of

OVER = frozenset({CycleState.CLOSED.value, CycleState.CANCELLED.value})


@never_cache
@signed_in
def sheet_desk(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """A judge's sheet as organizers read it, without the judge's own note. Opening it again takes a reason, which stays in the record."""
    found = organized(request, cycle)
    rows = Sheet.objects.filter(challenge__round__cycle=found).select_related("challenge__round", "group", "judge")
    sheet = seen(request, "sheet.reopen", rows.prefetch_related("marks"), pk=pk)
    sheet.challenge.round.cycle = found
    typed = ""
    if request.method == "POST":
        typed = str(request.POST.get("reason", ""))[:5000]
        said = _("The sheet is open again: %(name)s may mark it anew. What it said is kept.") % {"name": sheet.judge.name}
        if attempt(request, lambda: actions.reopen(sheet=sheet, by=me(request), reason=typed), said):
            return redirect("desk-sheet", found.key, pk)
    design, spec = rules_of(sheet.challenge)
    asked, marks = criteria_of(spec, sheet.panel), said_on(sheet, design.mark_decimals)
    closed = sheet.state in {SheetState.FINAL.value, SheetState.RECUSED.value}
    context: dict[str, Any] = {
        "ways": ways(found, "panels"),
        "sheet": sheet,
        "badge_of_sheet": {"state": SHEET_BADGES[sheet.state], "label": words_of(sheet.state)},
        "marks": [{"name": one.title, **shown(marks.get(one.key))} for one in asked] if sheet.state != "assigned" else [],
        "earlier": earlier_on(sheet, asked),
        "may_open": closed and found.state not in OVER,
        "typed": typed,
        "matrix": matrix_url(sheet),
    }
    title = _("%(judge)s on %(group)s") % {"judge": sheet.judge.name, "group": sheet.group.name}
    return desk_page(
        request, "desk/sheet.html", found, "judging", context, title=title, status=422 if typed or request.POST else 200
    )
