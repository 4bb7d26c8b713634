"""What is written reads back equal, and the same content is always the same bytes."""

import io
import random
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.bundles.bundle import Bundle
from games.bundles.reading import read_path, read_source
from games.bundles.rows import AttemptRow, DecisionRow, GroupRow, MarkRow, VoteRow
from games.bundles.rules import Faults
from games.bundles.source import open_source, open_zip
from games.bundles.tables import SHAPES, Table, Tables, read_table
from games.bundles.writer import files_of, series_files, table_csv, write_folder, zipped
from games.playbooks.schema import parse_design
from leaderboards.engine.pipeline import compute

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("name", ["chopin-2025", "skating-worlds-2017", "strictly", "icpc-wf47", "nanogpt-speedrun"])
def test_an_example_reads_back_equal_from_zip_and_folder(name: str, tmp_path: Path) -> None:
    read = read_path(EXAMPLES / name)
    files = series_files(read.series, read.bundles) if read.series else files_of(read.bundles[0])
    write_folder(files, tmp_path)
    from_folder = read_source(open_source(tmp_path))
    from_zip = read_source(open_zip(io.BytesIO(zipped(files))))
    assert from_folder.bundles == read.bundles
    assert from_zip.bundles == read.bundles
    assert from_zip.series == read.series


def test_the_order_of_rows_changes_no_byte_and_no_result() -> None:
    bundle = read_path(EXAMPLES / "chopin-2025").bundles[0]
    shuffled = read_path(EXAMPLES / "chopin-2025").bundles[0]
    for name in SHAPES:
        random.Random(7).shuffle(getattr(shuffled.tables, name).rows)
    assert zipped(files_of(shuffled)) == zipped(files_of(bundle))
    assert compute(shuffled.design, shuffled.facts()).boards == compute(bundle.design, bundle.facts()).boards


def test_columns_that_are_empty_everywhere_are_left_out() -> None:
    table = Table([MarkRow("one", "c", "a", 0, "j", "m", Fraction(1, 2)), MarkRow("one", "c", "a", 0, "i", "m", None)])
    assert table_csv("marks", table) == b"round,challenge,group,judge,criterion,value\none,c,a,i,m,\none,c,a,j,m,0.5\n"


def test_every_table_is_written_as_it_is_read() -> None:
    tables = Tables(
        groups=Table([GroupRow("a", 'Aqua, "the" first\nline', ("x",))], ("division",)),
        attempts=Table([AttemptRow("one", "c", "a", 3_723_004, "AC", Fraction(1, 3))]),
        votes=Table([VoteRow("one", "c", "j", "a", "b", "tie", 3)]),
        decisions=Table([DecisionRow(datetime(2027, 1, 1, 9, tzinfo=UTC), "stop", "one", "", "a")]),
    )
    design = parse_design(
        "format = 1\ncycle = { key = 'c' }\nrounds = [{ key = 'one' }]\nboards = [{ key = 'b' }]\nchallenges = [{ key = 'c', criteria = [{ key = 'm' }] }]"
    )
    files = files_of(Bundle(design, tables))
    assert files["attempts.csv"] == b"round,challenge,group,at,verdict,value\none,c,a,1:02:03.004,AC,1/3\n"
    for name in ("groups", "attempts", "votes", "decisions"):
        faults = Faults(name)
        assert read_table(name, files[f"{name}.csv"], faults) == getattr(tables, name)
        assert faults.problems == []


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)
marks = st.builds(
    MarkRow,
    st.sampled_from(["one", "two"]),
    st.just("c"),
    st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True),
    st.integers(0, 9),
    st.just("j"),
    st.just("m"),
    st.none() | st.fractions(-100, 100, max_denominator=1000),
    st.sampled_from(["", "recused", "absent"]),
    words,
    st.tuples(words),
)


@given(st.lists(marks, min_size=1, max_size=8))
def test_any_marks_survive(rows: list[MarkRow]) -> None:
    table = Table(rows, ("note",))
    faults = Faults("marks")
    assert read_table("marks", table_csv("marks", table), faults) == table
    assert faults.problems == []
