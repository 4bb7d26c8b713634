"""One correction: what it changes, what it would move, applied or given up; then how far its publication is."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.pages.gate import id_in, me, signed_in
from backend.web.correction_shapes import badge_of, change_words, story
from backend.web.pages.desk.changes.place import correction, ways
from backend.web.pages.desk.confirming import run_shape
from backend.web.pages.desk.place import desk_page, organized
from backend.web.paging import page_of
from games.changes import actions
from games.changes.models import ChangeSet
from games.changes.queries.corrections import changes_of
from games.changes.rules import AppealState, ChangeSetState
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.organizations.models import Person

PAGE: Final = 30
"""So many changes stand on a page."""


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change_set_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """The whole story of a correction, and every act on it by `do`."""
    found = organized(request, cycle)
    row = correction(request, found, number)
    error = ""
    if request.method == "POST":
        error = _done(request, row)
        if not error:
            return redirect("desk-change-set", found.key, row.number)
        row = correction(request, found, number)
    context = _context(request, found, row) | {"error": error, "typed": request.POST}
    title = _("Correction %(number)d") % {"number": row.number}
    return desk_page(request, "desk/changes_set.html", found, "publish", context, title=title, status=422 if error else 200)


def _done(request: HttpRequest, row: ChangeSet) -> str:
    """Do what was asked; why not, if it is refused."""
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        return _("Choose what to do.")
    try:
        messages.success(request, act(request, row))
    except GameError as refusal:
        return refusal.message
    return ""


def _say(request: HttpRequest, row: ChangeSet) -> str:
    actions.rewrite(row, by=me(request), reason=request.POST.get("reason", ""))
    return _("The reason is changed.")


def _leave(request: HttpRequest, row: ChangeSet) -> str:
    actions.remove_change(row, id_in(request.POST.get("position", "")), by=me(request))
    return _("It is left out.")


def _look(request: HttpRequest, row: ChangeSet) -> str:
    actions.look_again(row, by=me(request))
    return _("It is being computed anew.")


def _apply(request: HttpRequest, row: ChangeSet) -> str:
    """What is not ticked to be taken back stays."""
    moving = {one["grant"] for one in row.preview.get("awards", ()) if one["to_take_back"]}
    leave = moving - {id_in(one) for one in request.POST.getlist("take_back")}
    stamp, answer = request.POST.get("stamp", ""), request.POST.get("answer", "")
    done = actions.apply(row, by=me(request), stamp=stamp, leave=leave, answer=answer)
    return _("The correction is applied, and is being published.") if done.run_id else _("The correction is applied.")


def _cancel(request: HttpRequest, row: ChangeSet) -> str:
    actions.cancel(row, by=me(request), reason=request.POST.get("reason", ""))
    return _("The correction is given up. Nothing has moved.")


def _again(request: HttpRequest, row: ChangeSet) -> str:
    actions.carry_on(row, by=me(request))
    return _("It is being published again.")


ACTS: dict[str, Callable[[HttpRequest, ChangeSet], str]] = {
    "say": _say,
    "leave": _leave,
    "look": _look,
    "apply": _apply,
    "cancel": _cancel,
    "again": _again,
}


def _context(request: HttpRequest, cycle: Cycle, row: ChangeSet) -> dict[str, Any]:
    design, changes = design_of(cycle), changes_of(row)
    page = page_of(request, changes, PAGE)
    draft = row.state == ChangeSetState.DRAFT.value
    people = {one.target["person"] for one in page if "person" in one.target} | set(row.preview.get("judges", ()))
    judges = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    keys = {one.target["group"] for one in page if "group" in one.target}
    groups = dict(Group.objects.filter(cycle=cycle, key__in=keys).values_list("key", "name"))
    ready = bool(row.preview) and "error" not in row.preview
    return {
        "ways": ways(cycle, "changes"),
        "set": row,
        "set_badge": badge_of(row),
        "draft": draft,
        "changes": [change_words(cycle, design, one, groups, judges) for one in page],
        "page": page,
        "story": story(cycle, row.preview, judges, design.cycle.currency) if ready else None,
        "waiting": draft and bool(changes) and row.previewed_at is None,
        "failed": row.preview.get("error", ""),
        "answers": row.appeal is not None and row.appeal.state == AppealState.OPEN.value,
        "run_part": _run(cycle, row),
    }


def _run(cycle: Cycle, row: ChangeSet) -> dict[str, Any] | None:
    """How far the publication is, or what came of it."""
    if row.run is None or row.run.round is None:
        return None
    return run_shape(cycle, row.run.round, row.run)


@never_cache
@signed_in
@require_safe
def change_set_state(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Asked for every second while a preview is computed, or a correction published; over, the page is asked for again."""
    found = organized(request, cycle)
    row = correction(request, found, number)
    draft = row.state == ChangeSetState.DRAFT.value
    run = _run(found, row)
    answer = render(request, "desk/changes_wait.html", {"cycle": found, "set": row, "draft": draft, "run_part": run})
    if (draft and row.previewed_at is not None) or (not draft and (run is None or run["over"])):
        answer["HX-Refresh"] = "true"
    return answer
