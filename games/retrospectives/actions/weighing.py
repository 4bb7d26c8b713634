"""What is proposed is weighed: into the next cycle, left with a reason, or thought of again."""

from typing import Any

from django.db import transaction

from games.cycles.models import Cycle
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.retrospectives.models import Proposal
from games.retrospectives.rules import ProposalState, RetroInvalid, RetroRefused
from games.retrospectives.rules.states import WORDS
from leaderboards.engine.language import gettext as _


def take(proposal: Proposal, *, by: Any, reason: str = "") -> Proposal:
    """It goes into the next cycle. Raises RetroRefused when it was decided."""
    return _decided(proposal, ProposalState.TAKEN, by=by, reason=reason)


def leave(proposal: Proposal, *, by: Any, reason: str) -> Proposal:
    """It is left as it is, with a reason. Raises RetroInvalid without one, RetroRefused when it was decided."""
    if not reason.strip():
        raise RetroInvalid(_("Say why it is left."), where="reason")
    return _decided(proposal, ProposalState.LEFT, by=by, reason=reason)


def reconsider(proposal: Proposal, *, by: Any) -> Proposal:
    """Open again, unless the next cycle was begun from it. Raises RetroRefused."""
    return _decided(proposal, ProposalState.OPEN, by=by)


@transaction.atomic
def _decided(proposal: Proposal, state: ProposalState, *, by: Any, reason: str = "") -> Proposal:
    row = _held(proposal)
    if (row.state == ProposalState.OPEN.value) == (state is ProposalState.OPEN):
        message = (
            _("It is open.") if state is ProposalState.OPEN else _("It was {state} before: think again first.", state=row.state)
        )
        raise RetroRefused(message)
    words = reason.strip()
    if len(words) > WORDS or "\0" in words:
        message = _("At most {words:,} characters: this has {count:,}.", words=WORDS, count=len(words))
        raise RetroInvalid(message, where="reason")
    opened = state is ProposalState.OPEN
    row.state, row.reason = state.value, words
    row.decided_at, row.decided_by = (None, None) if opened else (db_now(), by)
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    payload = {"proposal": row.number, "code": row.code, "state": row.state}
    cycle = row.retrospective.cycle_id
    record(Kind.PROPOSAL_DECIDED, cycle_id=cycle, by=by, subject=f"proposal:{row.pk}", payload=payload)
    return row


def _held(proposal: Proposal) -> Proposal:
    """The row again, held."""
    rows = Proposal.objects.select_for_update(no_key=True, of=("self",)).select_related("retrospective")
    row = rows.get(pk=proposal.pk)
    if row.retrospective.next_draft_id is not None and Cycle.objects.filter(pk=row.retrospective.next_draft_id).exists():
        raise RetroRefused(_("The next cycle was begun from it: change its rules there."))
    return row
