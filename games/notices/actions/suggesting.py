"""Suggestions to the rules, and who hears of them: organizers once a day at most, its author and who supports it when it is decided or a rule."""

from typing import Any

from django.db.models import Q

from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import organizers_of, with_address
from games.organizations.models import Person
from games.suggestions.models import Suggestion
from games.suggestions.rules import SuggestionState

TOLD = frozenset({SuggestionState.ACCEPTED.value, SuggestionState.DECLINED.value})


def on_suggestion_made(entry: JournalEntry) -> int:
    """To the organizers: somebody would change the rules. The first of a day; the others stand in the list it leads to."""
    row = subject_of(entry, Suggestion, "cycle")
    if row is None or row.state != SuggestionState.OPEN.value:
        return 0
    context = _context(row) | {"link": absolute(f"/cycles/{row.cycle.key}/desk/suggestions/")}
    people = organizers_of(row.cycle_id)
    if row.author is not None:
        people = people.exclude(user=row.author.user_id)
    key = f"suggested:{row.cycle_id}:{row.at:%Y-%m-%d}"
    return tell_all("suggestion.made", people, key=key, context=context, cycle_id=row.cycle_id)


def on_suggestion_decided(entry: JournalEntry) -> int:
    """To its author and who supports it: accepted or declined, with what was said. That it is open again nobody is told."""
    row = subject_of(entry, Suggestion, "cycle")
    state = entry.payload.get("state")
    if row is None or state not in TOLD or row.state != state:
        return 0
    return _tell(row, "suggestion.decided", f"suggestion:{row.pk}:{entry.pk}")


def on_suggestion_applied(entry: JournalEntry) -> int:
    """To its author and who supports it: it is a rule now."""
    row = subject_of(entry, Suggestion, "cycle")
    if row is None or row.design_number is None:
        return 0
    return _tell(row, "suggestion.applied", f"suggestion:{row.pk}:rule")


def _tell(row: Suggestion, kind: str, key: str) -> int:
    heard = with_address(Person.objects.filter(Q(pk=row.author_id) | Q(pk__in=row.supports.values("person"))))
    people = heard.filter(memberships__cycle=row.cycle_id, memberships__until__isnull=True).distinct()
    return tell_all(kind, people, key=key, context=_context(row), cycle_id=row.cycle_id)


def _context(row: Suggestion) -> dict[str, Any]:
    link = absolute(f"/cycles/{row.cycle.key}/suggestions/{row.number}/")
    return {"row": row, "cycle": row.cycle, "accepted": row.state == SuggestionState.ACCEPTED.value, "link": link}


HANDLERS = {
    Kind.SUGGESTION_MADE: on_suggestion_made,
    Kind.SUGGESTION_DECIDED: on_suggestion_decided,
    Kind.SUGGESTION_APPLIED: on_suggestion_applied,
}
