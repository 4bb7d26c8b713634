"""Warnings before a deadline: only to those with something left to do, once, and never late."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import now

from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.cycles.rules import digest_of
from games.notices.actions import warn_of_deadlines
from games.notices.models import Message, Notice
from games.notices.rules import warning_due
from games.rounds.models import Extension
from games.submissions.models import Submission, Version
from tests.cast import Cast

END = datetime(2026, 5, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("begins", "before", "due"),
    [
        (None, 49, None),
        (None, 48, 48),
        (None, 5, 48),
        (None, 4, 4),
        (None, 0.1, 4),
        (None, 0, None),
        (None, -1, None),
        (47, 40, None),
        (47, 3, 4),
        (3, 1, None),
        (48, 47, 48),
    ],
)
def test_the_nearest_warning_that_has_come_is_due_unless_the_round_is_shorter(begins, before, due):
    found = warning_due(None if begins is None else END - begins * HOUR, END, END - before * HOUR)
    assert found == (None if due is None else due * HOUR)


def asked(cast: Cast) -> None:
    """Design 1 with something to hand in: the small one's tasks are marked as they happen."""
    design = design_of(cast.cycle).data()
    design["challenges"][0]["form"] = [{"key": "title"}]
    DesignRow.objects.create(cycle=cast.cycle, number=2, data=design, digest=digest_of(design))
    cast.call.design_number = 2
    cast.call.save(update_fields=["design_number"])


def closing(cast: Cast, hours: float) -> None:
    cast.call.opens_at, cast.call.closes_at = now() - timedelta(days=10), now() + hours * HOUR
    cast.call.save(update_fields=["opens_at", "closes_at"])
    if not DesignRow.objects.filter(number=2).exists():
        asked(cast)


def hand_in(cast: Cast, state: str = "submitted") -> Submission:
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state=state)
    entry.pinned = Version.objects.create(submission=entry, number=1, digest="1" * 64, at=now(), by=cast.ada.person)
    entry.save(update_fields=["pinned"])
    return entry


def warned() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("kind", "to"))


@pytest.mark.django_db
def test_teams_with_nothing_handed_in_are_warned_once_two_days_and_once_four_hours_before(cast: Cast):
    closing(cast, 40)
    hand_in(cast)
    assert (warn_of_deadlines(), warn_of_deadlines()) == (1, 0)
    assert warned() == [("deadline.entry", "ben@example.org")]
    assert warn_of_deadlines(now=now() + 37 * HOUR) == 1
    assert Notice.objects.filter(topic="deadline").count() == 2
    assert warn_of_deadlines(now=now() + 41 * HOUR) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_a_draft_and_what_was_taken_back_are_nothing_handed_in(cast: Cast, state):
    closing(cast, 3)
    hand_in(cast, state)
    assert warn_of_deadlines() == 2


@pytest.mark.django_db
def test_nobody_is_warned_early_or_in_a_cycle_that_stands_still_or_rehearses(cast: Cast):
    closing(cast, 60)
    assert warn_of_deadlines() == 0
    closing(cast, 3)
    for values in ({"state": "paused"}, {"state": "running", "rehearsal": True}):
        type(cast.cycle).objects.update(**values)
        assert warn_of_deadlines() == 0


@pytest.mark.django_db
def test_a_group_with_more_time_is_warned_before_its_own_end(cast: Cast):
    closing(cast, 3)
    Extension.objects.create(round=cast.call, group=cast.blue, until=now() + timedelta(days=5), reason="Flood.")
    assert warn_of_deadlines() == 1
    assert warned() == [("deadline.entry", "ada@example.org")]
    assert warn_of_deadlines(now=now() + timedelta(days=4)) == 1
    assert warned()[-1] == ("deadline.entry", "ben@example.org")


@pytest.mark.django_db
def test_judges_with_open_sheets_are_warned_before_judging_ends(cast: Cast):
    closing(cast, -100)
    cast.call.judging_closes_at = now() + 3 * HOUR
    cast.call.save(update_fields=["judging_closes_at"])
    done, todo = cast.assign(cast.judith, cast.red, state="final"), None
    assert warn_of_deadlines() == 0
    todo = cast.assign(cast.judith, cast.blue)
    assert (warn_of_deadlines(), warn_of_deadlines()) == (1, 0)
    assert warned() == [("deadline.marks", "judith@example.org")]
    assert {done.state, todo.state} == {"final", "assigned"}


@pytest.mark.django_db
def test_the_clock_warns_and_writes_the_digests(cast: Cast):
    from worker.schedule import SCHEDULE
    from worker.tasks import remind

    closing(cast, 3)
    remind()
    remind()
    assert warned() == [("deadline.entry", "ada@example.org"), ("deadline.entry", "ben@example.org")]
    assert remind.name in {one["task"] for one in SCHEDULE.values()}
