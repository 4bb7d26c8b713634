from datetime import timedelta

import pytest

from games.challenges.models import Challenge
from games.cycles.actions import change_state
from games.cycles.models import Decision
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, ReasonMissing
from games.errors import Conflict
from games.journal.queries import db_now
from games.playbooks.schema import DesignRefused
from games.progression import actions
from games.progression.rules import AmendRefused, LaunchRefused, NothingChanged
from games.rounds.models import Round
from leaderboards.models import Board, Snapshot
from tests.factories.accounts import UserFactory
from tests.factories.cycles import small

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    """The call is open, the final to come."""
    start = (db_now() - timedelta(days=2)).replace(microsecond=0)
    return actions.launch(small(), by=UserFactory(name="Org"), start=start)


def test_an_amendment_is_a_new_design_with_its_diff_and_its_decision(cycle):
    row = actions.amend(cycle, {"awards": [{"key": "gold", "places": [1, 2]}]}, by=None, reason="Two sponsors came.")
    assert (row.number, cycle.design_number) == (2, 2)
    assert row.diff == [{"path": 'awards["gold"].places', "before": [1, 1], "after": [1, 2]}]
    assert (row.decision.kind, row.decision.value, row.decision.reason) == ("amend", "2", "Two sponsors came.")
    assert design_of(cycle, 1).awards[0].places == (1, 1)


def test_a_round_that_has_opened_keeps_its_number_one_to_come_gets_the_new_one(cycle):
    actions.amend(cycle, {"rounds": [{"key": "final", "name": "Pitch"}]}, by=None, reason="x")
    assert list(Round.objects.values_list("key", "name", "design_number")) == [("call", "Sealed call", 1), ("final", "Pitch", 2)]


def test_words_of_an_open_task_are_mended_in_place(cycle):
    actions.amend(cycle, {"challenges": [{"key": "concept", "brief": "Write *one* page."}]}, by=None, reason="typo")
    assert Challenge.objects.get(key="concept").spec["brief"] == "Write *one* page."


def test_an_amendment_that_would_change_an_open_round_is_refused_saying_why_and_leaves_nothing(cycle):
    changes = {
        "challenges": [{"key": "concept", "criteria": [{"key": "impact", "max": 10}]}],
        "rounds": [{"key": "call", "closes": "+16d"}],
    }
    with pytest.raises(AmendRefused) as refused:
        actions.amend(cycle, changes, by=None, reason="x")
    assert [one.where for one in refused.value.problems] == [
        'rounds["call"].closes',
        'rounds["call"].challenges.concept.criteria["impact"].max',
    ]
    assert "extend it instead" in refused.value.problems[0].message
    assert DesignRow.objects.count() == 1
    assert not Decision.objects.filter(kind="amend").exists()


CLIPPED = {"combine": "severity_clip", "band": {"width": "1.5", "around": "median"}}


@pytest.mark.parametrize("method", [{"combine": "severity"}, {"combine": "median"}, {"per": "sheet"}, {"quorum": 2}, CLIPPED])
def test_how_a_panels_marks_become_a_result_is_settled_when_judging_opens(cycle, method):
    changes = {"challenges": [{"key": "concept", "panels": [{"key": "jury", **method}]}]}
    with pytest.raises(
        AmendRefused, match="how its judges' marks become a result is settled, and only a change set may correct it"
    ):
        actions.amend(cycle, changes, by=None, reason="fairer")
    assert design_of(cycle).challenge("call", "concept").judges_panels[0].combine == "mean"


def test_a_round_to_come_may_take_severities_off(cycle):
    actions.amend(cycle, {"challenges": [{"key": "prototype", "panels": [{"key": "jury", **CLIPPED}]}]}, by=None, reason="fairer")
    assert design_of(cycle).challenge("final", "prototype").judges_panels[0].combine == "severity_clip"


def test_rounds_tasks_and_boards_come_and_go_with_the_design(cycle):
    more = {
        "rounds": [{"key": "encore", "opens": "+60d", "closes": "+70d"}],
        "challenges": [{"key": "song", "rounds": ["encore"], "criteria": [{"key": "ear", "min": 0, "max": 9}]}],
        "boards": [{"key": "songs", "rounds": ["encore"]}],
    }
    actions.amend(cycle, more, by=None, reason="an encore")
    assert Round.objects.get(key="encore").number == 3
    assert Board.objects.get(key="songs").number == 3
    back = design_of(cycle, 1).data()
    actions.amend(cycle, design=back, by=None, reason="no encore")
    assert not Round.objects.filter(key="encore").exists()
    assert not Board.objects.filter(key="songs").exists()
    assert not Challenge.objects.filter(key="song").exists()


def test_a_board_with_a_published_snapshot_cannot_go(cycle):
    actions.amend(cycle, {"boards": [{"key": "late", "rounds": ["final"]}]}, by=None, reason="x")
    board = Board.objects.get(key="late")
    Snapshot.objects.create(board=board, number=1, design_number=2, rows=[], digest="x", published_at=db_now())
    with pytest.raises(AmendRefused, match="published"):
        actions.amend(cycle, design=design_of(cycle, 1).data(), by=None, reason="x")


def test_an_amendment_needs_a_reason_a_change_and_sound_rules(cycle):
    with pytest.raises(ReasonMissing):
        actions.amend(cycle, {"awards": []}, by=None, reason="")
    with pytest.raises(NothingChanged):
        actions.amend(cycle, {"cycle": {"name": "Clean water"}}, by=None, reason="x")
    with pytest.raises(DesignRefused, match="unknown key"):
        actions.amend(cycle, {"cycle": {"colour": "red"}}, by=None, reason="x")
    with pytest.raises(AmendRefused, match="keeps its key"):
        actions.amend(cycle, {"cycle": {"key": "wine"}}, by=None, reason="x")
    with pytest.raises(LaunchRefused, match="measure is missing"):
        actions.amend(cycle, {"aim": {"measure": ""}}, by=None, reason="x")


def test_the_rules_of_a_cancelled_cycle_stay(cycle):
    change_state(cycle, CycleState.CANCELLED, by=None, reason="no money")
    with pytest.raises(Conflict, match="its rules stay"):
        actions.amend(cycle, {"awards": []}, by=None, reason="x")
