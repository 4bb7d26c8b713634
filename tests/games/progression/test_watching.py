"""A round while it runs: who has what, who is behind, what lacks marks; in as many statements for many as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.judging import actions as judging
from games.judging.models import Sheet
from games.progression.facts import facts_of
from games.progression.steps import Next, next_step
from games.progression.watching import watch
from games.submissions import actions as submissions
from tests.factories.groups import MembershipFactory, RegistrationFactory
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.submissions import entry, move, person, scene, without_designs

pytestmark = pytest.mark.django_db


def standings(found):
    return {one.group.key: one.standing for one in found.teams}


def test_each_team_stands_where_it_is():
    call = scene(groups=3)
    entry(call, call.groups[0])
    begun = submissions.open_entry(challenge=call.challenge, group=call.groups[1], by=None)
    submissions.save_draft(submission=begun, data={"title": "On"}, by=None)
    found = watch(call.round)
    assert standings(found) == {"team-1": "all", "team-2": "begun", "team-3": "nothing"}
    assert found.teams[0].cells[0].number == 1
    assert found.teams[1].cells[0].at is not None
    assert found.teams_in("nothing", "begun") == 2


def test_a_withdrawn_entry_is_nothing_handed_in():
    call = scene()
    submission, _ = entry(call)
    submissions.withdraw(submission=submission, by=None)
    assert standings(watch(call.round)) == {"team-1": "nothing"}


def test_where_one_tries_a_try_counts():
    call = scene(
        {"key": "flag", "format": "automatic", "max_attempts": 2, "answer": {"kind": "flag", "values": ["blue"]}}, groups=2
    )
    submissions.attempt(challenge=call.challenge, group=call.group, answer="red", by=None)
    found = watch(call.round)
    assert standings(found) == {"team-1": "all", "team-2": "nothing"}
    assert found.teams[0].cells[0].tries == 1


def test_judges_are_seen_at_work_and_entries_without_marks_first_those_nobody_has():
    call = locked_scene(groups=3)
    judith, marek = judge(call), judge(call, "Marek")
    first = sheet_for(call, judith, call.groups[0])
    sheet_for(call, marek, call.groups[0])
    sheet_for(call, marek, call.groups[1])
    judging.finalize(sheet=first, marks=MARKS, comment="Well.", by=None)
    found = watch(call.round)
    assert [(one.name, one.final, one.to_do) for one in found.judges] == [("Marek", 0, 2), ("Judith", 1, 0)]
    assert found.judges[1].last is not None
    assert [(one.group.key, one.sheets, one.final, one.waits_for) for one in found.entries] == [
        ("team-3", 0, 0, []),
        ("team-1", 2, 1, ["Marek"]),
        ("team-2", 1, 0, ["Marek"]),
    ]
    assert all(one.lacks for one in found.entries)


def test_a_judges_question_is_seen_until_it_is_answered():
    call = locked_scene()
    sheet = sheet_for(call, judge(call))
    judging.flag_sheet(sheet=sheet, text="Is this theirs?", by=None)
    found = watch(call.round)
    assert [(one["flag"], one["group"].key) for one in found.flags] == [("Is this theirs?", "team-1")]
    judging.answer_flag(sheet=sheet, answer="Yes.", by=None)
    assert watch(call.round).flags == []


def test_many_teams_and_judges_take_as_many_statements_as_few():
    counts = []
    for groups in (2, 9):
        call = locked_scene(groups=groups)
        for number in range(groups):
            someone = judge(call, f"J{number}")
            judging.assign(
                cycle=call.cycle, wanted=[judging.Wanted(call.challenge, one, someone, "jury") for one in call.groups], by=None
            )
        with CaptureQueriesContext(
            connection,
        ) as sent:
            watch(call.round)
        with CaptureQueriesContext(connection) as more:
            facts_of(call.cycle, now())
        counts.append((len(without_designs(sent)), len(without_designs(more))))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 4
    assert counts[0][1] <= 5


def test_the_numbers_of_a_cycle_lead_to_the_next_step():
    call = locked_scene(groups=2)
    at = lambda: next_step(facts_of(call.cycle, now()))  # noqa: E731 asked again and again
    call.cycle.state = "running"
    call.cycle.save()
    assert (at().what, at().count) == (Next.UNASSIGNED, 2)
    someone = judge(call)
    for group in call.groups:
        sheet_for(call, someone, group)
    assert (at().what, at().count, at().whole) == (Next.MARKS, 2, 2)
    for sheet in Sheet.objects.all():
        judging.finalize(sheet=sheet, marks=MARKS, comment="Well.", by=None)
    assert at().what is Next.PUBLISH
    RegistrationFactory(group__cycle=call.cycle, group__state="pending", state="pending")
    assert at().what is Next.REGISTRATIONS


def test_of_an_open_round_who_is_missing_is_counted():
    call = scene(groups=3)
    call.cycle.state = "running"
    call.cycle.save()
    entry(call, call.groups[0])
    MembershipFactory(group=None, cycle=call.cycle, person=person("Judith"), role="judge", capabilities=["judge"])
    move(call.round, closes=3600)
    found = next_step(facts_of(call.cycle, now()))
    assert (found.what, found.count, found.whole) == (Next.MISSING, 2, 3)
