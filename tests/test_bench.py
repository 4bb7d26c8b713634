"""Every row of the bench runs, at a size that says nothing about speed."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from backend.services.supervisor import Supervisor
from bench import harness, table
from bench.__main__ import main
from bench.harness import Count, Pair, Race, Result, Stage


@pytest.fixture
def stage(tmp_path: Path):
    with Supervisor() as house:
        yield Stage(harness.TINY, house, tmp_path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)  # many rows, each with its limit beside it
def test_every_row_runs(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    if connection.vendor != "postgresql" or not settings.HAS_REDIS:
        pytest.skip("needs PostgreSQL and Redis: run it by ./run test")
    from bench.rows import ROWS
    from tests.worker.processes import environment

    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    results = [result for row in ROWS for result in row.run(stage)]
    assert {row.name for row in ROWS if isinstance(row, Race)} <= {result.name for result in results}
    assert all(result.ours > 0 for result in results if result.ratio is not None)
    assert [result.name for result in results if result.name.startswith("sql") and result.must and result.below] == []


def test_the_names_of_rows_are_unique():
    from bench.rows import ROWS

    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)


def steady(ours: float, limit: float):
    from contextlib import nullcontext

    return lambda _stage: nullcontext(Pair(lambda: ours, lambda: limit))


@pytest.mark.parametrize(
    ("unit", "ours", "limit", "ratio"), [("s", 4.0, 1.0, 0.25), ("/s", 100.0, 400.0, 0.25), ("s", 1.0, 2.0, 2.0)]
)
def test_a_ratio_says_how_fast_we_are_where_the_limit_is_one(stage: Stage, unit: harness.Unit, ours, limit, ratio):
    [result] = Race("row", "", unit, steady(ours, limit)).run(stage)
    assert result.ratio == ratio
    assert not result.below


@pytest.mark.parametrize(
    ("gates", "below"), [({"must": 0.3}, True), ({"must": 0.2}, False), ({"within": 3}, True), ({"within": 5}, False)]
)
def test_a_row_under_its_must_is_marked(stage: Stage, gates, below):
    [result] = Race("row", "about", "s", steady(4.0, 1.0), **gates).run(stage)
    assert result.below is below
    assert ("BELOW" in table.text([result])) is below


def test_statements_between_begin_and_commit_are_counted_apart():
    from bench.statements import Sent

    sent = Sent(("SELECT 1", "BEGIN", "INSERT", "UPDATE", "COMMIT", "SELECT 2", "BEGIN", "DELETE", "COMMIT"))
    assert (sent.in_all, sent.inside) == (5, 2)


def test_the_table_lines_up_and_reads_back_as_json():
    import json

    results = [Result("a", "s", 1.0, 0.5, 0.5, "≥ 0.1", below=False), Result("long name", "", 7, 8, None, "≤ 8", below=False)]
    lines = table.text(results).splitlines()
    assert len({line.index("m") for line in lines[:1]}) == 1
    assert "0.500" in lines[2]
    assert [row["name"] for row in json.loads(table.as_json(results, sizes="tiny"))["rows"]] == ["a", "long name"]


def test_an_unknown_option_is_a_wrong_usage(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["--fast"])
    assert ended.value.code == 2
    assert "--quick" in capsys.readouterr().err


def test_a_row_that_crashes_does_not_stop_the_others(stage: Stage, capsys: pytest.CaptureFixture[str]):
    from bench.__main__ import run

    def crash(_stage: Stage):
        raise ZeroDivisionError

    results, crashed = run([Count("bad", "", crash), Race("good", "", "s", steady(1.0, 1.0))], stage)
    assert crashed
    assert [result.name for result in results] == ["good"]
    assert "ZeroDivisionError" in capsys.readouterr().err
