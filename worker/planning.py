"""Working out who judges what: the only place where plans are computed. OR-Tools and numpy are loaded here, in workers."""

import logging
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction

from games.challenges.models import Challenge
from games.errors import GameError
from games.judging import actions
from games.judging.actions.planning import claim_plan, finish_plan, tell_plan
from games.judging.models import AssignmentPlan
from games.judging.planning import facts_of, problem_of
from games.judging.rules import PlanStale, PlanState
from games.judging.rules.plans import Asked, infeasible_data, plan_data
from leaderboards.engine.language import gettext_noop
from leaderboards.engine.planning import Infeasible, Plan, plan, precision_of

logger = logging.getLogger(__name__)
AGAIN: Final = 3
BIG: Final = 20_000  # pairs: beyond it the precision of places is not worth its seconds


class Dropped(Exception):
    """Nobody waits for it any more, or another worker has it."""


def work_out(pk: int) -> AssignmentPlan | None:
    """Take a plan, find conflicts, plan, keep it; apply it where that was asked. None if it was not to be had."""
    claimed = claim_plan(pk)
    if claimed is None:
        return None
    try:
        for _ in range(AGAIN):
            if _work_out(claimed):
                break
    except Dropped:
        return None
    except GameError as refusal:
        finish_plan(claimed, PlanState.FAILED, says=refusal.message)
    except Exception:
        logger.exception("plan %s failed", pk)
        finish_plan(claimed, PlanState.FAILED, says=gettext_noop("Something broke on our side. Please ask again."))
    claimed.refresh_from_db()
    return claimed


def _work_out(claimed: AssignmentPlan) -> bool:
    """False if it was to be given out at once and the facts changed meanwhile: then it is claimed again."""

    def told(says: str, percent: int) -> None:
        if not tell_plan(claimed, says, percent):
            raise Dropped

    challenge, asked = claimed.challenge, Asked.of(claimed.asked)
    told(gettext_noop("Looking for conflicts of interest"), 1)
    actions.find_conflicts(cycle=challenge.round.cycle)
    facts = facts_of(challenge, claimed.panel)
    problem, short = problem_of(facts, asked)
    found = plan(problem, told=lambda says, percent: told(says, 5 + percent * 8 // 10))
    kept: dict[str, Any] = {
        "stamp": facts.stamp,
        "entries": len(facts.groups),
        "judges": len(facts.seats),
        "kept": len(facts.kept),
        "take": [[*pair] for pair in facts.take],
        "short": short,
        "barred": {"own": sum(one.own for one in facts.bars.values()), "given_back": len(facts.given_back)}
        | {"conflict": sum(not one.own for one in facts.bars.values())},
    }
    if isinstance(found, Infeasible):
        return _done(claimed, PlanState.INFEASIBLE, kept | infeasible_data(found))
    told(gettext_noop("How sure the places will be"), 90)
    whole = kept | plan_data(found, _precision(found))
    if not asked.at_once:
        return _done(claimed, PlanState.READY, whole)
    return _given_out(claimed, whole)


def _given_out(claimed: AssignmentPlan, found: dict[str, Any]) -> bool:
    """Ready and given out in one act: nobody who waits for it sees it in between."""
    lease = claimed.lease_until
    try:
        with transaction.atomic():
            Challenge.objects.select_for_update().get(pk=claimed.challenge_id)  # first, as whoever applies a plan by hand does
            return _done(claimed, PlanState.READY, found) and _applied(claimed)
    except Exception:
        claimed.lease_until = lease  # all of it is undone: the plan is still ours, to say why
        raise


def _done(claimed: AssignmentPlan, state: PlanState, found: dict[str, Any]) -> bool:
    if not finish_plan(claimed, state, found=found):
        raise Dropped
    return True


def _precision(found: Plan) -> Any:
    return precision_of(found.pairs) if 0 < len(found.pairs) <= BIG else None


def _applied(claimed: AssignmentPlan) -> bool:
    """Give it out for who asked; false if the facts changed meanwhile: then it is claimed and worked out again."""
    asker = get_user_model().objects.filter(pseudonym=claimed.by).first() if claimed.by else None
    try:
        actions.apply_plan(plan=claimed, by=asker)
    except PlanStale:
        AssignmentPlan.objects.filter(pk=claimed.pk, state=PlanState.READY.value).update(state=PlanState.WAITING.value)
        again = claim_plan(claimed.pk)
        if again is None:
            raise Dropped from None
        claimed.lease_until, claimed.state = again.lease_until, again.state
        return False
    return True
