"""Watchers of a board at the door of the hub: who may listen, and for how long; what is made up for; a real Redis in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings as house
from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction
from django.utils.timezone import now

from backend.accounts.actions import set_password
from backend.accounts.actions.desk import new_link
from backend.accounts.rules import Purpose
from backend.sockets import address_of, websocket_urlpatterns
from games.cycles.models import Cycle
from games.groups.models import Membership
from games.journal.actions import record
from games.journal.rules import Kind
from leaderboards.live import announce, bus, recheck
from leaderboards.live.hub import hub_here
from leaderboards.live.messages import FETCH
from leaderboards.models import Board, Standing
from leaderboards.queries import PUBLIC, RESTRICTED
from tests.cast import Actor, actor
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_closed")]
VISITOR = AnonymousUser()
SOON = 20  # seconds: long, since nothing waits for it unless something is wrong


@pytest.fixture
async def _closed() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


class Watched:
    """A live board with one group, and who organizes its cycle."""

    def __init__(self) -> None:
        self.cycle: Cycle = CycleFactory.create()
        self.board = Board.objects.create(scope=self.cycle.pk, key="season", number=1, name="Season", live=True)
        self.org = actor("organizer")
        MembershipFactory(group=None, cycle=self.cycle, person=self.org.person, role="organizer", capabilities=["organize"])
        self.eve = actor("eve")
        for side in (PUBLIC, RESTRICTED):
            Standing.objects.create(board=self.board, audience=side, entry="otter", name="Otter", rank=1, place="1", score="0")

    def move(self, side: str, score: str, *, tell: bool = True) -> int:
        """The group has a new score on this side. Its version."""
        column = "version" if side == PUBLIC else "restricted_version"
        version: int = Board.objects.values_list(column, flat=True).get(pk=self.board.pk) + 1
        Standing.objects.filter(board=self.board, audience=side).update(score=score, changed_version=version)
        Board.objects.filter(pk=self.board.pk).update(**{column: version})
        if tell:
            assert announce(self.board.pk, side, since=version - 1, version=version)
        return version


@pytest.fixture
async def watched() -> Watched:
    return await sync_to_async(Watched)()


async def done[T](work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Something that asks the database, done in its thread."""
    return await sync_to_async(work)(*arguments, **named)


class Watcher(WebsocketCommunicator):
    async def next(self) -> dict[str, Any]:
        """The next message."""
        said: dict[str, Any] = json.loads(await self.receive_from(timeout=SOON))
        return said

    async def ended(self) -> int:
        """The code with which the socket was closed."""
        event = await self.receive_output(timeout=SOON)
        assert event["type"] == "websocket.close", event
        code: int = event["code"]
        return code


@asynccontextmanager
async def watching(board: Board, user: Any = VISITOR, asked: str = "", session: Any = None) -> AsyncIterator[Watcher]:
    watcher = Watcher(URLRouter(websocket_urlpatterns), f"/ws/boards/{board.pk}{asked}")
    watcher.scope |= {"user": user} | ({"session": session} if session is not None else {})
    assert (await watcher.connect(timeout=SOON))[0]
    async with asyncio.timeout(SOON):
        await hub_here().joined.wait()
    try:
        yield watcher
    finally:
        await watcher.disconnect()


@pytest.mark.parametrize("by", ["redis", "this process"])
async def test_a_change_reaches_its_side_and_no_other(watched: Watched, settings: Any, by: str) -> None:
    if by == "redis" and not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    if by != "redis":
        settings.LIVE_REDIS_URL = ""
    async with (
        watching(watched.board) as visitor,
        watching(watched.board, watched.org.user) as organizer,
        watching(watched.board, watched.org.user, "?side=public") as looks_as_all_do,
    ):
        assert [(await one.next())["side"] for one in (visitor, organizer, looks_as_all_do)] == [PUBLIC, RESTRICTED, PUBLIC]
        await done(watched.move, RESTRICTED, "7")
        await done(watched.move, PUBLIC, "3")
        told = [await one.next() for one in (visitor, organizer, looks_as_all_do)]
        assert [one["rows"][0]["score"] for one in told] == ["3", "7", "3"]
        assert [(one["from"], one["version"]) for one in told] == [(0, 1), (0, 1), (0, 1)]


