"""Reads of retrospectives: the one of a cycle, what it proposes, which wait to be written; ideas of those who won."""

from datetime import datetime

from django.db.models import Q, QuerySet

from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.results.queries.winners import first_places
from games.retrospectives.models import Proposal, Retrospective
from games.retrospectives.rules import RetroMissing, RetroState
from leaderboards.engine.language import gettext as _


def retrospective_of(cycle: Cycle) -> Retrospective:
    """The retrospective of a cycle. Raises RetroMissing."""
    found = Retrospective.objects.filter(cycle=cycle).select_related("next_draft").first()
    if found is None:
        message = _("Nobody looked back on this cycle yet.")
        raise RetroMissing(message)
    found.cycle = cycle
    return found


def proposals_of(retrospective: Retrospective) -> QuerySet[Proposal]:
    """What it proposes, in the order of its sections as they were written."""
    return Proposal.objects.filter(retrospective=retrospective).select_related("decided_by").order_by("number")


def waiting(now: datetime) -> list[int]:
    """Ids of retrospectives that were asked for and that nobody writes now."""
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    rows = Retrospective.objects.filter(free, state=RetroState.WANTED.value)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])


def winning_ideas(cycle: Cycle) -> QuerySet[Idea]:
    """Ideas of the teams that came first on the main board, as published: what they told themselves, hidden ones left out."""
    keys = [key for __, key, __ in first_places([cycle.pk]).get(cycle.pk, [])]
    rows = Idea.objects.filter(cycle=cycle, group__key__in=keys, hidden_at__isnull=True, merged_into__isnull=True, safe=False)
    return rows.select_related("group").order_by("group__name", "number")
