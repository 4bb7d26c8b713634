"""Requests at the same moment: the database decides, and the cap holds exactly."""

import pytest

from games.submissions import actions
from games.submissions.models import Attempt, Submission, Version
from games.submissions.rules import CapReached
from tests.factories.submissions import ESSAY, entry, scene
from tests.races import at_once

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
