"""Boards that move: who is let in, what is sent, in the form the pages have; with a real Valkey between sender and watcher."""

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from backend.services.ports import free_port
from backend.sockets import board_side, websocket_urlpatterns
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.live import announce
from leaderboards.live.bus import publish as publish_live
from leaderboards.live.hub import hub_here
from leaderboards.live.messages import Delta, body, written
from leaderboards.live.sockets import SLOW
from leaderboards.measures import registry
from leaderboards.models import Board
from leaderboards.queries import rows_of, standings
from tests.cast import Cast, actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, water
from tests.worker.processes import environment, process, until, worker
from worker.steps import recompute_now
from worker.waking import publish


def live_board(played: Played) -> Board:
    """A board shown as it changes, of marks that everybody may know: its round is published."""
    played.rounds["call"].published_at = db_now()
    played.rounds["call"].save(update_fields=["published_at"])
    board = played.board("call")
    board.live = True
    board.save(update_fields=["live"])
    return board


@pytest.fixture
async def _closed() -> AsyncIterator[None]:
    """Connections of the thread in which asynchronous tests touch the database would outlive the database."""
    yield
    await sync_to_async(connections.close_all)()


@asynccontextmanager
async def watching(board: Board, user: Any) -> AsyncIterator[WebsocketCommunicator]:
    watcher = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/ws/boards/{board.pk}")
    watcher.scope["user"] = user
    yield watcher
    await watcher.disconnect()


@pytest.mark.django_db
def test_who_may_watch_which_side(cast: Cast) -> None:
    played = water()
    org = actor("organizer")
    MembershipFactory(group=None, cycle=played.cycle, person=org.person, role="organizer", capabilities=["organize"])
    board = played.board("call")
    assert [board_side(one, board.pk) for one in (org.user, cast.eve.user, AnonymousUser(), None)] == [
        "restricted",
        None,
        None,
        None,
    ]
    board = live_board(played)
    assert [board_side(one, board.pk) for one in (org.user, cast.eve.user, AnonymousUser())] == ["restricted", "public", "public"]
    Board.objects.filter(pk=board.pk).update(audience="organizers")
    assert [board_side(one, board.pk) for one in (org.user, cast.eve.user, AnonymousUser())] == ["restricted", None, None]
    assert board_side(org.user, 999_999) is None


def measured() -> list[float]:
    """Versions that went into sockets, the seconds of lag of all of them, and messages."""
    names = (
        ("lag_seconds_count", {"stage": "delivered"}),
        ("lag_seconds_sum", {"stage": "delivered"}),
        ("messages_sent_total", {}),
    )
    return [registry.get_sample_value(f"ludus_{name}", labels) or 0.0 for name, labels in names]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closed")
async def test_a_watcher_gets_the_version_first_and_then_each_change() -> None:
    played = await sync_to_async(water)()
    board = await sync_to_async(live_board)(played)
    async with watching(board, AnonymousUser()) as watcher:
        assert (await watcher.connect(timeout=20))[0]
        await asyncio.wait_for(hub_here().joined.wait(), 20)
        first = json.loads(await watcher.receive_from(timeout=20))
        assert (first["board"], first["version"], first["from"], first["rows"]) == (board.pk, 0, 0, [])
        await sync_to_async(recompute_now)(played.cycle)
        before = measured()
        assert await sync_to_async(announce)(board.pk, "public", since=0, at=time.time() - 5)
        change = json.loads(await watcher.receive_from(timeout=20))
        versions, seconds, messages = (now - then for now, then in zip(measured(), before, strict=True))
        assert (versions, messages) == (1, 1)
        assert seconds == pytest.approx(7, abs=3), "how late it was delivered"
        assert (change["version"], change["from"], change["gone"]) == (1, 0, [])
        assert change["rows"] == await sync_to_async(lambda: rows_of(standings(board)))(), "the same form as in the pages"
        assert not await sync_to_async(announce)(board.pk, "public", since=1)
        await sync_to_async(announce)(board.pk, "restricted", since=0)
        assert await watcher.receive_nothing()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closed")
