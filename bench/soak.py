"""A soak: half the write limit and many sockets for a while. Prints the memory of every process over time, lags, and whether anything drifted.

`./run soak` takes half a minute; `./run soak --minutes 10` is what counts. Exit code 1 if a board drifted, a try that was
acknowledged is lost, one was refused or counted twice, a socket stayed behind or a process grew.
"""

import argparse
import asyncio
import itertools
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from backend.services.embedded import throw_away_folder
from backend.services.supervisor import Supervisor
from bench.feeding import shown
from bench.following import Copy, whole
from bench.soaking import (
    CLOSELY,
    LOST,
    WRITERS,
    Seen,
    Stand,
    memory,
    rebuilt,
    rows_now,
    settled,
    stand_up,
    unlike,
    watching,
    write_limit,
    writing,
)

WARM: Final = 0.2
GROWTH_MB: Final = 12.0
LONG: Final = 300.0
"""Seconds from which growth of memory means something."""


# --- All of it ------------------------------------------------------------------------------------------------------------------------


async def soak(stand: Stand, seen: Seen, *, seconds: float, sockets: int, limit_of: int) -> dict[str, Any]:
    """Run it; everything that was measured."""
    copies = [Copy() for _ in range(sockets)]
    watchers = [asyncio.create_task(watching(stand, seen, copies, number)) for number in range(sockets)]
    while any(copy.version < 0 for copy in copies):  # noqa: ASYNC110 -- each socket fills its own
        await asyncio.sleep(0.1)
    numbers: itertools.count[int] = itertools.count(1)
    limit = await asyncio.to_thread(write_limit, stand, seen, numbers, limit_of)
    over, rate = threading.Event(), limit / 2
    writers = [threading.Thread(target=writing, args=(stand, seen, numbers, rate, over)) for _ in range(WRITERS)]
    begun, samples = time.monotonic(), []
    before = seen.counts.total()
    for one in writers:
        one.start()
    while (now := time.monotonic()) < begun + seconds:
        samples.append((now - begun, {name: memory(part) for name, part in stand.parts.items()}))
        await asyncio.sleep(min(seconds / 20, 15))
    over.set()
    for one in writers:
        await asyncio.to_thread(one.join)
    wrote = (seen.counts.total() - before) / (time.monotonic() - begun)
    quiet = await asyncio.to_thread(settled, stand.cycle)
    behind = await _behind(stand, copies)
    for task in watchers:
        task.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)
    return {"limit": limit, "rate": wrote, "samples": samples, "quiet": quiet, "behind": behind}


async def _behind(stand: Stand, copies: Sequence[Copy]) -> int:
    """Sockets that are not at the board's version after ten seconds, or show something else."""
    for _ in range(100):
        version, rows = await asyncio.to_thread(whole, stand.web, stand.board, token=stand.token)
        late = [copy for copy in copies if copy.version != version]
        wrong = [one for one in copies[:CLOSELY] if shown(one.rows.values()) != shown(rows)]
        if not late and not wrong:
            return 0
        await asyncio.sleep(0.1)
    return len(late) + len(wrong)


@dataclass(frozen=True, slots=True)
class End:
    """How it ended: whether boards or totals differ from a rebuild, tries that were acknowledged and are lost, and that nobody was told of."""

    drift: bool
    lost: int
    more: int


def told(found: dict[str, Any], seen: Seen, end: End, seconds: float) -> tuple[list[str], bool]:
    """The lines to print, and whether all is well."""
    samples, refused = found["samples"], [one for one in seen.failures if one.isdigit()]
    unanswered = sum(times for one, times in seen.failures.items() if one not in refused and one != LOST)
    lines = [
        f"write limit {found['limit']:.0f}/s; written {found['rate']:.0f}/s for {seconds:.0f} s, {seen.counts.total()} in all; failures {dict(seen.failures)}",
        f"lag from acknowledged to seen by a socket: {_shares(seen.lags)}; {seen.messages} messages",
        f"from the first socket that hears of a version to the last: {_shares([last - first for first, last in seen.versions.values()])}",
        "memory (MB): " + "; ".join(_grown(samples, name) for name in samples[0][1]),
        f"acknowledged and lost: {end.lost}; counted and not acknowledged: {end.more} (without an answer: {unanswered})",
        f"boards and totals against a rebuild: {'DRIFT' if end.drift else 'equal'}; sockets behind: {found['behind']}; everything counted: {found['quiet']}",
    ]
    grown = [name for name in samples[0][1] if _growth(samples, name) > GROWTH_MB] if seconds >= LONG else []
    wrong = {"GREW": grown, "REFUSED": refused, "LOST": end.lost, "TWICE": end.more > unanswered}
    lines += [f"{name}: {what}" for name, what in wrong.items() if what]
    return lines, not (any(wrong.values()) or end.drift or found["behind"] or not found["quiet"])


def _shares(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds) or [0.0]
    p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s, most {ordered[-1]:.2f} s"


def _grown(samples: Sequence[tuple[float, dict[str, float]]], name: str) -> str:
    steps = [samples[int(share * (len(samples) - 1))][1][name] for share in (0, WARM, 0.4, 0.6, 0.8, 1)]
    return f"{name} " + " → ".join(f"{one:.0f}" for one in steps) + f" ({_growth(samples, name):+.1f})"


def _growth(samples: Sequence[tuple[float, dict[str, float]]], name: str) -> float:
    """MB between the fifth after the warm-up and the last fifth, each by its median."""
    fifth = max(1, len(samples) // 5)
    first, last = samples[fifth : 2 * fifth] or samples[:1], samples[-fifth:]
    return median(one[1][name] for one in last) - median(one[1][name] for one in first)


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and print; 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="./run soak", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1 / 3, help="how long it writes (default: 20 seconds)")
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--limit-of", type=int, default=300, help="tries that the write limit is measured by")
    asked = parser.parse_args(arguments)
    from bench.__main__ import _services  # noqa: PLC0415 -- the same services as those of the bench

    with throw_away_folder() as folder, Supervisor() as house:
        _services(house, folder)
        stand, seen = stand_up(house, folder), Seen()
        work = soak(stand, seen, seconds=asked.minutes * 60, sockets=asked.sockets, limit_of=asked.limit_of)
        found = asyncio.run(work)
        end = End(rows_now(stand.cycle) != rebuilt(stand.cycle), *unlike(stand.cycle, seen.counts))
    lines, well = told(found, seen, end, asked.minutes * 60)
    print("\n".join(lines))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
