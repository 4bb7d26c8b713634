"""What a new idea comes from: ideas by their numbers, an entry or a try that is open to be built on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from backend.accounts.pages.gate import id_in
from backend.api.permissions import access_of
from backend.web.pages.ideas.forms import Named, named_in
from backend.web.pages.ideas.frame import KINDS, idea_url, whose_elsewhere
from games.cycles.models import Cycle
from games.ideas.actions import Citation
from games.ideas.models import Idea
from games.ideas.queries import entry_title, with_story
from games.ideas.rules import SOURCES, DerivationKind, IdeaKind
from games.permissions import visible
from games.submissions.models import Attempt, Submission


@dataclass
class Cited:
    """Sources as they are shown beside the form, and as the action takes them."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    entry: int = 0
    attempt: int = 0


def prefilled(request: HttpRequest, cycle: Cycle) -> dict[str, Any]:
    """What the form begins with where it was opened from an idea."""
    named = [one for one in named_in(request.GET.get("from", "")) if one is not None][:1]
    rows = visible(access_of(request), "idea.view", Idea.objects.select_related("cycle").filter(_any_of(cycle, named)))
    source = rows.first() if named else None
    if source is None:
        return {}
    kind = (
        {} if source.kind == IdeaKind.FAILURE_STORY.value else {"kind": source.kind}
    )  # whoever builds on a failure means not to fail
    if source.cycle_id != cycle.pk:  # its task is not one of this cycle
        return {"sources": f"{source.cycle.key}:{source.number}", "licence": source.licence, **kind}
    return {"sources": str(source.number), "challenge": source.challenge_id or "", "licence": source.licence, **kind}


def cited_in(request: HttpRequest, cycle: Cycle, form: Any) -> Cited:
    """The sources that the form names and this person sees. What is not there for them: 404, or a word beside the field."""
    found, access = Cited(), access_of(request)
    sent = form.is_bound and form.is_valid()
    how = form.cleaned_data["how"] if sent and form.cleaned_data["how"] else DerivationKind.BUILDS_ON.value
    reason = form.cleaned_data["reason"] if sent else ""
    wanted = form.cleaned_data["sources"] if sent else [one for one in named_in(form["sources"].value() or "")[:SOURCES] if one]
    rows = visible(access, "idea.view", with_story(Idea.objects.filter(_any_of(cycle, wanted))))
    for one in rows.order_by("number", "pk") if wanted else ():
        found.shown.append(
            {"title": one.title, "url": idea_url(one), "whose": whose_elsewhere(one, cycle), "kind": KINDS[one.kind]}
        )
        found.citations.append(Citation(one, how, reason))
    if sent and len(found.citations) < len(wanted):
        missing = _("There is no such idea that you can see: look at the numbers again.")
        form.add_error("sources", missing)
    _entries(request, cycle, found, how, reason)
    return found


def _any_of(cycle: Cycle, named: Iterable[Named]) -> Q:
    """Ideas of this cycle by their numbers alone, of others by the key of their cycle too."""
    by_cycle: dict[str, list[int]] = {}
    for one in named:
        by_cycle.setdefault(one.cycle or cycle.key, []).append(one.number)
    return reduce(or_, (Q(cycle__key=key, number__in=numbers) for key, numbers in by_cycle.items()), Q(pk__in=()))


def _entries(request: HttpRequest, cycle: Cycle, found: Cited, how: str, reason: str) -> None:
    """The entry or try that the address or the form names."""
    access = access_of(request)
    asked = {name: id_in(request.POST.get(name, request.GET.get(name, ""))) for name in ("entry", "attempt")}
    if asked["entry"]:
        rows = Submission.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round", "group", "pinned")
        entry = (
            visible(access, "submission.view", rows.filter(challenge__round__published_at__isnull=False))
            .filter(pk=asked["entry"])
            .first()
        )
        if entry is None:
            raise Http404
        found.entry = entry.pk
        found.shown.append({"title": entry_title(entry), "url": "", "whose": entry.group.name, "kind": _("Entry")})
        found.citations.append(Citation(entry, how, reason))
    if asked["attempt"]:
        tries = Attempt.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round", "group")
        tried = (
            visible(access, "attempt.view", tries.filter(challenge__round__published_at__isnull=False))
            .filter(pk=asked["attempt"])
            .first()
        )
        if tried is None:
            raise Http404
        found.attempt = tried.pk
        title = _("%(task)s, try %(number)d") % {"task": tried.challenge.name, "number": tried.number}
        found.shown.append({"title": title, "url": "", "whose": tried.group.name, "kind": _("Try")})
        found.citations.append(Citation(tried, how, reason))
