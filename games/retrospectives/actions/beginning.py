"""The next cycle begins from what this one learned: its rules, with what was taken from the retrospective, as a draft to go on with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.playbooks.expand import merged
from games.playbooks.schema import DesignRefused, parse_design
from games.progression.actions import draft_next, edit_draft
from games.progression.actions.succession import JUDGES, TEAMS, moved
from games.progression.drafting import draft_of
from games.retrospectives.models import Proposal, Retrospective
from games.retrospectives.queries import proposals_of, retrospective_of
from games.retrospectives.rules import ProposalState, RetroRefused
from games.suggestions.rules import rewritten
from leaderboards.engine.language import gettext as _

CARRIED: Final = frozenset({"teams", "judges", "points", "half_life", "handicap", "handicap_most", "badges", "commitments"})


@transaction.atomic
def begin_next(
    cycle: Cycle, *, by: Any, start: datetime | None = None, carry: Mapping[str, Any] | None = None
) -> tuple[Cycle, list[Proposal]]:
    """Draft the cycle after this one: its present rules with everything taken, moved to `start` (default: now).

    `carry`: the table of that name in the rules of the new one (default: as it is here). Returns the draft and the proposals that do
    not fit: those stay taken and are told, for the draft to be changed by hand. Raises RetroMissing, RetroRefused while a draft that was
    begun from it is there, Invalid for dates beyond the calendar, DesignRefused when `carry` says what cannot be.
    """
    row = Retrospective.objects.select_for_update(no_key=True, of=("self",)).get(pk=retrospective_of(cycle).pk)
    row.cycle = cycle
    if row.next_draft is not None and row.next_draft.state == CycleState.DRAFT.value:
        raise RetroRefused(_("The next cycle is begun already: go on with it, or throw it away first."))
    taken = taken_of(row)
    data, stuck = changed(row, taken)
    if carry is not None:
        wanted = {name: value for name, value in carry.items() if name in CARRIED and value not in {None, ""}}
        data["carry"] = wanted
    design = parse_design(data, start=db_now(), file="")
    draft = draft_next(cycle, by=by, start=start)
    named = draft_of(draft).data["cycle"]
    written = merged(moved(design, start or db_now()), {"cycle": named})
    held = {TEAMS: design.carry.teams, JUDGES: design.carry.judges}
    edit_draft(draft_of(draft), written, by=by, carry=[name for name, on in held.items() if on])
    row.next_draft = draft
    row.save(update_fields=["next_draft"])
    payload = {"next": draft.pk, "taken": len(taken) - len(stuck)}
    record(Kind.NEXT_CYCLE_BEGUN, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)
    return draft, stuck


def taken_of(row: Retrospective) -> list[Proposal]:
    """What was taken, in order."""
    return list(proposals_of(row).filter(state=ProposalState.TAKEN.value))


def changed(row: Retrospective, taken: Sequence[Proposal]) -> tuple[dict[str, Any], list[Proposal]]:
    """The present rules with what was taken, one after the other; and what does not fit into them, which is left out."""
    data, stuck = design_of(row.cycle).data(), []
    for one in taken:
        if not one.change:
            continue
        wanted = rewritten(data, one.change)
        try:
            parse_design(wanted, start=db_now(), file="")
        except DesignRefused:
            stuck.append(one)
            continue
        data = wanted
    return data, stuck
