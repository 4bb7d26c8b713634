"""One side of a board: changes in any order, twice or lost, merged or not, and every watcher comes to show what is there."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.live import sides
from leaderboards.live.messages import FETCH, MOST_ROWS, Delta, Recheck, body, merged, unpacked, written
from leaderboards.live.sides import Side
from leaderboards.live.sockets import REFUSED, SLOW, Socket, Watcher

HOUR = 3600.0


def row(group: str, score: int, line: int = 0) -> dict[str, Any]:
    return {"group": group, "line": line, "score": str(score)}


def change(since: int, version: int, rows: list[dict[str, Any]] | None = None, gone: tuple[str, ...] = ()) -> Delta:
    text = written(body(1, "season", since=since, version=version, rows=rows or [], gone=gone))
    return Delta(1, "public", since, version, 0.0, text)


class Page:
    """A watcher as the page is: what it shows, at which version, and how often it had to fetch."""

    def __init__(self, truth: Callable[[], tuple[int, dict[Any, Any]]], room: int = 1000) -> None:
        self.truth = truth
        self.version, self.rows = truth()
        self.heard: list[dict[str, Any]] = []
        self.fetched = 0
        self.closed: int | None = None
        self.socket = Socket(Watcher(None, None, ""), 1, "public", self.send, room=room)

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            self.closed = event["code"]
            return
        said = json.loads(event["text"])
        self.heard.append(said)
        self.take(said)

    def take(self, said: dict[str, Any]) -> None:
        if said.get("again") or (said["version"] > self.version and not 0 <= said["from"] <= self.version):
            self.fetched += 1
            self.version, self.rows = self.truth()
        elif said["version"] > self.version:
            self.rows = {key: value for key, value in self.rows.items() if key[0] not in said["gone"]}
            self.rows |= {(one["group"], one["line"]): one for one in said["rows"]}
            self.version = said["version"]


def side(version: int = 0, tick: float = HOUR) -> Side:
    return Side(1, "public", "season", version, tick=tick, sent=lambda *_: None)


def nothing() -> tuple[int, dict[Any, Any]]:
    return 0, {}


def numbers(page: Page) -> list[tuple[int, int]]:
    return [(one["from"], one["version"]) for one in page.heard]


async def test_the_first_change_goes_out_at_once_and_those_of_a_tick_go_together() -> None:
    watched, page = side(), Page(nothing)
    watched.sockets.add(page.socket)
    for since in range(5):
        watched.hear(change(since, since + 1, [row("a", since), row(f"g{since}", since)], gone=("x",) if since == 2 else ()))
    assert numbers(page) == [(0, 1)]
    watched.flush()
    assert numbers(page) == [(0, 1), (1, 5)]
    assert page.heard[-1]["gone"] == ["x"]
    assert [(one["group"], one["score"]) for one in page.heard[-1]["rows"]] == [
        ("a", "4"),
        ("g1", "1"),
        ("g2", "2"),
        ("g3", "3"),
        ("g4", "4"),
    ]
    watched.end()


async def test_of_however_many_changes_four_messages_go_out_in_a_second() -> None:
    """By the tick that the house has where nobody says another."""
    assert settings.LIVE_TICK == 0.25
    watched, page = side(tick=settings.LIVE_TICK), Page(nothing)
    watched.sockets.add(page.socket)
    loop, version = asyncio.get_running_loop(), 0
    until = loop.time() + 1
    while loop.time() < until:
        watched.hear(change(version, version + 1, [row("a", version)]))
        version += 1
        await asyncio.sleep(0.005)
    watched.end()
    assert version > 20
    assert 2 <= len(page.heard) <= 5, "one at once, then one with each tick"


async def test_a_change_that_was_overtaken_is_waited_for_and_one_that_never_comes_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    watched, page = side(tick=0), Page(nothing)
    watched.sockets.add(page.socket)
    watched.hear(change(1, 2, [row("b", 2)]))
    assert page.heard == []
    watched.hear(change(0, 1, [row("a", 1)]))
    watched.flush()
    assert numbers(page) == [(0, 2)]
    watched.hear(change(5, 6, [row("c", 6)]))
    monkeypatch.setattr(sides, "GRACE", 0.0)
    watched.flush()
    assert numbers(page) == [(0, 2), (FETCH, 6)]
    watched.hear(change(6, 7))
    assert numbers(page)[-1] == (6, 7)
    watched.end()


async def test_who_comes_back_is_told_what_they_missed_or_to_fetch_once() -> None:
    watched = side(10, tick=0)
    for since in range(10, 14):
        watched.hear(change(since, since + 1, [row("a", since)], gone=("x",) if since == 12 else ()))
    assert watched.version == 14
    told = json.loads(watched.greeting(12))
    assert (told["from"], told["version"], told["gone"], [one["score"] for one in told["rows"]]) == (12, 14, ["x"], ["13"])
    assert told["side"] == "public"
    assert json.loads(watched.greeting(14))["from"] == 14
    assert json.loads(watched.greeting(15))["from"] == 14, "whoever knows more has read it already: its message is on the way"
    assert json.loads(watched.greeting(9))["from"] == FETCH
    assert json.loads(watched.greeting())["from"] == 14
    assert json.loads(watched.greeting(12, again=True)) == {
        **json.loads(watched.greeting()),
        "from": FETCH,
        "again": True,
    }
    watched.skip_to(20)
    assert json.loads(watched.greeting(14))["from"] == FETCH


async def test_no_more_is_kept_than_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "KEPT_CHARACTERS", 1000)
    watched = side(tick=0)
    for since in range(200):
        watched.hear(change(since, since + 1, [row("a", since)]))
    assert sum(len(one.text) for one in watched.recent) <= 1000


def test_a_change_of_very_many_rows_is_told_as_fetch_once() -> None:
    many = [row(f"g{number}", number) for number in range(MOST_ROWS)]
    both = merged([change(0, 1, many), change(1, 2, [row("one more", 1)])], since=0)
    assert both.whole
    assert json.loads(both.text) == body(1, "season", since=FETCH, version=2)
    assert merged([change(0, 1, many), change(1, 2, many)], since=0).whole is False


def test_what_goes_over_the_bus_comes_out_the_same() -> None:
    delta = Delta(7, "restricted", 3, 5, 1700000000.125, '{"name":"Wassermühle\\n"}')
    assert unpacked(delta.packed()) == delta
    for asked in (Recheck(frozenset({3, 1}), None), Recheck(None, frozenset({5})), Recheck(frozenset(), None)):
        assert unpacked(asked.packed()) == asked
    assert Recheck(frozenset({3}), None).concerns(3, None)
    assert not Recheck(frozenset({3}), None).concerns(4, None)
    assert Recheck(None, frozenset({5})).concerns(4, 5)
    assert not Recheck(None, frozenset({5})).concerns(4, None)
    assert Recheck(frozenset(), None).concerns(4, None)
    for strange in (b"", b"hello 1 2\n{}", b"delta 1\n{}"):
        with pytest.raises(ValueError, match=r".*"):
            unpacked(strange)


async def test_a_slow_client_is_dropped_and_the_others_notice_nothing() -> None:
    watched, good, slow = side(tick=0), Page(nothing), Page(nothing)
    free = asyncio.Event()

    async def blocked(event: dict[str, Any]) -> None:
        await free.wait()
        await slow.send(event)

    slow.socket = Socket(Watcher(None, None, ""), 1, "public", blocked, room=2)
    watched.sockets |= {good.socket, slow.socket}
    for since in range(6):
        watched.hear(change(since, since + 1))
    assert len(good.heard) == 6
    assert slow.socket.closing
    assert slow.socket.dropped
    free.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert numbers(slow) == [(0, 1)], "what was being sent is sent"
    assert slow.closed == SLOW


async def test_a_client_that_is_slow_for_a_moment_gets_everything_in_order() -> None:
    page, free = Page(nothing), asyncio.Event()

    async def blocked(event: dict[str, Any]) -> None:
        await free.wait()
        await page.send(event)

    socket = Socket(Watcher(None, None, ""), 1, "public", blocked, room=8)
    for since in range(5):
        assert socket.push({"type": "websocket.send", "text": change(since, since + 1).text})
    free.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert numbers(page) == [(since, since + 1) for since in range(5)]
    socket.close(REFUSED)
    assert page.closed == REFUSED
    assert socket.push({"type": "websocket.send", "text": "{}"})
    assert len(page.heard) == 5


async def test_a_client_that_is_gone_disturbs_nobody() -> None:
    watched, page, gone = side(tick=0), Page(nothing), Page(nothing)

    async def broken(_event: dict[str, Any]) -> None:
        raise OSError

    gone.socket = Socket(Watcher(None, None, ""), 1, "public", broken, room=2)
    watched.sockets |= {page.socket, gone.socket}
    for since in range(4):
        watched.hear(change(since, since + 1))
    assert len(page.heard) == 4
    assert gone.socket.closing


GROUPS = st.sampled_from("abcd")
ACTS = st.lists(
    st.tuples(
        st.dictionaries(st.tuples(GROUPS, st.integers(0, 1)), st.integers(0, 9), max_size=3),
        st.sets(st.tuples(GROUPS, st.integers(0, 1)), max_size=2),
    ),
    min_size=1,
    max_size=12,
)


class House:
    """The board as the database has it, and the messages about its changes that are on their way."""

    def __init__(self, chance: Any) -> None:
        self.chance = chance
        self.version = 0
        self.rows: dict[Any, Any] = {}
        self.stamps: dict[Any, int] = {}
        self.queued: list[tuple[int, list[str]]] = []

    def truth(self) -> tuple[int, dict[Any, Any]]:
        return self.version, dict(self.rows)

    def act(self, wanted: dict[Any, int], leaving: set[Any]) -> None:
        """One refresh. A line that goes takes its group along: the lines that stay are named again."""
        left = [key for key in leaving if key in self.rows]
        self.version += 1
        for key in left:
            del self.rows[key], self.stamps[key]
        self.rows |= {key: row(key[0], score, key[1]) for key, score in wanted.items()}
        groups = {key[0] for key in left}
        self.stamps |= {key: self.version for key in self.rows if key in wanted or key[0] in groups}
        self.queued.append((self.version - 1, sorted(groups)))
        self.chance.shuffle(self.queued)

    def tell(self, watched: Side) -> None:
        """Some of the messages arrive, some twice, some never; they tell the rows as they are by now."""
        while self.queued and self.chance.random() < 0.6:
            since, gone = self.queued.pop()
            rows = [self.rows[key] for key, stamp in self.stamps.items() if stamp > since]
            for _ in range(self.chance.choice((0, 1, 1, 1, 2))):
                watched.hear(change(since, since + 1, rows, tuple(gone)))


@given(ACTS, st.randoms(use_true_random=False))
def test_whatever_happens_to_the_messages_every_page_comes_to_show_the_board(acts: Any, chance: Any) -> None:
    """Reordered, doubled, lost at the end or in the middle, merged, read late: the look at the database settles it."""

    async def story() -> None:
        house, watched = House(chance), side(tick=0)
        pages = [Page(house.truth)]
        watched.sockets.add(pages[0].socket)
        for wanted, leaving in acts:
            house.act(wanted, leaving)
            house.tell(watched)
            if chance.random() < 0.3:
                newcomer = Page(house.truth)
                newcomer.take(json.loads(watched.greeting(newcomer.version)))
                watched.sockets.add(newcomer.socket)
                pages.append(newcomer)
        watched.skip_to(house.version)
        watched.end()
        for page in pages:
            assert (page.version, page.rows) == house.truth()

    asyncio.run(story())
