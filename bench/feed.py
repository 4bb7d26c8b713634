"""The feed of a real contest through the API, so many times as fast, while sockets of both audiences watch.

At the end of each contest minute what the sockets were told, what the API answers, a rebuild from the journal and a count by hand must be one
and the same board, on both sides. The rebuilds are made afterwards, each from as many acts as the journal held at that minute. `./run feed`
takes six minutes and a half; exit code 1 if anything differed.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from backend.services.embedded import throw_away_folder
from backend.services.ports import HOST
from backend.services.supervisor import Supervisor
from bench.feeding import (
    MINUTE,
    SIDES,
    Act,
    Contest,
    Hand,
    acts,
    by_line,
    contest_of_feed,
    feed_lines,
    fingerprint,
    from_journal,
    journalled,
    out_of_order,
    said,
    shown,
    versions,
)
from bench.following import Copy, follow, listen, whole
from bench.soaking import parts_up, settled

REST: Final = 120.0
"""Seconds that a house may take to count what it acknowledged, and to tell it."""


@dataclass(slots=True)
class Socket:
    """Who watches one side: what they show now, and every board they were shown on the way."""

    side: str
    token: str
    session: str
    seen_as: str = ""
    copy: Copy = field(default_factory=Copy)
    heard: list[int] = field(default_factory=list)
    lost: int = 0

    def watch(self, contest: Contest, web: int, live: int) -> Awaitable[None]:
        """Follow the board for ever, as a page does."""

        async def hear(text: str) -> None:
            self.seen_as = json.loads(text).get("side", self.seen_as)
            await asyncio.to_thread(follow, self.copy, text, lambda: whole(web, contest.board, token=self.token))
            self.heard.append(fingerprint(said(self.copy.rows.values())))

        return listen(live, contest.board, hear, session=self.session, lost=self.count_loss)

    def count_loss(self) -> None:
        """The connection broke."""
        self.lost += 1


@dataclass(slots=True)
class Found:
    """What was seen: minutes compared, what differed, and seconds. `told`: (minute, acts, side → what the API said at its end)."""

    told: list[tuple[int, int, dict[str, list[Any]]]] = field(default_factory=list)
    acts: int = 0
    wrong: list[str] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    """From the last answer of a minute until every socket showed its board, in seconds."""
    old: int = 0
    """Answers of the API that were those of before."""
    behind: float = 0.0
    took: float = 0.0


class Recorder:
    """Sends acts over one connection that stays; knows the ids that the house gave."""

    def __init__(self, contest: Contest, connection: HTTPConnection) -> None:
        self.contest, self.connection, self.ids = contest, connection, dict[str, int]()
        self.headers = {"Authorization": f"Bearer {contest.token}", "Content-Type": "application/json"}

    def send(self, act: Act) -> None:
        """One act, acknowledged. Raises RuntimeError for another answer.

        A connection on which nothing was said for a while may be closed by the house: then once more on a new one, under the same key.
        """
        path, expected = f"/api/v1/cycles/{self.contest.cycle}/attempts", 201
        if act.verdict:
            path, expected = f"/api/v1/attempts/{self.ids[act.submission]}/verdict", 200
        try:
            status, content = self._ask(path, act)
        except (OSError, HTTPException):
            self.connection.close()
            status, content = self._ask(path, act)
        if status != expected:
            message = f"expected {expected} for {act}, got {status} {content[:300]!r}"
            raise RuntimeError(message)
        self.ids[act.submission] = json.loads(content)["id"]

    def _ask(self, path: str, act: Act) -> tuple[int, bytes]:
        key = {"Idempotency-Key": f"feed-{act.submission}-{'verdict' if act.verdict else 'try'}"}
        self.connection.request("POST", path, json.dumps(act.body), self.headers | key)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@dataclass(slots=True)
class Replay:
    """A contest in a house, its feed, who watches, and what was found so far."""

    contest: Contest
    web: int
    sockets: list[Socket]
    hands: dict[str, Hand]
    found: Found = field(default_factory=Found)

    async def run(self, feed: Sequence[Act], *, live: int, since: int, speed: float) -> Found:
        """All of it; what was found."""
        watching = [asyncio.ensure_future(one.watch(self.contest, self.web, live)) for one in self.sockets]
        try:
            await self._until(lambda: all(one.copy.version >= 0 for one in self.sockets), "every socket hears the board")
            await asyncio.to_thread(self._play, feed, since, speed)
        finally:
            for task in watching:
                task.cancel()
            ends = await asyncio.gather(*watching, return_exceptions=True)
        self.found.wrong += [f"a watcher fell: {one!r}" for one in ends if not isinstance(one, asyncio.CancelledError)]
        for number, one in enumerate(self.sockets):
            if one.seen_as != one.side:
                self.found.wrong.append(f"socket {number} should see the {one.side} side, and was given the {one.seen_as} one")
            if strange := out_of_order(one.heard, self.hands[one.side].states):
                self.found.wrong.append(f"socket {number} ({one.side}) was shown {strange} boards that the contest never was in")
        return self.found

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + REST
        while not condition():
            if time.monotonic() > end:
                message = f"it took more than {REST:.0f} s until {what}"
                raise RuntimeError(message)
            await asyncio.sleep(0.02)

    def _play(self, feed: Sequence[Act], since: int, speed: float) -> None:
        """Each act at its time; a stop at the end of each minute, made up for in the next."""
        from django.db import connections  # noqa: PLC0415 -- settings come first

        begun = time.monotonic()
        last = feed[-1].at // MINUTE + 1 if feed else since
        with ExitStack() as kept, closing(HTTPConnection(HOST, self.web, timeout=REST)) as connection:
            kept.callback(connections.close_all)  # this thread's own
            recorder = Recorder(self.contest, connection)
            for minute in range(since + 1, last + 1):
                for act in (one for one in feed if one.at // MINUTE == minute - 1):
                    wait = begun + (act.at - since * MINUTE) / 1000 / speed - time.monotonic()
                    self.found.behind = max(self.found.behind, -wait)
                    time.sleep(max(0.0, wait))
                    recorder.send(act)
                    for hand in self.hands.values():
                        hand.take(act)
                    self.found.acts += 1
                self._look(minute)
        self.found.took = time.monotonic() - begun

    def _look(self, minute: int) -> None:
        """The minute is over: the same board each time, on both sides."""
        begun = time.monotonic()
        if not settled(self.contest.cycle, REST, pause=0.03):
            self.found.wrong.append(f"minute {minute}: not everything was counted after {REST:.0f} s")
        count, told = journalled(self.contest.cycle), dict[str, list[Any]]()
        if count != self.found.acts:
            self.found.wrong.append(f"minute {minute}: {self.found.acts} acts were acknowledged, the journal has {count}")
        for side, (version, rows) in {side: self._answer(side, at) for side, at in versions(self.contest.board).items()}.items():
            self._compare(f"minute {minute}, {side}", side, version, rows)
            told[side] = shown(rows)
        self.found.rests.append(time.monotonic() - begun)
        self.found.told.append((minute, count, told))
        if minute % 10 == 0:
            print(f"minute {minute}: {self.found.acts} acts, {len(self.found.wrong)} differences", file=sys.stderr, flush=True)

    def rebuild(self) -> None:
        """Every minute again, from what the journal held at its end."""
        rebuilds = from_journal(self.contest.cycle, [count for _, count, _ in self.found.told])
        for (minute, _, told), rebuilt in zip(self.found.told, rebuilds, strict=True):
            unlike = [side for side in SIDES if told[side] != shown(rebuilt[side])]
            self.found.wrong += [f"minute {minute}, {side}: the API differs from a rebuild from the journal" for side in unlike]

    def _answer(self, side: str, at: int) -> tuple[int, list[Any]]:
        """What the API says of a side; while a new page is made it may give the one before."""
        token, _ = self.contest.signed_in(side)
        end = time.monotonic() + REST
        while True:
            version, rows = whole(self.web, self.contest.board, token=token)
            if version >= at or time.monotonic() > end:
                return version, rows
            self.found.old += 1
            time.sleep(0.05)

    def _compare(self, where: str, side: str, version: int, rows: Sequence[Any]) -> None:
        if said(rows) != self.hands[side].board:
            self.found.wrong.append(f"{where}: the API differs from a count by hand")
        if [row["rank"] for row in rows] != [row["rank"] for row in sorted(rows, key=lambda one: one["rank"])]:
            self.found.wrong.append(f"{where}: the pages are not in the order of ranks")
        end = time.monotonic() + REST
        watching, lines = [one for one in self.sockets if one.side == side], by_line(rows)
        while any(one.copy.version < version for one in watching) and time.monotonic() < end:
            time.sleep(0.01)
        for one in watching:
            if one.copy.version != version or by_line(one.copy.rows.values()) != lines:
                self.found.wrong.append(
                    f"{where}: a socket at version {one.copy.version} shows another board than version {version}"
                )


def replay(contest: Contest, *, web: int, live: int, sockets: int, since: int, until: int, speed: float) -> tuple[Found, Replay]:
    """Play these minutes of the feed. `sockets`: of each audience."""
    watching = [Socket(side, *contest.signed_in(side)) for side in SIDES for _ in range(sockets)]
    played = Replay(contest, web, watching, {side: Hand(contest.teams, side) for side in SIDES})
    feed = acts(feed_lines(), contest.teams, since=since, until=until)
    found = asyncio.run(played.run(feed, live=live, since=since, speed=speed))
    played.rebuild()
    return found, played


def told(found: Found, played: Replay, speed: float) -> list[str]:
    """The lines to print."""
    rests = sorted(found.rests) or [0.0]
    p50, p95 = (rests[min(len(rests) - 1, int(len(rests) * share))] for share in (0.5, 0.95))
    applied, fetched = (sum(getattr(one.copy, name) for one in played.sockets) for name in ("applied", "fetched"))
    return [
        f"{found.acts} acts of {len(found.told)} minutes at {speed:g}x in {found.took:.0f} s, at most {found.behind:.1f} s behind the clock",
        f"{len(played.sockets)} sockets: {applied} changes applied, {fetched} boards fetched, {sum(one.lost for one in played.sockets)} connections lost; {found.old} answers of before",
        f"from the last answer of a minute until it was counted, read and shown by all: p50 {p50:.2f} s, p95 {p95:.2f} s, most {rests[-1]:.2f} s",
        *(found.wrong[:20] or [f"{len(found.told)} minutes, both sides: sockets, API, rebuild and count by hand are equal"]),
        *([f"and {len(found.wrong) - 20} more"] if len(found.wrong) > 20 else []),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay and print; 1 if something differed."""
    parser = argparse.ArgumentParser(prog="./run feed", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--speed", type=float, default=60.0, help="so many times as fast as it was (default: 60)")
    parser.add_argument("--sockets", type=int, default=20, help="that watch, of each audience")
    parser.add_argument("--since", type=int, default=0, help="tries from this minute on")
    parser.add_argument("--until", type=int, default=300, help="tries before this minute")
    asked = parser.parse_args(arguments)
    from bench.__main__ import _services  # noqa: PLC0415 -- the same services as those of the bench

    with throw_away_folder() as folder, Supervisor() as house:
        _services(house, folder)
        contest = contest_of_feed("wf47")
        web, live, _ = parts_up(house, folder)
        found, played = replay(
            contest, web=web, live=live, sockets=asked.sockets, since=asked.since, until=asked.until, speed=asked.speed
        )
    print("\n".join(told(found, played, asked.speed)))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
