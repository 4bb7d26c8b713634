"""The event feed: lines in sealed order, resumed by the seal, and nothing of sealed work for outsiders."""

import json
from typing import Any

import pytest

from games.journal.actions import record, seal_pending
from games.journal.rules import Kind
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast: Cast) -> Cast:
    cycle = cast.cycle.pk
    record(Kind.ROUND_OPENED, cycle_id=cycle, subject="round:1")
    record(Kind.SUBMISSION_RECEIVED, cycle_id=cycle, by=cast.ada.user, group_id=cast.red.pk, subject="submission:1")
    record(Kind.ROUND_LOCKED, cycle_id=cycle, subject="round:1")
    seal_pending()
    record(Kind.ROUND_CLOSED, cycle_id=cycle, subject="round:1")
    return cast


def lines(someone: Any, cycle: int, query: str = "") -> list[dict[str, Any]]:
    answer = someone.api.get(f"/api/v1/cycles/{cycle}/events{query}")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(one) for one in b"".join(answer.streaming_content).splitlines()]


def test_organizers_read_everything_that_is_sealed(story: Cast) -> None:
    found = lines(story.org, story.cycle.pk)
    assert [one["kind"] for one in found] == ["round.opened", "submission.received", "round.locked"]
    assert found[1]["actor"] == str(story.ada.user.pseudonym)
    assert found[1]["previous_hash"] == found[0]["hash"]


@pytest.mark.parametrize("name", ["eve", "visitor", "ada", "judith"])
def test_others_read_public_kinds_without_actors(story: Cast, name: str) -> None:
    found = lines(getattr(story, name), story.cycle.pk)
    assert [one["kind"] for one in found] == ["round.opened", "round.locked"]
    assert all("actor" not in one for one in found)


def test_reading_goes_on_after_the_last_seal(story: Cast) -> None:
    first = lines(story.org, story.cycle.pk, "?limit=1")
    rest = lines(story.org, story.cycle.pk, f"?after={first[-1]['seal']}")
    assert [one["kind"] for one in first + rest] == ["round.opened", "submission.received", "round.locked"]
    assert lines(story.org, story.cycle.pk, f"?after={rest[-1]['seal']}") == []
    seal_pending()
    assert [one["kind"] for one in lines(story.org, story.cycle.pk, f"?after={rest[-1]['seal']}")] == ["round.closed"]


def test_a_hidden_cycle_looks_absent(story: Cast) -> None:
    story.cycle.public = False
    story.cycle.save()
    assert story.eve.api.get(f"/api/v1/cycles/{story.cycle.pk}/events").status_code == 404
    assert story.eve.api.get("/api/v1/cycles/999999/events").status_code == 404


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?limit=0", "?limit=10001", "?after=99999999999999999999"])
def test_a_wrong_parameter_is_refused(story: Cast, query: str) -> None:
    assert story.eve.api.get(f"/api/v1/cycles/{story.cycle.pk}/events{query}").status_code == 422
