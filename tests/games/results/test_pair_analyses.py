"""How sure comparisons make us: computed with the results, kept, computed again only when somebody voted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.judging import actions
from games.judging.models import PairEntry, Vote
from games.results.actions import pair_analyses, recompute_now, store_pair_analyses
from games.results.models import ChallengeScore, PanelAnalysis
from leaderboards.engine.pairwise.told import lines_of
from tests.factories.pairs import LIVE, expo, seated, turn
from tests.leaderboards.engine.building import sound

pytestmark = pytest.mark.django_db


def test_a_recompute_keeps_scores_and_how_sure_they_are():
    call = expo(5)
    judges = [seated(call, name) for name in ("Judith", "Jim")]
    for number in range(12):
        turn(call, judges[number % 2], "ab"[number % 3 == 0])
    recompute_now(call.cycle)
    scores = {one.group.key: one for one in ChallengeScore.objects.select_related("group")}
    assert len(scores) == 5
    body = PanelAnalysis.objects.get(challenge=call.challenge, panel="jury").body
    assert (body["method"], body["pairs"]["verdicts"], body["components"]) == ("pairwise", 12, 1)
    assert {one["group"]: one["adjusted"] for one in body["entries"]} == {key: one.score for key, one in scores.items()}
    assert sum(count for _, count in body["pairs"]["coverage"]) == 5
    assert [one["n"] for one in body["judges"]] == [6, 6]
    assert body["pairs"]["reason"] == "few"
    assert [one["place"] for one in body["pairs"]["boundaries"]] == [1, 3]


def test_nothing_is_computed_twice_and_nothing_where_nobody_compares():
    call = expo(3)
    judith = seated(call)
    turn(call, judith)
    first = pair_analyses(call.cycle)
    store_pair_analyses(first)
    assert pair_analyses(call.cycle) == []
    turn(call, judith)
    assert [one.body["pairs"]["verdicts"] for one in pair_analyses(call.cycle)] == [2]
    actions.undo(challenge=call.challenge, person=judith, by=None)
    assert pair_analyses(call.cycle) == []  # as it was when it was last kept


def test_it_sets_right_what_is_known_for_choosing():
    call = expo(3)
    judith = seated(call)
    turn(call, judith)
    right = sorted(PairEntry.objects.values_list("group_id", "strength", "votes"))
    PairEntry.objects.update(strength=5, votes=9)
    store_pair_analyses(pair_analyses(call.cycle))
    assert sorted(PairEntry.objects.values_list("group_id", "strength", "votes")) == right


def test_the_pace_tells_whether_it_comes_in_time():
    call = expo(6)
    judith = seated(call)
    for _ in range(3):
        turn(call, judith)
    call.round.judging_closes_at = timezone.now() + timedelta(hours=1)
    call.round.save()
    (found,) = pair_analyses(call.cycle)
    assert (found.body["pairs"]["to_go"], found.body["pairs"]["in_time"]) == (27, False)  # six an hour
    Vote.objects.update(at=timezone.now() - timedelta(hours=2))
    (found,) = pair_analyses(call.cycle)
    assert found.body["pairs"]["in_time"] is None


def test_an_expo_nobody_has_judged():
    call = expo(2, LIVE)
    (found,) = pair_analyses(call.cycle)
    assert (found.body["entries"], found.body["pairs"]["coverage"], found.body["pairs"]["stop"]) == ([], [[0, 2]], False)


LINES = """
rounds = [{ key = "expo" }, { key = "final" }]
boards = [{ key = "b", rounds = ["expo"] }, { key = "all" }]
cuts = [{ board = "b", to = "final", share = 0.25 }]
awards = [{ key = "gold", places = [2, 3], board = "b" }, { key = "all", places = [7, 7], board = "all" }]
[[challenges]]
key = "stand"
rounds = ["expo"]
format = "pairwise"
[[challenges]]
key = "pitch"
rounds = ["final"]
criteria = [{ key = "m" }]
"""


def test_lines_are_where_prizes_and_cuts_of_a_board_of_these_comparisons_alone_end():
    scoring = sound(LINES)
    stand = scoring.challenges[0]
    assert lines_of(scoring, "expo", stand, 40) == (1, 3, 10)
    assert lines_of(scoring, "expo", stand, 3) == (1,)
    plain = scoring.model_copy(update={"cuts": (), "awards": ()})
    assert lines_of(plain, "expo", stand, 40) == (1, 3)
