"""Requests at the same moment: the database decides, and the cap holds exactly."""

import pytest
from django.db import connection, transaction

from games.submissions import actions
from games.submissions.models import Attempt, Submission, Version
from games.submissions.rules import CapReached
from tests.factories.submissions import ESSAY, entry, scene
from tests.races import at_once, impatient

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6


@pytest.mark.parametrize("cap", [1, 3])
def test_of_many_entries_at_once_exactly_the_cap_are_taken(cap: int) -> None:
    call = scene({**ESSAY, "submissions": cap})
    results = at_once([lambda: actions.open_entry(challenge=call.challenge, group=call.group, by=None)] * TOGETHER)
    assert sum(isinstance(one, Submission) for one in results) == cap
    assert sum(isinstance(one, CapReached) for one in results) == TOGETHER - cap
    assert sorted(Submission.objects.values_list("number", flat=True)) == list(range(1, cap + 1))


def test_of_many_attempts_at_once_exactly_the_cap_are_taken() -> None:
    call = scene({"key": "run", "format": "measured", "max_attempts": 2})
    results = at_once([lambda: actions.attempt(challenge=call.challenge, group=call.group, by=None, value=3)] * TOGETHER)
    assert sum(isinstance(one, Attempt) for one in results) == 2
    assert sum(isinstance(one, CapReached) for one in results) == TOGETHER - 2
    assert sorted(Attempt.objects.values_list("number", flat=True)) == [1, 2]


def test_versions_at_once_are_numbered_without_gap_and_the_last_counts() -> None:
    call = scene()
    submission, _ = entry(call)
    results = at_once([lambda: actions.submit(submission=submission, by=None, data={"title": "Again"})] * TOGETHER)
    assert all(isinstance(one, Version) for one in results), results
    assert sorted(Version.objects.values_list("number", flat=True)) == list(range(1, TOGETHER + 2))
    submission.refresh_from_db()
    assert submission.pinned is not None
    assert submission.pinned.number == TOGETHER + 1


def test_a_flag_found_by_two_members_at_once_is_one_solve() -> None:
    call = scene({"key": "flag", "format": "automatic", "answer": {"kind": "flag", "values": ["ludus"]}})
    at_once([lambda: actions.attempt(challenge=call.challenge, group=call.group, by=None, answer="ludus")] * TOGETHER)
    assert Attempt.objects.filter(verdict="AC").count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_team_in_the_middle_of_a_write_holds_up_no_other() -> None:
    """What one team hands in is not yet committed; another hands in, tries and begins meanwhile, and waits for nothing."""
    call = scene(ESSAY, {"key": "run", "format": "measured", "max_attempts": 2}, groups=3)
    first, second, third = call.groups
    ours, theirs = (entry(call, group)[0] for group in (first, second))
    run = call.round.challenges.get(key="run")
    with transaction.atomic():
        actions.submit(submission=ours, by=None, data={"title": "Ours"})
        actions.attempt(challenge=run, group=first, by=None, value=3)
        acts = [
            lambda: actions.submit(submission=theirs, by=None, data={"title": "Theirs"}),
            lambda: actions.attempt(challenge=run, group=second, by=None, value=4),
            lambda: actions.open_entry(challenge=call.challenge, group=third, by=None),
        ]
        found = at_once([impatient(act) for act in acts])
    assert [type(one) for one in found] == [Version, Attempt, Submission], found
