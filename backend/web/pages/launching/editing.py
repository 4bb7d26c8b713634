"""Writing the rules step by step: each page saves what it shows, right or wrong, and says what is wrong where it stands."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import me, signed_in
from backend.web.pages.launching import text
from backend.web.pages.launching.parts import Part, Step
from backend.web.pages.launching.place import Place, learned, page, place_at, place_of, rail, step_named
from backend.web.pages.launching.showing import ZONES, Faults, Group, anchor, shapes_of, title_of, told
from backend.web.pages.launching.tables import STEPS
from backend.web.pages.launching.tables_tasks import CHALLENGES
from backend.web.pages.launching.timeline import picture
from backend.web.pages.launching.values import inside
from backend.web.pages.launching.words import words_for
from backend.web.pages.launching.writing import DO, after
from games.challenges.text import rendered
from games.errors import GameError, Problem
from games.progression import actions
from games.progression.paths import Path, parsed, path_of, written
from games.progression.rules import DraftMoved, raw_start, zone_named

LEARNED_ON: Final = {"name", "aim", "rounds", "boards"}
OWN_PAGE: Final = {"preview": "draft-preview", "launch": "draft-launch"}


@never_cache
@signed_in
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the draft: its first step with something to mend, else the first."""
    place = place_at(request, pk)
    steps = rail(place, "")
    return redirect(next((one["url"] for one in steps if one["faults"]), steps[0]["url"]))


@never_cache
@signed_in
def step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One step of the form."""
    spec = step_named(key)
    if spec.key in OWN_PAGE:
        return redirect(OWN_PAGE[spec.key], pk)
    if spec.key == "all":
        return _all_rules(request, pk, spec)
    return _form(request, pk, spec, spec.parts if spec.key != "challenges" else (), ())


@never_cache
@signed_in
def task(request: HttpRequest, pk: int, at: int) -> HttpResponse:
    """One task: its brief, what teams hand in, what judges look at."""
    return _form(request, pk, step_named("challenges"), CHALLENGES.parts, ("challenges", at))


def _form(request: HttpRequest, pk: int, spec: Step, parts: tuple[Part, ...], base: Path) -> HttpResponse:
    place = place_at(request, pk)
    if base and not isinstance(inside(place.draft.data, base), dict):
        raise Http404
    if request.method != "POST":
        return _shown(request, place, spec, parts, base)
    # The list of tasks shows no field of theirs, but they are added, moved and taken away there.
    data = after(
        place.draft.data,
        parts if base else spec.parts,
        request.POST,
        zone_named(place.draft.data),
        base=base,
        of=CHALLENGES if base else None,
    )
    try:
        kept = actions.edit_draft(place.draft, data, by=me(request), revision=_revision(request))
    except DraftMoved as moved:
        messages.error(request, moved.message)
        return _shown(request, place_of(place.draft, data), spec, parts, base, data=data, status=409)
    if request.headers.get("X-Check"):
        return _checked(request, place_of(kept), spec, parts, base)
    return _onwards(request, place_of(kept), spec, base)


def _revision(request: HttpRequest) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None  # noqa: PLR2004 no draft is saved so often


def _onwards(request: HttpRequest, place: Place, spec: Step, base: Path) -> HttpResponse:
    """After a page was saved: to what was added, to the same page, or to the next step."""
    do = request.POST.get(DO, "")
    pk = place.cycle.pk
    here = reverse("draft-task", args=[pk, base[1]]) if base else reverse("draft-step", args=[pk, spec.key])
    if do.startswith("add:"):
        return redirect(_added(place, do.removeprefix("add:"), here, spec))
    if ":" in do:
        where = parsed(do.partition(":")[2])
        return redirect(f"{here}#{anchor(where[:-1])}")
    if do == "redraw":
        return redirect(f"{here}#{request.POST.get('at', '')}" if request.POST.get("at") else here)
    if do == "next":
        keys = [one.key for one in STEPS]
        following = keys[min(keys.index(spec.key) + 1, len(keys) - 1)]
        return redirect(reverse("draft-step", args=[pk, "challenges" if base else following]))
    messages.success(request, _("Saved."))
    return redirect(here)


def _added(place: Place, where: str, here: str, spec: Step) -> str:
    rows = inside(place.draft.data, parsed(where))
    last = len(rows) - 1 if isinstance(rows, list) else 0
    if spec.key == "challenges" and where == "challenges":
        return reverse("draft-task", args=[place.cycle.pk, last])
    return f"{here}#{anchor((*parsed(where), last))}"


def _shown(
    request: HttpRequest,
    place: Place,
    spec: Step,
    parts: tuple[Part, ...],
    base: Path,
    *,
    data: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    data = place.draft.data if data is None else data
    zone = zone_named(data)
    kind = str((inside(data, base) or {}).get("format") or "rubric") if base else ""
    shown = shapes_of(parts, data, place.faults, zone, base, kind)
    start = raw_start(data)
    context = {
        "parts": shown,
        "zones": ZONES if spec.key == "name" else (),
        "words": _words(place, spec, base),
        "start": start.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if start else "",
        "picture": picture(place.written.design) if spec.key == "rounds" and place.written.design else None,
        "begun": sorted(place.written.begun),
        "rest": place.faults.rest(spec.tables) if not base else place_rest(place.faults, base),
        "tasks": _tasks(place, data) if spec.key == "challenges" and not base else None,
        "base": base,
        "learned": learned(request, place.cycle) if spec.key in LEARNED_ON else [],
        "heading": title_of(inside(data, base), CHALLENGES, int(base[1])) if base else spec.title,
        "next_words": _("Save, and to the tasks") if base else _("Save and go on"),
    }
    return page(request, "launch/step.html", place, spec.key, context, status=status)


def place_rest(faults: Faults, base: Path) -> list[str]:
    """What is wrong in one table and was shown at no field."""
    left = [path for path in faults.by_path if path not in faults.taken and path[: len(base)] == base]
    return [f"{written(path)}: {message}" for path in left for message in faults.by_path[path]]


def _words(place: Place, spec: Step, base: Path) -> dict[str, Any]:
    design = place.written.design
    at = int(base[1]) if base else None
    brief = inside(place.draft.data, (*base, "brief")) if base else ""
    return {
        "told": words_for(spec.key, design, at) if design else [],
        "broken": design is None,
        "brief": rendered(brief) if isinstance(brief, str) else "",
    }


def _tasks(place: Place, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The tasks in a list, each with its own page."""
    rows = data.get("challenges")
    found = []
    rows = rows if isinstance(rows, list) else []
    for number, one in enumerate(rows):
        row: dict[str, Any] = one if isinstance(one, dict) else {}
        wrong = sum(len(texts) for path, texts in place.faults.by_path.items() if path[:2] == ("challenges", number))
        found.append(
            {
                "title": title_of(row, CHALLENGES, number),
                "summary": row.get("summary", ""),
                "rounds": row.get("rounds") if isinstance(row.get("rounds"), list) else [],
                "criteria": len(row.get("criteria") or ()),
                "questions": len(row.get("form") or ()),
                "url": reverse("draft-task", args=[place.cycle.pk, number]),
                "path": f"challenges[{number}]",
                "id": anchor(("challenges", number)),
                "faults": wrong,
                "last": number == len(rows) - 1,
            }
        )
    return found


