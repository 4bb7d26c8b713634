"""Every row of the bench, in the order in which they are run."""

from typing import Final

from bench import (
    boards,
    commons,
    doors,
    growing,
    imports,
    judging,
    live,
    pairwise,
    planning,
    reading,
    recognition,
    seasons,
    statements,
    totals,
    weighing,
    writing,
)
from bench.harness import Row

ROWS: Final[tuple[Row, ...]] = (
    *boards.ROWS,
    *imports.ROWS,
    *writing.ROWS,
    *doors.ROWS,
    *live.ROWS,
    *reading.ROWS,
    *weighing.ROWS,
    *planning.ROWS,
    *judging.ROWS,
    *pairwise.ROWS,
    *commons.ROWS,
    *recognition.ROWS,
    *seasons.ROWS,
    *totals.ROWS,
    *growing.ROWS,
    *statements.ROWS,
)
