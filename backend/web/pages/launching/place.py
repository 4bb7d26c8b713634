"""A draft as a place: who may be here, its steps with what is wrong in each, the frame that all its pages share."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.launching.parts import Step
from backend.web.pages.launching.showing import Faults, anchor, step_at, step_of, told
from backend.web.pages.launching.tables import STEPS
from backend.web.pages.launching.words import place_words
from games.cycles.models import Cycle, Decision
from games.cycles.rules import CycleState, DecisionKind
from games.permissions import visible
from games.progression.drafting import Written, draft_of, read_draft
from games.progression.models import Draft
from games.progression.paths import written

LEARNED: Final = 20
BY_KEY: Final = {one.key: one for one in STEPS}


class Place(NamedTuple):
    """Where somebody writes: the cycle, what is written, what it comes to."""

    cycle: Cycle
    draft: Draft
    written: Written
    faults: Faults

    @property
    def amends(self) -> bool:
        """Whether this changes a cycle that is launched already."""
        return self.cycle.state != CycleState.DRAFT.value


def cycle_at(request: HttpRequest, pk: int) -> Cycle:
    """The cycle, which the person must organize: to others there is nothing here."""
    rows = Cycle.objects.select_related("predecessor", "series", "organization")
    return seen(request, "cycle.organize", rows, pk=pk)


def place_at(request: HttpRequest, pk: int) -> Place:
    """What is written for the cycle; 404 if nothing is, or not for this person."""
    return place_of(draft_of(cycle_at(request, pk)))


def place_of(draft: Draft, data: Mapping[str, Any] | None = None) -> Place:
    """The same for a draft, or for other data than is stored in it."""
    shown = draft.data if data is None else dict(data)
    read = read_draft(draft.cycle, shown)
    return Place(draft.cycle, draft, read, Faults.of(read.problems, shown))


def step_named(key: str) -> Step:
    """The step, else 404."""
    if key not in BY_KEY:
        raise Http404
    return BY_KEY[key]


def rail(place: Place, current: str) -> list[dict[str, Any]]:
    """The steps with how much is wrong in each."""
    found = []
    for number, one in enumerate(STEPS, 1):
        title = _("Amend") if one.key == "launch" and place.amends else one.title
        tables = one.tables
        count = place.faults.count(tables) if tables else 0
        if one.key == "all":
            known = {table for step in STEPS for table in step.tables}
            count = sum(len(texts) for path, texts in place.faults.by_path.items() if step_of(path) not in known)
        url = reverse("draft-step", args=[place.cycle.pk, one.key])
        found.append(
            {"key": one.key, "number": number, "title": title, "url": url, "current": one.key == current, "faults": count}
        )
    return found


def linked(place: Place, problems: Any) -> list[dict[str, Any]]:
    """Problems with the page and field where each is mended: [{text, what, url}]."""
    found = []
    for one in problems:
        path, text, _gap = told(one, place.draft.data)
        found.append({"text": text, "what": place_words(written(path), place.draft.data), "url": url_of(place.cycle, path)})
    return found


def url_of(cycle: Cycle, path: tuple[str | int, ...]) -> str:
    """The field on its page. What has no field of its own is mended in the text."""
    step = step_at(path)
    if step.key == "challenges" and len(path) > 1 and isinstance(path[1], int):
        return f"{reverse('draft-task', args=[cycle.pk, path[1]])}#{anchor(path)}"
    return f"{reverse('draft-step', args=[cycle.pk, step.key])}#{anchor(path)}"


def page(
    request: HttpRequest, template: str, place: Place, step: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the draft in its frame."""
    spec = BY_KEY[step]
    name = place.cycle.name
    crumbs = (
        shapes.crumbs(
            (_("My desk"), reverse("desk")), (name, reverse("cycle-desk", args=[place.cycle.key])), _("Change the rules")
        )
        if place.amends
        else shapes.crumbs((_("My desk"), reverse("desk")), (_("Launch"), reverse("launch")), name)
    )
    frame = {
        "place": place,
        "cycle": place.cycle,
        "draft": place.draft,
        "amends": place.amends,
        "steps": rail(place, step),
        "step": spec,
        "following": _next(place, step),
        "crumbs": crumbs,
        "count": len(place.written.problems),
        "zone": shapes_zone(place),
    }
    return render(request, template, frame | context, status=status)


def _next(place: Place, step: str) -> dict[str, Any] | None:
    keys = [one.key for one in STEPS]
    at = keys.index(step) + 1
    if at >= len(keys):
        return None
    return {"url": reverse("draft-step", args=[place.cycle.pk, keys[at]]), "title": STEPS[at].title, "key": keys[at]}


def shapes_zone(place: Place) -> str:
    """The name of the zone in which dates are written."""
    table = place.draft.data.get("cycle")
    return str(table.get("timezone") or "UTC") if isinstance(table, Mapping) else "UTC"


def learned(request: HttpRequest, cycle: Cycle) -> list[Decision]:
    """What the cycle before decided, with its reasons, the last first: to be read before the next one is written."""
    if cycle.state != CycleState.DRAFT.value or cycle.predecessor_id is None:
        return []
    rows = Decision.objects.filter(cycle=cycle.predecessor_id).exclude(reason="")
    found = visible(access_of(request), "decision.view", rows)
    return list(found.exclude(kind__in=[DecisionKind.LAUNCH.value, DecisionKind.ROLE.value]).order_by("-number")[:LEARNED])
