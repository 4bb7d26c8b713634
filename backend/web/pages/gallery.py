"""What was handed in and everybody may see: entries of published rounds that show whole entries, by challenge, with a search."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.found import spelled
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from backend.web.paging import kept, page_of
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.permissions import WORK_SHOWN, Access, visible
from games.playbooks.schema import FormField
from games.submissions.models import Submission
from games.submissions.queries import counting

PAGE: Final = 24
TEXT: Final = 160
LONG: Final = 2  # lines from which an answer is more than a title


def published_entries(access: Access, entries: QuerySet[Submission] | None = None) -> QuerySet[Submission]:
    """Entries that are out, as far as this person may see them, with round, cycle, group and pinned version: one statement."""
    rows = Submission.objects.all() if entries is None else entries
    out = Q(challenge__round__published_at__isnull=False, challenge__round__visibility__in=WORK_SHOWN)
    seen = visible(access, "submission.view", counting(rows.filter(out, pinned__isnull=False)))
    return seen.select_related("challenge__round__cycle", "group", "pinned")


def entry_card(entry: Submission, *, of_cycle: bool = False) -> dict[str, Any]:
    """An entry as a card: what it is called, whose it is, the beginning of what it says."""
    cycle = entry.challenge.round.cycle
    title, text = said(spec_of(entry.challenge).form, entry.pinned.data if entry.pinned else {})
    where = f"{entry.challenge.name} · {cycle.name}" if of_cycle else entry.challenge.name
    return {
        "title": title or entry.group.name,
        "text": Truncator(text).chars(TEXT),
        "eyebrow": where,
        "foot": entry.group.name if title else entry.challenge.round.name,
        "url": f"{reverse('group', args=[cycle.key, entry.group.key])}#round-{entry.challenge.round.key}",
    }


def said(form: Iterable[FormField], data: dict[str, Any]) -> tuple[str, str]:
    """What an entry is called and how it begins: its first short text, and its first long one. Copies for blind judges are neither."""
    texts = [one for one in form if one.type.value == "text" and one.blind != "only" and data.get(one.key)]
    short, long = [one for one in texts if one.lines < LONG], [one for one in texts if one.lines >= LONG]
    return (str(data[short[0].key]) if short else "", str(data[long[0].key]) if long else "")


def matching(rows: QuerySet[Submission], query: str) -> QuerySet[Submission]:
    """Entries in which every word occurs: in what they say, in the name of the group or of the task."""
    for word in query.split():
        inside = Q()
        for one in spelled(word):
            inside |= Q(pinned__data__icontains=one)
        rows = rows.filter(inside | Q(group__name__icontains=word) | Q(challenge__name__icontains=word))
    return rows


@require_safe
def entries_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The published entries of a cycle; `challenge` (ROUND/KEY) and `q` narrow them."""
    found = cycle_seen(request, cycle)
    access = access_of(request)
    query, wanted = request.GET.get("q", "").replace("\0", "").strip()[:100], request.GET.get("challenge", "")
    every = published_entries(access, Submission.objects.filter(challenge__round__cycle=found))
    tasks = _tasks(every, wanted)
    chosen = next((one for one in tasks if one["chosen"]), None)
    rows = every.filter(challenge=chosen["pk"]) if chosen else every
    rows = matching(rows, query).order_by("-challenge__round__number", "challenge__number", "group__name", "pk")
    page = page_of(request, rows, PAGE)
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Entries")),
        "tabs": tabs(found, "entries", main=boards_seen(access, found).first(), access=access),
        "page": page,
        "cards": [entry_card(one) for one in page],
        "tasks": tasks if len(tasks) > 1 else [],
        "q": query,
        "narrowed": bool(query or chosen),
        "query": kept(request),
    }
    return render(request, "cycles/entries.html", context)


def _tasks(entries: QuerySet[Submission], wanted: str) -> list[dict[str, Any]]:
    """The challenges that have published entries, to choose from."""
    rows = Challenge.objects.filter(pk__in=entries.order_by().values("challenge")).select_related("round")
    found = [(f"{one.round.key}/{one.key}", one) for one in rows.order_by("round__number", "number", "pk")]
    return [{"pk": one.pk, "key": key, "name": f"{one.round.name}: {one.name}", "chosen": key == wanted} for key, one in found]


def some_entries(access: Access, cycle: Cycle, most: int) -> list[dict[str, Any]]:
    """A few published entries of a cycle, from its last rounds: one statement."""
    rows = published_entries(access, Submission.objects.filter(challenge__round__cycle=cycle))
    return [entry_card(one) for one in rows.order_by("-challenge__round__number", "challenge__number", "-pk")[:most]]
