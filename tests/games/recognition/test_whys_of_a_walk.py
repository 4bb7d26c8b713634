"""Why a group moved, for every board, every pair of its versions and every group, after a long random walk through the real acts."""

import os
from collections import Counter
from fractions import Fraction

import pytest

from games.recognition.queries.whys import why
from leaderboards.engine import numbers
from leaderboards.engine.numbers import total
from leaderboards.engine.whys import PartKind
from leaderboards.models import Board, Snapshot
from tests.factories.walk import Walk
from tests.games.recognition.test_as_it_was import WAY

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
SEEDS = 20 if os.environ.get("LUDUS_TEST_PROFILE") == "thorough" else 2


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_listed_adds_up(seed: int) -> None:
    walk = Walk(seed)
    for acts, steps in WAY:
        walk.go(acts, steps)
    told: Counter[str] = Counter()
    rest: list[str] = []
    for board in Board.objects.filter(scope=walk.cycle.pk):
        versions = list(Snapshot.objects.filter(board=board, audience="public").select_related("board").order_by("number"))
        pairs = [(one, other) for at, one in enumerate(versions) for other in versions[at + 1 :]]
        for earlier, later in pairs:
            for key in {row["entry"] for row in later.rows}:
                found = why(walk.cycle, earlier, later, {key})
                was, now = ([row for row in one.rows if row["entry"] == key and not row["line"]] for one in (earlier, later))
                assert (found is None) is (not was or not now)
                if found is None:
                    continue
                change = number(now[0]["score"]) - number(was[0]["score"])
                assert total([one.change for one in found.parts]) == change, (board.key, earlier.number, later.number, key)
                if was[0]["bracket"] == now[0]["bracket"]:
                    assert found.others.change == now[0]["rank"] - was[0]["rank"], (board.key, earlier.number, later.number, key)
                told[board.key] += 1
                rest += [
                    f"{board.key} {earlier.number}-{later.number} {key}: {one.change} of {change} {found.parts} {was} {now}"
                    for one in found.parts
                    if one.kind is PartKind.REST
                ]
    assert rest == [], "\n".join(rest)
    assert {"busy", "result", "call"} <= told.keys()


def number(text: str | None) -> Fraction:
    return numbers.parse(text) if text else Fraction(0)
