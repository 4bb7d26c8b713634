"""What the pages that look back share: the retrospective as this person may read it, its sections with words and proposals."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest

from backend.api.permissions import access_of
from backend.web.pages.launching.words import place_words, value_words
from backend.web.pages.retrospective.telling import sections_of
from backend.web.pages.retrospective.words import STATES, proposal_words
from backend.web.paging import kept, page_of, place_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.permissions import visible
from games.retrospectives.models import Proposal, Retrospective, RetroWords
from games.retrospectives.queries import proposals_of
from games.suggestions.rules import MISSING, value_at

PAGE: Final = 12
"""So many proposals of a section stand on a page."""


def retrospective_seen(request: HttpRequest, cycle: Cycle, permission: str = "retrospective.view") -> Retrospective:
    """The retrospective of a cycle if this person may see it and it is written; else 404."""
    rows = Retrospective.objects.filter(cycle=cycle, made_at__isnull=False)
    row: Retrospective | None = visible(access_of(request), permission, rows).first()
    if row is None:
        raise Http404
    row.cycle = cycle
    return row


def parts_of(request: HttpRequest, row: Retrospective) -> list[dict[str, Any]]:
    """Each section as {section, words, proposals}. Three statements and those of the rules."""
    said = words_of(row)
    rows = visible(access_of(request), "proposal.view", proposals_of(row))
    proposals = told_proposals(rows, design_of(row.cycle).data())
    return [
        {
            "section": one,
            "words": said.get(one.key, ""),
            "proposals": [each for each in proposals if each["row"].section == one.key],
        }
        for one in sections_of(row.data)
    ]


def paged(request: HttpRequest, parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections with a page of their proposals each: the one with the proposal that `proposal` names by its number, where it stands there."""
    found = []
    for one in parts:
        name = f"in-{one['section'].key}"
        holding = place_of(request, "proposal", (each["row"].number for each in one["proposals"]))
        page = page_of(request, one["proposals"], PAGE, name=name, holding=holding)
        found.append(one | {"page": page, "name": name, "kept": kept(request, name, "proposal")})
    return found


def words_of(row: Retrospective) -> dict[str, str]:
    """Section -> what organizers say to it."""
    return dict(RetroWords.objects.filter(retrospective=row).values_list("section", "text"))


def told_proposals(rows: Iterable[Proposal], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Proposals as a page shows them, with the change in words."""
    found = []
    for one in rows:
        title, why = proposal_words(one)
        found.append(
            {
                "row": one,
                "title": title,
                "why": why,
                "state": one.state,
                "label": str(STATES[one.state]),
                "changes": [_change(each, data) for each in one.change],
            }
        )
    return found


def _change(change: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
    path, before = str(change["path"]), value_at(data, str(change["path"]))
    return {
        "what": place_words(path, data),
        "before": "" if before is MISSING else value_words(before),
        "after": value_words(change["value"]),
    }
