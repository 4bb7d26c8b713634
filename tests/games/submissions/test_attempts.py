"""Attempts: judged by the check, by others, once and for all unless decided."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.challenges.queries import for_entrants
from games.cycles.models import Decision
from games.cycles.rules import ReasonMissing
from games.journal.models import JournalEntry
from games.playbooks.schema import DesignRefused
from games.submissions import actions
from games.submissions.models import Attempt
from games.submissions.rules import AlreadySolved, AnswerRefused, CapReached, EntryRefused, TooFast, TooLate
from tests.factories.submissions import Scene, move, scene, without_designs

pytestmark = pytest.mark.django_db
FLAG: dict[str, Any] = {"key": "flag", "format": "automatic", "answer": {"kind": "flag", "values": ["ludus"]}}
QUIZ: dict[str, Any] = {
    "key": "quiz",
    "format": "automatic",
    "answer": {
        "kind": "quiz",
        "questions": [
            {"key": "a", "name": "2 + 2", "choices": ["3", "4"], "correct": ["4"], "points": "1.5"},
            {"key": "b", "name": "even", "choices": ["1", "2", "4"], "correct": ["2", "4"]},
        ],
    },
}


def tried(call: Scene, answer: str = "", **more: Any) -> Attempt:
    return actions.attempt(challenge=call.challenge, group=call.group, by=None, answer=answer, **more)


def test_a_flag_is_judged_at_once_and_right_only_once() -> None:
    call = scene(FLAG)
    assert tried(call, "minerva").verdict == "WA"
    solved = tried(call, " ludus ")
    assert (solved.verdict, solved.value, solved.number) == ("AC", None, 2)
    assert 3_590_000 < solved.elapsed_ms < 3_700_000
    with pytest.raises(AlreadySolved):
        tried(call, "ludus")


def test_a_quiz_earns_its_points() -> None:
    call = scene(QUIZ)
    assert tried(call, '{"a": "4"}').value == 15000
    assert tried(call, '{"a": "4", "b": ["4", "2"]}').value == 25000
    assert (tried(call, '{"a": "3", "b": ["2"]}').value, tried(call, "{}").verdict) == (0, "WA")
    with pytest.raises(AnswerRefused, match="JSON"):
        tried(call, "four")


def test_an_attempt_takes_four_statements() -> None:
    call = scene(FLAG)
    tried(call, "warm")
    with CaptureQueriesContext(connection) as statements:
        tried(call, "minerva")
    assert len(without_designs(statements)) == 4


def test_too_many_tries_in_a_minute_are_refused() -> None:
    call = scene(FLAG)
    for number in range(10):
        tried(call, f"guess {number}")
    with pytest.raises(TooFast):
        tried(call, "ludus")
    Attempt.objects.update(at=None)
    assert tried(call, "ludus").verdict == "AC"


def test_a_cap_on_tries_does_not_count_hints() -> None:
    call = scene({**FLAG, "max_attempts": 1})
    actions.record_attempt(challenge=call.challenge, group=call.group, by=None, verdict="hint", value=2)
    tried(call, "minerva")
    with pytest.raises(CapReached, match="1 times"):
        tried(call, "ludus")


def test_a_measured_value_counts_as_it_is_and_must_be_a_number() -> None:
    call = scene({"key": "run", "format": "measured", "better": "high"})
    made = tried(call, value=12.25)
    assert (made.verdict, made.value) == ("", 122500)
    with pytest.raises(AnswerRefused, match="expected a number"):
        tried(call, value="fast")
    withdrawn = actions.record_attempt(challenge=call.challenge, group=call.group, by=None, verdict="withdrawn")
    rebase = actions.record_attempt(
        challenge=call.challenge, group=call.group, by=None, verdict="rebase", value="12.3", elapsed=5
    )
    assert (withdrawn.verdict, withdrawn.value) == ("withdrawn", None)
    assert (rebase.value, rebase.elapsed_ms) == (123000, 5)


def test_no_try_after_the_deadline_but_the_record_may_come_later() -> None:
    call = scene({"key": "A", "format": "attempts"})
    move(call.round, closes=-1)
    with pytest.raises(TooLate):
        tried(call, "program")
    late = actions.record_attempt(challenge=call.challenge, group=call.group, by=None, verdict="AC", elapsed=60_000)
    assert late.elapsed_ms == 60_000


def test_a_pending_attempt_gets_its_verdict_once() -> None:
    call = scene({"key": "A", "format": "attempts"})
    pending = tried(call, "program")
    assert pending.verdict == ""
    actions.judge_attempt(attempt=pending, verdict="WA", by=None)
    with pytest.raises(EntryRefused, match="judged before"):
        actions.judge_attempt(attempt=pending, verdict="AC", by=None)
    with pytest.raises(AnswerRefused):
        actions.judge_attempt(attempt=pending, verdict="", by=None)


def test_another_verdict_takes_a_decision_with_a_reason() -> None:
    call = scene({"key": "A", "format": "attempts"})
    made = tried(call, "program")
    actions.judge_attempt(attempt=made, verdict="WA", by=None)
    with pytest.raises(ReasonMissing):
        actions.rejudge(attempt=made, verdict="AC", by=None, reason=" ")
    again = actions.rejudge(attempt=made, verdict="AC", by=None, reason="the test data was wrong")
    made.refresh_from_db()
    assert (made.verdict, made.elapsed_ms) == ("AC", again.elapsed_ms)
    assert Decision.objects.get().value == "rejudge A 1: WA to AC"
    last = JournalEntry.objects.filter(kind="attempt.judged").order_by("id").last()
    assert last is not None
    assert (last.payload["before"], last.payload["verdict"]) == ("WA", "AC")


def test_an_essay_takes_no_attempts() -> None:
    with pytest.raises(EntryRefused, match="by an entry"):
        tried(scene(), "x")


def test_a_hint_costs_once_however_often_it_is_read() -> None:
    call = scene({**FLAG, "hints": [{"key": "first", "text": "It is a school.", "cost": "2.5"}], "max_attempts": 1})
    first, again = (actions.buy_hint(challenge=call.challenge, group=call.group, key="first", by=None) for _ in range(2))
    assert first.pk == again.pk
    assert (first.verdict, first.value) == ("hint", 25000)
    assert tried(call, "ludus").verdict == "AC"
    with pytest.raises(AnswerRefused, match='"second" is not a hint of "flag"; known: first'):
        actions.buy_hint(challenge=call.challenge, group=call.group, key="second", by=None)
    move(call.round, closes=-1)
    with pytest.raises(TooLate):
        actions.buy_hint(challenge=call.challenge, group=call.group, key="first", by=None)


def test_the_words_of_a_hint_are_not_told_before_it_is_taken() -> None:
    call = scene({**FLAG, "hints": [{"key": "first", "text": "It is a school.", "cost": 2}]})
    assert "school" not in str(for_entrants(call.challenge))
    assert for_entrants(call.challenge)["hints"] == [{"key": "first", "name": "first", "cost": "2"}]
    assert "school" not in str(call.design.public())
    with pytest.raises(DesignRefused, match="only attempts and automatic challenges have hints"):
        scene({"key": "essay", "hints": [{"key": "first", "text": "x"}], "criteria": [{"key": "m"}]})
