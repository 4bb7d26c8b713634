"""Real competitions come out as published, to the last decimal."""

import csv
import json
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from games.bundles.bundle import Bundle
from games.bundles.official import compare
from games.bundles.reading import read_bundle, read_path
from games.bundles.rules import BundleRefused
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.pipeline import compute

EXAMPLES = Path(__file__).parents[3] / "examples"
FIXTURES = Path(__file__).parent / "fixtures"


def played(bundle: Bundle) -> Outcome:
    return compute(bundle.design, bundle.facts())


def compared(name: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for bundle in read_path(EXAMPLES / name).bundles:
        comparison = compare(bundle.tables.official, played(bundle))
        assert comparison.differences == ()
        total += comparison.compared
    return total


def test_chopin_84_and_40_places_and_scores_40_and_20_who_go_on() -> None:
    assert compared("chopin-2025") == {"board place": 124, "board score": 124, "value score": 124, "entrants": 40, "award": 20}


def test_skating_every_panel_mark_total_place_and_cut() -> None:
    counts = compared("skating-worlds-2017")
    components = ["skills", "transitions", "performance", "composition", "interpretation"]
    assert [counts[f"value {name}"] for name in components] == [217] * 5
    assert (counts["value components"], counts["value score"], counts["board place"], counts["board score"]) == (
        217,
        217,
        217,
        301,
    )
    assert counts["entrants"] == 84


def test_strictly_15_series_1734_totals() -> None:
    read = read_path(EXAMPLES / "strictly")
    assert read.series is not None
    assert (read.series.key, len(read.bundles)) == ("strictly", 15)
    assert compared("strictly") == {"value score": 1734}


def test_nanogpt_107_records() -> None:
    assert compared("nanogpt-speedrun") == {"record": 107}


def frozen_board_by_hand(feed: Path) -> dict[str, tuple[int, int, int]]:
    """Solved, penalty and pending attempts of each team, by other code than the engine's."""
    events = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    teams = {event["id"] for event in events if event["type"] == "teams"}
    verdicts = {e["data"]["submission_id"]: e["data"]["judgement_type_id"] for e in events if e["type"] == "judgements"}
    tries: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for event in events:
        if event["type"] == "submissions":
            hours, minutes, _ = event["data"]["contest_time"].split(":")
            tries[event["data"]["team_id"], event["data"]["problem_id"]].append(
                (int(hours) * 60 + int(minutes), verdicts.get(event["id"], "pending"))
            )
    board = {team: [0, 0, 0] for team in teams}
    for (team, _), runs in tries.items():
        rejected = 0
        for minute, verdict in sorted(runs, key=lambda run: run[0]):
            if minute >= 240:
                board[team][2] += 1
            elif verdict == "AC":
                board[team][0] += 1
                board[team][1] += minute + 20 * rejected
                break
            elif verdict != "CE":
                rejected += 1
    return {team: (row[0], row[1], row[2]) for team, row in board.items()}


@pytest.fixture(scope="module")
def wf47() -> tuple[Bundle, Outcome]:
    bundle = read_bundle(EXAMPLES / "icpc-wf47", "clics")
    return bundle, played(bundle)


def test_wf47_frozen_board_with_its_pending_attempts(wf47: tuple[Bundle, Outcome]) -> None:
    board = wf47[1].board("standings", frozen=True)
    expected = frozen_board_by_hand(EXAMPLES / "icpc-wf47" / "event-feed.ndjson")
    computed = {row.group: (row.values.get("solved", row.keys[0]), row.values.get("penalty", row.keys[1])) for row in board.rows}
    assert computed == {team: (Fraction(solved), Fraction(penalty)) for team, (solved, penalty, _) in expected.items()}
    assert {row.group: row.pending for row in board.rows} == {team: pending for team, (_, _, pending) in expected.items()}
    ranked = sorted(expected.values(), key=lambda row: (-row[0], row[1]))
    places = [1 + sum((-other[0], other[1]) < (-row[0], row[1]) for other in ranked) for row in ranked]
    assert [row.place for row in board.rows] == places


def test_wf47_official_final_table_is_beside_the_computation(wf47: tuple[Bundle, Outcome]) -> None:
    bundle, outcome = wf47
    with (EXAMPLES / "icpc-wf47" / "external" / "official_final.csv").open(encoding="utf-8", newline="") as file:
        final = {row["team"]: int(row["solved"]) for row in csv.DictReader(file)}
    assert {row.kind for row in bundle.tables.official.rows} == {"external"}
    assert compare(bundle.tables.official, outcome).total == 0
    names = {row.group: row.name for row in bundle.tables.groups.rows}
    assert set(names.values()) == set(final)
    for row in outcome.board("standings", frozen=True).rows:
        assert isinstance(row.keys[0], Fraction)
        assert row.keys[0] <= final[names[row.group]] <= row.keys[0] + row.pending


def test_the_feed_alone_says_the_same_as_the_rules_beside_it(wf47: tuple[Bundle, Outcome]) -> None:
    alone = read_bundle(EXAMPLES / "icpc-wf47" / "event-feed.ndjson")
    assert played(alone).board("standings", frozen=True).rows == wf47[1].board("standings", frozen=True).rows
    assert [task.name for task in alone.design.challenges] == [task.name for task in wf47[0].design.challenges]


def test_the_faulty_sheet_is_refused_naming_file_row_and_cell() -> None:
    with pytest.raises(BundleRefused) as refused:
        read_bundle(FIXTURES / "chopin-faulty")
    assert [str(problem) for problem in refused.value.problems] == [
        'scores_stage1.csv row 64: 19 cells where the header has 20; last cell "19.19"'
    ]


def test_the_corrected_sheet_gives_the_official_results(tmp_path: Path) -> None:
    for path in (FIXTURES / "chopin-faulty").iterdir():
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace("19.19", "19,19"), encoding="utf-8")
    official = read_bundle(EXAMPLES / "chopin-2025").tables.official
    official.rows = [row for row in official.rows if row.kind != "award"]
    comparison = compare(official, played(read_bundle(tmp_path)))
    assert (comparison.total, comparison.differences) == (412, ())


def test_a_difference_is_told_with_both_values() -> None:
    bundle = read_bundle(EXAMPLES / "chopin-2025")
    place = next(n for n, row in enumerate(bundle.tables.official.rows) if row.kind == "board" and row.name == "score")
    row = bundle.tables.official.rows[place]
    bundle.tables.official.rows[place] = row._replace(value="21.82")
    assert [str(one) for one in compare(bundle.tables.official, played(bundle)).differences] == [
        f'board "{row.key}", group {row.group}: official score 21.82, computed {row.value}'
    ]


def test_who_is_missing_or_too_many_is_told() -> None:
    bundle = read_bundle(EXAMPLES / "chopin-2025")
    official = bundle.tables.official
    entrants = [row for row in official.rows if row.kind == "entrants"]
    stranger = next(row.group for row in bundle.tables.groups.rows if row.group not in {one.group for one in entrants})
    official.rows = [entrants[0]._replace(group=stranger), *entrants[1:]]
    assert [str(one) for one in compare(official, played(bundle)).differences] == [
        f'round "stage2": group {stranger} is there officially, but not computed',
        f'round "stage2": group {entrants[0].group} is computed, but not there officially',
    ]
