"""The ladder of a round: when others see more than at publication. Never before the time, never before publication, never less."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from games.cycles.actions import change_state
from games.cycles.models import Cycle, Decision
from games.cycles.rules import CycleState
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.playbooks.rules import Visibility
from games.playbooks.schema.reading import DesignRefused
from games.progression import actions
from games.rounds.models import Round
from games.rounds.rules import VISIBILITY_ORDER, Widening, widest_due
from games.submissions.models import Submission
from tests.factories.accounts import UserFactory
from tests.factories.cycles import START, small, small_design
from tests.factories.submissions import entry, move, scene
from worker import pulse
from worker.tasks import tick

DAY = timedelta(days=1)
SOON: dict[str, Any] = {"to": "full", "begins": "+30d"}


def ladder(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Rounds of the small design with these steps after the call."""
    call, final = small()["rounds"]
    return {"rounds": [{**call, "widens": list(steps), **more}, final]}


def launched(days_ago: float, *steps: dict[str, Any], key: str = "water", **more: Any) -> tuple[Cycle, Round]:
    """A cycle launched so many days ago whose call is over, and published when asked."""
    start = (db_now() - timedelta(days=days_ago)).replace(microsecond=0)
    design = small(**ladder(*steps, **more))
    cycle = actions.launch(design | {"cycle": design["cycle"] | {"key": key}}, by=UserFactory(name="Org"), start=start)
    actions.settle_round_states()
    return cycle, Round.objects.select_related("cycle").get(cycle=cycle, key="call")


def seen(round_: Round) -> str:
    return str(Round.objects.get(pk=round_.pk).visibility)


@pytest.mark.django_db
def test_others_see_more_from_the_time_on_that_the_rules_name_and_nobody_decides_it() -> None:
    _, call = launched(17, SOON, {"to": "forkable", "begins": "+31d"})
    actions.publish_round(call, by=None)
    decided = Decision.objects.count()
    assert seen(call) == "summaries"
    held = Round.objects.get(pk=call.pk)
    assert held.widens_at is not None
    assert actions.widen_due(held.widens_at - timedelta(seconds=1)) == []
    assert [one.key for one in actions.widen_due(held.widens_at)] == ["call"]
    assert actions.widen_due(held.widens_at) == [], "once"
    assert seen(call) == "full"
    after = Round.objects.get(pk=call.pk).widens_at
    assert after == held.widens_at + DAY
    actions.widen_due(after)
    assert (seen(call), Round.objects.get(pk=call.pk).widens_at) == ("forkable", None)
    assert Decision.objects.count() == decided
    told = JournalEntry.objects.filter(kind="round.widened").order_by("pk")
    assert [(one.payload["visibility"], one.actor) for one in told] == [("full", None), ("forkable", None)]


@pytest.mark.django_db
def test_before_publication_every_step_waits_and_then_what_is_due_is_shown_at_once() -> None:
    _, call = launched(35, SOON)
    assert actions.widen_due() == []
    assert seen(call) == "sealed"
    assert actions.publish_round(call, by=None).visibility == "full"
    assert seen(call) == "full"


@pytest.mark.django_db
def test_it_widens_when_the_next_round_opens_and_when_the_cycle_is_closed() -> None:
    cycle, call = launched(21, {"to": "full", "on": "next_round"}, {"to": "forkable", "on": "closed"})
    final = Round.objects.get(cycle=cycle, key="final")
    actions.publish_round(call, by=None)
    pulse.pulse()
    assert seen(call) == "summaries"
    actions.pass_gate(final, "go", by=None, reason="There is enough.")
    actions.settle_round_states()
    pulse.pulse()
    assert seen(call) == "full"
    actions.lock_round(final, by=None, reason="Enough.")
    actions.publish_round(final, by=None)
    actions.close_cycle(Cycle.objects.get(pk=cycle.pk), by=None, reason="Done.")
    pulse.pulse()
    assert seen(call) == "forkable"


