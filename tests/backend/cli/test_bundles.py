"""The commands that bring competitions in and out, as people run them: real processes, real files, exit codes."""

import csv
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from backend.cli.setup import ROOT

EXAMPLES = ROOT / "examples"
FAULTY = ROOT / "tests" / "games" / "bundles" / "fixtures" / "chopin-faulty"


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command with a data folder of its own: SQLite, no services."""
    env = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    env |= {"LUDUS_DATA": str(home)}
    command = [sys.executable, "-m", "backend.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=110)


def done(home: Path, *arguments: str | Path) -> str:
    found = run(home, *arguments)
    assert (found.returncode, found.stderr) == (0, ""), found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh database with the pianists and the contest in it."""
    folder = tmp_path_factory.mktemp("ludus")
    assert "84 groups" in done(folder, "import", EXAMPLES / "chopin-2025")
    assert "130 groups" in done(folder, "import", EXAMPLES / "icpc-wf47", "--format", "clics")
    return folder


def rows(home: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(home, "standings", *arguments, "--json"))
    return found


def official(name: str, board: str) -> dict[str, dict[str, Decimal]]:
    """Group → its published values on a board, straight from the file."""
    found: dict[str, dict[str, Decimal]] = {}
    with (EXAMPLES / name / "official.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["kind"], row["key"]) == ("board", board):
                found.setdefault(row["group"], {})[row["name"]] = Decimal(row["value"])
    return found


@pytest.mark.parametrize(("board", "count"), [("stage1", 84), ("stage2", 40)])
def test_standings_as_json_equal_the_official_ones(home: Path, board: str, count: int) -> None:
    found = rows(home, "chopin-2025", "--board", board)
    equal = {row["group"]: {name: Decimal(row[name]) for name in ("place", "score")} for row in found}
    assert (equal, len(equal)) == (official("chopin-2025", board), count)


def test_the_first_board_is_the_main_result_and_order_keys_stand_beside_it(home: Path) -> None:
    assert [row["group"] for row in rows(home, "chopin-2025")] == [
        row["group"] for row in rows(home, "chopin-2025", "--board", "stage2")
    ]
    first = rows(home, "icpc-wf47")[0]
    assert {name: first[name] for name in ("place", "group", "score", "solved", "penalty")} == {
        "place": "1",
        "group": "47065",
        "score": "9",
        "solved": "9",
        "penalty": "995",
    }


def test_standings_for_people(home: Path) -> None:
    lines = done(home, "standings", "icpc-wf47").splitlines()
    assert lines[0] == "Standings when the board froze"
    assert lines[2].split() == ["place", "name", "score", "solved", "penalty"]
    assert lines[3].startswith("1      National Research University Higher School of Economics")


def test_the_faulty_original_is_refused_naming_file_row_and_cell(home: Path) -> None:
    found = run(home, "import", FAULTY)
    assert found.returncode == 1
    assert found.stderr.splitlines() == ['scores_stage1.csv row 64: 19 cells where the header has 20; last cell "19.19"']
    assert found.stdout == ""


def test_a_key_that_is_taken_and_the_way_out(home: Path) -> None:
    again = run(home, "import", EXAMPLES / "chopin-2025")
    assert (again.returncode, "--as chopin-2025-copy" in again.stderr) == (1, True)


def test_out_and_verified_and_in_again_under_another_key(home: Path, tmp_path: Path) -> None:
    assert "for public" in done(home, "export", "chopin-2025", tmp_path / "out.zip", "--for", "public")
    assert "chopin-2025: 558 of 558 equal" in done(home, "verify", tmp_path / "out.zip")
    assert "two: " in done(home, "import", tmp_path / "out.zip", "--as", "two", "--organization", "pianists")
    assert rows(home, "two") == rows(home, "chopin-2025")


def test_verify_tells_every_difference_and_ends_with_1(home: Path, tmp_path: Path) -> None:
    for path in (EXAMPLES / "chopin-2025").glob("*.*"):
        (tmp_path / path.name).write_bytes(
            path.read_bytes().replace(b"board,stage1,29,score,22.93", b"board,stage1,29,score,22.94")
        )
    found = run(home, "verify", tmp_path)
    assert found.returncode == 1
    assert 'board "stage1", group 29: official score 22.94, computed 22.93' in found.stdout
    assert "431 of 432 equal" in found.stdout


def test_recompute_changes_nothing(home: Path) -> None:
    before = rows(home, "chopin-2025")
    assert "2 boards with 124 rows" in done(home, "recompute", "chopin-2025")
    assert rows(home, "chopin-2025") == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("standings", "chopin-2026"), 1, 'There is no cycle "chopin-2026". There are: chopin-2025'),
        (("standings", "chopin-2025", "--board", "x"), 1, 'has no board "x". There are: stage2, stage1'),
        (("import", "nowhere"), 2, "Path 'nowhere' does not exist"),
        (("import",), 2, "Missing argument 'PATH'"),
        (("export", "chopin-2025", "x", "--for", "friends"), 2, "'friends' is not one of"),
    ],
)
def test_what_cannot_be_done_is_said(home: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    found = run(home, *arguments)
    assert (found.returncode, said in found.stderr) == (code, True), found.stderr
