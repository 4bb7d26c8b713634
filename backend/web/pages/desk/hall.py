"""In the hall, tables: numbers and locations, who is absent, which judge is where; signs to hang up."""

import csv
import io
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.live import fragment
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.pages.rounds import round_seen
from games.cycles.models import Cycle
from games.errors import GameError, Problem
from games.judging.actions import hall
from games.judging.models import Pitch, Stand
from games.judging.queries.hall import Table, stands_of, tables_in, without_table
from games.judging.rules.hall import HIGHEST, Placed
from games.rounds.models import Round

DIGITS: Final = len(str(HIGHEST))
BADGES: Final = {"absent": "alert", "busy": "judging", "done": "published", "waiting": "planned", "idle": "closed"}
MOST: Final = 5 * 2**20


def words_of(state: str) -> str:
    """A table's state in words."""
    return {
        "absent": _("nobody there"),
        "busy": _("a judge is there"),
        "done": _("seen by all"),
        "waiting": _("waits"),
        "idle": _("no judge to come"),
    }[state]


@never_cache
@signed_in
@require_safe
def hall_index(request: HttpRequest, cycle: str) -> HttpResponse:
    """The round in whose hall something is going on: the first with tables or pitches that is not published, else the first open."""
    found = organized(request, cycle)
    rounds = list(Round.objects.filter(cycle=found).order_by("number"))
    if not rounds:
        context = {"ways": ways(found, "hall")}
        return desk_page(request, "desk/hall_none.html", found, "judging", context, title=_("In the hall"))
    used = {*Stand.objects.filter(round__cycle=found).values_list("round_id", flat=True)}
    used |= {*Pitch.objects.filter(round__cycle=found).values_list("round_id", flat=True)}
    going = [one for one in rounds if one.published_at is None]
    best = next((one for one in going if one.pk in used), None) or next(iter(going), rounds[-1])
    return redirect("desk-hall-round", found.key, best.key)


def hall_frame(cycle: Cycle, round_: Round, current: str) -> dict[str, Any]:
    """What both pages of a round's hall have: the parts of Judging, its rounds, tables and pitches."""
    rounds = list(Round.objects.filter(cycle=cycle).order_by("number").only("key", "name"))
    parts = (("tables", _("Tables"), "desk-hall-round"), ("pitches", _("Pitches"), "desk-pitches"))
    name = {part: url for part, _label, url in parts}[current]
    return {
        "ways": ways(cycle, "hall"),
        "round": round_,
        "rounds": [(reverse(name, args=[cycle.key, one.key]), one.name, one.key == round_.key) for one in rounds],
        "parts": [
            {"label": label, "url": reverse(url, args=[cycle.key, round_.key]), "current": key == current}
            for key, label, url in parts
        ],
    }


