"""Search over everything a person may see: cycles, series, teams, published entries and ideas."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.found import Piece, pieces, snippet, words_of
from backend.web.pages.gallery import matching, published_entries, said
from backend.web.pages.ideas.frame import KINDS as IDEA_KINDS
from backend.web.pages.ideas.frame import idea_url, whose
from backend.web.paging import page_of
from games.challenges.queries import spec_of
from games.cycles.models import Cycle, Series
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.ideas.queries import FeedAsked, feed, with_story
from games.permissions import Access, visible

FEW: Final = 5
PAGE: Final = 20
LEAST: Final = 2  # signs of a search
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is found: which rows, and how a row is shown."""

    title: Any
    rows: Callable[[Access, list[str]], QuerySet[Any]]
    shown: Callable[[Any, list[str]], dict[str, Any]]


def _all_words[M: Model](rows: QuerySet[M], words: list[str], *fields: str) -> QuerySet[M]:
    """Rows in which every word stands in one of the fields."""
    for word in words:
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


def _cycles(access: Access, words: list[str]) -> QuerySet[Cycle]:
    rows = visible(access, "cycle.view", Cycle.objects.filter(rehearsal=False)).select_related("series", "organization")
    return _all_words(rows, words, "name", "summary").order_by("-starts_at", "-pk")


def _series(access: Access, words: list[str]) -> QuerySet[Series]:
    return _all_words(visible(access, "series.view", Series.objects.all()), words, "name", "key", "summary").order_by(
        "name", "pk"
    )


def _groups(access: Access, words: list[str]) -> QuerySet[Group]:
    rows = visible(access, "group.view", Group.objects.filter(cycle__rehearsal=False)).exclude(state=GroupState.PENDING.value)
    return _all_words(rows.select_related("cycle", "organization"), words, "name").order_by("name", "-pk")


def _entries(access: Access, words: list[str]) -> QuerySet[Any]:
    rows = published_entries(access).filter(challenge__round__cycle__rehearsal=False)
    return matching(rows, " ".join(words)).order_by("-pinned__at", "-pk")


def _ideas(access: Access, words: list[str]) -> QuerySet[Idea]:
    """Not those that stand for entries, which are found themselves."""
    told = Idea.objects.filter(cycle__rehearsal=False, submission__isnull=True, attempt__isnull=True)
    return feed(visible(access, "idea.view", with_story(told)), FeedAsked(words=" ".join(words)))


def _hit(title: str, url: str, words: list[str], *, under: str = "", text: str = "") -> dict[str, Any]:
    parts: list[Piece] = snippet(text, words)
    return {"title": pieces(title, words), "url": url, "under": under, "text": parts}


def _cycle_hit(one: Cycle, words: list[str]) -> dict[str, Any]:
    under = shapes.series_name(one.series) if one.series else shapes.organizer(one)
    return _hit(one.name, shapes.cycle_url(one), words, under=under, text=one.summary) | {"badge": shapes.cycle_badge(one)}


def _series_hit(one: Series, words: list[str]) -> dict[str, Any]:
    return _hit(shapes.series_name(one), reverse("series", args=[one.key]), words, text=one.summary)


def _group_hit(one: Group, words: list[str]) -> dict[str, Any]:
    under = " · ".join(part for part in (one.cycle.name, one.organization.name if one.organization else "") if part)
    return _hit(one.name, reverse("group", args=[one.cycle.key, one.key]), words, under=under)


def _entry_hit(one: Any, words: list[str]) -> dict[str, Any]:
    cycle, round_ = one.challenge.round.cycle, one.challenge.round
    form = spec_of(one.challenge).form
    copies = {field.key for field in form if field.blind == "only"}
    title, _text = said(form, one.pinned.data)
    said_too = [
        value for key, value in one.pinned.data.items() if key not in copies and isinstance(value, str) and value != title
    ]
    text = " · ".join(said_too)
    url = f"{reverse('group', args=[cycle.key, one.group.key])}#round-{round_.key}"
    under = f"{one.group.name} · {one.challenge.name} · {cycle.name}" if title else f"{one.challenge.name} · {cycle.name}"
    return _hit(title or one.group.name, url, words, under=under, text=text)


def _idea_hit(one: Idea, words: list[str]) -> dict[str, Any]:
    under = f"{IDEA_KINDS[one.kind]} · {whose(one)} · {one.cycle.name}"
    return _hit(one.title, idea_url(one), words, under=under, text=one.summary)


KINDS: Final[dict[str, Kind]] = {
    "cycles": Kind(gettext_lazy("Cycles"), _cycles, _cycle_hit),
    "series": Kind(gettext_lazy("Series"), _series, _series_hit),
    "groups": Kind(gettext_lazy("Teams"), _groups, _group_hit),
    "entries": Kind(gettext_lazy("Entries"), _entries, _entry_hit),
    "ideas": Kind(gettext_lazy("Ideas"), _ideas, _idea_hit),
}


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found: a few of each kind, or (`kind`) all of one, page by page."""
    query, kind = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST], request.GET.get("kind", "")
    words, access = words_of(query), access_of(request)
    short = bool(query) and max((len(word) for word in words), default=0) < LEAST
    context: dict[str, Any] = {"q": query, "kind": kind if kind in KINDS else "", "short": short, "page": None, "parts": []}
    if words and not short:
        context |= _one(request, access, kind, words) if kind in KINDS else _few(access, words, query)
    context["nothing"] = bool(words) and not short and not context["parts"]
    context["query"] = urlencode({"q": query, "kind": kind} if kind in KINDS else {"q": query})
    return render(request, "web/search.html", context)


def _one(request: HttpRequest, access: Access, key: str, words: list[str]) -> dict[str, Any]:
    kind = KINDS[key]
    page = page_of(request, kind.rows(access, words), PAGE)
    hits = [kind.shown(one, words) for one in page]
    return {"parts": [{"key": key, "title": kind.title, "hits": hits}] if hits else [], "page": page}


def _few(access: Access, words: list[str], query: str) -> dict[str, Any]:
    parts = []
    for key, kind in KINDS.items():
        rows = list(kind.rows(access, words)[: FEW + 1])
        if rows:
            more = f"?{urlencode({'q': query, 'kind': key})}" if len(rows) > FEW else ""
            parts.append({"key": key, "title": kind.title, "hits": [kind.shown(one, words) for one in rows[:FEW]], "more": more})
    return {"parts": parts}
