"""In front of Django: what is ready is answered as Django would answer it, byte for byte; without SQL, with one look into Redis."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
import structlog
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from backend.front import FrontDoor, asking
from games.cycles.actions import change_state
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from leaderboards import pages, ready
from leaderboards.actions import publish, refresh
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED
from tests.backend.front.house import NOW, TEAMS, Given, Web, addresses, environ, many, standings, warm
from tests.cast import Cast
from tests.factories.cycles import small_design
from tests.races import at_once
from worker.withdrawing import NARROWS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.HAS_REDIS, reason="without Redis nothing is ready"),
]


@pytest.mark.parametrize("encoding", ["", "gzip, br"])
def test_what_is_ready_is_what_django_answers_header_for_header(web: Web, board: Board, encoding: str) -> None:
    asks = {"HTTP_ACCEPT_ENCODING": encoding} if encoding else {}
    for target in addresses(board):
        given, django = warm(web, target, **asks), FrontDoor(web.door.pages)
        plain = Web(django).get(target, **asks)
        assert (given.status, given.told, given.body) == (plain.status, plain.told, plain.body), target
        head = web.get(target, "HEAD", **asks)
        assert (head.status, head.told, head.how) == (plain.status, plain.told, "ready")
        assert given.headers["X-Request-ID"] != web.get(target, **asks).headers["X-Request-ID"]
        assert ("Content-Encoding" in given.headers) == bool(encoding and len(given.plain) >= ready.PACKED_FROM)


def test_that_a_board_is_late_stands_on_what_is_ready_and_not_after(web: Web, board: Board) -> None:
    for target in [one for one in addresses(board) if one.startswith("/api/")]:
        JournalEntry.objects.filter(seal__isnull=True).update(at=(since := db_now() - timedelta(minutes=5)))
        record(Kind.SHEET_FINALIZED, cycle_id=None, at=since)
        assert warm(web, target).headers["Ludus-Late"] == f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
        JournalEntry.objects.filter(seal__isnull=True).update(at=db_now())
        ready.outdate(board.pk)
        assert "Ludus-Late" not in warm(web, target).headers


def test_the_number_of_a_proxy_is_kept(web: Web, board: Board) -> None:
    warm(web, standings(board))
    assert web.get(standings(board), HTTP_X_REQUEST_ID="from-the-proxy").headers["X-Request-ID"] == "from-the-proxy"
    assert web.get(standings(board), HTTP_X_REQUEST_ID="no\nnumber").headers["X-Request-ID"] != "no\nnumber"


def test_each_answer_has_one_line_with_its_number_and_its_board_whoever_gave_it(web: Web, board: Board, settings: Any) -> None:
    settings.LOG_REQUESTS, target = True, standings(board)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        given = [web.get(target) for _ in range(4)]
        tag = given[-1].headers["ETag"]
        given.append(web.get(target, HTTP_IF_NONE_MATCH=tag))
        ready.outdate(board.pk)
        given += [web.get(target, HTTP_IF_NONE_MATCH=tag) for _ in range(3)]
    told = [one for one in lines if one["event"] == "request"]
    assert [one["request"] for one in told] == [one.headers["X-Request-ID"] for one in given]
    assert {(one["route"], one["pk"]) for one in told} == {("board-standings", str(board.pk))}
    assert {one.get("ready", False) for one in told} == {True, False}
    assert [one["status"] for one in told if one.get("ready")] == [one.status for one in given if one.how == "ready"]


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_unchanged_page_is_not_sent_again(web: Web, board: Board, encoding: str) -> None:
    asks = {"HTTP_ACCEPT_ENCODING": encoding} if encoding else {}
    publish(board, design_number=1, now=NOW)
    one_of_each = {asking.read(environ(target)).kind: target for target in addresses(board)}  # type: ignore[union-attr]
    one_of_each["snapshot"] = f"/api/v1/snapshots/{board.snapshots.get().pk}"
    one_of_each["past"] = f"{one_of_each['page'].partition('?')[0]}snapshots/1/"
    assert one_of_each.keys() == {kind for kind, *_ in asking.PLACES}
    for target in one_of_each.values():
        tag = warm(web, target, **asks).headers["ETag"]
        assert tag.startswith('W/"' if encoding and len(warm(web, target).body) >= ready.PACKED_FROM else '"')
        first = web.get(target, HTTP_IF_NONE_MATCH=tag, **asks)
        again = web.get(target, HTTP_IF_NONE_MATCH=tag, **asks)
        assert (first.status, first.how, again.status, again.how) == (304, "django", 304, "ready")
        assert (again.body, again.told) == (b"", first.told)
        assert web.get(target, HTTP_IF_NONE_MATCH='"another"', **asks).status == 200


def test_a_warm_read_takes_no_statement_and_one_command(web: Web, board: Board, commands: Callable[[], list[str]]) -> None:
    publish(board, design_number=1, now=NOW)
    page = next(one for one in addresses(board) if one.endswith("/speed/"))
    brackets = [f"{page}?bracket=", f"{page}rows/?bracket=&page=2", f"/embed{page}?bracket="]
    snapshots = [f"/api/v1/snapshots/{board.snapshots.get().pk}", f"{page}snapshots/1/", f"{page}snapshots/1/?page=2"]
    for target in (*addresses(board), *brackets, *snapshots):
        warm(web, target)
        commands()
        with CaptureQueriesContext(connection) as statements:
            given = web.get(target)
        sent = commands()
        assert (given.status, given.how, len(statements), len(sent)) == (200, "ready", 0, 1), (target, sent)


SIGNS = [
    {"HTTP_AUTHORIZATION": "Bearer ludus_x"},
    {"HTTP_COOKIE": "a=b; sessionid=abc"},
    {"HTTP_ACCEPT": "text/html"},
    {"CONTENT_LENGTH": "3"},
    {"HTTP_HOST": "elsewhere.example"},
    {"HTTP_HOST": "127.0.0.1"},
    {"SCRIPT_NAME": "/sub"},
]


def test_whoever_is_unusual_goes_the_ordinary_way(web: Web, board: Board) -> None:
    warm(web, standings(board))
    for headers in SIGNS:
        assert web.get(standings(board), **headers).how == "django", headers
    assert web.get(standings(board), HTTP_HOST="elsewhere.example").status == 400


UNUSUAL = ["side=public", "page=0", "page=1&side=published", "page=٣", "page=1000000", "x=1", "page=1&page=2"]


def test_an_unusual_question_goes_the_ordinary_way(web: Web, board: Board) -> None:
    warm(web, standings(board))
    for query in UNUSUAL:
        assert [web.get(f"{standings(board)}?{query}").how for _ in range(3)] == ["django"] * 3, query
    assert web.get(standings(board), "POST").how == "django"


def test_what_somebody_signed_in_is_given_is_ready_for_nobody(web: Web, cast: Cast, board: Board) -> None:
    """The organizer's own answer of the same address, at the moment when nothing is ready."""
    warm(web, standings(board))
    pages.withdraw(board.pk)
    session = cast.org.client.cookies[settings.SESSION_COOKIE_NAME].value
    whole = web.get(standings(board), HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={session}", HTTP_ACCEPT_ENCODING="gzip")
    assert orjson.loads(whole.plain)["total"] == TEAMS + 1
    assert ready.asked(board.pk) is None
    assert orjson.loads(web.get(standings(board)).plain)["total"] == TEAMS


# --- When the board moves -------------------------------------------------------------------------------------------------------------


def test_a_worker_swaps_what_is_read_when_the_version_moves(web: Web, board: Board) -> None:
    target, second = standings(board), f"{standings(board)}?page=2"
    assert pages.swap(board.pk, PUBLIC) is False, "nobody reads it yet"
    before = {one: warm(web, one) for one in (target, second)}
    refresh(board, PUBLIC, many(late=9999), now=NOW)
    assert web.get(target).body == before[target].body, "until the worker says so, or the fuse has burnt"
    assert pages.swap(board.pk, PUBLIC) is True
    given = web.get(target)
    assert given.how == "ready"
    assert orjson.loads(given.body)["rows"][0]["group"] == "late"
    assert given.headers["ETag"] != before[target].headers["ETag"]
    assert Web(FrontDoor(web.door.pages)).get(target).told == given.told
    assert (web.get(second).how, web.get(second).how) == ("django", "ready"), "other pages are made by whoever reads them first"
    assert orjson.loads(web.get(second).body)["version"] == board.version


def test_the_restricted_side_leaves_no_trace(web: Web, board: Board) -> None:
    """A frozen board: only the restricted side moves. Nothing of any answer changes, and none tells of it."""
    before = {one: warm(web, one) for one in addresses(board)}
    lists = (f"/api/v1/boards/{board.pk}", f"/api/v1/boards?cycle={board.scope}")
    listed = [web.get(one).body for one in lists]
    refresh(board, RESTRICTED, many(secret=1, team07=9000), now=NOW + timedelta(minutes=1))
    assert pages.swap(board.pk, RESTRICTED) is False
    pages.swap(board.pk, PUBLIC)
    for target, given in before.items():
        after = warm(web, target)
        assert (after.told, after.body) == (given.told, given.body), target
        assert b"secret" not in after.body
        assert "restricted" not in str(after.headers)
    assert [web.get(one).body for one in lists] == listed
    looked = web.get(f"/api/v1/boards/{board.pk}/find?q=secret")
    assert orjson.loads(looked.body) == {"rows": []}
    assert web.get(f"/api/v1/boards/{board.pk}/around?group=secret").status == 404


def test_what_is_published_is_ready_too(web: Web, board: Board) -> None:
    Board.objects.filter(pk=board.pk).update(live=False)
    publish(board, design_number=1, now=NOW)
    snapshot = board.snapshots.get()
    page = next(one for one in addresses(board) if one.endswith("/boards/speed/"))
    for target in (*addresses(board), f"/api/v1/snapshots/{snapshot.pk}", past := f"{page}snapshots/1/", f"{past}?page=2"):
        given = warm(web, target)
        assert given.body == Web(FrontDoor(web.door.pages)).get(target).body
    seen = ready.asked(board.pk)
    assert seen is not None
    assert past in seen.targets
    assert not [one for one in pages.hot(seen.targets) if "/snapshots/" in one], "what does not change is not made again"
    refresh(board, PUBLIC, many(late=9999), now=NOW)
    publish(board, design_number=1, now=NOW)
    pages.outdate_in(board.scope)
    assert orjson.loads(web.get(standings(board)).body)["rows"][0]["group"] == "late"
    assert b"snapshots/2/" in warm(web, past).body, "it names the newer one"
    pages.withdraw(board.pk)
    Cycle.objects.filter(pk=board.scope).update(public=False)
    assert web.get(past).status == 404


def test_after_the_fuse_one_reader_asks_again_and_the_others_are_given_what_was_there(
    web: Web, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = standings(board)
    old = warm(web, target).body
    refresh(board, PUBLIC, many(late=9999), now=NOW)
    monkeypatch.setattr(ready, "FUSE", 0.0)
    inside: list[Given] = []
    django = web.door.pages

    def slow(environ: Any, start: Any) -> Any:
        monkeypatch.setattr(web.door, "pages", django)
        inside.extend(web.get(target) for _ in range(3))
        return django(environ, start)

    web.door.pages = slow
    new = web.get(target)
    assert [one.body for one in inside] == [old] * 3
    assert {one.how for one in inside} == {"ready"}
    assert orjson.loads(new.body)["rows"][0]["group"] == "late"


@pytest.mark.django_db(transaction=True)
def test_of_many_readers_at_once_one_makes_the_first_answer(web: Web, board: Board) -> None:
    target = standings(board)
    warm(web, target)
    pages.withdraw(board.pk)
    web.django = 0
    given = at_once([lambda: web.get(target) for _ in range(6)])
    assert {one.status for one in given} == {200}, given
    assert len({one.body for one in given}) == 1
    assert web.django == 1


# --- When fewer may see it ------------------------------------------------------------------------------------------------------------


def test_a_withdrawn_board_is_gone_at_once_and_whoever_was_making_it_keeps_it_for_nobody(web: Web, board: Board) -> None:
    target = standings(board)
    warm(web, target)
    seen = ready.look(board.pk, target, packed=False)
    assert seen is not None
    assert seen.answer is not None
    pages.withdraw(board.pk)
    assert ready.put(board.pk, seen, target, seen.answer) is False
    now = ready.look(board.pk, target, packed=False)
    assert now is not None
    assert now.answer is None


def test_a_withdrawal_that_was_lost_heals(web: Web, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    for target in addresses(board):
        warm(web, target)
    Cycle.objects.filter(pk=board.scope).update(public=False)  # behind everybody's back
    assert web.get(standings(board)).status == 200
    monkeypatch.setattr(ready, "FUSE", 0.0)
    for target in addresses(board):
        assert web.get(target).status == 404, target
        now = ready.look(board.pk, target, packed=False)
        assert now is not None
        assert now.answer is None


def everything(web: Web, board: Board) -> None:
    for target in addresses(board):
        warm(web, target)


def test_every_act_that_hides_something_is_seen_by_the_next_read(
    web: Web, cast: Cast, board: Board, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    cycle, acted = Cycle.objects.get(pk=board.scope), django_capture_on_commit_callbacks(execute=True)
    everything(web, board)
    with acted:
        change_state(cycle, CycleState.PAUSED, by=cast.org.user, reason="A break.")
    assert {web.get(one).how for one in addresses(board)} == {"django"}


@pytest.mark.parametrize("kind", sorted(NARROWS))
def test_acts_that_hide_withdraw_what_was_ready(
    web: Web, board: Board, kind: Kind, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    warm(web, standings(board))
    with django_capture_on_commit_callbacks(execute=True):
        record(kind, cycle_id=None if kind is Kind.ACCOUNT_CHANGED else board.scope)
    assert ready.asked(board.pk) is None


@pytest.mark.parametrize(
    "kind", [Kind.SUBMISSION_RECEIVED, Kind.SHEET_FINALIZED, Kind.ATTEMPT_JUDGED, Kind.VOTE_CAST, Kind.POINTS_CHANGED]
)
def test_what_arrives_takes_nothing_away_that_is_ready(
    web: Web, board: Board, kind: Kind, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    everything(web, board)
    with django_capture_on_commit_callbacks(execute=True):
        record(kind, cycle_id=board.scope)
    assert {web.get(one).how for one in addresses(board)} == {"ready"}


def test_a_board_for_fewer_eyes_is_seen_by_the_next_read(
    web: Web, cast: Cast, board: Board, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    """By an amendment; what a group hides is hidden with its own act."""
    cycle, before = Cycle.objects.get(pk=board.scope), small_design().data()
    design = before | {
        "boards": [*before["boards"], {"key": "speed", "name": "Speed", "rounds": ["final"], "audience": "organizers"}]
    }
    everything(web, board)
    with django_capture_on_commit_callbacks(execute=True):
        apply_design(cycle, parse_design(design), by=cast.org.user)
    assert {web.get(one).status for one in addresses(board)} == {404}


def test_without_redis_everything_goes_the_ordinary_way(web: Web, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(web, standings(board))
    monkeypatch.setitem(ready._away, "until", time.monotonic() + 60)
    assert (web.get(standings(board)).how, web.get(standings(board)).status) == ("django", 200)
    monkeypatch.setitem(ready._away, "until", 0.0)
    assert web.get(standings(board)).how == "ready"


def test_what_is_looked_for_has_an_end(web: Web, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "MOST", 10)
    warm(web, f"/api/v1/boards/{board.pk}/find?q=team1")
    for number in range(12):
        assert web.get(f"/api/v1/boards/{board.pk}/find?q=team{number}").status == 200
    found = ready.asked(board.pk)
    assert found is not None
    assert len(found.targets) <= 6


def test_front_reads_addresses_as_urls_do() -> None:
    """Whatever `read` takes leads to the view it stands for."""
    from django.urls import resolve

    for kind, path in (
        ("standings", "/api/v1/boards/7/standings"),
        ("around", "/api/v1/boards/7/around"),
        ("find", "/api/v1/boards/7/find"),
        ("snapshot", "/api/v1/snapshots/7"),
        ("rows", "/cycles/x/boards/y/rows/"),
        ("page", "/cycles/x/boards/y/"),
        ("past", "/cycles/x/boards/y/snapshots/7/"),
        ("embed-rows", "/embed/cycles/x/boards/y/rows/"),
        ("embed", "/embed/cycles/x/boards/y/"),
    ):
        assert resolve(urlsplit(path).path).view_name
        assert [name for name, place, _ in asking.PLACES if place.fullmatch(path)] == [kind]