async def test_a_hidden_board_and_an_absent_one_are_refused_alike() -> None:
    played = await sync_to_async(water)()
    board = await sync_to_async(played.board)("call")
    answers = []
    for number in (board.pk, 999_999):
        async with watching(Board(pk=number), AnonymousUser()) as watcher:
            answers.append(await watcher.connect(timeout=20))
    assert answers == [(False, 4404), (False, 4404)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closed")
@pytest.mark.timeout(170)
async def test_a_final_sheet_reaches_a_watcher_through_real_processes() -> None:
    """uvicorn, a Celery worker, Valkey and the database are real: one act, committed, and the row is on the screens of both sides."""
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    played = await sync_to_async(water)()
    board = await sync_to_async(live_board)(played)
    await sync_to_async(recompute_now)(played.cycle)
    signed_in = await sync_to_async(_organizer)(played)
    port = free_port()
    command = ("-m", "backend.serving", "--port", str(port), "--log-level", "warning")
    env = await sync_to_async(environment)()
    there = await sync_to_async(worker)()
    with process(*command, env=env) as server, there:
        watcher = await _connected(f"ws://127.0.0.1:{port}/ws/boards/{board.pk}", server)
        organizer = await _connected(f"ws://127.0.0.1:{port}/ws/boards/{board.pk}", server, signed_in)
        try:
            assert json.loads(await watcher.recv())["version"] == 1
            assert json.loads(await organizer.recv())["side"] == "restricted"
            await sync_to_async(until)(_all_sealed, 60, between=lambda: publish("tick"))  # the worker is there
            await sync_to_async(_mark)(played)
            message = json.loads(await asyncio.wait_for(watcher.recv(), 40))
            inside = json.loads(await asyncio.wait_for(organizer.recv(), 40))
            server.terminate()
            with pytest.raises(ConnectionClosed) as end:
                await asyncio.wait_for(watcher.recv(), 40)
        finally:
            await watcher.close()
            await organizer.close()
    for said in (message, inside):
        assert (said["from"], said["version"]) == (1, 2)
        assert [(row["group"], row["score"]) for row in said["rows"]] == [("cloud", "65.83")]
    assert end.value.rcvd is not None
    assert (end.value.rcvd.code, int(end.value.rcvd.reason) >= 1000) == (1012, True), "when to come again, in milliseconds"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closed")
@pytest.mark.timeout(170)
async def test_a_client_that_reads_nothing_is_sent_away_and_holds_nobody_up() -> None:
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    played = await sync_to_async(water)()
    board = await sync_to_async(live_board)(played)
    port, messages, goodbye = free_port(), 40, b"\x88\x02" + SLOW.to_bytes(2)
    env = await sync_to_async(environment)(LUDUS_LIVE_TICK_MS="0", LUDUS_LIVE_WAITING="4")
    with process("-m", "backend.serving", "--port", str(port), "--log-level", "warning", env=env) as server:
        good = await _connected(f"ws://127.0.0.1:{port}/ws/boards/{board.pk}", server)
        assert json.loads(await good.recv())["version"] == 0
        reader, writer = await _opened(port, board)
        for since in range(messages):
            text = written(body(board.pk, board.key, since=since, version=since + 1, gone=["x" * 200_000]))
            assert publish_live(Delta(board.pk, "public", since, since + 1, 0.0, text).packed())
            assert json.loads(await asyncio.wait_for(good.recv(), 40))["version"] == since + 1
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        left = b""  # it wakes up too late
        while not left.endswith(goodbye):
            more = await asyncio.wait_for(reader.read(65_536), 40)
            assert more, "it ended without a word"
            left += more
        writer.close()
        await good.close()
    assert len(left) < messages * 200_000 // 2


async def _opened(port: int, board: Board) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket whose other end reads its greeting, and then no more than a few kilobytes."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=narrow, limit=4096)
    head = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {'A' * 22}=="]
    asked = [f"GET /ws/boards/{board.pk} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", *head, "", ""]
    writer.write("\r\n".join(asked).encode())
    assert b" 101 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 40)
    return reader, writer


def _organizer(played: Played) -> dict[str, str]:
    """What the browser of an organizer sends along."""
    org = actor("organizer")
    MembershipFactory(group=None, cycle=played.cycle, person=org.person, role="organizer", capabilities=["organize"])
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={org.client.cookies[settings.SESSION_COOKIE_NAME].value}"}


async def _connected(address: str, server: subprocess.Popen[bytes], headers: dict[str, str] | None = None) -> Any:
    """The socket, as soon as the server takes it."""
    for _ in range(900):
        assert server.poll() is None, "the server ended"
        try:
            return await connect(address, origin=f"http://{address.split('/')[2]}", additional_headers=headers)  # type: ignore[arg-type]
        except OSError:
            await asyncio.sleep(0.1)
    pytest.fail("the server never answered")


def _all_sealed() -> bool:
    return not JournalEntry.objects.filter(seal__isnull=True).exists()


def _mark(played: Played) -> None:
    with transaction.atomic():
        played.groups["cloud"].sheets.get(judge=played.judges[0]).marks.filter(criterion="impact").update(value=50_000)
        played.groups["cloud"].sheets.get(judge=played.judges[1]).marks.filter(criterion="impact").update(value=50_000)
        record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk, subject="sheet:1")
