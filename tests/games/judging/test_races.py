"""Judges at the same moment: one final sheet, one assignment, one vote."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import Q

from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.models import Mark, PairEntry, Panelist, Sheet, Vote
from games.judging.queries.pairs import seat_at
from games.judging.rules import ConflictDeclared, ConflictSource, Given, SheetRefused
from games.judging.rules.pairs import PairGone
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.pairs import expo, seated, turn
from tests.factories.submissions import ESSAY
from tests.races import at_once, impatient

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6


def test_a_sheet_made_final_in_several_windows_is_final_once() -> None:
    call = locked_scene()
    sheet = sheet_for(call, judge(call))
    results = at_once([lambda: actions.finalize(sheet=sheet, by=None, marks=MARKS)] * TOGETHER)
    assert sum(isinstance(one, Sheet) for one in results) == 1
    assert sum(isinstance(one, SheetRefused) for one in results) == TOGETHER - 1
    assert JournalEntry.objects.filter(kind="sheet.finalized").count() == 1


def test_no_draft_slips_under_a_final_sheet() -> None:
    call = locked_scene()
    sheet = sheet_for(call, judge(call))
    at_once(
        [
            lambda: actions.finalize(sheet=sheet, by=None, marks=MARKS),
            lambda: actions.save_sheet(sheet=sheet, by=None, marks=[Given("impact", 1)]),
        ]
        * (TOGETHER // 2)
    )
    sheet.refresh_from_db()
    assert sheet.state == "final"
    assert dict(Mark.objects.values_list("criterion", "value"))["impact"] == 40000


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_sheet_in_the_middle_of_being_made_final_holds_up_no_other_team() -> None:
    """Neither of another judge, nor of the same one."""
    call = locked_scene(groups=3)
    judith, jim = judge(call), judge(call, "Jim")
    [first, *others] = [
        sheet_for(call, someone, group) for someone, group in zip((judith, judith, jim), call.groups, strict=True)
    ]
    with transaction.atomic():
        actions.finalize(sheet=first, by=None, marks=MARKS)
        found = at_once([impatient(lambda one=one: actions.finalize(sheet=one, by=None, marks=MARKS)) for one in others])
    assert [getattr(one, "state", one) for one in found] == ["final", "final"]


def test_the_same_assignment_at_once_is_one_sheet() -> None:
    call = locked_scene()
    someone = judge(call)
    wanted = [actions.Wanted(call.challenge, call.group, someone)]
    results = at_once([lambda: actions.assign(cycle=call.cycle, wanted=wanted, by=None)] * TOGETHER)
    assert all(isinstance(one, int) for one in results), results
    assert (Sheet.objects.count(), Panelist.objects.count()) == (1, 1)


def test_one_pair_compared_at_once_is_one_vote() -> None:
    call = locked_scene({**ESSAY, "format": "pairwise", "criteria": []}, groups=2)
    someone = judge(call)
    actions.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
    a, b = call.groups
    at_once(
        [
            lambda: actions.vote(challenge=call.challenge, person=someone, a=a, b=b, outcome="a", by=None),
            lambda: actions.vote(challenge=call.challenge, person=someone, a=b, b=a, outcome="b", by=None),
        ]
        * (TOGETHER // 2)
    )
    assert Vote.objects.count() == 1


def test_one_judge_in_several_windows_is_asked_about_one_pair() -> None:
    call = expo(6)
    judith = seated(call)
    shown = at_once([lambda: actions.ask_pair(challenge=call.challenge, person=judith, by=None)] * TOGETHER)
    assert len({one.pk for one in shown}) == 1, shown
    said = at_once(
        [lambda outcome=outcome: actions.answer(pair=shown[0], outcome=outcome, by=None) for outcome in ("a", "b", "tie") * 2]
    )
    assert sum(isinstance(one, Vote) for one in said) >= 1
    assert {type(one) for one in said} <= {Vote, PairGone}
    assert JournalEntry.objects.filter(kind="vote.cast").count() == 1
    assert sum(row.votes for row in PairEntry.objects.all()) == 2


def test_many_judges_at_once_never_wait_for_each_other_and_nothing_is_lost() -> None:
    call = expo(6)
    judges = [seated(call, f"J{number}") for number in range(TOGETHER)]
    found = at_once([lambda one=one: [turn(call, one) for _ in range(5)] for one in judges])
    assert all(isinstance(row, list) and all(row) for row in found), found
    assert Vote.objects.exclude(at=None).count() == 5 * TOGETHER
    assert sum(row.votes for row in PairEntry.objects.all()) == 10 * TOGETHER
    assert sum(row.views for row in PairEntry.objects.all()) == 10 * TOGETHER


def test_no_vote_slips_past_a_conflict_that_is_declared_at_the_same_moment() -> None:
    call = expo(4)
    judith = seated(call)
    group, *others = call.groups
    pair = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    acts: list[Callable[[], object]] = [
        lambda one=one: actions.vote(challenge=call.challenge, person=judith, a=group, b=one, outcome="a", by=None)  # type: ignore[misc]
        for one in others
    ]
    acts.insert(1, lambda: actions.declare_conflict(person=judith, group=group, by=None, source=ConflictSource.JUDGE))
    found = at_once([*acts, lambda: actions.answer(pair=pair, outcome="b", by=None)])
    assert all(not isinstance(one, Exception) or isinstance(one, (ConflictDeclared, PairGone)) for one in found), found
    told = Vote.objects.filter(Q(a=group) | Q(b=group), undone_at__isnull=True).exclude(outcome="")
    assert not told.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_judge_in_the_middle_of_a_vote_holds_up_nobody() -> None:
    """Judith's vote is not yet committed; Jim compares the same two entries meanwhile."""
    call = expo(2)
    judith, jim = seated(call), seated(call, "Jim")
    first = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    with transaction.atomic():
        Vote.objects.select_for_update().get(pk=first.pk)
        seat_at(call.challenge, judith, lock=True)
        (said,) = at_once([lambda: turn(call, jim)])
    assert isinstance(said, Vote), said
