"""Bytes become typed rows, or a sentence that names file, row and column."""

import time
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from games.bundles import cells
from games.bundles.rows import GroupRow, MarkRow
from games.bundles.rules import SHOWN_PER_FILE, Faults
from games.bundles.tables import Table, read_table

HEADER = "round,challenge,group,judge,criterion,value\n"


def read(content: str | bytes, name: str = "marks") -> tuple[Table[MarkRow], list[str]]:
    faults = Faults(f"{name}.csv")
    table = read_table(name, content.encode() if isinstance(content, str) else content, faults)
    return table, [str(problem) for problem in faults.all()]


def test_a_mark_is_read_exactly() -> None:
    table, faults = read(HEADER + "one,c,a,j,m,0.1\n")
    assert faults == []
    assert table.rows == [MarkRow("one", "c", "a", 0, "j", "m", Fraction(1, 10))]
    assert table.numbers == [2]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER.encode() + b"one,c,a,j,m,5\n",
        (HEADER + "one,c,a,j,m,5\n").replace("\n", "\r\n").encode(),
        (HEADER + "one,c,a,j,m,5").encode(),
        (HEADER + "\n\none,c,a,j,m, 5 \n,,,,,\n\n").encode(),
        b"value,criterion,judge,group,challenge,round\n5,m,j,a,c,one\n",
        b'"round","challenge","group","judge","criterion","value"\n"one","c","a","j","m","5"\n',
    ],
    ids=["BOM", "CRLF", "no last line end", "empty rows", "other order", "quotes"],
)
def test_spreadsheets_write_the_same_table_in_many_ways(content: bytes) -> None:
    table, faults = read(content)
    assert faults == []
    assert table.rows == [MarkRow("one", "c", "a", 0, "j", "m", Fraction(5))]


def test_columns_nobody_asked_for_are_kept() -> None:
    table, _ = read("group,town,name\na,Rome,Aqua\n", "groups")
    assert table.extra == ("town",)
    assert table.rows == [GroupRow("a", "Aqua", ("Rome",))]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "marks.csv: is empty; expected a header row"),
        (b"\n\n", "marks.csv: is empty; expected a header row"),
        (b"group;judge;value\na;j;5\n", 'marks.csv row 1: cells are separated by ";"; expected ","'),
        (b"group\tjudge\tvalue\na\tj\t5\n", 'marks.csv row 1: cells are separated by a tab; expected ","'),
        (b"group,judge\na,j\n", "marks.csv row 1: missing column value; found: group, judge"),
        (b"group,judge,value,value\n", 'marks.csv row 1: the column "value" is there 2 times'),
        (b"group,,judge,value\n", "marks.csv row 1: a column without a name"),
        (b"group,judge,value\na,j\n", 'marks.csv row 2: 2 cells where the header has 3; last cell "j"'),
        (b"group,judge,value\na,j,5,19.19\n", 'marks.csv row 2: 4 cells where the header has 3; last cell "19.19"'),
        (b"group,judge,value\n,j,5\n", "marks.csv row 2, column group: is empty; expected a key"),
        (b"group,judge,value\na b,j,5\n", 'marks.csv row 2, column group: "a b" is no key; expected letters, digits'),
        (b"group,judge,value\na,j,five\n", 'marks.csv row 2, column value: expected a number like 3, -0.25 or 1/3, found "five"'),
        (b"group,judge,value\na,j,NaN\n", 'marks.csv row 2, column value: expected a number like 3, -0.25 or 1/3, found "NaN"'),
        (b"group,judge,value\na,j,1e9\n", "marks.csv row 2, column value: expected a number"),
        (b'group,judge,value\na,j,"5,5"\n', "marks.csv row 2, column value: expected a number"),
        (b"group,judge,value\na,j,9999999999999\n", "marks.csv row 2, column value: 9999999999999 is too large"),
        (b"group,judge,value,version\na,j,5,0\n", "marks.csv row 2, column version: expected a whole number from 1 on, found"),
        (b"group,judge,value,state\na,j,,away\n", "marks.csv row 2, column state: expected nothing, recused, absent, found"),
        (b"group,judge,value\n\xe4,j,5\n", "marks.csv row 2: byte 0xE4 at place 1 is not UTF-8; save the file as UTF-8"),
        ("group,judge,value\n".encode("utf-16"), "marks.csv: the file is UTF-16; expected UTF-8"),
        (b"group,judge,value\na,\0j,5\n", "marks.csv row 2: holds a zero byte, so it is no text"),
        (b'group,judge,value\na,j,"5\n', 'marks.csv row 2: cannot be read: a cell opens with " and never closes'),
        (
            b"group,judge,value\na,j," + b"1" * 200_000 + b"\n",
            "marks.csv row 2: cannot be read: a cell has more than 131072 characters",
        ),
    ],
)
def test_what_cannot_be_read_is_said(content: bytes, expected: str) -> None:
    _, faults = read(content)
    assert faults[0].startswith(expected), faults


def test_all_faults_of_a_file_are_named_up_to_a_hundred() -> None:
    _, faults = read("group,judge,value\n" + "a,j,x\n" * 150)
    assert len(faults) == SHOWN_PER_FILE + 1
    assert faults[-1] == "marks.csv: and 50 more faults of this file"


def test_every_bad_cell_of_a_row_is_named() -> None:
    _, faults = read("group,judge,value\n,a b,x\n")
    assert [fault.split(":")[0] for fault in faults] == [
        f"marks.csv row 2, column {name}" for name in ("group", "judge", "value")
    ]


@pytest.mark.parametrize(
    ("cell", "milliseconds"),
    [("0", 0), ("194.969", 194_969), ("0:03:14.969", 194_969), ("4:00:00", 14_400_000), ("120:00:00", 432_000_000)],
)
def test_a_time_since_opening_is_read(cell: str, milliseconds: int) -> None:
    assert cells.since(cell) == milliseconds


def test_a_time_of_day_stays_a_time_until_it_is_settled() -> None:
    assert cells.since("2027-01-01T09:00:00Z") == datetime(2027, 1, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["", "-3", "4:00", "soon", "1e3", "4:99:00"])
def test_anything_else_is_no_time(cell: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        cells.since(cell)


def test_order_of_rows_means_nothing() -> None:
    one, _ = read(HEADER + "one,c,a,j,m,1\none,c,b,j,m,2\n")
    other, _ = read(HEADER + "one,c,b,j,m,2\none,c,a,j,m,1\n")
    assert one == other


def test_125_000_marks_are_read_in_seconds() -> None:
    rows = "".join(f"one,c{n % 3},team{n // 25},judge{n % 200},m{n % 5},{n % 100 / 10}\n" for n in range(125_000))
    before = time.process_time()
    table, faults = read(HEADER + rows)
    assert faults == []
    assert len(table.rows) == 125_000
    assert time.process_time() - before < 8  # about 0.7 s on an idle core
