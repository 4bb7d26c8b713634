"""Looking back: asked for when a cycle closes or by an organizer, written by a worker, said something to, published."""

import logging
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max, Q

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.retrospectives.models import Proposal, Retrospective, RetroWords
from games.retrospectives.queries import retrospective_of, told_by_data
from games.retrospectives.rules import SECTIONS, ProposalState, RetroInvalid, RetroRefused, RetroState
from games.retrospectives.rules.proposing import Wanted, proposed
from games.retrospectives.rules.states import HELD_FOR, TRIES, WORDS
from games.suggestions.models import Suggestion
from games.suggestions.rules import SuggestionState
from leaderboards.engine.language import gettext as _

logger = logging.getLogger(__name__)
NONE_YET: Final = frozenset({CycleState.DRAFT.value, CycleState.CANCELLED.value})


@transaction.atomic
def ask(cycle: Cycle, *, by: Any = None) -> Retrospective:
    """Ask that the cycle is looked back on, now or again: a worker writes it. Raises RetroRefused for a draft, a dry run, a cancelled one."""
    if cycle.state in NONE_YET or cycle.rehearsal:
        message = (
            _("A cycle that is a dry run has nothing to look back on.")
            if cycle.rehearsal
            else _("A cycle that is {state} has nothing to look back on.", state=cycle.state)
        )
        raise RetroRefused(message)
    wanted = {"state": RetroState.WANTED.value, "asked_at": db_now(), "tries": 0, "error": "", "held_until": None}
    row, __ = Retrospective.objects.update_or_create(cycle=cycle, defaults=wanted)
    record(Kind.RETROSPECTIVE_ASKED, cycle_id=cycle.pk, by=by, subject=f"retrospective:{row.pk}")
    return row


def look_back(pk: int) -> bool:
    """Write it, if it was asked for and nobody else does: the numbers, and what they propose. Safe to run twice; true if it was written."""
    now = db_now()
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    held = Retrospective.objects.filter(free, pk=pk, state=RetroState.WANTED.value)
    if not held.update(held_until=now + HELD_FOR, tries=F("tries") + 1):
        return False
    row = Retrospective.objects.select_related("cycle").get(pk=pk)
    try:
        with transaction.atomic():
            _written(row)
    except Exception:
        logger.exception("the retrospective of %s could not be written", row.cycle.key)
        given_up = row.tries >= TRIES
        state = RetroState.FAILED if given_up else RetroState.WANTED
        error = _("It could not be worked out. The operator finds the reason in the log.") if given_up else ""
        Retrospective.objects.filter(pk=pk).update(state=state.value, error=error)
        return False
    return True


def _written(row: Retrospective) -> None:
    cycle, now = row.cycle, db_now()
    row.data = told_by_data(cycle, now)
    row.seal = JournalEntry.objects.filter(cycle_id=cycle.pk).aggregate(last=Max("seal"))["last"] or 0
    row.design_number, row.made_at, row.state, row.held_until, row.error = (
        cycle.design_number,
        now,
        RetroState.READY.value,
        None,
        "",
    )
    row.save()
    _propose(row, [*proposed(row.data, design_of(cycle).data()), *_suggested(cycle)])
    payload = {"design": row.design_number, "seal": row.seal}
    record(Kind.RETROSPECTIVE_MADE, cycle_id=cycle.pk, subject=f"retrospective:{row.pk}", payload=payload)


def _suggested(cycle: Cycle) -> list[Wanted]:
    """Suggestions that nobody answered, or that were accepted and became no rule."""
    states = [SuggestionState.OPEN.value, SuggestionState.ACCEPTED.value]
    rows = Suggestion.objects.filter(cycle=cycle, state__in=states, design_number__isnull=True).order_by("number")
    return [
        Wanted(
            "suggestions",
            "suggestion",
            str(one.number),
            {"title": one.title, "accepted": one.state == SuggestionState.ACCEPTED.value},
            one.ruling or one.change,
        )
        for one in rows
    ]


def _propose(row: Retrospective, wanted: list[Wanted]) -> None:
    """Bring the proposals to what is proposed now. What was decided stays as it was decided; of the rest only what still holds."""
    there = {(one.code, one.about): one for one in Proposal.objects.filter(retrospective=row)}
    keys = {(one.code, one.about) for one in wanted}
    gone = [one.pk for key, one in there.items() if key not in keys and one.state == ProposalState.OPEN.value]
    Proposal.objects.filter(pk__in=gone).delete()
    number = max((one.number for one in there.values()), default=0)
    for one in wanted:
        held = there.get((one.code, one.about))
        if held is None:
            number += 1
            Proposal.objects.create(
                retrospective=row,
                number=number,
                section=one.section,
                code=one.code,
                about=one.about,
                facts=one.facts,
                change=one.change,
            )
        elif held.state == ProposalState.OPEN.value:
            held.facts, held.change = one.facts, one.change
            held.save(update_fields=["facts", "change"])


@transaction.atomic
def say(cycle: Cycle, section: str, text: str, *, by: Any) -> RetroWords | None:
    """What organizers say to a section; nothing takes it away. Raises RetroMissing, RetroInvalid."""
    row = retrospective_of(cycle)
    if section not in SECTIONS:
        message = _('"{section}" is no part of a retrospective.', section=section[:40])
        raise RetroInvalid(message, where="section")
    words = text.replace("\r\n", "\n").strip()
    if len(words) > WORDS or "\0" in words:
        message = _("At most {words:,} characters: this has {count:,}.", words=WORDS, count=len(words))
        raise RetroInvalid(message, where="text")
    if not words:
        RetroWords.objects.filter(retrospective=row, section=section).delete()
        return None
    values = {"text": words, "at": db_now(), "by": by}
    return RetroWords.objects.update_or_create(retrospective=row, section=section, defaults=values)[0]


@transaction.atomic
def publish(cycle: Cycle, *, by: Any) -> Retrospective:
    """Everybody who may see the cycle may read it from now on. Raises RetroMissing, RetroRefused before it is written, or twice."""
    row = retrospective_of(cycle)
    if row.made_at is None:
        raise RetroRefused(_("It is not written yet."))
    if row.published_at is not None:
        raise RetroRefused(_("Everybody can read it already."))
    row.published_at = db_now()
    return _shown(row, by=by, published=True)


@transaction.atomic
def unpublish(cycle: Cycle, *, by: Any) -> Retrospective:
    """Organizers alone read it again. Raises RetroMissing, RetroRefused."""
    row = retrospective_of(cycle)
    if row.published_at is None:
        raise RetroRefused(_("Only organizers read it as it is."))
    row.published_at = None
    return _shown(row, by=by, published=False)


def _shown(row: Retrospective, *, by: Any, published: bool) -> Retrospective:
    row.save(update_fields=["published_at"])
    payload = {"published": published}
    record(Kind.RETROSPECTIVE_PUBLISHED, cycle_id=row.cycle_id, by=by, subject=f"retrospective:{row.pk}", payload=payload)
    return row
