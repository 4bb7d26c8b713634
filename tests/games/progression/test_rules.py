from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from games.progression.rules import (
    begins,
    decided_after,
    ends,
    frozen_problems,
    last_round,
    next_key,
    next_name,
    scoring_of,
    shifted,
)
from leaderboards.engine.names import is_live
from leaderboards.engine.spec import expand_boards
from tests.factories.cycles import small_design

CALL = {"call"}


def places(before, after, begun=CALL):
    return [problem.where for problem in frozen_problems(before, after, begun)]


@pytest.mark.parametrize(
    "changes",
    [
        {"challenges": [{"key": "concept", "brief": "Write two pages.", "name": "The concept"}]},
        {"rounds": [{"key": "call", "name": "Open call"}]},
        {"rounds": [{"key": "final", "closes": "+60d"}]},
        {"challenges": [{"key": "prototype", "criteria": [{"key": "evidence", "max": 10}]}]},
        {"cuts": [{"board": "call", "to": "final", "first": 3}]},
        {"awards": [{"key": "silver", "places": [2, 2]}]},
        {"registration": {"capacity": 10}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_words_and_what_is_still_to_come_may_change(changes):
    assert places(small_design(), small_design(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"challenges": [{"key": "concept", "scale": 100}]}, 'rounds["call"].challenges.concept.scale'),
        (
            {"challenges": [{"key": "concept", "criteria": [{"key": "impact", "weight": 2}]}]},
            'rounds["call"].challenges.concept.criteria["impact"].weight',
        ),
        ({"rounds": [{"key": "call", "closes": "+16d"}]}, 'rounds["call"].closes'),
        ({"rounds": [{"key": "call", "missing": "zero"}]}, 'rounds["call"].missing'),
        ({"boards": [{"key": "result", "weights": {"call": "0.4"}}]}, 'boards["result"].weights.call'),
        ({"cycle": {"rounding": "half_even"}}, "cycle.rounding"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_decides_results_of_a_round_that_has_begun_may_not_change(changes, where):
    assert places(small_design(), small_design(**changes)) == [where]
    assert places(small_design(), small_design(**changes), set()) == []


def test_who_entered_a_round_that_has_begun_is_settled():
    changed = small_design(cuts=[{"board": "call", "to": "final", "first": 3}])
    assert places(small_design(), changed, {"call", "final"}) == ['cuts to "final"']


def test_a_round_that_has_begun_cannot_go_nor_another_board_become_the_main_one():
    data = small_design().data()
    data["boards"].reverse()
    other = type(small_design()).model_validate(data)
    assert places(small_design(), other) == ["boards"]


def test_a_weight_is_no_word_even_if_its_round_is_named_like_one():
    assert scoring_of({"weights": {"name": "0.3"}, "name": "x"}) == {"weights": {"name": "0.3"}}


def test_a_board_is_live_when_machines_judge_all_that_feeds_it_or_when_it_ranks_points():
    run = {"key": "run", "rounds": ["final"], "format": "measured"}
    design = small_design(
        challenges=[run],
        boards=[
            {"key": "runs", "rounds": ["final"], "challenges": ["run"]},
            {"key": "mixed", "rounds": ["final"]},
            {"key": "acts", "source": "points"},
        ],
    )
    live = {board.id: is_live(design, board) for board in expand_boards(design)}
    assert live == {"result": False, "call": False, "runs": True, "mixed": False, "acts": True}


def test_a_cut_settles_the_round_it_leads_into_and_what_follows_it_unchanged():
    design = small_design(rounds=[{"key": "encore", "opens": "+50d", "closes": "+55d"}])
    assert decided_after(design, "call") == ["final"]
    assert decided_after(design, "final") == ["encore"]
    assert decided_after(design, "encore") == []
    assert (last_round(design, "result"), last_round(design, "call"), last_round(design, "none")) == ("final", "call", "")


def test_without_a_cut_nothing_is_settled():
    assert decided_after(small_design(cuts=[]), "call") == []


def test_a_cycle_begins_with_its_first_round_unless_it_says_when():
    assert begins(small_design()) == datetime(2027, 1, 5, 9, tzinfo=UTC)
    assert ends(small_design()) == datetime(2027, 2, 13, 9, tzinfo=UTC)
    assert begins(small_design(cycle={"starts": "2027-01-01"})) == datetime(2027, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))


def test_times_move_by_the_wall_clock_and_words_stay():
    zone = ZoneInfo("Europe/Berlin")
    data = {"opens": "2027-03-01T09:00:00+01:00", "aim": {"date": "2027-03-02"}, "name": "2027-03-01", "weights": {"opens": 1}}
    assert shifted(data, timedelta(days=60), zone) == {
        "opens": "2027-04-30T09:00:00+02:00",
        "aim": {"date": "2027-05-01"},
        "name": "2027-03-01",
        "weights": {"opens": 1},
    }


@pytest.mark.parametrize(("key", "after"), [("season-1", "season-2"), ("water", "water-2"), ("y2027", "y2028"), ("a9", "a10")])
def test_the_next_key_counts_on(key, after):
    assert next_key(key) == after


def test_the_next_name_counts_on():
    assert (next_name("Season 9"), next_name("Clean water")) == ("Season 10", "Clean water 2")