# --- The page ---------------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
def tables_page(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The tables of a round, as they are now; numbers and locations are changed here."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    if request.method == "POST":
        return _act(request, found, round_)
    return _page(request, found, round_)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    round_: Round,
    *,
    typed: dict[str, str] | None = None,
    csv_text: str = "",
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; `typed`, `csv_text` and `problems`: what was refused, as it was given, and why."""
    shown = _shown(request, cycle, round_)
    without = list(without_table(round_))
    context = {
        **hall_frame(cycle, round_, "tables"),
        **shown,
        "without": without,
        "rows": _rows(shown["tables"], without, typed or {}),
        "csv": csv_text,
        "problems": problems,
        "live": reverse("desk-hall-live", args=[cycle.key, round_.key]),
        "editing": bool(typed) or (bool(problems) and not csv_text),
    }
    return desk_page(request, "desk/hall.html", cycle, "judging", context, title=_("In the hall"), status=status)


def _shown(request: HttpRequest, cycle: Cycle, round_: Round) -> dict[str, Any]:
    tables = tables_in(round_, access_of(request).now)
    states = [one.state for one in tables]
    told = [
        (len(tables), ngettext("table", "tables", len(tables))),
        (states.count("busy"), ngettext("judge at a table", "judges at tables", states.count("busy"))),
        (states.count("done"), _("seen by all")),
        (states.count("absent"), _("where nobody was")),
    ]
    return {
        "cycle": cycle,
        "round": round_,
        "tables": [_table(one) for one in tables],
        "stats": [{"value": value, "label": label} for value, label in told] if tables else [],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "stand": table.stand,
        "group": table.stand.group,
        "seen": table.seen,
        "wanted": table.wanted,
        "judge": table.judge,
        "until": table.until,
        "state": table.state,
        "badge": {"state": BADGES[table.state], "label": words_of(table.state)},
    }


def _rows(tables: list[dict[str, Any]], without: list[Any], typed: dict[str, str]) -> list[dict[str, Any]]:
    """A line to fill for each group, those with a table first, with what was typed or else what is."""
    held = [(one["group"], str(one["stand"].number), one["stand"].location, one["stand"].pk) for one in tables]
    lines = held + [(group, "", "", 0) for group in without]
    return [
        {
            "group": group,
            "number": typed.get(f"number-{group.pk}", number),
            "location": typed.get(f"location-{group.pk}", location),
            "stand": stand,
        }
        for group, number, location, stand in lines
    ]


@never_cache
@signed_in
@require_safe
def tables_live(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The part of the page that changes."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    return fragment(request, "desk/hall_tables.html", _shown(request, found, round_))


# --- What is done there -----------------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, cycle: Cycle, round_: Round) -> HttpResponse:
    do, _colon, which = request.POST.get("do", "").partition(":")
    match do:
        case "number" | "anew":
            _number(request, round_, anew=do == "anew")
        case "save":
            return _save(request, cycle, round_)
        case "csv":
            return _csv(request, cycle, round_)
        case "absent" | "back" | "remove":
            _attend(request, round_, do, which)
        case _:
            raise Http404
    return redirect("desk-hall-round", cycle.key, round_.key)


def _number(request: HttpRequest, round_: Round, *, anew: bool) -> None:
    first = _whole(request.POST.get("first", "")) or 1
    try:
        count = hall.number_tables(round_=round_, by=me(request), first=first, anew=anew)
    except GameError as refusal:
        messages.error(request, refusal.message)
        return
    said = ngettext("%(count)d team has a number.", "%(count)d teams have a number.", count) % {"count": count}
    messages.success(request, said if count else _("Every team has a table already."))


def _whole(typed: str) -> int:
    """A number that a table may have; 0 for anything else."""
    found = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS else 0
    return found if found <= HIGHEST else 0


def _save(request: HttpRequest, cycle: Cycle, round_: Round) -> HttpResponse:
    """Every line that says something else than what is; with one fault nothing is changed, and what was typed stays."""
    there = {one.group_id: one for one in stands_of(round_)}
    groups = {one.pk: one for one in [*(stand.group for stand in there.values()), *without_table(round_)]}
    wanted: list[Placed] = []
    problems: list[Problem] = []
    for pk, group in groups.items():
        number, location = (request.POST.get(f"{name}-{pk}", "").strip() for name in ("number", "location"))
        stand = there.get(pk)
        same = (str(stand.number), stand.location) if stand else ("", "")
        if f"number-{pk}" not in request.POST or (number, location) == same:
            continue
        if (stand or number) and not _whole(number):
            problems.append(Problem(group.name, _("expected a number from 1 to %(most)d") % {"most": HIGHEST}))
        elif number:
            wanted.append(Placed(group.key, _whole(number), location, group.name))
    try:
        if not problems and wanted:
            hall.place_tables(round_=round_, wanted=wanted, by=me(request))
    except GameError as refusal:
        problems = list(refusal.problems)
    if problems:
        typed = {name: request.POST[name] for name in request.POST if name.startswith(("number-", "location-"))}
        return _page(request, cycle, round_, typed=typed, problems=tuple(problems), status=422)
    messages.success(request, _("Saved.") if wanted else _("Nothing was changed."))
    return redirect("desk-hall-round", cycle.key, round_.key)


def _csv(request: HttpRequest, cycle: Cycle, round_: Round) -> HttpResponse:
    upload = request.FILES.get("file")
    content = upload.read(MOST + 1) if upload is not None else request.POST.get("csv", "").encode()
    try:
        count = hall.tables_csv(round_=round_, content=content, by=me(request))
    except GameError as refusal:
        problems = refusal.problems or (Problem("", refusal.message),)
        text = content.decode(errors="replace")[:20_000]
        return _page(request, cycle, round_, csv_text=text, problems=tuple(problems[:200]), status=422)
    said = ngettext("%(count)d table is placed.", "%(count)d tables are placed.", count) % {"count": count}
    messages.success(request, said)
    return redirect("desk-hall-round", cycle.key, round_.key)


def _attend(request: HttpRequest, round_: Round, do: str, which: str) -> None:
    rows = Stand.objects.filter(round=round_).select_related("round", "group")
    stand = seen(request, "stand.place", rows, pk=id_in(which))
    words = {"number": stand.number, "team": stand.group.name}
    if do == "absent":
        attempt(request, lambda: hall.mark_absent(stand=stand, by=me(request)), _("Nobody is sent to table %(number)d.") % words)
    elif do == "back":
        attempt(request, lambda: hall.mark_back(stand=stand, by=me(request)), _("Judges come to table %(number)d again.") % words)
    else:
        attempt(request, lambda: hall.remove_table(stand=stand, by=me(request)), _("%(team)s has no table any more.") % words)


# --- To take away -----------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def tables_print(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """A sign for every table, to hang up."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    context = {**hall_frame(found, round_, "tables"), "stands": list(stands_of(round_))}
    return desk_page(request, "desk/hall_signs.html", found, "judging", context, title=_("Signs for the tables"))


@never_cache
@signed_in
@require_safe
def tables_csv(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The tables as a list, which can be changed and read back; groups without a table stand at its end."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["table", "group", "location"])
    rows.writerows([one.number, one.group.key, _safe(one.location)] for one in stands_of(round_))
    rows.writerows(["", one.key, ""] for one in without_table(round_))
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.key}-{round_.key}-tables.csv"'
    return answer


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
