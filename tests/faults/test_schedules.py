"""Random schedules of acts, commits out of order, crashes, lost messages and clients that come and go: the end is always the same.

A hundred in the suite; ten thousand by `./run faults`.
"""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from games.journal.rules import Kind
from tests.faults.world import GROUPS, World, hash_of, install, restore, shown, totals_from_nothing

FEW, MANY = 100, 10_000
STEPS = 6
ACTS = (*(Kind.ATTEMPT_JUDGED,) * 3, Kind.GROUP_LEFT, Kind.SUBMISSION_RECEIVED, Kind.SUBMISSION_WITHDRAWN, Kind.GROUP_LEFT)
VERDICTS = ("AC", "WA", "CE", "")
number = st.integers(0, 9)
OFTEN = {
    "act": 10,
    "work": 4,
    "follow": 5,
    "message tell": 5,
    "message pass": 5,
    "messages": 2,
    "look": 4,
    "moment": 3,
    "run take": 6,
    "run commit": 8,
    "run sleep": 3,
}
SELDOM = (
    "end commit", "end rollback", "seal look", "seal look", "seal commit", "seal commit", "seal die", "react", "count", "run die", "run fail",
    "message lose", "message empty", "live look", "live restart", "client read", "client come", "client leave", "client fetch",
)  # fmt: skip
STRETCH = (*(name for name, times in OFTEN.items() for _ in range(times)), *SELDOM)
fate = st.sampled_from(("commit", "commit", "commit", "waits"))


def fate_of(which: int) -> str:
    return "waits" if which == 0 else "commit"


