"""What a frozen board holds back is held back everywhere."""

import pytest

from games.playbooks.schema import DesignRefused, parse_design
from games.results.rules import known_facts
from leaderboards.engine import facts
from leaderboards.engine.freezes import held_back

CONTEST = {
    "format": 1,
    "cycle": {"key": "contest", "name": "Contest"},
    "rounds": [{"key": "one"}, {"key": "two"}],
    "challenges": [{"keys": ["A", "B"], "format": "attempts"}],
    "boards": [
        {"key": "first", "rounds": ["one"], "freeze": "1:00:00"},
        {"key": "both", "freeze": "2:00:00"},
        {"key": "a", "rounds": ["two"], "challenges": ["A"], "freeze": "0:30:00"},
        {"key": "inside", "rounds": ["two"], "freeze": "0:01:00", "audience": "organizers"},
        {"key": "plain"},
    ],
}
HOUR = 3_600_000
BADGE = {"key": "solver", "name": "Solver", "event": "attempt.judged", "where": {"verdict": "AC"}}


def test_the_earliest_freeze_of_a_public_board_holds_for_each_task_of_its_last_round():
    assert held_back(parse_design(CONTEST)) == {
        ("one", "A"): HOUR,
        ("one", "B"): HOUR,
        ("two", "A"): HOUR // 2,
        ("two", "B"): 2 * HOUR,
    }


def test_attempts_held_back_are_pending_for_everybody_until_their_round_is_published():
    tries = facts.Attempts(
        facts.Attempt(round_, "A", "red", at, "AC", None, number)
        for number, (round_, at) in enumerate([("one", HOUR - 1), ("one", HOUR), ("two", HOUR // 2)], 1)
    )
    found = facts.Facts(attempts=tries)

    def verdicts(*published: str) -> list[str]:
        return [one.verdict for one in known_facts(parse_design(CONTEST), found, published).attempts]

    assert verdicts() == ["AC", "", ""]
    assert verdicts("one") == ["AC", "AC", ""]
    assert verdicts("one", "two") == ["AC", "AC", "AC"]


def test_recognition_that_would_tell_a_verdict_behind_a_freeze_is_refused_where_it_stands():
    with pytest.raises(DesignRefused, match=r'badges\[0\]\.where.*"A".*holds back'):
        parse_design(CONTEST | {"badges": [BADGE]})
    bare = CONTEST | {"boards": [{"key": "plain"}]}
    assert parse_design(bare | {"badges": [BADGE]}).badges[0].where == {"verdict": "AC"}
    assert parse_design(CONTEST | {"badges": [BADGE | {"where": {}}]}).badges[0].key == "solver"
