"""Taking a cut: the computed field of the next round becomes its list of entrants."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.progression.rules import CutUndecided, decided_after
from games.results.queries import facts_of
from games.rounds.models import Entrant, Round
from games.rounds.rules import RoundState, state_of
from leaderboards.computing import compute
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import Outcome


@transaction.atomic
def apply_cut(cycle: Cycle, round_: Round, *, outcome: Outcome | None = None, by: Any = None) -> list[Entrant]:
    """Write who enters the rounds that are settled when `round_` is; empty if none is. The same again changes nothing.

    `outcome` saves computing it once more. Raises CutUndecided when tied groups wait for a decision. A round that has opened only gains
    entrants: who plays already is not taken out by a recomputation.
    """
    held = locked(cycle)
    design = design_of(held)
    targets = decided_after(design, round_.key)
    if not targets:
        return []
    outcome = outcome or compute(design, facts_of(held))
    for cut in outcome.cuts:
        if cut.to in targets and cut.undecided:
            message = _(
                'The cut from "{board}" into "{to}" waits for a decision between: {names}.',
                board=cut.board,
                to=cut.to,
                names=", ".join(cut.undecided),
            )
            raise CutUndecided(message)
    rounds = Round.objects.filter(cycle=held, key__in=targets).order_by("number")
    return [row for one in rounds for row in write_entrants(one, _via(held, one.key, outcome), by=by)]


def _via(cycle: Cycle, key: str, outcome: Outcome) -> dict[str, str]:
    """Group key → how it came into the round."""
    cut = {group for one in outcome.cuts if one.to == key for group in one.through}
    wild = {group for one in outcome.cuts if one.to == key for group in one.wildcards}
    decided = decisions_in_force(cycle, DecisionKind.ADVANCE).filter(round=key, board="")
    invited = set(decided.values_list("group", flat=True))

    def way(group: str) -> str:
        if group in cut:
            return "cut"
        return "wildcard" if group in wild else "invited" if group in invited else "all"

    return {group: way(group) for group in outcome.entrants.get(key, ())}


@transaction.atomic
def write_entrants(round_: Round, via: dict[str, str], *, by: Any = None) -> Sequence[Entrant]:
    """Make `via` (group key → all, cut, wildcard or invited) the list of the round. Returns the whole list, by key of the group."""
    now = db_now()
    there = {one.group.key: one for one in Entrant.objects.filter(round=round_).select_related("group")}
    groups = {one.key: one for one in Group.objects.filter(cycle_id=round_.cycle_id, key__in=via)}
    if state_of(round_.clock, now) is RoundState.PLANNED:
        Entrant.objects.filter(pk__in=[one.pk for key, one in there.items() if key not in via]).delete()
    changed = [there[key] for key in via if key in there and there[key].via != via[key]]
    for one in changed:
        one.via = via[one.group.key]
    Entrant.objects.bulk_update(changed, ["via"])
    fresh = [group for key, group in groups.items() if key not in there]
    Entrant.objects.bulk_create([Entrant(round=round_, group=one, via=via[one.key], at=now) for one in fresh], batch_size=1000)
    for group in fresh:
        payload = {"round": round_.key, "group": group.key, "via": via[group.key]}
        subject = f"round:{round_.pk}"
        record(Kind.GROUP_ADVANCED, cycle_id=round_.cycle_id, by=by, group_id=group.pk, subject=subject, payload=payload, at=now)
    return list(Entrant.objects.filter(round=round_).select_related("group").order_by("group__key"))