class Schedules(RuleBasedStateMachine):
    """Each rule is one thing that may happen next."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.before: Any = install(self.world)

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.everything_was_sealed_and_seen_once()
            self.all_say_the_same()
        finally:
            restore(self.before)

    @initialize(seed=st.integers(0, 2**32), length=st.integers(40, 120))
    def it_begins_with_a_stretch(self, seed: int, length: int) -> None:
        """Hypothesis leaves whole rules out of many schedules, which leaves nothing to do for the others."""
        self.everybody_looks()
        self.a_stretch(seed, length)

    # --- acts

    @rule(
        acts=st.lists(
            st.tuples(st.sampled_from(ACTS), st.sampled_from(GROUPS), st.sampled_from(VERDICTS), fate), min_size=1, max_size=4
        )
    )
    def somebody_acts(self, acts: list[tuple[Kind, str, str, str]]) -> None:
        for kind, group, verdict, ends in acts:
            self.world.begin(kind, group, verdict)
            if ends == "commit":
                self.world.commit(self.world.ids)

    @precondition(lambda self: self.world.open)
    @rule(which=number, commits=st.booleans())
    def what_was_begun_ends(self, which: int, commits: bool) -> None:
        pk = sorted(self.world.open)[which % len(self.world.open)]
        if commits:
            self.world.commit(pk)
        else:
            self.world.open.pop(pk)

    # --- workers

    @rule()
    def a_worker_does_all_there_is(self) -> None:
        """A pulse that nobody disturbs, and the run that it asks for; its changes are queued."""
        self.world.work_through()

    @rule()
    def acts_are_read_and_their_runs_left(self) -> None:
        """As far as the next run: who takes it, and when, is open."""
        self.world.follow()

    @precondition(lambda self: self.world.unsealed() or self.world.sealing)
    @rule(does=st.sampled_from(("look", "look", "commit", "commit", "die")), which=number)
    def a_sealer(self, does: str, which: int) -> None:
        sealing = self.world.sealing
        if does == "look" and self.world.unsealed() and len(sealing) < 3:
            self.world.look_for_unsealed()
        elif does == "commit" and sealing:
            self.world.seal(which % len(sealing))
        elif does == "die" and sealing:
            sealing.pop(which % len(sealing))

    @precondition(lambda self: min(self.world.disk.read, self.world.disk.cursor) < self.world.disk.head[0])
    @rule(batch=st.integers(1, 4), counts=st.booleans())
    def a_reader(self, batch: int, counts: bool) -> None:
        (self.world.count_points if counts else self.world.react)(batch)

    @precondition(lambda self: self.world.working or self.world.due() is not None)
    @rule(does=st.sampled_from(("take", "take", "commit", "commit", "commit", "die", "fail", "sleep")), which=number)
    def a_worker(self, does: str, which: int) -> None:
        world = self.world
        if does == "take":
            world.claim()
        elif does == "sleep":
            world.pass_time(121)
        elif world.working and does == "commit":
            world.finish(which % len(world.working))
        elif world.working and does == "fail":
            world.stumble(which % len(world.working))
        elif world.working:
            world.working.pop(which % len(world.working))

    # --- live

    @precondition(lambda self: self.world.tasks or self.world.bus)
    @rule(does=st.sampled_from(("tell", "tell", "pass", "pass", "lose", "empty")), which=number)
    def a_message(self, does: str, which: int) -> None:
        world = self.world
        if does == "tell" and world.tasks:
            world.announce(which % len(world.tasks))
        elif does == "pass" and world.bus:
            world.deliver(which % len(world.bus))
        elif does == "lose" and world.bus:
            world.bus.pop(which % len(world.bus))
        elif does == "empty":
            world.empty_redis()

    @precondition(lambda self: self.world.tasks or self.world.bus)
    @rule(order=st.lists(number, max_size=6))
    def every_message_arrives_in_some_order(self, order: list[int]) -> None:
        world = self.world
        for which in [*order, *[0] * (len(world.tasks) + len(world.bus))]:
            if world.tasks:
                world.announce(which % len(world.tasks))
            if len(world.bus) > which % 2 or not world.tasks:
                while world.bus:
                    world.deliver(which % len(world.bus))

    @rule(tenths=st.integers(1, 15))
    def a_moment_passes(self, tenths: int) -> None:
        self.world.loop.pass_time(tenths / 10)

    @rule(does=st.sampled_from(("look", "look", "look", "restart")))
    def the_live_process(self, does: str) -> None:
        if does == "look":
            self.world.look_at_versions()
        else:
            self.world.restart_live()

    @rule(which=st.integers(0, 1), does=st.sampled_from(("read", "read", "read", "read", "come", "come back", "leave", "fetch")))
    def a_client(self, which: int, does: str) -> None:
        client = self.world.clients[which]
        if does == "read":
            client.read()
        elif does == "fetch":
            client.fetch()
        elif does == "leave":
            client.leave()
        else:
            client.come(resume=does == "come back")

    # --- a stretch of everything

    @rule(seed=st.integers(0, 2**32), length=st.integers(5, 40))
    def a_stretch(self, seed: int, length: int) -> None:
        chance = random.Random(f"{seed} {length}")  # Hypothesis draws the same seed again and again, with another length
        for _ in range(length):
            self.one(chance.choice(STRETCH), chance.randrange(10), chance.choice(GROUPS))
            self.the_chain_holds()
            self.a_board_that_waits_for_nothing_is_what_a_rebuild_gives()
            self.a_client_at_the_version_of_the_board_shows_the_board()

    def one(self, name: str, which: int, group: str) -> None:
        """One thing that may happen."""
        world = self.world
        what, _, verb = name.partition(" ")
        may: dict[str, Callable[[], object]] = {
            "act": lambda: self.somebody_acts([(ACTS[which % len(ACTS)], group, VERDICTS[which % 4], fate_of(which))]),
            "end": lambda: world.open and self.what_was_begun_ends(which, commits=verb == "commit"),
            "work": world.work_through,
            "follow": world.follow,
            "seal": lambda: self.a_sealer(verb, which),
            "run": lambda: self.a_worker(verb, which),
            "message": lambda: self.a_message(verb, which),
            "messages": lambda: self.every_message_arrives_in_some_order([which]),
            "live": lambda: self.the_live_process(verb),
            "client": lambda: self.a_client(which % 2, verb),
            "look": self.everybody_looks,
            "react": lambda: world.react(1 + which % 4),
            "count": lambda: world.count_points(1 + which % 4),
            "moment": lambda: world.loop.pass_time(which / 10),
        }
        may[what]()

    def everybody_looks(self) -> None:
        for client in self.world.clients:
            if client.side is None:
                client.come(resume=len(self.world.committed) % 2 == 0)
            client.read()

    # --- what always holds

    @invariant()
    def the_chain_holds(self) -> None:
        previous = ""
        for seal, entry in enumerate(self.world.disk.sealed(0), 1):
            assert entry.seal == seal
            assert entry.previous == previous
            previous = entry.hash
        assert self.world.disk.head == (len(self.world.disk.sealed(0)), previous)

    @invariant()
    def totals_are_what_the_journal_earns_up_to_the_cursor(self) -> None:
        disk = self.world.disk
        read = [one for one in disk.sealed(0) if (one.seal or 0) <= disk.cursor]
        assert +disk.totals == +totals_from_nothing(read)

    @invariant()
    def one_refresh_waits_and_one_works_at_most(self) -> None:
        states = [run.state for run in self.world.disk.runs.values()]
        assert states.count("waiting") <= 1
        held = [run for run in self.world.disk.runs.values() if run.lease is not None and run.lease >= self.world.now]
        assert len(held) <= 1

    @invariant()
    def a_board_that_waits_for_nothing_is_what_a_rebuild_gives(self) -> None:
        disk = self.world.disk
        waits = self.world.unsealed() or disk.read < disk.head[0] or any(run.state != "done" for run in disk.runs.values())
        if disk.runs and not waits:
            assert disk.rows == self.world.computed()

    @invariant()
    def a_client_at_the_version_of_the_board_shows_the_board(self) -> None:
        disk = self.world.disk
        for client in self.world.clients:
            assert client.copy.version <= disk.version
            if client.copy.version == disk.version:
                assert client.copy.rows == {line: shown(line, row) for line, row in disk.rows.items()}

    def everything_was_sealed_and_seen_once(self) -> None:
        world = self.world
        assert sorted(world.committed) == sorted(world.disk.entries), "nothing acknowledged is lost"
        order = [one.id for one in world.disk.sealed(0)]
        assert sorted(order) == sorted(world.committed)
        assert world.disk.reacted == order, "each act was reacted to once, in order"
        assert world.disk.counted == order, "each act was counted once, in order"
        for one in world.disk.sealed(0):
            assert one.hash == hash_of(one, one.seal or 0, one.previous)

    def all_say_the_same(self) -> None:
        world, disk = self.world, self.world.disk
        assert +disk.totals == +totals_from_nothing(disk.sealed(0))
        if disk.entries:
            assert disk.rows == world.computed(), "the board is what a rebuild gives"
        rows = {line: shown(line, row) for line, row in disk.rows.items()}
        for client in world.clients:
            assert client.copy.version == disk.version
            assert client.copy.rows == rows, "a client that followed the deltas shows the board"


def expect_no_harm(schedules: int) -> None:
    """The invariants hold in so many of them: other ones each time they are many, the same ones in the suite."""
    chosen = settings(
        max_examples=schedules,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=schedules == FEW,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Schedules, settings=chosen)


def test_a_hundred_schedules_end_as_one_that_nobody_disturbed() -> None:
    expect_no_harm(FEW)


@pytest.mark.faults_slow
@pytest.mark.timeout(3600)
def test_ten_thousand_schedules() -> None:
    expect_no_harm(int(os.environ.get("LUDUS_SCHEDULES", MANY)))
