"""Judges at the same moment: one final sheet, one assignment, one vote."""

import pytest

from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.models import Mark, Panelist, Sheet, Vote
from games.judging.rules import Given, SheetRefused
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.submissions import ESSAY
from tests.races import at_once

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
