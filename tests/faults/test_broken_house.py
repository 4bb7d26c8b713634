"""A house in use, broken in the middle: nothing acknowledged is lost or done twice, and every board comes to what a rebuild says.

All is real: granian, uvicorn, a Celery worker, beat, PostgreSQL that keeps what it commits, Valkey. `./run faults` runs these.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bench.following import ask, whole
from tests.faults.door import HOST
from tests.faults.house import MANY, House, house
from tests.faults.people import Recorder, Watcher, told, until

pytestmark = [pytest.mark.faults_slow, pytest.mark.timeout(420)]
NUMBERS = count(1)
MOST_UNSURE = 12
LEASE_AND_MORE = 180
"""Seconds: what a killed worker held is free when its lease has run out."""
OLD_PAGES = 30
"""Seconds: a page of before is given while another reader makes the new one; one who was killed meanwhile holds its claim for ten."""
SEEN = ("group", "place", "score", "keys")

SILENCE = 15
WRONG = str(Path(__file__).parent / "wrong_clock")
HOURS = 20
A_MINUTE = 60
LATE = b"This board is late: what came in since"


@pytest.fixture(scope="module")
def there() -> Iterator[House]:
    with house() as found:
        yield found


class Scene:
    """A contest in a house, one who records tries in it, and one who watches its board."""

    def __init__(self, there: House, kept: ExitStack, groups: int) -> None:
        self.house = there
        self.seed: dict[str, Any] = there.teller.ask("seed", f"house-{next(NUMBERS)}", groups)
        self.board = self.seed["boards"]["activity" if groups < MANY else "season"]  # every try moves it
        web, live = there.ports["web"], there.ports["live"]
        self.watcher = kept.enter_context(Watcher(live, web, self.board))
        self.recorder = kept.enter_context(Recorder(web, self.seed))

    def recorded(self, more: int) -> None:
        """Wait until so many more tries are acknowledged."""
        goal = len(self.recorder.told) + more
        until(lambda: self.recorder.fault or len(self.recorder.told) >= goal, 90, say=lambda: self.recorder.statuses)

    def watched(self, more: int = 1) -> None:
        """Wait until the watcher has heard so many more messages."""
        goal = self.watcher.heard + more
        until(lambda: self.watcher.fault or self.watcher.heard >= goal, 90, say=lambda: repr(self.watcher.why))

    def tell(self, command: str) -> Any:
        """Ask about this contest."""
        return self.house.teller.ask(command, self.seed["cycle"])

    def still(self) -> None:
        """Stop recording, and wait until everything is counted."""
        self.recorder.over.set()
        self.recorder.join(30)
        until(lambda: not any(self.tell("waiting").values()), LEASE_AND_MORE, say=self.state)

    def state(self) -> str:
        """For messages: what waits, which parts run, and the last lines of those who should do it."""
        alive = {name: part.alive() for name, part in self.house.parts.items()}
        logs = {name: (self.house.folder / f"{name}.log").read_text(errors="replace")[-3000:] for name in ("worker", "beat")}
        return "\n".join(map(str, (self.tell("waiting"), self.tell("runs"), alive, *logs.values())))

    def expect_whole(self) -> None:
        """Nothing lost, nothing twice; boards, totals, pages and watchers say what a rebuild says."""
        self.still()
        if self.tell("sets"):  # its rows are written once a minute
            until(lambda: self.tell("shown") == self.tell("rebuilt"), 120)
        stored, recorder = self.tell("stored"), self.recorder
        assert len(set(stored["answers"])) == len(stored["answers"]), "a try was recorded twice"
        assert set(recorder.told) <= set(stored["answers"]), "an acknowledged try is lost"
        assert set(stored["answers"]) <= set(recorder.told) | set(recorder.unsure)
        assert len(recorder.unsure) <= MOST_UNSURE
        assert stored["judged"] == stored["attempts"], "each act is in the journal once"
        assert stored["pointed"] == stored["attempts"], "each act was seen by the points, once"
        assert stored["broken"] == []
        shown = self.tell("shown")
        assert shown == self.tell("rebuilt")
        assert shown["totals"]
        self._pages(shown)

    def _pages(self, shown: dict[str, Any]) -> None:
        for key, board in self.seed["boards"].items():
            rows = [[row[2], row[6], row[7], row[8]] for row in shown["rows"] if row[:2] == [key, "public"]]
            until(lambda board=board, rows=rows: self._page(board) == rows, OLD_PAGES, say=lambda key=key: f"the page of {key}")
        copy = self.watcher.copy
        until(lambda: told(copy.shown()) == told(whole(self.house.ports["web"], self.board)[1]), 45, say=lambda: copy.version)

    def _page(self, board: int) -> list[list[Any]]:
        return [[row[name] for name in SEEN] for row in whole(self.house.ports["web"], board)[1]]


@contextmanager
def scene(there: House, groups: int = 12) -> Iterator[Scene]:
    with ExitStack() as kept:
        found = Scene(there, kept, groups)
        found.recorded(5)
        found.watched()
        yield found


def test_a_house_that_nobody_breaks(there: House) -> None:
    with scene(there) as found:
        found.recorded(40)
        found.expect_whole()
        assert found.recorder.statuses.keys() == {201}
        assert found.seed["live"]


def test_redis_restarted_empty(there: House) -> None:
    """Messages, cache and subscriptions are gone; acts that are committed are found by the clock, watchers are told again."""
    with scene(there) as found:
        there.empty_redis(away=lambda: found.recorded(10))
        found.recorded(20)
        found.expect_whole()
        assert found.recorder.statuses.keys() == {201}, "nobody who records is refused for a Redis that is away"


def test_a_board_that_is_kept_in_redis_alone(there: House) -> None:
    """Its ranks are a sorted set: lost with Redis, ahead of a database that lost nothing, left by a worker, and right again."""
    with scene(there, MANY + 10) as found:
        until(lambda: found.tell("sets") == ["season"])
        there.empty_redis(away=lambda: found.recorded(10))
        found.recorded(10)
        there.kill("worker")
        found.recorded(10)
        there.empty_redis()
        there.start("worker")
        there.restart_postgres(signal.SIGQUIT)
        found.recorded(20)
        found.expect_whole()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_postgres_restarted(there: House, how: signal.Signals) -> None:
    with scene(there) as found:
        for _ in range(2):
            found.recorded(10)
            there.restart_postgres(how)
        found.recorded(20)
        found.expect_whole()


@pytest.mark.parametrize("name", ["live", "web", "worker", "beat"])
def test_a_part_killed_and_started_again(there: House, name: str) -> None:
    with scene(there) as found:
        came = found.watcher.came
        there.kill(name)
        if name != "web":
            found.recorded(10)
        there.start(name)
        if name == "live":
            until(lambda: found.watcher.came > came)
        found.recorded(20)
        found.expect_whole()


@pytest.mark.parametrize("how", ["killed", "clock ahead"])
def test_a_board_that_nobody_counts_says_so(there: House, how: str) -> None:
    """Page and API say since when; a worker whose clock is ahead takes every message for an old one. Acts are taken all the while.

    And no longer when somebody counts again: at the latest when the lease of a run has ended that the worker had.
    """
    with scene(there) as found:
        api, page = f"/api/v1/boards/{found.board}/standings", f"/cycles/{found.seed['key']}/boards/activity/"
        until(lambda: not lateness(there, api) and LATE not in ask(there.ports["web"], "GET", page)[1])
        since = there.teller.ask("database_time")
        there.kill("worker")
        if how == "clock ahead":
            there.start("worker", PYTHONPATH=WRONG, WRONG_CLOCK=str(HOURS * 3600))
        try:
            found.recorded(10)
            until(lambda: lateness(there, api))
            told_since = datetime.fromisoformat(lateness(there, api)).timestamp()
            assert since - 5 < told_since < there.teller.ask("database_time") - 10
            until(lambda: LATE in ask(there.ports["web"], "GET", page)[1], OLD_PAGES)
        finally:
            if how == "clock ahead":
                there.kill("worker")
            there.start("worker")
        until(
            lambda: not lateness(there, api) and LATE not in ask(there.ports["web"], "GET", page)[1],
            LEASE_AND_MORE,
            say=found.state,
        )
        found.expect_whole()


def lateness(there: House, path: str) -> str:
    """What the API says of how late a board is."""
    with closing(HTTPConnection(HOST, there.ports["web"], timeout=10)) as one:
        one.request("GET", path)
        answer = one.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.OK
        return answer.getheader("Ludus-Late", "")


@pytest.mark.parametrize("which", ["database", "redis"])
def test_connections_cut_again_and_again(there: House, which: str) -> None:
    with scene(there) as found:
        door = getattr(there, which)
        for _ in range(5):
            found.recorded(6)
            door.cut()
        found.recorded(20)
        found.expect_whole()


@pytest.mark.parametrize("which", ["database", "redis"])
def test_a_server_out_of_reach_for_a_while(there: House, which: str) -> None:
    with scene(there) as found:
        door = getattr(there, which)
        door.shut()
        try:
            away(there, found, which)
        finally:
            door.open()
        found.recorded(20)
        found.expect_whole()


def away(there: House, found: Scene, which: str) -> None:
    """What the house says meanwhile: without a database it says so, without Redis it works on."""
    web = there.ports["web"]
    if which == "database":
        until(lambda: ask(web, "GET", "/health/")[0] == 503)
        return
    found.recorded(10)
    assert ask(web, "GET", "/health/")[0] == 200
    assert len(whole(web, found.board)[1]) == len(found.seed["groups"])
    page = f"/cycles/{found.seed['key']}/boards/result/"
    assert ask(web, "GET", page)[0] == 200


@pytest.mark.parametrize("which", ["database", "redis"])
def test_a_server_that_falls_silent(there: House, which: str) -> None:
    """Connections stand and new ones are accepted, and nothing comes back: worse than one that refuses."""
    with scene(there) as found:
        door = getattr(there, which)
        door.fall_silent()
        try:
            if which == "redis":
                found.recorded(10)
                assert len(whole(there.ports["web"], found.board)[1]) == len(found.seed["groups"])
            else:
                time.sleep(SILENCE)
        finally:
            door.speak()
        found.recorded(20)
        found.expect_whole()


def test_everything_at_once(there: House) -> None:
    """Worker and live die while both servers are restarted: the rest is patience."""
    acts: list[Callable[[], None]] = [
        lambda: there.kill("worker"),
        there.empty_redis,
        lambda: there.kill("live"),
        lambda: there.restart_postgres(signal.SIGQUIT),
        lambda: there.start("live"),
        lambda: there.start("worker"),
    ]
    with scene(there) as found:
        for act in acts:
            act()
            found.recorded(5)
        found.expect_whole()


@pytest.mark.parametrize(("name", "hours"), [("web", HOURS), ("web", -HOURS), ("worker", -HOURS), ("live", HOURS)])
def test_a_part_whose_clock_is_wrong(there: House, name: str, hours: int) -> None:
    """Times that count come from the database: tries bear its time, leases and refreshes go by it."""
    there.kill(name)
    there.start(name, PYTHONPATH=WRONG, WRONG_CLOCK=str(hours * 3600))
    try:
        with scene(there) as found:
            found.recorded(15)
            found.expect_whole()
            now = there.teller.ask("database_time")
            times = found.tell("attempt_times")
            assert all(now - 5 * A_MINUTE < one <= now for one in times), "written down by the database's clock"
    finally:
        there.kill(name)
        there.start(name)
