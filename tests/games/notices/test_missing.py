"""Organizers hear that an entry misses a judge, once a day and panel; a team and the organizers hear of each other about who judges."""

import pytest
from django.utils.timezone import now

from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.models import ConflictOfInterest, Panelist, Sheet
from games.judging.rules.plans import Asked
from games.notices.actions import react
from games.notices.models import Message, Notice
from tests.factories.judging import judge, locked_scene, people
from worker.planning import work_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealt():
    """Four entries with two judges each, of three on the panel."""
    call = locked_scene(groups=4)
    who = people(call)
    for one in (who.judith.person, judge(call, "Marek"), judge(call, "Noor")):
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    work_out(actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2, at_once=True), by=None).pk)
    return call, who


def told(kind):
    for act in JournalEntry.objects.filter(kind=kind).order_by("pk"):
        react(act.pk)
    return [(one.to, one.subject) for one in Message.objects.order_by("pk") if one.kind != "sheet.assigned"]


def given_back(number=1):
    for sheet in (
        Sheet.objects.filter(state="assigned").select_related("challenge__round__cycle", "judge", "group").order_by("pk")[:number]
    ):
        actions.recuse(sheet=sheet, by=None, reason="ill")


def test_organizers_hear_once_a_day_that_judges_are_missing(dealt):
    call, _who = dealt
    given_back(2)
    assert told("sheet.recused") == [("org@example.org", "2 judges are missing: essay")]
    place = f"/cycles/{call.cycle.key}/desk/judging/tasks/{call.challenge.pk}/jury/#open"
    assert Notice.objects.get(key__startswith="missing").path == place


def test_nobody_hears_of_a_sheet_that_was_replaced_or_of_a_published_round(dealt):
    call, _who = dealt
    given_back()
    work_out(actions.fill_gaps(challenge=call.challenge, by=None).pk)
    assert told("sheet.recused") == []
    given_back(3)
    type(call.round).objects.filter(pk=call.round.pk).update(published_at=now())
    assert told("sheet.recused") == []
    type(call.round).objects.filter(pk=call.round.pk).update(published_at=None)
    type(call.cycle).objects.filter(pk=call.cycle.pk).update(state="closed")
    assert told("sheet.recused") == []


def test_organizers_hear_that_a_judge_dropped_out(dealt):
    _call, who = dealt
    actions.leave_panel(panelist=Panelist.objects.get(person=who.judith.person), by=None)
    [(address, subject)] = told("panel.changed")
    assert address == "org@example.org"
    assert "judges are missing" in subject


def test_organizers_hear_what_a_team_says_and_the_team_what_they_answer(dealt):
    call, who = dealt
    actions.object_to(group=call.group, person=who.judith.person, reason="She taught us.", by=who.ada.user)
    concern = actions.raise_concern(group=call.groups[1], words="The river board.", by=who.ben.user)
    actions.settle_concern(concern=concern, judges=[], answer="Nobody works there.", by=None)
    actions.lift_conflict(conflict=ConflictOfInterest.objects.get(), reason="One lecture.", by=None)
    actions.declare_conflict(person=who.judith.person, group=call.groups[2], by=None)
    assert told("conflict.changed") == [
        ("org@example.org", "Team 1 says who should not judge it"),
        ("org@example.org", "Team 2 says who should not judge it"),
        ("ben@example.org", "The organizers have answered who judges you"),
        ("ada@example.org", "The organizers have answered who judges you"),
    ]
    bodies = [one.body for one in Message.objects.filter(kind="conflict.answered").order_by("pk")]
    assert ["Nobody works there." in bodies[0], "One lecture." in bodies[1]] == [True, True]
