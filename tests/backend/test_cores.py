"""On which core the threads of a web process are."""

import io
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cli.setup import ROOT
from backend.cores import ALIKE, WORTH, Cores, OnOneCore, choose, counted, part
from leaderboards.computing import anywhere

DICE = random.Random(1)
STAT = """cpu  300 0 100 900 100 0 0 0 0 0
cpu0 100 10 20 500 40 1 2 7 3 0
cpu1 200 0 80 400 60 0 0 0 0 0
cpu10 1 0 0 9 0 0 0 0 0 0
intr 11973157 0 0
ctxt 5
"""
SHARES = st.dictionaries(st.integers(0, 15), st.floats(0, 1), min_size=2)
several = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or os.cpu_count() == 1, reason="there is one core, or no choice"
)


# --- Where to be ----------------------------------------------------------------------------------------------------------------------


def test_the_first_choice_is_the_core_with_most_room() -> None:
    assert choose(None, {0: 0.9, 1: 0.2, 2: 0.6}, 0.0, DICE) == 1


def test_what_we_do_ourselves_drives_us_nowhere() -> None:
    assert choose(0, {0: 1.0, 1: 0.1}, 1.0, DICE) == 0
    assert choose(0, {0: 1.0, 1: 0.1}, 0.8, DICE) == 0


def test_what_others_do_on_our_core_does() -> None:
    assert choose(0, {0: 1.0, 1: 0.1}, 0.5, DICE) == 1, "somebody else wants half of it"
    assert choose(0, {0: 1.0, 1: 0.9}, 0.5, DICE) == 0, "and would want more of the other one"


def test_two_that_met_by_chance_part() -> None:
    """Both choose at the same moment; they may do so again, but not for ever."""
    for seed in range(200):
        dice, at = random.Random(seed), [0, 0]
        for _round in range(40):
            busy = {core: min(1.0, 0.8 * at.count(core)) for core in range(4)}
            mover = dice.randrange(2)
            own = busy[at[mover]] / at.count(at[mover])
            at[mover] = choose(at[mover], busy, own, dice) or 0
        assert at[0] != at[1], seed


def test_where_cores_are_alike_not_all_take_the_same() -> None:
    assert {choose(None, {0: 0.03, 1: 0.01, 2: 0.0, 3: 0.5}, 0.0, random.Random(seed)) for seed in range(50)} == {0, 1, 2}


def test_where_nothing_is_told_nothing_is_chosen_and_where_there_is_one_that_one() -> None:
    assert [choose(at, busy, 0.0, DICE) for at in (None, 3) for busy in ({}, {3: 0.4})] == [None, 3, None, 3]


@given(st.sets(st.integers(0, 63), min_size=1), st.sets(st.integers(1, 2**22), min_size=1))
def test_processes_of_one_server_share_the_cores_evenly(allowed: set[int], processes: set[int]) -> None:
    parts = [part(allowed, one, processes) for one in processes]
    taken = [core for one in parts for core in one]
    assert all(parts)
    assert set(taken) == allowed
    assert max(map(taken.count, allowed)) - min(map(taken.count, allowed)) <= 1, "none is given to many while another is free"


def test_a_process_that_is_alone_has_all() -> None:
    assert part({3, 5}, 77, []) == {3, 5}


def test_siblings_are_those_that_the_same_server_started() -> None:
    ask = "import sys; from backend.cores import siblings; input(); print(*siblings(), flush=True); input()"
    with ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen([sys.executable, "-c", ask], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True))
            for _ in range(2)
        ]
        for one in started:  # all are there
            print(file=one.stdin, flush=True)
        told = [[int(number) for number in (one.stdout or io.StringIO()).readline().split()] for one in started]
        for one in started:
            one.communicate("\n")
    assert all({one.pid for one in started} <= set(numbers) for numbers in told)
    assert os.getpid() not in told[0]


@given(SHARES, st.integers(0, 15) | st.none(), st.floats(0, 1))
def test_a_move_is_to_one_of_the_least_busy_and_always_worth_it(busy: Mapping[int, float], at: int | None, own: float) -> None:
    found = choose(at, busy, own, DICE)
    assert found in busy
    if found != at:
        assert found is not None
        assert busy[found] <= min(share for core, share in busy.items() if core != at) + ALIKE
        if at is not None and at in busy:
            assert busy[at] - own >= min(share for core, share in busy.items() if core != at) + WORTH


