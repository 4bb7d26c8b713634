"""A board that lags behind says so, and no longer when the workers are back."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.test import Client

from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.results.actions import request_refresh, stumble
from games.results.models import RecomputeRun
from games.results.queries.behind import PATIENCE, behind, with_waiting
from games.results.rules import LEASE, OPEN, TRIES
from leaderboards.models import Board
from tests.factories.results import Played, water
from worker.pulse import pulse
from worker.steps import do_step, recompute_now

pytestmark = pytest.mark.django_db
LATE = "This board is late"
HEADER = "Ludus-Late"


def live_page(played: Played) -> str:
    played.rounds["call"].published_at, played.rounds["call"].visibility = db_now(), "scores"
    played.rounds["call"].save(update_fields=["published_at", "visibility"])
    Board.objects.filter(pk=played.board("call").pk).update(live=True)
    recompute_now(played.cycle)
    pulse()
    return f"/cycles/{played.cycle.key}/boards/call/"


def test_the_page_of_a_live_board_says_what_is_stale(client: Client) -> None:
    played = water()
    page = live_page(played)
    assert LATE not in client.get(page).content.decode()
    since = db_now() - timedelta(minutes=5)
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk, at=since)
    shown = client.get(page).content.decode()
    assert f"{LATE}: what came in since {since:%H:%M:%S} (UTC) is safe" in shown
    pulse()
    assert LATE not in client.get(page).content.decode()


def test_the_api_says_it_in_a_header_also_when_nothing_is_new(client: Client) -> None:
    played = water()
    live_page(played)
    rows = f"/api/v1/boards/{played.board('call').pk}"
    asked = [f"{rows}/standings", f"{rows}/find?q=brook", f"{rows}/around?group=brook"]
    fresh = client.get(asked[0])
    assert [client.get(one).headers.get(HEADER) for one in asked] == [None] * 3
    since = db_now() - timedelta(minutes=5)
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk, at=since)
    told = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
    assert [client.get(one).headers.get(HEADER) for one in asked] == [told] * 3
    same = client.get(asked[0], headers={"If-None-Match": fresh.headers["ETag"]})
    assert (same.status_code, same.headers.get(HEADER)) == (304, told)
    pulse()
    assert [client.get(one).headers.get(HEADER) for one in asked] == [None] * 3


@pytest.mark.parametrize("left", ["by nobody taken", "by one who died", "by one who stumbles"])
def test_a_refresh_that_is_left_lying_makes_the_page_late(client: Client, left: str) -> None:
    """Everything is sealed and read, so nothing waits in the journal: the board is behind all the same."""
    played = water()
    page = live_page(played)
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
    pulse()
    run = request_refresh(played.cycle)
    assert LATE not in client.get(page).content.decode(), "it was asked for just now"
    since = db_now() - timedelta(minutes=1)
    lying: dict[str, Any] = {"asked_at": since, "not_before": None}
    if left != "by nobody taken":
        lying |= {"state": "running", "started_at": since + timedelta(seconds=2), "tries": 3, "lease_until": db_now() + LEASE}
        lying["claimed_by"] = "one who died" if left == "by one who died" else ""
    RecomputeRun.objects.filter(pk=run.pk).update(**lying)
    assert f"{LATE}: what came in since {since.astimezone(UTC):%H:%M:%S} (UTC) is safe" in client.get(page).content.decode()
    RecomputeRun.objects.filter(pk=run.pk).update(lease_until=None)
    while RecomputeRun.objects.filter(state__in=OPEN).exists():
        do_step(run.pk)
    assert LATE not in client.get(page).content.decode()


def test_a_refresh_that_cannot_succeed_makes_its_own_boards_late_and_is_tried_until_it_does(client: Client) -> None:
    """A disk is full, or a rule meets what nobody thought of: boards of others are not late for it, and it comes right without a new act."""
    played, other = water(), water()
    page, elsewhere = live_page(played), live_page(other)
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
    pulse()
    run = request_refresh(played.cycle)
    since = db_now() - timedelta(hours=1)
    for tries in range(1, 3 * TRIES):
        RecomputeRun.objects.filter(pk=run.pk).update(
            state="running", asked_at=since, started_at=since, not_before=None, tries=tries, claimed_by="w"
        )
        run.refresh_from_db()
        stumble(run, RuntimeError("the disk is full"))
        run.refresh_from_db()
        assert (run.state, run.error) == ("running", "RuntimeError: the disk is full")
        assert run.lease_until is not None
        assert run.lease_until - db_now() <= timedelta(seconds=2 ** (TRIES - 1))
        assert LATE in client.get(page).content.decode()
        assert (LATE in client.get(elsewhere).content.decode()) == (tries < TRIES)
    RecomputeRun.objects.filter(pk=run.pk).update(lease_until=None)
    while RecomputeRun.objects.filter(pk=run.pk, state__in=OPEN).exists():
        do_step(run.pk)
    assert LATE not in client.get(page).content.decode()


def test_a_refresh_that_waits_its_turn_makes_nothing_late(client: Client) -> None:
    """Big boards are refreshed seldom: what waits for its time is no fault of anybody."""
    played = water()
    page = live_page(played)
    run = request_refresh(played.cycle)
    times = {"asked_at": db_now() - timedelta(minutes=1), "not_before": db_now() + timedelta(seconds=5)}
    RecomputeRun.objects.filter(pk=run.pk).update(**times)
    assert LATE not in client.get(page).content.decode()


def test_refreshes_that_are_over_make_room() -> None:
    """A contest asks for four in a second: every look at the queue would be slower than the one before."""
    played = water()
    for _ in range(3):
        run = request_refresh(played.cycle)
        RecomputeRun.objects.filter(pk=run.pk).update(not_before=None)
        while do_step(run.pk):
            pass
    assert RecomputeRun.objects.get(kind="refresh").pk == run.pk


def test_a_board_that_was_published_is_never_late(client: Client) -> None:
    played = water()
    page = live_page(played)
    Board.objects.filter(scope=played.cycle.pk).update(live=False)
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk, at=db_now() - timedelta(minutes=5))
    assert LATE not in client.get(page).content.decode()
    assert HEADER not in client.get(f"/api/v1/boards/{played.board('call').pk}/standings").headers


def test_an_act_of_this_second_is_no_delay() -> None:
    Board.objects.create(scope=1, key="result", number=1, name="Result")
    assert with_waiting(Board.objects.all()).get().waiting_since is None  # type: ignore[attr-defined]
    record(Kind.SHEET_FINALIZED, cycle_id=None)
    board, now = with_waiting(Board.objects.all()).get(), db_now()
    assert behind(board, now) is None
    assert behind(board, now + PATIENCE + timedelta(seconds=5)) is not None
