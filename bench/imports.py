"""A bundle with many marks read, checked and stored, against COPY of the rows that it stored."""

import csv
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from bench.contests import SEED, TOP, rules
from bench.copying import CopyAgain
from bench.harness import Pair, Race, Stage, watched
from games.bundles.actions import import_bundle
from games.bundles.reading import read_bundle
from games.bundles.writer import design_toml
from games.cycles.models import Cycle


def bundle(stage: Stage) -> Path:
    """A folder with rules, groups, entries and marks."""
    entries, judges, criteria = stage.sizes.board
    folder = stage.folder / "bundle"
    folder.mkdir()
    (folder / "cycle.toml").write_text(design_toml(rules("import", tasks=1, criteria=criteria)), encoding="utf-8")
    groups = [f"g{number:05}" for number in range(entries)]
    _write(folder / "groups.csv", ("group", "name"), ((key, f"Group {key}") for key in groups))
    _write(folder / "submissions.csv", ("group", "version"), ((key, 1) for key in groups))
    chance = random.Random(SEED)
    keys = [(f"j{judge}", f"c{criterion + 1}") for judge in range(judges) for criterion in range(criteria)]
    marks = ((key, judge, criterion, chance.randint(2, 2 * TOP) / 2) for key in groups for judge, criterion in keys)
    _write(folder / "marks.csv", ("group", "judge", "criterion", "value"), marks)
    return folder


def _write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(itertools.chain([header], rows))


def stored(cycle: Cycle) -> CopyAgain:
    """The rows of marks, sheets, entries, groups and people."""
    tasks = f"challenge_id IN (SELECT c.id FROM games_challenge c JOIN games_round r ON r.id = c.round_id WHERE r.cycle_id = {cycle.pk})"
    sheets = f"(SELECT id FROM games_sheet WHERE {tasks})"
    return CopyAgain(
        {
            "games_group": f"cycle_id = {cycle.pk}",
            "games_person": f"id IN (SELECT judge_id FROM games_sheet WHERE {tasks})",
            "games_submission": tasks,
            "games_version": f"submission_id IN (SELECT id FROM games_submission WHERE {tasks})",
            "games_sheet": tasks,
            "games_mark": f"sheet_id IN {sheets}",
        }
    )


def _race(stage: Stage, *, results: bool) -> Iterator[Pair]:
    path = stage.once(bundle)
    numbers = itertools.count(1)
    read: list[float] = []

    def ours() -> float:
        with watched() as watch:
            with watched() as reading:
                found = read_bundle(path)
            import_bundle(found, key=f"import-{'full' if results else 'rows'}-{next(numbers)}", results=results)
        read.append(reading.seconds)
        return watch.seconds

    limits: list[CopyAgain] = []

    def limit() -> float:
        if not limits:
            limits.append(stored(Cycle.objects.latest("pk")))
        return limits[0]()

    def notes() -> list[str]:
        [rows] = limits
        return [f"{rows.lengths['games_mark']:,} marks, {rows.total:,} rows; reading and checking {min(read):.2f} s"]

    yield Pair(ours, limit, notes)


def race(*, results: bool) -> Callable[[Stage], AbstractContextManager[Pair]]:
    """With or without computing the results of the imported cycle."""
    return contextmanager(partial(_race, results=results))


ROWS: Final = (
    Race("import", "a bundle read, checked, stored; limit: COPY of the same rows", "s", race(results=False), must=0.1),
    Race("import-results", "the same, and its results computed, stored, published", "s", race(results=True)),
)
