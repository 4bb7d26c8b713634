"""Options that no example uses, through the whole house: each scoring of the engine's tests is written as a bundle, imported, settled,
published and exported, and its standings are those of the engine."""

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from games.bundles.actions import export_cycle, import_path
from games.bundles.reading import read_bundle
from games.bundles.verify import verify
from leaderboards.actions import stored_rows
from leaderboards.engine import numbers
from leaderboards.engine.outcome import Outcome
from leaderboards.models import Standing
from tests.leaderboards.engine import test_options as options

pytestmark = pytest.mark.django_db
TESTS: dict[str, Callable[..., None]] = {
    name.removeprefix("test_"): found for name, found in vars(options).items() if name.startswith("test_") and callable(found)
}
CASES = [
    (name, args)
    for name, test in TESTS.items()
    for mark in [next((one for one in getattr(test, "pytestmark", ()) if one.name == "parametrize"), None)]
    for args in ([()] if mark is None else mark.args[1])
]
COLUMNS = ("rank", "place", "score", "keys", "values", "status")


def table(header: str, rows: Iterable[Iterable[object]]) -> str:
    return "\n".join([header, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]) + "\n"


def value_of(value: Any) -> str | None:
    return None if value is None else numbers.text(value)


def written(folder: Path, design: str, marks: Any, decisions: Any, attempts: Any) -> Path:
    """The facts as the files that a competition would send."""
    folder.mkdir()
    (folder / "cycle.toml").write_text('format = 1\ncycle = { key = "odd" }\n' + design)
    keys = sorted({row.group for row in marks} | {row.group for row in attempts})
    (folder / "groups.csv").write_text(table("group", ([key] for key in keys)))
    cells = ((m.round, m.challenge, m.group, m.judge, m.criterion, value_of(m.value), m.state) for m in marks)
    if marks:
        (folder / "marks.csv").write_text(table("round,challenge,group,judge,criterion,value,state", cells))
    if decisions:
        choices = ((d.kind, d.round, d.board, d.group, d.other, d.value, d.reason) for d in decisions)
        (folder / "decisions.csv").write_text(table("kind,round,board,group,other,value,reason", choices))
    if attempts:
        tries = ((a.round, a.challenge, a.group, a.at_ms / 1000, a.verdict, value_of(a.value)) for a in attempts)
        (folder / "attempts.csv").write_text(table("round,challenge,group,at,verdict,value", tries))
    return folder


@pytest.mark.parametrize(("name", "args"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)])
def test_the_whole_house_says_what_the_engine_says(name: str, args: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = itertools.count()
    engine = options.play

    def play(design: str, *marks: Any, decisions: Any = (), attempts: Any = ()) -> Outcome:
        outcome = engine(design, *marks, decisions=decisions, attempts=attempts)
        number = next(count)
        folder = written(tmp_path / f"in-{number}", design, marks, decisions, attempts)
        cycle = import_path(folder, key=f"odd-{number}")[0]
        for key, board in outcome.boards.items():
            there = {
                (row["entry"], row["line"]): {column: row[column] for column in COLUMNS}
                for row in Standing.objects.filter(board__scope=cycle.pk, board__key=key, audience="restricted").values()
            }
            said = {line: {column: row[column] for column in COLUMNS} for line, row in stored_rows(board.rows).items()}
            assert there == said, key
        export_cycle(cycle, tmp_path / f"out-{number}")
        assert verify(read_bundle(tmp_path / f"out-{number}")).differences == ()
        return outcome

    monkeypatch.setattr(options, "play", play)
    TESTS[name](*args)
    assert next(count) > 0


def test_every_word_of_the_list_is_here() -> None:
    assert len(TESTS) == 10
