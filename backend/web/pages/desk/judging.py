"""Judging on the organizer's desk: panels and loads, judges' questions."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.web.pages.desk.place import back, desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.paging import kept, page_of, place_of
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import GameError
from games.judging import actions
from games.judging.models import Panelist, Sheet
from games.judging.queries import flags_of
from games.judging.queries.pairing import pairs_tables
from games.judging.seating import Seat, Table, judges_of, tables_of
from games.organizations.models import Person

FLAGS: Final = 50
SEATS: Final = 24
"""So many questions, and so many judges of a panel, stand on a page."""


@never_cache
@signed_in
@require_safe
def judging_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every panel of every task: who sits on it, how much each has, which entries nobody has."""
    return _panels(request, organized(request, cycle))


def _panels(
    request: HttpRequest, found: Cycle, *, csv: str = "", problems: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    """The page; `csv` and `problems`: a table that was refused, as it was pasted, and what is wrong with it."""
    judges, pairs = judges_of(found), pairs_tables(found)
    tables = [_table(request, one, judges) for one in tables_of(found)]
    context = {
        "ways": ways(found, "panels"),
        "tables": tables,
        "pairs": pairs,
        "invite": not judges and bool(pairs or any(not one["peers"] for one in tables)),
        "judges": len(judges),
        "csv": csv,
        "problems": problems,
    }
    return desk_page(request, "desk/judging.html", found, "judging", context, status=status)


def _table(request: HttpRequest, table: Table, judges: list[Person]) -> dict[str, Any]:
    task = table.challenge
    there = {seat.panelist.person_id for seat in table.seats}
    most = max((seat.whole for seat in table.seats), default=0)
    places = [task.round.cycle.key, task.round.key, task.key]
    panel = f"{task.pk}-{table.panel}"
    page = page_of(request, table.seats, SEATS, name=f"seats-{panel}")
    return {
        "task": task,
        "panel": table.panel,
        "peers": table.peers,
        "id": panel,
        "seats": [_seat(seat, most) for seat in page],
        "seated": page,
        "kept": kept(request, f"seats-{panel}"),
        "others": [one for one in judges if one.pk not in there],
        "entries": table.entries,
        "free": table.free,
        "matrix": f"{reverse('desk-matrix', args=places)}?panel={table.panel}",
        "each": table.usual or min(table.here, 3) or 1,
        "here": table.here,
        "thin": table.thin,
        "page": reverse("desk-panel", args=[task.round.cycle.key, task.pk, table.panel]),
    }


def _seat(seat: Seat, most: int) -> dict[str, Any]:
    return {"seat": seat, "person": seat.panelist.person, "pk": seat.panelist.pk, "whole": seat.whole, "most": most or 1}


@signed_in
@require_POST
def seat(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """One act on a panel of a task: add a judge or all, give everything to everybody."""
    found = organized(request, cycle)
    task = Challenge.objects.filter(round__cycle=found, pk=pk).select_related("round__cycle").first()
    if task is None:
        raise Http404
    panel, by = request.POST.get("panel", ""), me(request)
    match request.POST.get("do"):
        case "add":
            person = next((one for one in judges_of(found) if str(one.pk) == request.POST.get("person")), None)
            if person is None:
                messages.error(request, _("Choose a judge."))
            else:
                done = _("%(name)s is on the panel.") % {"name": person.name}
                attempt(request, lambda: actions.add_panelist(challenge=task, panel=panel, person=person, by=by), done)
        case "add_all":
            judges = judges_of(found)
            done = ngettext("%(count)d judge is on the panel.", "%(count)d judges are on the panel.", len(judges))
            attempt(request, lambda: _seat_all(task, panel, judges, by), done % {"count": len(judges)})
        case "all":
            new: list[int] = []
            if attempt(
                request,
                lambda: new.append(actions.assign_all(challenge=task, panel=panel, by=by)),
                _("Every judge has every entry."),
            ):
                messages.info(request, _given(new[0]))
        case _:
            raise Http404
    return redirect(f"{reverse('desk-judging', args=[found.key])}#panel-{task.pk}-{panel}")


def _seat_all(task: Challenge, panel: str, judges: list[Person], by: Any) -> None:
    for one in judges:
        actions.add_panelist(challenge=task, panel=panel, person=one, by=by)


def _given(new: int) -> str:
    return ngettext("%(count)d new sheet is given out.", "%(count)d new sheets are given out.", new) % {"count": new}


@signed_in
@require_POST
def unseat(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Take a judge off a panel; sheets not begun go with them."""
    found = organized(request, cycle)
    rows = Panelist.objects.filter(challenge__round__cycle=found).select_related("person", "challenge__round__cycle")
    one = seen(request, "panelist.change", rows, pk=pk)
    done = _("%(name)s is no longer on the panel. Sheets not begun went with them.") % {"name": one.person.name}
    attempt(request, lambda: actions.remove_panelist(panelist=one, by=me(request)), done)
    return redirect(f"{reverse('desk-judging', args=[found.key])}#panel-{one.challenge_id}-{one.panel}")


@signed_in
@require_POST
def assign_table(request: HttpRequest, cycle: str) -> HttpResponse:
    """Assignments from a pasted or uploaded table; with one fault nothing is given out, and what was pasted stays."""
    found = organized(request, cycle)
    upload = request.FILES.get("file")
    content = upload.read(5 * 2**20 + 1) if upload is not None else request.POST.get("csv", "").encode()
    try:
        messages.success(request, _given(actions.assign_csv(cycle=found, content=content, by=me(request))))
    except GameError as refusal:
        problems = tuple(str(one) for one in refusal.problems[:200]) or (refusal.message,)
        return _panels(request, found, csv=content.decode(errors="replace")[:20_000], problems=problems, status=422)
    return redirect(f"{reverse('desk-judging', args=[found.key])}#table")


# --- Questions ------------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def flags_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What judges asked, the unanswered first, each with its answer or a place for one."""
    found = organized(request, cycle)
    rows = flags_of(found)
    page = page_of(request, rows, FLAGS, holding=place_of(request, "flag", rows.values_list("pk", flat=True)))
    context = {"ways": ways(found, "flags"), "flags": list(page), "page": page, "here": request.get_full_path()}
    return desk_page(request, "desk/flags.html", found, "judging", context, title=_("Questions of judges"))


@signed_in
@require_POST
def answer(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Answer a judge's question."""
    found = organized(request, cycle)
    sheet = seen(request, "sheet.answer_flag", Sheet.objects.filter(challenge__round__cycle=found), pk=pk)
    said = request.POST.get("answer", "").strip()
    attempt(
        request,
        lambda: actions.answer_flag(sheet=sheet, by=me(request), answer=said),
        _("The judge reads your answer beside the entry."),
    )
    return back(request, reverse("desk-flags", args=[found.key]))
