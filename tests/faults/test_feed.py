"""A few minutes of a real contest through real processes, with sockets of both audiences: `./run feed` plays all of it."""

from pathlib import Path

import pytest
from django.conf import settings

from backend.services.ports import HOST, answers, free_port
from bench.feed import replay
from bench.feeding import EXAMPLE, Hand, acts, contest_of_feed, feed_lines, fingerprint, out_of_order
from games.bundles.reading import read_bundle
from leaderboards.engine.pipeline import compute
from tests.worker.processes import beat, environment, process, until, worker

TEAMS = 130


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(240)  # the processes alone need a while to start on a machine that is busy
def test_the_minutes_around_the_freeze_are_told_as_they_were(tmp_path: Path) -> None:
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    contest, port = contest_of_feed("wf47"), free_port()
    assert len(contest.teams) == TEAMS
    serving = process("-m", "backend.serving", "--host", HOST, "--port", str(port), env=environment())
    with worker(), beat(tmp_path), serving:
        until(lambda: answers(port))
        found, played = replay(contest, web=port, live=port, sockets=2, since=238, until=241, speed=600)
    assert found.wrong == []
    assert (len(found.told), found.acts) == (4, 26)
    boards = {one.side: one.copy.rows for one in played.sockets}
    solved = {side: sum(int(row["keys"][0]) for row in rows.values()) for side, rows in boards.items()}
    assert solved["restricted"] > solved["public"] > 0, "what came after the freeze is told to one side only"


def test_the_count_by_hand_says_what_the_engine_says_of_the_whole_feed() -> None:
    bundle = read_bundle(EXAMPLE, "clics")
    teams = [one.group for one in bundle.tables.groups.rows]
    hand = Hand(teams, "public")
    for act in acts(feed_lines(), teams, since=0, until=300):
        hand.take(act)
    rows = compute(bundle.design, bundle.facts()).board("standings", frozen=True).rows
    assert hand.board == {row.group: (*row.keys, row.pending) for row in rows}
    assert len(hand.states) == 1 + 2 * 1606


def test_a_board_that_the_contest_never_was_in_is_noticed() -> None:
    one, two, three = (fingerprint({"otters": (solved, 0, 0)}) for solved in range(3))
    assert out_of_order([one, one, three], [one, two, three]) == 0
    assert out_of_order([one, three, two], [one, two, three]) == 1, "time ran backwards"
    assert out_of_order([fingerprint({"otters": (9, 0, 0)})], [one, two, three]) == 1
