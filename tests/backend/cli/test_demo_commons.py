"""What the demo tells of the commons holds together: everything points at something that is there, and nobody answers themselves."""

from datetime import UTC, datetime

import pytest

from backend.cli.demo_data.commons import commons_of
from games.ideas.rules import completeness, is_summary_only
from games.learning.rules import ChangeState, missing

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TOLD = ("past", "now", "season")


@pytest.mark.parametrize("name", TOLD)
def test_ideas_come_from_older_ones_and_the_organizers_went_first(name: str) -> None:
    tables = commons_of(name, START)
    at = {row.number: row.shared for row in tables.ideas.rows}
    for row in tables.derivations.rows:
        assert row.source < row.target
        assert at[row.source] < at[row.target]
        assert row.reason
    first = min((row for row in tables.ideas.rows if row.room), key=lambda row: row.shared)
    assert (first.group, first.room) == ("", "told")
    nameless = [row for row in tables.ideas.rows if row.room == "nameless"]
    assert all((row.group, row.shared.hour) == ("", 0) for row in nameless), "a day, and no hour that tells who was there"


def test_an_idea_of_the_open_edition_comes_from_the_one_before() -> None:
    past = {row.number: row for row in commons_of("past", START).ideas.rows}
    [across] = [row for row in commons_of("now", START, "year-before").derivations.rows if row.cycle]
    assert across.cycle == "year-before"
    assert past[across.source].audience == "everybody"


@pytest.mark.parametrize("name", TOLD)
def test_readings_are_of_others_and_what_is_taken_was_given(name: str) -> None:
    tables = commons_of(name, START)
    whose = {row.number: row.group for row in tables.ideas.rows}
    given = {row.number: row for row in tables.readings.rows}
    assert all(whose[row.idea] not in ("", row.group) for row in given.values())
    for row in tables.taken.rows:
        reading = given[row.reading]
        assert reading.group == row.group
        assert reading.read is not None
        assert reading.read < row.at


@pytest.mark.parametrize("name", TOLD)
def test_answers_are_by_others_and_tests_say_what_their_state_needs(name: str) -> None:
    tables = commons_of(name, START)
    posts = {(row.thread, row.number): row for row in tables.posts.rows}
    for thread in tables.threads.rows:
        assert posts[thread.number, 1].group == thread.group
        helped = [row for (number, _), row in posts.items() if number == thread.number and row.helpful]
        answers = [*helped, *([posts[thread.number, thread.accepted]] if thread.accepted else [])]
        assert all(row.group != thread.group for row in answers)
        assert bool(answers) is bool(thread.answered)
    for test in tables.change_tests.rows:
        assert missing(ChangeState(test.state), test._asdict()) == ()
        assert (test.act != "") is (test.state == "acted")


def test_there_are_whole_stories_and_summaries() -> None:
    rows = [row for name in TOLD for row in commons_of(name, START).idea_versions.rows]
    told = [{key: getattr(row, key) for key in ("steps", "time", "cost", "people", "went_wrong", "ask")} for row in rows]
    assert {is_summary_only(one) for one in told} == {True, False}
    assert max(map(completeness, told)) == 6
