from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.cycles.actions import record_decision
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.groups.rules import GroupState
from games.rounds import queries
from games.rounds.models import Round
from games.rounds.rules import CycleNotRunning, NotEntrant, RoundNotOpen, deadline, state_of
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.rounds import EntrantFactory, ExtensionFactory, RoundFactory
from tests.games.rounds.test_rules import at, clocks

pytestmark = pytest.mark.django_db
keys = count()
NOW = datetime(2027, 6, 1, tzinfo=UTC)


def possible(clock):
    """What the database lets stand: a round closes after it opens."""
    return clock.opens_at is None or clock.closes_at is None or clock.closes_at > clock.opens_at


@given(st.lists(st.tuples(clocks.filter(possible), st.integers(0, 999_999)), min_size=1, max_size=8), st.integers(0, 9))
def test_the_state_in_sql_is_the_state_of_the_rule(drawn, hour):
    cycle = CycleFactory()
    now = at(hour)
    for clock, _ in drawn:
        fields = {name: getattr(clock, name) for name in clock.__dataclass_fields__}
        RoundFactory(cycle=cycle, key=f"r{next(keys)}", **fields)
    for moment in (now, now + timedelta(microseconds=drawn[0][1]), now - timedelta(microseconds=1)):
        for one in queries.rounds_of(cycle, moment):
            assert one.state == state_of(one.clock, moment).value
            assert one.ends_at == deadline(one.clock)
    cycle.delete()


@pytest.fixture
def cycle():
    return CycleFactory(design=small_design())


def round_in(cycle, key, **fields):
    return RoundFactory(cycle=cycle, key=key, number={"call": 1, "final": 2}[key], **fields)


def group_in(cycle, key="aqua", **fields):
    return Group.objects.create(cycle=cycle, key=key, name=key.title(), **fields)


def test_the_deadline_of_a_group_counts_its_own_extension_only(cycle):
    call, aqua, brook = round_in(cycle, "call"), group_in(cycle), group_in(cycle, "brook")
    extension = ExtensionFactory(round=call, group=aqua)
    assert queries.deadline_for(call, aqua) == extension.until
    assert queries.deadline_for(call, brook) == call.closes_at
    assert queries.extensions_of(call) == {aqua.pk: extension.until}


def test_everybody_taking_part_is_in_a_round_before_any_cut(cycle):
    call = round_in(cycle, "call")
    group_in(cycle), group_in(cycle, "brook", state=GroupState.PENDING.value)
    assert [group.key for group in queries.entrants_of(call)] == ["aqua"]


def test_only_those_on_the_list_are_in_a_round_after_a_cut(cycle):
    final, aqua, brook = round_in(cycle, "final"), group_in(cycle), group_in(cycle, "brook")
    assert not queries.may_enter(final, aqua)
    EntrantFactory(round=final, group=aqua)
    assert queries.may_enter(final, aqua)
    assert not queries.may_enter(final, brook)


def test_who_was_stopped_is_out_from_that_round_on_and_back_when_the_decision_is_taken_back(cycle):
    call, final, aqua = round_in(cycle, "call"), round_in(cycle, "final"), group_in(cycle)
    EntrantFactory(round=final, group=aqua)
    stop = record_decision(cycle, DecisionKind.STOP, by=None, reason="left", round="final", group="aqua")
    assert queries.may_enter(call, aqua)
    assert not queries.may_enter(final, aqua)
    stop.revoked_at = NOW
    stop.save()
    assert queries.may_enter(final, aqua)


def test_an_entry_is_checked_for_cycle_clock_and_list_each_with_its_reason(cycle):
    call, final, aqua = round_in(cycle, "call"), round_in(cycle, "final"), group_in(cycle)
    queries.check_entry(call, aqua, now=NOW)
    with pytest.raises(NotEntrant, match="is not in the round"):
        queries.check_entry(final, aqua, now=NOW)
    with pytest.raises(RoundNotOpen, match="has not opened"):
        queries.check_entry(call, aqua, now=call.opens_at - timedelta(seconds=1))
    with pytest.raises(RoundNotOpen, match="took entries until 2028-01-01 00:00:00 UTC"):
        queries.check_entry(call, aqua, now=call.closes_at)
    cycle.state = "paused"
    with pytest.raises(CycleNotRunning, match="paused"):
        queries.check_entry(call, aqua, now=NOW)


def test_checking_an_entry_costs_one_statement(cycle, django_assert_num_queries):
    call, aqua = round_in(cycle, "call"), group_in(cycle)
    with django_assert_num_queries(2):  # the design is not yet committed in a test; in a request it is kept
        queries.check_entry(call, aqua, now=NOW)


def test_a_round_without_an_end_stays_open(cycle):
    call = round_in(cycle, "call", closes_at=None)
    assert queries.deadline_for(call, group_in(cycle)) is None
    assert list(queries.in_state(Round.objects.all(), state_of(call.clock, NOW), NOW)) == [call]
