"""Plans are worked out by a worker, however its message travels; conflicts are looked for when people or panels change."""

from typing import Any

import pytest

from games.groups.actions.members import add_member, held_group
from games.judging import actions
from games.judging.models import AssignmentPlan, ConflictOfInterest, Sheet
from games.judging.rules import PlanRefused
from games.judging.rules.plans import Asked
from tests.cast import actor
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.judging import judge, locked_scene
from tests.factories.submissions import Scene
from worker import tasks
from worker.pulse import pulse

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was queued, instead of queueing it."""
    found: list[tuple[Any, ...]] = []
    for module in ("worker.waking", "worker.reactions", "worker.pulse", "worker.tasks"):
        monkeypatch.setattr(f"{module}.publish", lambda *told, countdown=None: found.append(told) or True)
    return found


def seated(count: int) -> Scene:
    call = locked_scene(groups=4)
    for number in range(count):
        actions.add_panelist(challenge=call.challenge, panel="jury", person=judge(call, f"Judge {number}"), by=None)
    return call


def test_a_plan_goes_to_a_worker_at_once_and_by_the_clock_if_the_message_is_lost(published: list[Any]) -> None:
    call = seated(3)
    plan = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2), by=None)
    pulse()
    assert ("plan", plan.pk) in published
    published.clear()
    tasks.tick()
    assert ("plan", plan.pk) in published
    tasks.plan(plan.pk)
    plan.refresh_from_db()
    assert plan.state == "ready"
    published.clear()
    tasks.tick()
    assert ("plan", plan.pk) not in published


def test_what_is_asked_at_once_is_given_out_by_the_worker_for_who_asked(published: list[Any]) -> None:
    call, org = seated(3), actor("org")
    plan = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2, at_once=True), by=org.user)
    tasks.plan(plan.pk)
    tasks.plan(plan.pk)  # twice is once
    assert AssignmentPlan.objects.get().state == "applied"
    assert Sheet.objects.count() == 8


def test_what_cannot_be_given_out_at_once_says_why_and_nothing_is_given(
    published: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    call, org = seated(3), actor("org")
    plan = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2, at_once=True), by=org.user)
    given_out = actions.apply_plan

    def refused_at_the_end(**asked: Any) -> Any:
        given_out(**asked)
        raise PlanRefused("The hall is closed.")

    monkeypatch.setattr("games.judging.actions.apply_plan", refused_at_the_end)
    tasks.plan(plan.pk)
    plan.refresh_from_db()
    assert (plan.state, plan.says, Sheet.objects.count()) == ("failed", "The hall is closed.", 0)


@pytest.mark.parametrize("change", ["panel", "team"])
def test_conflicts_are_looked_for_when_people_or_panels_change(published: list[Any], change: str) -> None:
    call = locked_scene(groups=1)
    ada, someone = actor("ada"), judge(call)
    past = GroupFactory.create()
    MembershipFactory.create(group=past, person=someone)
    MembershipFactory.create(group=past, person=ada.person)
    pulse()
    if change == "panel":
        MembershipFactory.create(group=call.group, person=ada.person)
        actions.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
    else:
        add_member(held_group(call.group), ada.person, by=None)
    pulse()
    assert ConflictOfInterest.objects.get().kind == "teammate"
