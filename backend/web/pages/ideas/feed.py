"""The commons of a cycle: what is shared, newest first, by kind, tag, team and words."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import KINDS, cards, frame, is_on, places_of, tabs_of
from backend.web.paging import page_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.ideas.models import Idea
from games.ideas.queries import FeedAsked, built_on, feed, tags_in, with_story
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.playbooks.schema.sharing import First

PAGE: Final = 18
LONGEST: Final = 100
MOST_TAGS: Final = 12
SORTS: Final[dict[First, Any]] = {
    First.NEWEST: gettext_lazy("newest first"),
    First.PROVEN: gettext_lazy("most tested elsewhere first"),
    First.FAILURES: gettext_lazy("what did not work first"),
}


@require_safe
def ideas_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What this person may read; `kind`, `tag`, `team` and `q` narrow it, `sort` orders it: else as the cycle says."""
    context = frame(request, cycle)
    access, found = access_of(request), context["cycle"]
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:LONGEST] for name in ("kind", "tag", "team", "q")}
    seen = visible(access, "idea.view", Idea.objects.filter(cycle=found))
    first = _first(request.GET.get("sort", ""), design_of(found).sharing.first)
    kind = asked["kind"] if asked["kind"] in KINDS else ""
    rows = feed(seen, FeedAsked(kind=kind, tag=asked["tag"], words=asked["q"], first=first))
    if asked["team"]:
        rows = rows.filter(group__key=asked["team"])
    page = page_of(request, with_story(rows).prefetch_related("tags"), PAGE)
    counts = built_on([one.pk for one in page], visible(access, "idea.view", Idea.objects.all()))
    places = places_of(access, found) if access.user_id is not None else []
    context |= {
        "tabs": tabs_of(request, found),
        "page": page,
        "cards": cards(page, counts),
        "kinds": _kinds(request, asked["kind"]),
        "tags": [{"word": word, "url": _with(request, tag=word)} for word in tags_in(seen, MOST_TAGS) if word != asked["tag"]],
        "asked": asked,
        "sorts": [{"key": one.value, "label": words, "chosen": one is first} for one, words in SORTS.items()],
        "without": {name: _with(request, **{name: ""}) for name in ("tag", "team")},
        "narrowed": any(asked.values()),
        "query": _query(request),
        "writes": bool(places) and is_on(found),
        "board": bool(places),
        "before": _before(access, found),
        "room": bool(places) and not _follows(access, found),
    }
    return render(request, "ideas/feed.html", context)


def _before(access: Access, cycle: Cycle) -> Cycle | None:
    """The cycle before this one, whose ideas may be built on here; None if this person does not see it. One statement, or none."""
    if cycle.predecessor_id is None:
        return None
    return visible(access, "cycle.view", Cycle.objects.filter(pk=cycle.predecessor_id)).first()


def _first(wanted: str, otherwise: First) -> First:
    return First(wanted) if wanted in set(First) else otherwise


def _follows(access: Access, cycle: Cycle) -> bool:
    """Sponsors find no door to the safe room, even one who plays too."""
    return Capability.FOLLOW in access.cycles.get(cycle.pk, frozenset())


def _kinds(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    every = [{"label": _("All"), "url": _with(request, kind=""), "chosen": chosen not in KINDS}]
    return [*every, *({"label": words, "url": _with(request, kind=key), "chosen": key == chosen} for key, words in KINDS.items())]


def _with(request: HttpRequest, **changes: str) -> str:
    """This list, narrowed otherwise, from its first page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    for name, value in changes.items():
        asked.pop(name, None)
        if value:
            asked[name] = value
    return f"?{asked.urlencode()}"


def _query(request: HttpRequest) -> str:
    return _with(request)[1:]