# --- What the system tells ------------------------------------------------------------------------------------------------------------


def test_ticks_are_counted_of_the_cores_that_we_may_use() -> None:
    assert counted(STAT, frozenset({0, 10})) == {0: (140, 680), 10: (1, 10)}, "neither idle nor waiting for a disk is work"
    assert counted("", frozenset({0})) == {}


# --- Threads --------------------------------------------------------------------------------------------------------------------------


def in_a_thread(work: Callable[[], Any]) -> Any:
    """What it gives. Where a thread may run is its own: that of the tests stays as it is."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


class Machine:
    """A machine of two cores that are as busy as it is said."""

    def __init__(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file, self.ticks, self.now = file, {core: [0, 0] for core in os.sched_getaffinity(0)}, 1000.0
        monkeypatch.setattr("backend.cores.STAT", file)
        monkeypatch.setattr("backend.cores.siblings", list)
        monkeypatch.setattr("backend.cores.monotonic", lambda: self.now)
        self.passes(0.0, {})

    def passes(self, seconds: float, busy: Mapping[int, float]) -> None:
        self.now += seconds
        for core, ticks in self.ticks.items():
            ticks[0] += round(100 * seconds * busy.get(core, 1.0))
            ticks[1] += round(100 * seconds * (1 - busy.get(core, 1.0)))
        self.file.write_text("".join(f"cpu{core} {work} 0 0 {idle} 0 0 0 0\n" for core, (work, idle) in self.ticks.items()))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "stat", monkeypatch)


def places(web: OnOneCore, threads: int = 3) -> list[set[int]]:
    """Where threads are that answer one request each."""

    def answer() -> set[int]:
        web({}, lambda *_: None)
        return os.sched_getaffinity(0)

    return [in_a_thread(answer) for _ in range(threads)]


@several
def test_all_threads_that_answer_go_to_one_core_and_on_from_there(machine: Machine) -> None:
    everywhere = os.sched_getaffinity(0)
    one, other, *_ = sorted(everywhere)
    web = OnOneCore(lambda *_: [b""])
    assert places(web) == [everywhere] * 3, "at first wherever the system says"
    machine.passes(2, {one: 0.1, other: 0.8})
    assert places(web) == [{one}] * 3
    machine.passes(10, {one: 0.2, other: 0.1})
    assert places(web) == [{one}] * 3, "not worth it"
    machine.passes(10, {one: 0.9, other: 0.1})
    assert places(web) == [{other}] * 3
    assert os.sched_getaffinity(0) == everywhere, "whoever asks stays where they are"


@several
def test_what_was_counted_long_ago_moves_nobody(machine: Machine) -> None:
    one, other, *_ = sorted(os.sched_getaffinity(0))
    web = OnOneCore(lambda *_: [b""])
    machine.passes(2, {one: 0.1, other: 0.8})
    assert places(web) == [{one}] * 3
    machine.passes(3600, {one: 0.9, other: 0.1})
    assert places(web) == [{one}] * 3
    machine.passes(10, {one: 0.9, other: 0.1})
    assert places(web) == [{other}] * 3


@several
def test_a_system_that_tells_nothing_is_left_to_itself(machine: Machine) -> None:
    web = OnOneCore(lambda *_: [b""])
    machine.file.unlink()
    machine.now += 10
    assert places(web) == [os.sched_getaffinity(0)] * 3


@several
def test_our_own_work_is_counted_as_ours() -> None:
    """By the real system: a thread that works is one of those whose work is not held against their core."""

    def work() -> int:
        mine = Cores()
        mine.at = min(mine.allowed)
        mine.stay()
        began, told = mine._own(), 0
        for _round in range(4_000):
            told += sum(range(10_000))
            if mine._own() > began:
                break
        return mine._own() - began

    assert in_a_thread(work) > 0


@several
def test_what_a_web_process_starts_may_run_anywhere() -> None:
    def leave() -> set[int]:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        anywhere()
        return os.sched_getaffinity(0)

    assert in_a_thread(leave) == os.sched_getaffinity(0)