async def test_of_a_frozen_board_the_outside_learns_nothing_not_even_that_something_happened(watched: Watched) -> None:
    async with watching(watched.board) as visitor:
        first = await visitor.next()
        for score in ("1", "2", "3"):
            await done(watched.move, RESTRICTED, score)
        async with watching(watched.board) as latecomer, watching(watched.board, asked="?since=2&side=restricted") as pretender:
            assert await latecomer.next() == first
            assert await pretender.next() == first | {"from": FETCH, "again": True}
            await done(watched.move, PUBLIC, "9")
            for one in (visitor, latecomer, pretender):
                said = await one.next()
                assert (said["from"], said["version"], said["rows"][0]["score"]) == (0, 1, "9"), "the first word since"


def test_a_socket_comes_from_where_the_proxy_saw_it(settings: Any) -> None:
    scope = {"client": ("10.0.0.1", 5), "headers": [(b"x-forwarded-for", b"203.0.113.9, 198.51.100.7")]}
    assert address_of(scope) == "10.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address_of(scope) == "198.51.100.7"
    assert address_of({"client": ("2001:db8:1:2:3:4:5:6", 5), "headers": []}) == "2001:db8:1:2"


async def test_who_comes_back_hears_what_they_missed(watched: Watched) -> None:
    async with watching(watched.board) as stays:
        await stays.next()
        for score in ("1", "2", "3"):
            version = await done(watched.move, PUBLIC, score)
            said = await stays.next()
            while said["version"] < version:
                said = await stays.next()
        async with (
            watching(watched.board, asked="?since=1&side=public") as back,
            watching(watched.board, asked="?since=3") as knows,
        ):
            said = await back.next()
            assert (said["from"], said["version"], said["rows"][0]["score"]) == (1, 3, "3")
            assert [(await knows.next())[name] for name in ("from",)] == [3]
    async with watching(watched.board, asked="?since=1") as late:  # nobody watched meanwhile, and nothing was kept
        assert (await late.next())["from"] == FETCH


async def test_who_may_not_see_a_board_any_more_is_sent_away_at_once(watched: Watched) -> None:
    async with (
        watching(watched.board) as visitor,
        watching(watched.board, watched.eve.user) as eve,
        watching(watched.board, watched.org.user) as organizer,
    ):
        for one in (visitor, eve, organizer):
            await one.next()

        def hide() -> None:
            with transaction.atomic():
                Cycle.objects.filter(pk=watched.cycle.pk).update(public=False)
                record(Kind.CYCLE_CHANGED, cycle_id=watched.cycle.pk, subject=f"cycle:{watched.cycle.pk}")

        await done(hide)
        assert [await visitor.ended(), await eve.ended()] == [4404, 4404]
        await done(watched.move, RESTRICTED, "5")
        assert (await organizer.next())["rows"][0]["score"] == "5"


async def test_who_organizes_no_more_is_moved_to_the_public_side(watched: Watched) -> None:
    async with watching(watched.board, watched.org.user) as organizer:
        assert (await organizer.next())["side"] == RESTRICTED
        await done(watched.move, RESTRICTED, "5")
        await organizer.next()
        await done(Membership.objects.filter(person=watched.org.person).update, until=now())
        assert await done(recheck, user_ids=[watched.org.user.pk])
        said = await organizer.next()
        assert (said["side"], said["again"], said["from"], said["version"]) == (PUBLIC, True, FETCH, 0)
        await done(watched.move, RESTRICTED, "6")
        await done(watched.move, PUBLIC, "4")
        assert (await organizer.next())["rows"][0]["score"] == "4"


