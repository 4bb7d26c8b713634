import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from games.cycles import actions, queries
from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.cycles.rules import CycleState, DecisionKind, DecisionRefused, DesignMissing, ReasonMissing, StateRefused, digest_of
from games.journal.models import JournalEntry
from tests.factories.cycles import CycleFactory, SeriesFactory, small_design


def closed_after(function, *args):
    try:
        return function(*args)
    finally:
        connections.close_all()


@pytest.mark.django_db
def test_decisions_are_numbered_in_order_and_journalled_without_their_reason():
    cycle = CycleFactory()
    for word in ("one", "two"):
        actions.record_decision(cycle, DecisionKind.STOP, by=None, reason=word, round="final", group="aqua")
    assert list(Decision.objects.values_list("number", "reason", "published_at")) == [(1, "one", None), (2, "two", None)]
    entry = JournalEntry.objects.filter(kind="decision.recorded").latest("id")
    assert entry.payload == {"number": 2, "kind": "stop", "round": "final", "board": "", "group": "aqua", "other": ""}


@pytest.mark.django_db(transaction=True)
def test_decisions_taken_at_the_same_moment_get_different_numbers():
    cycle = CycleFactory()

    def decide(number):
        return closed_after(lambda: actions.record_decision(cycle, DecisionKind.STOP, by=None, reason=str(number)).number)

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(decide, range(12)))
    assert sorted(numbers) == list(range(1, 13))


@pytest.mark.django_db
def test_what_steers_the_cycle_is_public_at_once_and_results_are_not(cast):
    launch = actions.record_decision(cast.cycle, DecisionKind.LAUNCH, by=cast.org.user)
    equal = actions.record_decision(cast.cycle, DecisionKind.EQUAL, by=cast.org.user, reason="a draw")
    assert launch.published_at
    assert equal.published_at is None
    assert launch.decider == "Org"


@pytest.mark.django_db
def test_a_decision_is_taken_back_once_and_stays_in_the_record():
    cycle = CycleFactory()
    stop = actions.record_decision(cycle, DecisionKind.STOP, by=None, reason="left", group="aqua")
    later = actions.revoke_decision(stop, by=None, reason="came back")
    assert (later.kind, later.value) == ("override", "revoke 1")
    assert not queries.decisions_in_force(cycle, DecisionKind.STOP).exists()
    with pytest.raises(DecisionRefused, match="taken back before"):
        actions.revoke_decision(stop, by=None, reason="again")


@pytest.mark.django_db
def test_a_state_changes_by_decision_with_a_reason_along_the_table():
    cycle = CycleFactory(state="running")
    with pytest.raises(ReasonMissing):
        actions.change_state(cycle, CycleState.PAUSED, by=None, reason=" ")
    actions.change_state(cycle, CycleState.PAUSED, by=None, reason="storm")
    assert Cycle.objects.get(pk=cycle.pk).state == "paused"
    with pytest.raises(StateRefused, match="paused cannot become closed"):
        actions.change_state(cycle, CycleState.CLOSED, by=None, reason="tired")
    assert list(Decision.objects.values_list("kind", "value")) == [("state", "paused")]


@pytest.mark.django_db
def test_nothing_is_decided_in_a_cancelled_cycle():
    cycle = CycleFactory(state="running")
    actions.change_state(cycle, CycleState.CANCELLED, by=None, reason="no money")
    with pytest.raises(DecisionRefused):
        actions.record_decision(cycle, DecisionKind.STOP, by=None)


@pytest.mark.django_db
def test_the_clock_moves_a_cycle_on_without_a_decision_and_only_once():
    cycle = CycleFactory(state="enrolling")
    assert actions.move_on(cycle, CycleState.RUNNING)
    assert not actions.move_on(cycle, CycleState.RUNNING)
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_a_design_is_numbered_hashed_and_compared_with_the_one_before():
    cycle = CycleFactory()
    first = actions.add_design(cycle, small_design(), by=None)
    second = actions.add_design(cycle, small_design(cycle={"name": "Cleaner water"}), by=None)
    assert (first.number, second.number, cycle.design_number) == (1, 2, 2)
    assert first.digest == digest_of(small_design().data())
    assert first.diff == []
    assert second.diff == [{"path": "cycle.name", "before": "Clean water", "after": "Cleaner water"}]
    assert queries.design_of(cycle).cycle.name == "Cleaner water"
    assert queries.design_of(cycle, 1).cycle.name == "Clean water"
    with pytest.raises(DesignMissing):
        queries.design_of(cycle, 3)


@pytest.mark.django_db(transaction=True)
def test_a_committed_design_is_read_once(django_assert_num_queries):
    cycle = CycleFactory(design=small_design())
    queries.design_of(cycle)
    with django_assert_num_queries(0):
        assert queries.design_of(cycle) is queries.design_of(cycle, 1)


@pytest.mark.django_db(transaction=True)
def test_a_design_of_a_rolled_back_transaction_is_not_remembered():
    cycle = CycleFactory(design=small_design())
    with transaction.atomic():
        actions.add_design(cycle, small_design(cycle={"name": "Never"}), by=None)
        assert queries.design_of(cycle, 2).cycle.name == "Never"
        transaction.set_rollback(True)
    cycle.refresh_from_db()
    actions.add_design(cycle, small_design(cycle={"name": "Yes"}), by=None)
    assert queries.design_of(cycle, 2).cycle.name == "Yes"


@pytest.mark.django_db(transaction=True)
def test_two_amendments_at_once_get_two_numbers():
    cycle = CycleFactory(design=small_design())

    def amend(name):
        return closed_after(
            lambda: actions.add_design(Cycle.objects.get(pk=cycle.pk), small_design(cycle={"name": name}), by=None).number
        )

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(amend, ["A", "B"])) == [2, 3]
    assert DesignRow.objects.filter(cycle=cycle).count() == 3


@pytest.mark.django_db
def test_a_series_is_made_once():
    assert actions.series_for("water").pk == actions.series_for("water").pk


@pytest.mark.django_db
def test_the_cycles_of_a_series_stand_in_order_of_time():
    series = SeriesFactory()
    late = CycleFactory(series=series, starts_at="2028-01-01T00:00Z")
    early = CycleFactory(series=series, starts_at="2027-01-01T00:00Z")
    assert list(queries.cycles_of(series)) == [early, late]


def test_what_everybody_reads_holds_neither_answers_nor_words_of_tasks_to_come():
    quiz = {
        "key": "flag",
        "rounds": ["final"],
        "format": "automatic",
        "name": "Riddle",
        "answer": {"kind": "flag", "values": ["x"]},
        "hints": [{"key": "first", "cost": 1, "text": "Look up."}],
    }
    design = small_design(challenges=[quiz])
    hidden = queries.public_design(design, frozenset({"call"}))
    shown = queries.public_design(design, frozenset({"call", "final"}))
    assert "brief" in hidden["challenges"][0]
    assert hidden["challenges"][2].keys() == {"key", "rounds", "format"}
    assert shown["challenges"][2]["name"] == "Riddle"
    assert "answer" not in shown["challenges"][2]
    assert "Look up." not in json.dumps([hidden, shown])
