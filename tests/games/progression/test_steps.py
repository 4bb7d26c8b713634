"""What comes next for an organizer: the one thing that cannot wait, from a few numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from games.progression.steps import CycleFacts, Next, RoundFacts, next_step

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
PLANNED = RoundFacts("call", "Call", "planned", opens_at=NOW + timedelta(days=3), judged=True)
OPEN = replace(PLANNED, state="open", ends_at=NOW + timedelta(days=9), entrants=12, missing=4)
LOCKED = replace(OPEN, state="locked", ends_at=NOW - timedelta(hours=1), open=3, final=33)


def step(*rounds, state="running", **numbers):
    return next_step(CycleFacts(state, NOW, rounds, **({"judges": 3} | numbers)))


@pytest.mark.parametrize(
    ("rounds", "numbers", "what"),
    [
        ((), {"state": "draft"}, Next.LAUNCH),
        ((OPEN,), {"state": "paused"}, Next.PAUSED),
        ((), {"state": "closed"}, Next.FOLLOW),
        ((), {"state": "cancelled", "registrations": 3}, Next.NOTHING),
        ((), {}, Next.NOTHING),
        ((PLANNED,), {"state": "enrolling"}, Next.ENROL),
        ((PLANNED,), {}, Next.AWAIT),
        ((replace(PLANNED, undecided=True),), {}, Next.GATE),
        ((OPEN,), {}, Next.WATCH),
        ((OPEN,), {"judges": 0}, Next.JUDGES),
        ((replace(OPEN, judged=False),), {"judges": 0}, Next.WATCH),
        ((OPEN,), {"bounced": 1}, Next.BOUNCED),
        ((OPEN,), {"registrations": 3, "flags": 1}, Next.REGISTRATIONS),
        ((OPEN,), {"flags": 1, "bounced": 4}, Next.FLAGS),
        ((replace(OPEN, ends_at=NOW + timedelta(hours=2)),), {"registrations": 3}, Next.MISSING),
        ((replace(OPEN, ends_at=NOW + timedelta(hours=2), missing=0),), {}, Next.WATCH),
        ((LOCKED,), {}, Next.MARKS),
        ((replace(LOCKED, unassigned=2),), {}, Next.UNASSIGNED),
        ((replace(LOCKED, open=0),), {}, Next.PUBLISH),
        ((replace(LOCKED, open=0, computing=True),), {}, Next.COMPUTING),
        ((replace(LOCKED, open=0, failed="no marks"),), {"registrations": 1}, Next.FAILED),
        ((replace(LOCKED, published=True), PLANNED), {}, Next.AWAIT),
        ((replace(LOCKED, published=True),), {}, Next.CLOSE),
    ],
)
def test_one_thing_comes_next(rounds, numbers, what):
    assert step(*rounds, **numbers).what is what


def test_a_step_says_how_many_of_how_many_where_and_until_when():
    soon = replace(OPEN, ends_at=NOW + timedelta(hours=2))
    found = step(soon)
    assert (found.round, found.name, found.count, found.whole, found.until) == ("call", "Call", 4, 12, soon.ends_at)
    marks = step(LOCKED)
    assert (marks.count, marks.whole) == (3, 36)


def test_what_is_published_asks_for_nothing_even_if_numbers_are_left():
    assert step(replace(LOCKED, published=True, failed="x", unassigned=3), OPEN).what is Next.WATCH
