from datetime import timedelta

import pytest

from games.cycles.actions import change_state, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.rules import CycleState, DecisionKind, StateRefused
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.judging.models import Sheet
from games.judging.queries.feedback import owed_in
from games.judging.rules.feedback import FeedbackMissing
from games.progression import actions
from games.progression.rules import RoundUnfinished
from games.rounds.models import Round
from games.rounds.rules import RoundRefused
from games.submissions.models import Submission
from tests.factories.accounts import UserFactory
from tests.factories.cycles import small
from tests.factories.groups import GroupFactory
from tests.factories.organizations import PersonFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def launched(days_ago=0, **changes):
    start = (db_now() - timedelta(days=days_ago)).replace(microsecond=0)
    return actions.launch(small(**changes), by=UserFactory(name="Org"), start=start)


def steps():
    return list(JournalEntry.objects.filter(kind__startswith="round.").order_by("id").values_list("kind", "payload__round"))


def test_the_first_round_that_opens_sets_the_cycle_running():
    cycle = launched()
    now = db_now()
    assert actions.settle_round_states(now) == []
    actions.settle_round_states(now + 2 * DAY)
    assert actions.settle_round_states(now + 2 * DAY) == []
    assert Cycle.objects.get(pk=cycle.pk).state == "running"
    assert steps() == [("round.opened", "call")]


def test_a_clock_that_slept_catches_up_in_order():
    launched()
    actions.settle_round_states(db_now() + 30 * DAY)
    assert steps() == [("round.opened", "call"), ("round.locked", "call")]


def test_the_clock_waits_while_a_cycle_is_paused():
    cycle = launched(days_ago=2)
    actions.settle_round_states()
    cycle.refresh_from_db()
    change_state(cycle, CycleState.PAUSED, by=None, reason="storm")
    assert actions.settle_round_states(db_now() + 30 * DAY) == []
    change_state(cycle, CycleState.RUNNING, by=None, reason="calm")
    actions.settle_round_states(db_now() + 30 * DAY)
    assert steps()[-1] == ("round.locked", "call")


def test_a_round_is_published_once_with_what_the_design_promised():
    cycle = launched(days_ago=17)
    actions.settle_round_states()
    call = Round.objects.get(key="call")
    stop = record_decision(cycle, DecisionKind.STOP, by=None, reason="left", round="call", group="aqua")
    on_board = record_decision(cycle, DecisionKind.EQUAL, by=None, reason="equal", board="call", group="a", other="b")
    later = record_decision(cycle, DecisionKind.EQUAL, by=None, reason="equal", board="result", group="a", other="b")
    published = actions.publish_round(call, by=None, reason="as announced")
    again = actions.publish_round(call, by=None, reason="as announced")
    assert (published.visibility, published.published_at) == ("summaries", again.published_at)
    assert Decision.objects.filter(kind="publish").count() == 1
    assert steps()[-1] == ("round.published", "call")
    shown = {one.pk for one in Decision.objects.filter(published_at__isnull=False)}
    assert {stop.pk, on_board.pk} <= shown
    assert later.pk not in shown


def test_nothing_is_published_while_entries_are_taken_not_even_of_one_group():
    cycle = launched(days_ago=2)
    actions.settle_round_states()
    call = Round.objects.get(key="call")
    with pytest.raises(RoundRefused, match="is open"):
        actions.publish_round(call, by=None)
    actions.extend(call, db_now() + 20 * DAY, by=None, reason="ill", group=GroupFactory(cycle=cycle))
    actions.lock_round(call, by=None, reason="enough")
    with pytest.raises(RoundRefused, match="1 team"):
        actions.publish_round(call, by=None)


def test_when_every_round_is_published_the_awards_are_next_and_then_the_end():
    cycle = launched(days_ago=60)
    actions.pass_gate(Round.objects.get(key="final"), "go", by=None, reason="x")
    actions.settle_round_states()
    with pytest.raises(RoundUnfinished, match="call, final"):
        actions.close_cycle(cycle, by=None, reason="done")
    for one in Round.objects.all():
        actions.publish_round(one, by=None)
    assert Cycle.objects.get(pk=cycle.pk).state == "awarding"
    actions.close_cycle(cycle, by=None, reason="done")
    assert cycle.state == Cycle.objects.get(pk=cycle.pk).state == "closed"
    with pytest.raises(StateRefused):
        actions.close_cycle(cycle, by=None, reason="done")


def test_a_round_that_its_gate_closed_needs_no_publication():
    cycle = launched(days_ago=17)
    actions.settle_round_states()
    actions.pass_gate(Round.objects.get(key="final"), "no_go", by=None, reason="no evidence")
    actions.publish_round(Round.objects.get(key="call"), by=None)
    assert Cycle.objects.get(pk=cycle.pk).state == "awarding"


def test_promised_feedback_is_given_before_a_round_is_closed():
    cycle = launched(days_ago=17, rounds=[{"key": "call", "feedback": True}])
    actions.settle_round_states()
    call = Round.objects.get(key="call")
    concept, aqua = call.challenges.get(), GroupFactory(cycle=cycle, key="aqua")
    Submission.objects.create(challenge=concept, group=aqua, state="submitted")
    sheet = Sheet.objects.create(challenge=concept, group=aqua, panel="jury", judge=PersonFactory(), state="final")
    assert [one.group.key for one in owed_in(call)] == ["aqua"]
    with pytest.raises(FeedbackMissing, match=aqua.name):
        actions.close_round(call, by=None, reason="done")
    sheet.comment = "Clear idea; test it with ten households."
    sheet.save()
    assert actions.close_round(call, by=None, reason="done").closed_at


def test_entries_of_a_reopened_round_can_be_replaced():
    cycle = launched(days_ago=17)
    actions.settle_round_states()
    call = Round.objects.get(key="call")
    entry = Submission.objects.create(challenge=call.challenges.get(), group=GroupFactory(cycle=cycle), state="locked")
    actions.reopen_round(call, db_now() + DAY, by=None, reason="outage")
    entry.refresh_from_db()
    assert entry.state == "submitted"


def test_the_clock_looks_with_one_statement_whatever_the_number_of_rounds(django_assert_num_queries):
    launched()
    launched(cycle={"key": "wine"})
    now = db_now()
    with django_assert_num_queries(1):
        assert actions.settle_round_states(now) == []
