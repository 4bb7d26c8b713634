from datetime import timedelta

import pytest

from games.cycles.actions import record_decision
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.judging.models import Mark, Sheet
from games.progression import actions, queries
from games.progression.rules import CutUndecided
from games.rounds.models import Entrant, Round
from games.rounds.queries import entrants_of, may_enter
from games.submissions.models import Submission
from tests.factories.accounts import UserFactory
from tests.factories.cycles import small
from tests.factories.groups import GroupFactory
from tests.factories.organizations import PersonFactory

pytestmark = pytest.mark.django_db


def judged(marks, **changes):
    """A cycle whose call is over, with these marks (impact, novelty) of one judge per group."""
    start = (db_now() - timedelta(days=17)).replace(microsecond=0)
    cycle = actions.launch(small(**changes), by=UserFactory(name="Org"), start=start)
    actions.settle_round_states()
    concept, judge = Round.objects.get(key="call").challenges.get(), PersonFactory()
    for key, pair in marks.items():
        group = GroupFactory(cycle=cycle, key=key)
        Submission.objects.create(challenge=concept, group=group, state="locked")
        sheet = Sheet.objects.create(challenge=concept, group=group, panel="jury", judge=judge, state="final", design_number=1)
        for criterion, mark in zip(("impact", "novelty"), pair, strict=True):
            Mark.objects.create(sheet=sheet, criterion=criterion, value=mark * 10_000)
    cycle.refresh_from_db()
    return cycle


MARKS = {"aqua": (5, 4), "brook": (4, 4), "cloud": (2, 3), "delta": (1, 1)}


def cut(cycle):
    return {row.group.key: row.via for row in actions.apply_cut(cycle, Round.objects.get(cycle=cycle, key="call"))}


def test_the_best_enter_the_next_round_and_nobody_else():
    cycle = judged(MARKS)
    assert cut(cycle) == {"aqua": "cut", "brook": "cut"}
    final = Round.objects.get(key="final")
    assert [group.key for group in entrants_of(final)] == ["aqua", "brook"]
    assert not may_enter(final, Group.objects.get(key="cloud"))
    assert [one.group.key for one in queries.entrant_rows(final)] == ["aqua", "brook"]


def test_taking_the_cut_again_changes_and_journals_nothing():
    cycle = judged(MARKS)
    assert cut(cycle) == cut(cycle)
    assert Entrant.objects.count() == 2
    assert sorted(JournalEntry.objects.filter(kind="group.advanced").values_list("payload__group", flat=True)) == [
        "aqua",
        "brook",
    ]


def test_before_the_round_opens_a_new_computation_replaces_the_list():
    cycle = judged(MARKS)
    cut(cycle)
    record_decision(cycle, DecisionKind.STOP, by=None, reason="left", round="final", group="brook")
    record_decision(cycle, DecisionKind.ADVANCE, by=None, reason="invited", round="final", group="delta")
    assert cut(cycle) == {"aqua": "cut", "delta": "invited"}


def test_who_plays_already_is_not_taken_out():
    cycle = judged(MARKS)
    cut(cycle)
    final = Round.objects.get(key="final")
    actions.open_round(actions.pass_gate(final, "go", by=None, reason="x"), by=None, reason="x")
    Mark.objects.filter(sheet__group__key="cloud").update(value=50_000)
    assert cut(cycle) == {"aqua": "cut", "brook": "cut", "cloud": "cut"}


def test_a_tie_that_must_be_decided_is_not_cut():
    cycle = judged(MARKS | {"estuary": (4, 4)}, cuts=[{"board": "call", "to": "final", "first": 2, "ties": "decide"}])
    with pytest.raises(CutUndecided, match="brook, estuary"):
        cut(cycle)
    assert not Entrant.objects.exists()
    record_decision(cycle, DecisionKind.BREAK, by=None, reason="lot", board="call", group="brook", value="2")
    record_decision(cycle, DecisionKind.BREAK, by=None, reason="lot", board="call", group="estuary", value="1")
    assert cut(cycle) == {"aqua": "cut", "estuary": "cut"}


def test_a_wildcard_enters_beside_the_cut():
    cycle = judged(MARKS, cuts=[{"board": "call", "to": "final", "first": 1, "wildcards": 1}])
    record_decision(cycle, DecisionKind.ADVANCE, by=None, reason="promise", round="final", board="call", group="cloud")
    assert cut(cycle) == {"aqua": "cut", "cloud": "wildcard"}


def test_without_a_cut_there_is_no_list():
    cycle = judged(MARKS, cuts=[])
    assert cut(cycle) == {}
    assert entrants_of(Round.objects.get(key="final")).count() == 4
