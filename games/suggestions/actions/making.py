"""Whoever takes part suggests a better rule, others support it, and it may be withdrawn until it is decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of, public_design
from games.cycles.rules import changes
from games.errors import GameError
from games.groups.models import Membership
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.progression.actions.designs import AMENDABLE, amended
from games.progression.drafting import begun_rounds
from games.progression.rules import AmendRefused, frozen_problems
from games.suggestions.models import Suggestion, Support
from games.suggestions.queries import place_of
from games.suggestions.rules import (
    DAY,
    SuggestionInvalid,
    SuggestionRefused,
    SuggestionState,
    check_pace,
    cleaned_change,
    cleaned_title,
    cleaned_words,
    rewritten,
    unreadable,
)
from leaderboards.engine.language import gettext as _

type Change = Sequence[Mapping[str, Any]]


def previewed(cycle: Cycle, change: Change, *, whole: bool = False) -> list[dict[str, Any]]:
    """What these settings would change, as everybody may read it: [{path, before, after}]; nothing is written.

    The same door as an amendment: raises DesignRefused, LaunchRefused, AmendRefused (a round that has begun), NothingChanged.
    Unless `whole` (organizers), a setting that not everybody may read is refused: nobody sounds out an answer by guessing it.
    """
    wanted = cleaned_change(change)
    before = design_of(cycle)
    begun = begun_rounds(cycle, db_now())
    public = public_design(before, frozenset(begun))
    hidden = [] if whole else unreadable([one["path"] for one in wanted], before.data(), public)
    if hidden:
        message = _("Not everybody may read {hidden}: say in words what should change.", hidden=hidden[0])
        raise SuggestionInvalid(message, where="path")
    after = amended(cycle, design=rewritten(before.data(), wanted))
    problems = frozen_problems(before, after, begun)
    if problems:
        raise AmendRefused(problems)
    return changes(public, public_design(after, frozenset(begun)))


@transaction.atomic
def suggest(*, cycle: Cycle, title: str, why: str, by: Any, change: Change = (), named: bool = True) -> Suggestion:
    """Suggest something about the rules, with or without the exact change. Raises SuggestionInvalid, TooManySuggestions, SuggestionRefused.

    A change is looked at as an amendment would be: what could not hold is refused here, with the same words. See `previewed`.
    """
    words = {"title": cleaned_title(title), "why": cleaned_words(why, where="why", empty=_("Say why it would be better."))}
    held = locked(cycle)
    check_on(held)
    place = _placed(held, by)
    person, now = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=place.person_id), db_now()
    mine = {"author__user": person.user_id} if person.user_id is not None else {"author": person}
    check_pace(list(Suggestion.objects.filter(cycle=held, at__gt=now - DAY, **mine).values_list("at", flat=True)), now)
    wanted = cleaned_change(change)
    diff = previewed(held, wanted) if wanted else []
    row = Suggestion.objects.create(
        cycle=held,
        number=(Suggestion.objects.filter(cycle=held).aggregate(last=Max("number"))["last"] or 0) + 1,
        author=person,
        group=place.group,
        named=named,
        change=wanted,
        diff=diff,
        at=now,
        **words,
    )
    journal(Kind.SUGGESTION_MADE, row, by=by if named else None)
    return row


@transaction.atomic
def support(*, suggestion: Suggestion, by: Any) -> Support:
    """Say that one wants it too: once, and never for one's own. Raises SuggestionRefused."""
    row = held_open(suggestion)
    place = _placed(row.cycle, by)
    if is_own(row, by):
        raise SuggestionRefused(_("It is your own: others support it."))
    try:
        with transaction.atomic():
            made = Support.objects.create(suggestion=row, person=place.person, at=db_now())
    except IntegrityError as twice:
        raise SuggestionRefused(_("You support it already.")) from twice
    journal(Kind.SUGGESTION_SUPPORTED, row, by=by, held=True)
    return made


@transaction.atomic
def support_no_more(*, suggestion: Suggestion, by: Any) -> None:
    """Take one's support back while it is open. Raises SuggestionRefused."""
    row = held_open(suggestion)
    count, __ = Support.objects.filter(suggestion=row, person__user=by).delete()
    if not count:
        raise SuggestionRefused(_("You did not support it."))
    journal(Kind.SUGGESTION_SUPPORTED, row, by=by, held=False)


@transaction.atomic
def withdraw(*, suggestion: Suggestion, by: Any) -> Suggestion:
    """Its author takes it back while it is open. Whether `by` is its author the edge asks."""
    row = held_open(suggestion)
    row.state = SuggestionState.WITHDRAWN.value
    row.save(update_fields=["state"])
    journal(Kind.SUGGESTION_WITHDRAWN, row, by=by if row.named else None)
    return row


def _placed(cycle: Cycle, by: Any) -> Membership:
    place = place_of(cycle, by)
    if place is None:
        raise SuggestionRefused(_("Only who takes part in the cycle does this."))
    return place


def is_own(row: Suggestion, by: Any) -> bool:
    """Whether `by` made it, in whatever place."""
    author = row.author
    return author is not None and author.user_id is not None and author.user_id == getattr(by, "pk", None)


def held_open(suggestion: Suggestion) -> Suggestion:
    """The row again, held, as long as nobody decided it. Raises SuggestionRefused."""
    cycle = locked(suggestion.cycle)
    row = Suggestion.objects.select_related("author", "group").get(pk=suggestion.pk)
    row.cycle = cycle
    check_on(cycle)
    if row.state != SuggestionState.OPEN.value:
        message = _("It is {state}: that stands.", state=row.state)
        raise SuggestionRefused(message)
    return row


def check_on(cycle: Cycle) -> None:
    """Refuse in a cycle whose rules stay."""
    if cycle.state not in AMENDABLE:
        message = _("The cycle is {state}: its rules stay.", state=cycle.state)
        raise SuggestionRefused(message)


def journal(kind: Kind, row: Suggestion, *, by: Any, **payload: Any) -> None:
    """The act without its words. Who wants no name is not the actor either."""
    record(
        kind,
        cycle_id=row.cycle_id,
        by=by,
        subject=f"suggestion:{row.pk}",
        payload={"suggestion": row.number, "state": row.state, **payload},
    )


def first_problem(error: GameError) -> str:
    """A refusal in one sentence."""
    return str(error.problems[0]) if error.problems else error.message
