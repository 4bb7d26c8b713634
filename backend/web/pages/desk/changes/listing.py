"""Corrections on the desk: what is being prepared, what was applied or given up; and the appeals of teams, each with its answer."""

from typing import Any, Final

from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.correction_shapes import badge_of
from backend.web.pages.desk.changes.place import ways
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.workspace.appeals import STATES
from backend.web.paging import page_of, place_of
from games.changes import actions
from games.changes.actions.preparing import PLAYED
from games.changes.models import Appeal, ChangeSet
from games.changes.queries import appeals_of
from games.changes.queries.corrections import change_sets_of
from games.changes.rules import AppealState, ChangeSetState
from games.permissions import visible
from games.results.queries import published_rounds

PAGE: Final = 30


@never_cache
@signed_in
@require_safe
def changes_list(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every correction, the newest first, and the ways to begin one."""
    found = organized(request, cycle)
    rows = visible(access_of(request), "change_set.view", change_sets_of(found)).defer("preview").annotate(size=Count("changes"))
    page = page_of(request, rows, PAGE)
    context = {
        "ways": ways(found, "changes"),
        "page": page,
        "rows": [{"set": one, "badge": badge_of(one), "failed": _failed(one)} for one in page.object_list],
        "may_begin": found.state in PLAYED,
        "published": bool(published_rounds(found)),
    }
    return desk_page(request, "desk/changes.html", found, "publish", context, title=_("Corrections"))


def _failed(one: ChangeSet) -> bool:
    return one.state == ChangeSetState.APPLIED.value and one.run is not None and one.run.state == "failed"


# --- Appeals --------------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def appeals_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """What teams ask to be looked at again, the open ones first, each with a way to correct and a place to answer."""
    found = organized(request, cycle)
    rows = visible(access_of(request), "appeal.view", appeals_of(found))
    page = page_of(request, rows, PAGE, holding=place_of(request, "appeal", rows.values_list("pk", flat=True)))
    sets = _sets(found, [one.pk for one in page.object_list])
    context = {
        "ways": ways(found, "appeals"),
        "page": page,
        "rows": [_row(one, sets.get(one.pk, [])) for one in page.object_list],
        "may_correct": found.state in PLAYED,
    }
    return desk_page(request, "desk/appeals.html", found, "publish", context, title=_("Appeals"))


def _sets(cycle: Any, appeals: list[int]) -> dict[int, list[ChangeSet]]:
    """The corrections behind these appeals: one statement."""
    found: dict[int, list[ChangeSet]] = {}
    for one in ChangeSet.objects.filter(cycle=cycle, appeal__in=appeals).defer("preview").order_by(F("number")):
        found.setdefault(one.appeal_id or 0, []).append(one)
    return found


def _row(one: Appeal, sets: list[ChangeSet]) -> dict[str, Any]:
    live = [each for each in sets if each.state != ChangeSetState.CANCELLED.value]
    return {
        "appeal": one,
        "badge": shapes.badge(STATES[AppealState(one.state)]),
        "sets": [{"set": each, "badge": badge_of(each)} for each in sets],
        "live": bool(live),
    }


@signed_in
@require_POST
def answer_appeal(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Uphold an appeal, by the correction that was prepared from it, or not; the team reads the words."""
    found = organized(request, cycle)
    rows = Appeal.objects.filter(round__cycle=found).select_related("round__cycle", "challenge", "group")
    row = seen(request, "appeal.answer", rows, pk=pk)
    upheld = request.POST.get("do") == "uphold"
    answer = request.POST.get("answer", "")
    done = _("The team reads your answer.")
    attempt(request, lambda: actions.answer_appeal(row, upheld=upheld, answer=answer, by=me(request)), done)
    return redirect(f"{reverse('desk-appeals', args=[found.key])}?appeal={row.pk}#appeal-{row.pk}")
