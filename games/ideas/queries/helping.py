"""What helps with a task: how-tos, kits and clues that were told for it, those for the step one is at first."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Case, QuerySet, When

from games.challenges.models import Challenge
from games.ideas.models import Idea
from games.ideas.queries.feed import with_story
from games.ideas.rules import IdeaKind

HELPS: Final = (IdeaKind.HOW_TO, IdeaKind.PRACTICE_KIT, IdeaKind.CLUE)
"""Kinds that are told so that somebody else can do it too; they stand before all others."""
READ: Final = 60
"""So many are looked through for the steps they are about."""


def helping(rows: QuerySet[Idea], task: Challenge, *, step: str = "") -> list[Idea]:
    """The ideas of `rows` (those the person may see) that help with a task, in whichever round of the cycle it stands: for the asked
    step first, how-tos before other kinds, well-tested before untested, then the newest. One statement.
    """
    told = rows.filter(challenge__key=task.key, cycle=task.round.cycle_id, submission__isnull=True, attempt__isnull=True)
    kind = Case(When(kind__in=[one.value for one in HELPS], then=0), default=1)
    untested = Case(When(grade="", then=1), default=0)
    first = (Case(When(step__iexact=step, then=0), default=1),) if step else ()
    rows = with_story(told.filter(merged_into__isnull=True))
    return list(rows.order_by(*first, kind, untested, "grade", "-shared_at", "-pk")[:READ])


def steps_of(ideas: Iterable[Idea]) -> list[str]:
    """The steps that ideas are about, each once, in the order of the letters."""
    found: dict[str, str] = {}
    for one in ideas:
        if one.step:
            found.setdefault(one.step.casefold(), one.step)
    return [found[key] for key in sorted(found)]
