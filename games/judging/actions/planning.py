"""Plans of who judges what: asked for, worked out by a worker under a lease, looked at, applied as one act or dropped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from games.challenges.models import Challenge
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.assigning import Wanted, assign
from games.judging.actions.conflicts import find_conflicts
from games.judging.actions.panels import check_panel, journal_assignment
from games.judging.actions.sheets import give_back
from games.judging.models import AssignmentPlan, Sheet
from games.judging.planning import Facts, facts_of, gaps_of
from games.judging.rules import AssignmentRefused, PlanRefused, PlanStale, PlanState, SheetState
from games.judging.rules.plans import Aim, Asked, check_asked
from games.judging.third import readers_of
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _

LEASE: Final = timedelta(minutes=5)
GIVE_UP: Final = timedelta(minutes=40)
OPEN: Final = (PlanState.WAITING.value, PlanState.RUNNING.value)
SAYS: Final = 200


@transaction.atomic
def ask_plan(*, challenge: Challenge, asked: Asked, by: Any, panel: str = "") -> AssignmentPlan:
    """Have it worked out who judges what. A worker takes it; nothing is given out before it is applied. Raises AssignmentRefused.

    One that waits for the same panel is dropped: the last wish counts.
    """
    panel = panel or rules_of(challenge)[1].judges_panels[0].key
    check_panel(challenge, panel)
    facts = facts_of(challenge, panel)
    check_asked(asked, judges=len(facts.seats), entries=len(facts.groups))
    return _asked(challenge, panel, asked, by=by)


def _asked(challenge: Challenge, panel: str, asked: Asked, *, by: Any) -> AssignmentPlan:
    waiting = AssignmentPlan.objects.filter(challenge=challenge, panel=panel, state=PlanState.WAITING.value)
    waiting.update(state=PlanState.DROPPED.value, done_at=db_now())
    plan = AssignmentPlan.objects.create(
        challenge=challenge, panel=panel, asked=asked.data(), by=str(getattr(by, "pseudonym", "") or "")
    )
    _journal(Kind.PLAN_ASKED, plan, by=by, aim=asked.aim.value)
    return plan


@transaction.atomic
def fill_gaps(*, challenge: Challenge, by: Any, panel: str = "", at_once: bool = True) -> AssignmentPlan:
    """Deal anew what is open since judges gave sheets back or dropped out: pairs that stand stay, finished sheets above all."""
    panel = panel or rules_of(challenge)[1].judges_panels[0].key
    check_panel(challenge, panel)
    facts = facts_of(challenge, panel)
    asked = replace(gaps_of(facts), at_once=at_once)
    check_asked(asked, judges=len(facts.seats), entries=len(facts.groups))
    return _asked(challenge, panel, asked, by=by)


@transaction.atomic
def ask_third_reader(*, challenge: Challenge, panel: str, group: Group, by: Any, judge: Person | None = None) -> AssignmentPlan:
    """One judge more for one entry: this one at once, or whoever fits best and has least as soon as that is worked out.

    Raises AssignmentRefused where there is no entry, or the judge is not free for it.
    """
    check_panel(challenge, panel)
    Challenge.objects.select_for_update().get(pk=challenge.pk)  # two who ask at once follow each other
    if judge is not None:
        find_conflicts(cycle=challenge.round.cycle, by=by)
    facts = facts_of(challenge, panel)
    if group.pk not in {one.pk for one in facts.groups}:
        raise AssignmentRefused(_("There is no entry of this team to judge."), where="group")
    asked = Asked(Aim.THIRD, per_entry=1, at_once=True, group=group.pk)
    if judge is not None:
        return _given_at_once(facts, group, judge, asked, by=by)
    check_asked(asked, judges=len(facts.seats), entries=len(facts.groups))
    return _asked(challenge, panel, asked, by=by)


def _given_at_once(facts: Facts, group: Group, judge: Person, asked: Asked, *, by: Any) -> AssignmentPlan:
    """The sheet given out, and the plan as it would be kept had it been worked out."""
    if judge.pk not in {one.person.pk for one in readers_of(facts, group)}:
        message = _(
            "{judge} is not free for this entry: they have it, gave it back, are in conflict with it, or have no room.",
            judge=judge.name,
        )
        raise AssignmentRefused(message, where="judge")
    now = db_now()
    plan = AssignmentPlan.objects.create(
        challenge=facts.challenge,
        panel=facts.panel,
        state=PlanState.APPLIED.value,
        asked=asked.data(),
        found={"give": [[group.pk, judge.pk]], "kept": len(facts.kept), "judges": len(facts.seats)},
        by=str(getattr(by, "pseudonym", "") or ""),
        percent=100,
        done_at=now,
        applied_at=now,
    )
    wanted = [Wanted(facts.challenge, group, judge, facts.panel, "judge")]
    assign(cycle=facts.challenge.round.cycle, wanted=wanted, by=by, third=True)
    _journal(Kind.PLAN_APPLIED, plan, by=by, given=1, taken=0)
    return plan


@transaction.atomic
def drop_plan(*, plan: AssignmentPlan, by: Any) -> AssignmentPlan:  # noqa: ARG001 every action says who acts
    """Never mind. What was applied stays applied."""
    left = AssignmentPlan.objects.filter(pk=plan.pk).exclude(state__in=[PlanState.APPLIED.value, PlanState.DROPPED.value])
    if not left.update(state=PlanState.DROPPED.value, lease_until=None):
        raise PlanRefused(_("The plan was applied or dropped before."))
    plan.refresh_from_db()
    return plan


# --- Applying it --------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def apply_plan(*, plan: AssignmentPlan, by: Any) -> AssignmentPlan:
    """Give the sheets out, and take back those that are dealt anew: one act. Raises PlanRefused, and PlanStale if the facts changed."""
    Challenge.objects.select_for_update().get(pk=plan.challenge_id)  # two plans of one task follow each other
    locked = AssignmentPlan.objects.select_for_update(of=("self",)).select_related("challenge__round__cycle").get(pk=plan.pk)
    if locked.state != PlanState.READY.value:
        msg = _("The plan is {state}: only one that is ready is applied.", state=locked.state)
        raise PlanRefused(msg)
    facts = facts_of(locked.challenge, locked.panel)
    if facts.stamp != locked.found.get("stamp"):
        raise PlanStale(_("Entries, judges, conflicts or sheets changed since this was worked out. Have it worked out anew."))
    give = [(group, judge) for group, judge in locked.found["give"]]
    taken = _take_back(facts, {group for group, __ in give}, by=by)
    third = Asked.of(locked.asked).aim is Aim.THIRD
    given = assign(cycle=locked.challenge.round.cycle, wanted=_wanted(facts, give), by=by, third=third)
    locked.state, locked.applied_at = PlanState.APPLIED.value, db_now()
    locked.save(update_fields=["state", "applied_at"])
    _journal(Kind.PLAN_APPLIED, locked, by=by, given=given, taken=taken)
    return locked


def _wanted(facts: Facts, give: list[tuple[int, int]]) -> list[Wanted]:
    groups = {one.pk: one for one in facts.groups}
    judges: dict[int, Person] = {one.person_id: one.person for one in facts.seats}
    return [
        Wanted(facts.challenge, groups[group], judges[judge], facts.panel, f"{groups[group].name}, {judges[judge].name}")
        for group, judge in give
    ]


def _take_back(facts: Facts, dealt: set[int], *, by: Any) -> int:
    """Open sheets of who is gone or must not judge, on entries that others have now: not begun ones go, drafts are given back."""
    pairs = [pair for pair in facts.take if pair[0] in dealt]
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("challenge__round")
    sheets = rows.filter(challenge=facts.challenge, panel=facts.panel, group__in={group for group, __ in pairs})
    taken, gone = 0, dict[int, int]()
    for sheet in sheets.filter(judge__in={judge for __, judge in pairs}):
        if (sheet.group_id, sheet.judge_id) not in facts.take:
            continue
        if sheet.state == SheetState.ASSIGNED.value:
            gone[sheet.judge_id] = gone.get(sheet.judge_id, 0) + 1
            sheet.delete()
        elif sheet.state == SheetState.DRAFT.value:
            give_back(sheet, reason="another judge has taken it over", by=by)
        taken += 1
    for judge, count in sorted(gone.items()):
        journal_assignment(facts.challenge, judge, facts.panel, -count, by=by)
    return taken


def _journal(kind: Kind, plan: AssignmentPlan, *, by: Any, **more: object) -> None:
    round_ = plan.challenge.round
    payload = {"round": round_.key, "challenge": plan.challenge.key, "panel": plan.panel, **more}
    record(kind, cycle_id=round_.cycle_id, by=by, subject=f"plan:{plan.pk}", payload=payload)


# --- Working it out: for the worker -------------------------------------------------------------------------------------------------------


def _claimable(now: datetime) -> Q:
    return Q(state=PlanState.WAITING.value) | Q(state=PlanState.RUNNING.value, lease_until__lt=now)


def plans_due(now: datetime) -> list[int]:
    """Ids of plans that somebody may work out now: waiting, or left behind by a worker that died. Too old ones are given up."""
    old = AssignmentPlan.objects.filter(_claimable(now), asked_at__lt=now - GIVE_UP)
    if old.exists():
        said = _("Nobody could work this out. Please ask again.")
        old.update(state=PlanState.FAILED.value, says=said, lease_until=None, done_at=now)
    return list(AssignmentPlan.objects.filter(_claimable(now)).order_by("pk").values_list("pk", flat=True))


def claim_plan(pk: int) -> AssignmentPlan | None:
    """Take a plan under a lease; None if it is not to be had."""
    now = db_now()
    until = now + LEASE
    if not AssignmentPlan.objects.filter(_claimable(now), pk=pk).update(
        state=PlanState.RUNNING.value, lease_until=until, percent=0, says=""
    ):
        return None
    return AssignmentPlan.objects.select_related("challenge__round__cycle").get(pk=pk)


def tell_plan(plan: AssignmentPlan, says: str, percent: int) -> bool:
    """Say how far it is, and hold the lease longer. False: it was dropped, or somebody else has it."""
    return _mine(plan, says=says[:SAYS], percent=max(0, min(100, percent)), lease_until=db_now() + LEASE)


def finish_plan(plan: AssignmentPlan, state: PlanState, *, found: Mapping[str, Any] | None = None, says: str = "") -> bool:
    """Keep what came of it. False: it was dropped, or somebody else has it."""
    return _mine(
        plan, state=state.value, found=dict(found or {}), says=says[:SAYS], percent=100, lease_until=None, done_at=db_now()
    )


def _mine(plan: AssignmentPlan, **values: Any) -> bool:
    held = AssignmentPlan.objects.filter(pk=plan.pk, state=PlanState.RUNNING.value, lease_until=plan.lease_until)
    kept = bool(held.update(**values))
    if kept:
        for name, value in values.items():
            setattr(plan, name, value)
    return kept