def _checked(request: HttpRequest, place: Place, spec: Step, parts: tuple[Part, ...], base: Path) -> HttpResponse:
    """What a page asks while somebody types: saved; what is wrong at which field; the rules in words anew."""
    data = place.draft.data
    kind = str((inside(data, base) or {}).get("format") or "rubric") if base else ""
    errors: dict[str, Any] = {}
    _collect(shapes_of(parts, data, place.faults, zone_named(data), base, kind), errors)
    rest = place_rest(place.faults, base) if base else place.faults.rest(spec.tables)
    at = localtime(place.draft.saved_at)
    return JsonResponse(
        {
            "revision": place.draft.revision,
            "saved": _("Saved at %(time)s") % {"time": at.strftime("%H:%M:%S")},
            "errors": errors,
            "rest": rest,
            "steps": {one["key"]: one["faults"] for one in rail(place, spec.key)},
            "words": render_to_string("launch/words.html", {"words": _words(place, spec, base)}, request),
        }
    )


def _collect(shown: Group, errors: dict[str, Any]) -> None:
    for slot in [*shown.slots, *shown.more]:
        errors[slot.id] = {"texts": slot.errors, "gap": slot.gap}
    for once in shown.onces:
        errors[once.id] = {"texts": once.errors, "gap": False}
        if once.parts is not None:
            _collect(once.parts, errors)
    for table in shown.tables:
        for row in table.rows:
            errors[f"{row.id}-row"] = {"texts": row.errors, "gap": False}
            _collect(row.parts, errors)


# --- All rules --------------------------------------------------------------------------------------------------------------------------


def _all_rules(request: HttpRequest, pk: int, spec: Step) -> HttpResponse:
    place = place_at(request, pk)
    if request.method != "POST":
        return _text_shown(request, place, spec, text.toml_of(place.draft.data))
    typed = request.POST.get("rules", "").replace("\r\n", "\n")
    try:
        data = text.read(typed, start=raw_start(place.draft.data) or place.draft.saved_at)
        kept = actions.edit_draft(place.draft, data, by=me(request), revision=_revision(request))
    except GameError as refusal:
        return _text_shown(request, place, spec, typed, refusal=refusal, status=409 if isinstance(refusal, DraftMoved) else 422)
    if request.POST.get(DO) == "next":
        return redirect("draft-preview", pk)
    messages.success(request, _("Saved."))
    return _text_shown(request, place_of(kept), spec, typed)


def _text_shown(
    request: HttpRequest, place: Place, spec: Step, typed: str, *, refusal: GameError | None = None, status: int = 200
) -> HttpResponse:
    """The text, with each fault and its line. After a refusal the text stays, and nothing was saved."""
    problems = (list(refusal.problems) or [_as_problem(refusal)]) if refusal is not None else place.written.problems
    found = [
        {
            "line": text.line_at(one, typed, place.draft.data),
            "place": written(path_of(one.where, place.draft.data)),
            "text": told(one, place.draft.data)[1],
        }
        for one in problems
    ]
    context = {"typed": typed, "found": found, "refused": refusal is not None, "rows": min(max(typed.count("\n") + 2, 20), 60)}
    return page(request, "launch/all.html", place, spec.key, context, status=status)


def _as_problem(refusal: GameError) -> Problem:
    return Problem(refusal.where, refusal.message)


@never_cache
@signed_in
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move every date so that the cycle begins on another day."""
    place = place_at(request, pk)
    here = redirect("draft-step", pk, "rounds")
    try:
        start = datetime.fromisoformat(request.POST.get("start", ""))
    except ValueError:
        messages.error(request, _("Choose the day and the hour on which it begins."))
        return here
    start = start if start.tzinfo else start.replace(tzinfo=zone_named(place.draft.data))
    try:
        actions.move_draft(place.draft, start, by=me(request), revision=_revision(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
        return here
    messages.success(request, _("Every date has moved with the start."))
    return here
