"""Five real competitions go into the database and come out as they were published: every official value, exactly."""

import csv
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from games.bundles.actions import import_path
from games.bundles.bundle import Bundle
from games.bundles.official import Comparison, compare
from games.bundles.reading import read_path
from games.cycles.models import Cycle, Series
from games.cycles.queries import design_of
from games.results.models import ChallengeScore, ExternalResult
from games.results.queries import facts_of
from games.rounds.models import Entrant
from leaderboards.engine import numbers
from leaderboards.engine.pipeline import compute
from leaderboards.models import Snapshot, Standing
from leaderboards.queries import broken_snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]  # fifteen seasons in one of them
EXAMPLES = Path(__file__).parents[2] / "examples"


def played(name: str) -> tuple[list[Cycle], list[Bundle]]:
    return import_path(EXAMPLES / name), list(read_path(EXAMPLES / name).bundles)


def recomputed(cycle: Cycle, bundle: Bundle) -> Comparison:
    """Official values against what the database, not the file, gives."""
    return compare(bundle.tables.official, compute(design_of(cycle), facts_of(cycle)))


def stored(cycle: Cycle, bundle: Bundle) -> Counter[str]:
    """Official places, scores and challenge values against the rows that pages and API show. Counts the equal ones."""
    rows = Standing.objects.filter(board__scope=cycle.pk, audience="public").values_list(
        "board__key", "entry", "place", "score", "values"
    )
    boards = {(board, entry): (place, score, values) for board, entry, place, score, values in rows}
    scores = ChallengeScore.objects.filter(challenge__round__cycle=cycle)
    cells = {
        (f"{of_round}/{key}", group): (score, values)
        for of_round, key, group, score, values in scores.values_list(
            "challenge__round__key", "challenge__key", "group__key", "score", "values"
        )
    }
    equal: Counter[str] = Counter()
    for row in bundle.tables.official.rows:
        if row.kind == "board":
            place, score, values = boards[row.key, row.group]
            found = {"place": place, "score": score}.get(row.name) or values.get(row.name)
        elif row.kind == "value":
            score, values = cells[row.key, row.group]
            found = score if row.name == "score" else values.get(row.name)
        else:
            continue
        assert numbers.parse(found) == numbers.parse(row.value), row
        equal[f"{row.kind} {row.name}"] += 1
    return equal


def test_chopin_84_and_40_pianists() -> None:
    [cycle], [bundle] = played("chopin-2025")
    assert recomputed(cycle, bundle).differences == ()
    assert stored(cycle, bundle) == {"board place": 124, "board score": 124, "value score": 124}
    entered = {row.group for row in bundle.tables.official.rows if (row.kind, row.key) == ("entrants", "stage2")}
    assert len(entered) == 40
    assert set(Entrant.objects.filter(round__cycle=cycle).values_list("group__key", flat=True)) == entered
    won = {row.group for row in bundle.tables.official.rows if row.kind == "award"}
    assert set(cycle.grants.filter(state="granted").values_list("group__key", flat=True)) == won
    assert len(won) == 20
    assert (cycle.state, ExternalResult.objects.filter(cycle=cycle).count()) == ("closed", len(bundle.tables.official.rows))
    assert {row.number for row in Snapshot.objects.filter(board__scope=cycle.pk)} == {1}


def test_skating_every_component_place_and_total() -> None:
    [cycle], [bundle] = played("skating-worlds-2017")
    assert recomputed(cycle, bundle).differences == ()
    counts = stored(cycle, bundle)
    assert counts["value components"] == counts["value score"] == counts["board place"] == 217
    assert counts["board score"] == 301
    assert Entrant.objects.filter(round__cycle=cycle, via="cut").count() == 84


def test_strictly_fifteen_cycles_one_after_the_other() -> None:
    cycles, bundles = played("strictly")
    total: Counter[str] = Counter()
    for cycle, bundle in zip(cycles, bundles, strict=True):
        assert recomputed(cycle, bundle).differences == ()
        total += stored(cycle, bundle)
    assert total == {"value score": 1734}
    series = Series.objects.get(key="strictly")
    assert [cycle.key for cycle in series.cycles.order_by("pk")] == [cycle.key for cycle in cycles]
    assert [cycle.predecessor for cycle in cycles] == [None, *cycles[:-1]]
    assert {cycle.organization for cycle in cycles} == {series.organization}


def test_wf47_frozen_board_and_the_final_table_beside_it() -> None:
    [cycle], [bundle] = played("icpc-wf47")
    rows = list(Standing.objects.filter(board__scope=cycle.pk, audience="public").order_by("rank"))
    assert [(row.entry, row.place, *row.keys) for row in rows[:3]] == [
        ("47065", "1", "9", "995"),
        ("47074", "2", "9", "1068"),
        ("47060", "3", "9", "1143"),
    ]
    with (EXAMPLES / "icpc-wf47" / "external" / "official_final.csv").open(encoding="utf-8", newline="") as file:
        final = {row["team"]: int(row["solved"]) for row in csv.DictReader(file)}
    for row in rows:
        assert Fraction(row.keys[0]) <= final[row.name] <= Fraction(row.keys[0]) + row.pending
    solved = ExternalResult.objects.filter(cycle=cycle, kind="external", name="solved").values_list("group", "value")
    names = {row.group: row.name for row in bundle.tables.groups.rows}
    assert {names[group]: int(value) for group, value in solved} == final


def test_nanogpt_107_records_in_a_race_that_is_still_open() -> None:
    [cycle], [bundle] = played("nanogpt-speedrun")
    comparison = recomputed(cycle, bundle)
    assert (comparison.differences, comparison.total) == ((), 107)
    assert cycle.state == "running"
    records = Standing.objects.filter(
        board__scope=cycle.pk, board__key__startswith="records", audience="public", board__live=True
    )
    assert records.count() == 107


@pytest.mark.parametrize("name", ["chopin-2025", "skating-worlds-2017", "icpc-wf47"])
def test_what_was_published_proves_itself(name: str) -> None:
    [cycle], _ = played(name)
    snapshots = Snapshot.objects.filter(board__scope=cycle.pk).select_related("board")
    assert snapshots
    assert [broken_snapshots(one.board) for one in snapshots] == [[] for _ in snapshots]
