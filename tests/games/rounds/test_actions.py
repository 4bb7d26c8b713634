from datetime import timedelta

import pytest

from games.cycles.models import Decision
from games.cycles.rules import ReasonMissing
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.playbooks.rules import Visibility
from games.rounds import actions
from games.rounds.models import Extension, Round
from games.rounds.queries import deadline_for, extension_until
from games.rounds.rules import ExtensionTooShort, GateRefused, RoundRefused, RoundState, VisibilityNarrows, accepts, state_of
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory
from tests.factories.rounds import RoundFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return db_now()


@pytest.fixture
def cycle():
    return CycleFactory(design=small_design())


@pytest.fixture
def call(cycle, now):
    return RoundFactory(cycle=cycle, key="call", number=1, opens_at=now - DAY, closes_at=now + DAY, settled_state="open")


@pytest.fixture
def final(cycle, now):
    return RoundFactory(cycle=cycle, key="final", number=2, opens_at=now + DAY, closes_at=now + 2 * DAY, gated=True)


def kinds():
    return list(JournalEntry.objects.exclude(kind="decision.recorded").order_by("id").values_list("kind", flat=True))


def test_the_clock_settles_each_step_once(call, now):
    assert actions.settle_round(call, now=now) == ()
    assert actions.settle_round(call, now=now + 2 * DAY) == (RoundState.LOCKED,)
    assert actions.settle_round(Round.objects.get(), now=now + 2 * DAY) == ()
    assert kinds() == ["round.locked"]


def test_of_two_clocks_one_settles(call, now):
    twin = Round.objects.get(pk=call.pk)
    assert actions.settle_round(call, now=now + 2 * DAY)
    assert actions.settle_round(twin, now=now + 2 * DAY) == ()


def test_a_lock_needs_a_reason_and_an_open_round(call, now):
    with pytest.raises(ReasonMissing):
        actions.lock_round(call, by=None, reason="")
    locked = actions.lock_round(call, by=None, reason="power cut")
    assert state_of(locked.clock, db_now()) is RoundState.LOCKED
    with pytest.raises(RoundRefused, match='"call" is locked; this needs one that is open'):
        actions.lock_round(locked, by=None, reason="again")
    assert kinds() == ["round.locked"]
    assert Decision.objects.get().reason == "power cut"


def test_a_planned_round_opens_early_by_decision_but_not_before_its_gate(final):
    with pytest.raises(RoundRefused, match="only after its gate"):
        actions.open_round(final, by=None, reason="eager")
    passed = actions.pass_gate(final, "go", by=None, reason="evidence is there")
    opened = actions.open_round(passed, by=None, reason="eager")
    assert state_of(opened.clock, db_now()) is RoundState.OPEN
    assert kinds() == ["round.opened"]


def test_a_gate_is_decided_exactly_once_among_its_options(call, final):
    with pytest.raises(GateRefused, match="has no gate"):
        actions.pass_gate(call, "go", by=None, reason="x")
    with pytest.raises(GateRefused, match="not among the options: go, no_go"):
        actions.pass_gate(final, "maybe", by=None, reason="x")
    actions.pass_gate(final, "go", by=None, reason="x")
    for choice in ("go", "no_go"):
        with pytest.raises(GateRefused, match="decided before"):
            actions.pass_gate(final, choice, by=None, reason="y")
    assert list(Decision.objects.values_list("kind", "value", "options")) == [("gate", "go", ["go", "no_go"])]


def test_a_gate_that_says_no_closes_the_round_without_opening_it(final):
    closed = actions.pass_gate(final, "no_go", by=None, reason="not enough evidence")
    assert state_of(closed.clock, db_now()) is RoundState.CLOSED
    assert kinds() == ["round.closed"]


def test_more_time_for_all_is_later_than_the_deadline_and_public(call, now):
    with pytest.raises(ExtensionTooShort):
        actions.extend(call, call.closes_at, by=None, reason="x")
    decision = actions.extend(call, call.closes_at + DAY, by=None, reason="storm")
    assert decision.published_at
    assert state_of(Round.objects.get(pk=call.pk).clock, call.closes_at + timedelta(hours=1)) is RoundState.OPEN


def test_more_time_for_one_group_is_nobody_elses_business(call, now):
    aqua, brook = GroupFactory(cycle=call.cycle), GroupFactory(cycle=call.cycle)
    until = call.closes_at + DAY
    decision = actions.extend(call, until, by=None, reason="illness", group=aqua)
    assert decision.published_at is None
    assert (deadline_for(call, aqua), deadline_for(call, brook)) == (until, call.closes_at)
    moment = call.closes_at + timedelta(hours=1)
    assert accepts(call.clock, extension_until(call, aqua), moment)
    assert not accepts(call.clock, extension_until(call, brook), moment)
    actions.extend(call, until + DAY, by=None, reason="still ill", group=aqua)
    assert Extension.objects.get().until == until + DAY


def test_a_group_of_another_cycle_gets_no_extension(call):
    with pytest.raises(RoundRefused, match="not a team of this cycle"):
        actions.extend(call, call.closes_at + DAY, by=None, reason="x", group=GroupFactory())


def test_visibility_widens_only(call):
    wider = actions.widen(call, Visibility.FULL, by=None, reason="all agreed")
    for level in (Visibility.FULL, Visibility.SCORES):
        with pytest.raises(VisibilityNarrows):
            actions.widen(wider, level, by=None, reason="x")
    assert kinds() == ["round.widened"]


def test_a_locked_round_reopens_with_a_new_end_until_it_is_published(call, now):
    actions.lock_round(call, by=None, reason="by mistake")
    with pytest.raises(ExtensionTooShort, match="planned end"):
        actions.reopen_round(call, now + timedelta(hours=1), by=None, reason="sorry")
    opened = actions.reopen_round(call, now + 3 * DAY, by=None, reason="sorry")
    assert state_of(opened.clock, db_now()) is RoundState.OPEN
    assert kinds() == ["round.locked", "round.opened"]
    assert actions.settle_round(opened, now=now + 4 * DAY) == (RoundState.LOCKED,)
    Round.objects.filter(pk=call.pk).update(published_at=now)
    with pytest.raises(RoundRefused):
        actions.reopen_round(call, now + 9 * DAY, by=None, reason="sorry")


def test_the_rounds_of_a_closed_cycle_stay_as_they_are(call):
    call.cycle.state = "closed"
    call.cycle.save()
    with pytest.raises(RoundRefused, match="The cycle is closed"):
        actions.lock_round(call, by=None, reason="x")
