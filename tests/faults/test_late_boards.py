"""A board that lags behind says so, and no longer when the workers are back."""

from datetime import UTC, timedelta

import pytest
from django.test import Client

from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.results.queries.behind import PATIENCE, behind, with_waiting
from leaderboards.models import Board
from tests.factories.results import Played, water
from worker.pulse import pulse
from worker.steps import recompute_now

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