@pytest.mark.django_db
def test_a_next_round_that_its_gate_closed_opens_nothing() -> None:
    cycle, call = launched(21, {"to": "full", "on": "next_round"})
    actions.publish_round(call, by=None)
    actions.pass_gate(Round.objects.get(cycle=cycle, key="final"), "no_go", by=None, reason="No evidence.")
    actions.widen_after(cycle)
    assert seen(call) == "summaries"


@pytest.mark.django_db
def test_it_widens_when_the_study_begins() -> None:
    study = {"begins": "+16d", "ends": "+18d"}
    _, call = launched(15.5, {"to": "full", "on": "study"}, study=study)
    actions.publish_round(call, by=None)
    assert seen(call) == "summaries"
    assert [one.key for one in actions.widen_due(db_now() + DAY)] == ["call"]
    assert seen(call) == "full"


@pytest.mark.django_db
def test_a_cancelled_cycle_shows_no_more_and_a_closed_one_still_does() -> None:
    cycle, call = launched(17, SOON)
    actions.publish_round(call, by=None)
    later = db_now() + 20 * DAY
    cancelled, other = launched(17, SOON, key="storm")
    actions.publish_round(other, by=None)
    change_state(Cycle.objects.get(pk=cancelled.pk), CycleState.CANCELLED, by=None, reason="Storm.")
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.CLOSED.value)
    actions.widen_due(later)
    assert (seen(call), seen(other)) == ("full", "summaries")


@pytest.mark.django_db
def test_the_embargo_holds_for_others_until_the_clock_ends_it() -> None:
    now = db_now()
    steps = [{"to": "forkable", "begins": (now + DAY).isoformat()}]
    call = scene(rounds=[{"key": "call", "visibility": "scores", "widens": steps}], closes=60)
    told, _ = entry(call, title="A secret way")
    move(call.round, closes=-1)
    actions.settle_round_states()
    actions.publish_round(call.round, by=None)
    Submission.objects.filter(pk=told.pk).update(state="published")
    eve = APIClient()
    eve.force_login(UserFactory(email="eve@example.org"))
    path = f"/api/v1/submissions/{told.pk}"
    assert eve.get(path).status_code == 404
    tick()
    assert eve.get(path).status_code == 404
    assert [one.pk for one in actions.widen_due(now + DAY)] == [call.round.pk]
    assert "A secret way" in eve.get(path).content.decode()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"to": "full"}, "expected either begins"),
        ({"to": "full", "begins": "+30d", "on": "closed"}, "expected either begins"),
        ({"to": "summaries", "begins": "+30d"}, "shows no more than"),
        ({"to": "full", "on": "study"}, "no study follows"),
        ({"to": "full", "begins": "+10d"}, "before round"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused_with_its_place(step: dict[str, Any], said: str) -> None:
    with pytest.raises(DesignRefused) as refused:
        small_design(**ladder(step))
    assert "rounds[0].widens[0]" in next(one.where for one in refused.value.problems if said in one.message)


def test_a_ladder_after_the_last_round_has_no_next_round() -> None:
    call, final = small()["rounds"]
    with pytest.raises(DesignRefused, match="no round follows"):
        small_design(rounds=[call, {**final, "widens": [{"to": "forkable", "on": "next_round"}]}])


LEVELS = st.sampled_from(list(Visibility))
STEPS = st.lists(
    st.builds(Widening, LEVELS, st.none() | st.integers(0, 9).map(lambda day: START + day * DAY), st.sampled_from(["", "closed"]))
)


@given(STEPS, st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_as_time_goes_by_no_less_is_shown(steps: list[Widening], one: int, other: int, closed: bool) -> None:
    first, then = sorted((one, other))
    happened = ["closed"] if closed else []
    before, after = (widest_due(steps, START + day * DAY, happened) for day in (first, then))
    order = [-1 if level is None else VISIBILITY_ORDER.index(level) for level in (before, after)]
    assert order[0] <= order[1]
