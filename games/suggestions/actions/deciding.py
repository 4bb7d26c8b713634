"""Organizers decide: accepted as it is or in words of their own, declined with a reason, or left open. What is accepted waits for the gate."""

from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.ideas.queries import acting_in
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.suggestions.actions.making import Change, check_on, held_open, journal, previewed
from games.suggestions.models import Suggestion
from games.suggestions.rules import WORDS, SuggestionInvalid, SuggestionRefused, SuggestionState, cleaned_change, cleaned_words
from leaderboards.engine.language import gettext as _


@transaction.atomic
def accept(*, suggestion: Suggestion, by: Any, answer: str = "", change: Change | None = None) -> Suggestion:
    """It shall be a rule: as it was suggested, or with `change`, in the organizers' own words. It waits for the gate.

    Raises SuggestionInvalid where it names no change to the rules, and what `previewed` raises for one that would not hold.
    """
    said = answer.strip()[: WORDS + 1]
    said = cleaned_words(said, where="answer", empty="") if said else ""
    row = held_open(suggestion)
    own = cleaned_change(change) if change else []
    wanted = own or row.change
    if not wanted:
        raise SuggestionInvalid(_("Name the setting and its new value: the suggestion is in words only."), where="change")
    row.diff = previewed(row.cycle, wanted, whole=True)
    row.ruling = own if own != row.change else []
    return _decided(row, SuggestionState.ACCEPTED, said, by=by)


@transaction.atomic
def decline(*, suggestion: Suggestion, by: Any, answer: str) -> Suggestion:
    """It shall not be a rule, with a reason that its author and everybody who supports it read. Raises SuggestionInvalid without one."""
    said = cleaned_words(answer, where="answer", empty=_("Say why: its author reads it."))
    return _decided(held_open(suggestion), SuggestionState.DECLINED, said, by=by)


@transaction.atomic
def reopen(*, suggestion: Suggestion, by: Any) -> Suggestion:
    """Think again about what was accepted, as long as it is no rule yet, or declined: it is open as before."""
    cycle = locked(suggestion.cycle)
    check_on(cycle)
    row = Suggestion.objects.select_related("author", "group").get(pk=suggestion.pk)
    row.cycle = cycle
    if row.state not in {SuggestionState.ACCEPTED.value, SuggestionState.DECLINED.value} or row.design_number is not None:
        raise SuggestionRefused(
            _("It is a rule already.") if row.design_number is not None else _("It is {state}.", state=row.state)
        )
    row.state, row.decided_at, row.decided_by, row.decider = SuggestionState.OPEN.value, None, None, ""
    row.answer, row.ruling, row.stuck = "", [], ""
    row.save()
    journal(Kind.SUGGESTION_DECIDED, row, by=by)
    return row


def _decided(row: Suggestion, state: SuggestionState, answer: str, *, by: Any) -> Suggestion:
    row.state, row.answer, row.decided_at, row.stuck = state.value, answer, db_now(), ""
    row.decided_by, row.decider = acting_in(row.cycle, None, by), getattr(by, "name", "")
    row.save()
    journal(Kind.SUGGESTION_DECIDED, row, by=by)
    return row
