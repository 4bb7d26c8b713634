"""Judges talk about one entry before its result stands; the chair says what came of it. The marks before and after are kept."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from games.challenges.models import Challenge
from games.cycles.actions import record_decision
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.panels import check_panel
from games.judging.models import Deliberation, Remark
from games.judging.queries.talk import final_marks
from games.judging.rules import DeliberationState
from games.judging.rules.talking import DeliberationRefused, check_open, said
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

OVER = frozenset({CycleState.CLOSED, CycleState.CANCELLED})


@transaction.atomic
def open_deliberation(
    *, challenge: Challenge, panel: str, group: Group, why: str, by: Any, tie: Mapping[str, Any] | None = None
) -> Deliberation:
    """Begin to talk about an entry; the final marks of this moment are kept. Raises DeliberationRefused where one is open, or all is over.

    With a `tie` at a cut it is talked about together with the others of the tie; one that is open already becomes part of it.
    """
    check_panel(challenge, panel)
    cycle = challenge.round.cycle
    if cycle.state in OVER:
        msg = _("The cycle is {state}: nothing in it changes any more.", state=cycle.state)
        raise DeliberationRefused(msg)
    if group.cycle_id != cycle.pk:
        raise DeliberationRefused(_("The team is of another cycle."), where="group")
    before = final_marks(challenge, panel, group)
    if not before:
        raise DeliberationRefused(_("There is nothing to talk about yet: no sheet on this entry is final."))
    words = said(why, where="why")
    if tie and (there := _open_on(challenge, panel, group)) is not None:
        there.tie = dict(tie)
        there.save(update_fields=["tie"])
        return there
    begun = {"why": words, "before": before, "tie": dict(tie or {})}
    try:
        with transaction.atomic():
            found = Deliberation.objects.create(challenge=challenge, panel=panel, group=group, **begun)
    except IntegrityError:
        raise DeliberationRefused(_("A deliberation on this entry is open already.")) from None
    _journal(Kind.DELIBERATION_OPENED, found, by=by)
    return found


@transaction.atomic
def remark(*, deliberation: Deliberation, person: Person, text: str, by: Any) -> Remark:  # noqa: ARG001 every action says who acts
    """Say something, as long as it is open. Raises DeliberationRefused, WordsRefused."""
    found = _locked(deliberation)
    check_open(found.state)
    return Remark.objects.create(deliberation=found, person=person, text=said(text, where="text"))


@transaction.atomic
def close_deliberation(
    *, deliberation: Deliberation, outcome: str, by: Any, person: Person | None = None, tied: bool = False
) -> Deliberation:
    """The chair says what was decided and why: a decision in the record, with the marks as they are now. Moves no mark itself.

    One that belongs to a tie is closed together with the others (`tied`), by who says who goes on.
    """
    found = _locked(deliberation)
    check_open(found.state)
    if found.tie and not tied:
        raise DeliberationRefused(_("It belongs to a tie at a cut: say who goes on, and all of it is decided."), where="go")
    found.outcome = said(outcome, where="outcome", least=3)
    found.state, found.decided_by, found.closed_at = DeliberationState.CLOSED.value, person, db_now()
    if found.group is not None:
        found.after = final_marks(found.challenge, found.panel, found.group)
        record_decision(
            found.challenge.round.cycle,
            DecisionKind.DELIBERATE,
            by=by,
            reason=found.outcome,
            round=found.challenge.round.key,
            group=found.group.key,
            value=f"{found.challenge.key} {found.panel}",
            question=found.why,
            public=False,
        )
    found.save(update_fields=["state", "outcome", "decided_by", "closed_at", "after"])
    _journal(Kind.DELIBERATION_CLOSED, found, by=by)
    return found


def _open_on(challenge: Challenge, panel: str, group: Group) -> Deliberation | None:
    rows = Deliberation.objects.filter(challenge=challenge, panel=panel, group=group, state=DeliberationState.OPEN.value)
    return rows.select_for_update(of=("self",)).first()


def _locked(deliberation: Deliberation) -> Deliberation:
    rows = Deliberation.objects.select_for_update(of=("self",)).select_related("challenge__round__cycle", "group")
    return rows.get(pk=deliberation.pk)


def _journal(kind: Kind, deliberation: Deliberation, *, by: Any) -> None:
    """Ids only, no words."""
    round_ = deliberation.challenge.round
    record(
        kind,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=deliberation.group_id,
        subject=f"deliberation:{deliberation.pk}",
        payload={"round": round_.key, "challenge": deliberation.challenge.key, "panel": deliberation.panel},
    )