async def test_who_signs_out_or_is_suspended_hears_no_more(watched: Watched) -> None:
    def members_only() -> tuple[Any, Any, Any]:
        Cycle.objects.filter(pk=watched.cycle.pk).update(public=False)
        MembershipFactory(group=None, cycle=watched.cycle, person=watched.eve.person, role="follower", capabilities=[])
        owner: Actor = actor("owner")
        type(owner.user).objects.filter(pk=owner.user.pk).update(is_superuser=True)
        browser = watched.org.client
        session = import_module(house.SESSION_ENGINE).SessionStore(browser.session.session_key)
        return browser, session, owner

    browser, session, owner = await done(members_only)
    async with (
        watching(watched.board, watched.org.user, session=session) as window,
        watching(watched.board, watched.org.user) as other,
        watching(watched.board, watched.eve.user) as eve,
    ):
        for one in (window, other, eve):
            await one.next()
        assert (await done(browser.post, "/sign-out/")).status_code == 302
        assert await window.ended() == 4404

        from backend.accounts.actions import suspend

        await done(suspend, watched.eve.user, by=owner.user)
        assert await eve.ended() == 4404
        await done(watched.move, RESTRICTED, "5")
        assert (await other.next())["version"] == 1, "another session of the same user goes on"


async def test_a_new_password_ends_what_open_windows_hear(watched: Watched) -> None:
    def at_home() -> Any:
        session = import_module(house.SESSION_ENGINE).SessionStore(watched.org.client.session.session_key)
        return session, new_link(watched.org.user, Purpose.PASSWORD).rstrip("/").rpartition("/")[2]

    session, secret = await done(at_home)
    async with watching(watched.board, watched.org.user, session=session) as window:
        assert (await window.next())["side"] == RESTRICTED
        await done(set_password, secret, password="a-new-and-long-phrase-7")
        said = await window.next()
        assert (said["side"], said["again"], said["version"]) == (PUBLIC, True, 0)


async def test_too_many_sockets_are_let_in_to_be_told_so(watched: Watched, settings: Any) -> None:
    settings.LIVE_SOCKETS_PER_ADDRESS, settings.LIVE_SOCKETS_PER_USER = 2, 1
    async with watching(watched.board) as first, watching(watched.board), watching(watched.board, watched.eve.user):
        await first.next()
        async with watching(watched.board) as third, watching(watched.board, watched.eve.user) as again:
            assert [await third.ended(), await again.ended()] == [4429, 4429]
        await first.disconnect()
        async with watching(watched.board) as next_one:
            assert (await next_one.next())["version"] == 0


async def test_what_nobody_told_is_found_in_the_database(watched: Watched) -> None:
    async with watching(watched.board) as visitor, watching(watched.board, watched.org.user) as organizer:
        await visitor.next()
        await organizer.next()
        version = await done(watched.move, PUBLIC, "8", tell=False)
        for _ in range(3):  # a message may be on its way at the first look
            await hub_here().look()
        said = await visitor.next()
        assert (said["from"], said["version"], said["rows"]) == (FETCH, version, [])
        await done(watched.move, PUBLIC, "9")
        assert [(await visitor.next())[name] for name in ("from",)] == [version]
        await done(watched.move, RESTRICTED, "9")
        assert (await organizer.next())["from"] == 0, "the other side missed nothing"


async def test_permissions_are_asked_again_even_if_nobody_said_that_they_changed(watched: Watched, settings: Any) -> None:
    async with watching(watched.board, watched.eve.user) as eve:
        await eve.next()
        await done(Board.objects.filter(pk=watched.board.pk).update, audience="organizers")
        hub_here().patience = 0
        await hub_here().look()
        assert await eve.ended() == 4404


async def test_a_subscription_that_breaks_is_made_up_for(watched: Watched, settings: Any) -> None:
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")

    def cut() -> None:
        with redis.Redis.from_url(settings.LIVE_REDIS_URL) as client:
            for one in client.client_list(_type="pubsub"):
                if one["name"] == bus.channel():
                    client.client_kill_filter(_id=one["id"])

    async with watching(watched.board) as visitor:
        await visitor.next()
        await done(watched.move, PUBLIC, "8", tell=False)
        await done(cut)
        said = await visitor.next()
        assert (said["from"], said["version"]) == (FETCH, 1)
        async with asyncio.timeout(SOON):
            await hub_here().joined.wait()
        await done(watched.move, PUBLIC, "9")
        assert (await visitor.next())["version"] == 2
