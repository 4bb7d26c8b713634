import json

import pytest

from games.challenges.models import Challenge
from games.challenges.queries import brief_of, challenges_in, challenges_of, for_entrants, spec_of
from tests.factories.challenges import ChallengeFactory
from tests.factories.rounds import RoundFactory

QUIZ = {
    "key": "quiz",
    "format": "automatic",
    "max_attempts": 3,
    "answer": {
        "kind": "quiz",
        "questions": [{"key": "q1", "name": "Which?", "choices": ["red", "blue", "green"], "correct": ["blue", "green"]}],
    },
}


def challenge(**spec):
    return Challenge(key=spec["key"], name=spec["key"], format=spec.get("format", "rubric"), spec=spec)


def test_a_spec_is_parsed_once_per_content():
    assert spec_of(challenge(key="a", brief="x")) is spec_of(challenge(key="a", brief="x"))
    assert spec_of(challenge(key="a", brief="x")) is not spec_of(challenge(key="a", brief="y"))


def test_entrants_read_the_questions_of_a_quiz_and_not_what_is_right():
    seen = for_entrants(challenge(**QUIZ))
    assert seen["questions"] == [{"key": "q1", "name": "Which?", "choices": ["red", "blue", "green"], "many": True}]
    assert "correct" not in json.dumps(seen)
    assert (seen["max_attempts"], seen["answer_kind"]) == (3, "quiz")


@pytest.mark.parametrize("answer", [{"kind": "flag", "values": ["hidden"]}, {"kind": "number", "value": "271828"}])
def test_entrants_never_read_an_answer(answer):
    text = json.dumps(for_entrants(challenge(key="c", format="automatic", answer=answer)))
    assert "hidden" not in text
    assert "271828" not in text


def test_the_brief_comes_as_text_and_as_safe_html():
    one = challenge(key="c", brief="Hello *there* <script>")
    assert brief_of(one) == for_entrants(one)["brief_html"] == "<p>Hello <em>there</em> &lt;script&gt;</p>\n"
    assert for_entrants(one)["brief"] == "Hello *there* <script>"


@pytest.mark.django_db
def test_the_tasks_of_a_cycle_stand_in_order_of_rounds():
    second = RoundFactory(number=2)
    first = RoundFactory(cycle=second.cycle, number=1)
    late, early = ChallengeFactory(round=second, number=1), ChallengeFactory(round=first, number=2)
    assert list(challenges_in(second.cycle)) == [early, late]
    assert list(challenges_of(first)) == [early]
