"""Which panels there are to analyse, and their marks as the result used them: read once more, before anything was taken off or dropped."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from leaderboards.engine.facts import Facts
from leaderboards.engine.index import Index, index
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import challenges_of
from leaderboards.engine.numbers import total
from leaderboards.engine.outcome import Cell, Outcome, Unscored
from leaderboards.engine.rubric import PanelPlan, plans, sheet_values
from leaderboards.engine.severity.analysis import PanelTable
from leaderboards.engine.severity.ratings import Rating
from leaderboards.engine.severity.sums import precision_in, summed_ties
from leaderboards.engine.sheets import Marks, read_marks
from leaderboards.engine.spec import (
    Aggregate,
    BoardSpec,
    ChallengeSpec,
    CutSpec,
    Format,
    Panel,
    Scoring,
    board_rounds,
    expand_boards,
)
from leaderboards.engine.weighing import Place, Weighed, weighed

VERSION: Final = "2"  # goes up when the same marks would give another analysis
TOPS: Final = (1, 3, 10)
OUT: Final = frozenset({Unscored.WITHDRAWN, Unscored.DISQUALIFIED})

type Unit = tuple[str, str]


def panel_tables(scoring: Scoring, facts: Facts, outcome: Outcome) -> Iterator[PanelTable]:
    """A table for every panel of a rubric that has sheets."""
    rubrics = [
        (spec.key, one) for spec in scoring.rounds for one in challenges_of(scoring, spec.key) if one.format is Format.RUBRIC
    ]
    if not rubrics or not facts.marks:
        return
    found, cells = index(facts), _by_unit(outcome)
    for round_key, challenge in rubrics:
        unit = (round_key, challenge.key)
        if unit in found.marks and unit in cells:
            yield from _of(scoring, found, challenge, unit, cells[unit], outcome)


def _by_unit(outcome: Outcome) -> dict[Unit, dict[str, Cell]]:
    """The cells of who is neither withdrawn nor disqualified."""
    found: dict[Unit, dict[str, Cell]] = {}
    for (round_key, challenge, group), cell in outcome.cells.items():
        if cell.unscored not in OUT:
            found.setdefault((round_key, challenge), {})[group] = cell
    return found


def _of(
    scoring: Scoring, found: Index, challenge: ChallengeSpec, unit: Unit, cells: Mapping[str, Cell], outcome: Outcome
) -> Iterator[PanelTable]:
    plain = challenge.model_copy(update={"panels": tuple(_plain(one) for one in challenge.judges_panels)})
    marks = read_marks(plain, found.marks[unit], sorted(cells))
    specs = {one.key: one for one in challenge.judges_panels}
    tops = tuple(sorted(set(TOPS) | set(_cut_sizes(scoring, challenge, unit[0], len(cells)))))
    for plan in plans(plain, scoring.rounding):
        sheets = _sheets(plan, marks, mean=challenge.combine is Aggregate.MEAN)
        if not sheets:
            continue
        panel = specs[plan.rule.key]
        weights = {one.key: one.weight for one in plan.criteria}
        yield PanelTable(
            round=unit[0],
            challenge=unit[1],
            panel=panel.key,
            method=panel.combine.value,
            per_sheet=plan.per_sheet,
            sheets=sheets,
            marks={one.key: _ratings(marks, one.key) for one in plan.criteria},
            rows=_rows(plan, marks),
            official={group: cell.values.get(panel.key) for group, cell in cells.items()},
            offsets={key[3]: one for key, one in outcome.offsets.items() if key[:3] == (*unit, panel.key)},
            weights=weights,
            share=total(weights.values()) if challenge.combine is Aggregate.MEAN else Fraction(1),
            tops=tops,
        )


def _plain(panel: Panel) -> Panel:
    """The panel on its marks as given, not on points by rank."""
    return panel.model_copy(update={"points": None})


def _sheets(plan: PanelPlan, marks: Mapping[str, Marks], *, mean: bool) -> list[Rating]:
    """Whole sheets as numbers. Where the panel folds criterion by criterion, only complete ones can be compared."""
    required = {one.key for one in plan.criteria if not one.optional} if not plan.per_sheet else set()
    found: list[Rating] = []
    for group, row in marks.items():
        given = [{one.judge for one in row[key] if one.used is not None} for key in required]
        sheets = sheet_values(plan, row, mean=mean)
        found += [
            Rating(group, one.judge, one.used)
            for one in sheets
            if one.used is not None and all(one.judge in judges for judges in given)
        ]
    return found


def _ratings(marks: Mapping[str, Marks], criterion: str) -> list[Rating]:
    return [Rating(group, one.judge, one.used) for group, row in marks.items() for one in row[criterion] if one.used is not None]


def _rows(plan: PanelPlan, marks: Mapping[str, Marks]) -> dict[str, list[list[float]]]:
    """Judge → sheets with a mark on every criterion."""
    found: dict[str, list[list[float]]] = {}
    for row in marks.values():
        sheets: dict[str, list[float]] = {}
        for one in plan.criteria:
            for mark in row[one.key]:
                if mark.used is not None:
                    sheets.setdefault(mark.judge, []).append(float(mark.used))
        for judge, values in sheets.items():
            if len(values) == len(plan.criteria) > 1:
                found.setdefault(judge, []).append(values)
    return found


def _cut_sizes(scoring: Scoring, challenge: ChallengeSpec, round_key: str, count: int) -> Iterator[int]:
    """How many go on by cuts from boards that count this round, and how many win something on them by place."""
    boards = {board.id for board in expand_boards(scoring) if round_key in {one.key for one in board_rounds(scoring, board)}}
    for cut in scoring.cuts:
        if cut.board in boards:
            yield from _cut_size(cut, challenge, count)
    first = next(iter(expand_boards(scoring)), None)
    for award in scoring.awards:
        if award.places is not None and (award.board or (first.id if first else "")) in boards:
            yield award.places[1]


def _cut_size(cut: CutSpec, challenge: ChallengeSpec, count: int) -> Iterable[int]:
    if isinstance(cut.first, dict):
        return [cut.first[challenge.division]] if challenge.division in cut.first else []
    if cut.share is not None:
        return [math.ceil(cut.share * count)]
    return [] if cut.first is None else [cut.first]


def board_tables(scoring: Scoring, outcome: Outcome) -> Iterator[tuple[BoardSpec, Weighed]]:
    """Every board that adds up several judged results, with what each panel weighs on it."""
    for board in expand_boards(scoring):
        found = weighed(scoring, board, outcome)
        if found is not None and (found.why or found.rows):
            yield board, found


def board_ties(found: Weighed, tables: Mapping[Place, PanelTable]) -> dict[str, Any]:
    """`tied`: group → neighbours that the marks cannot tell it apart from; `why` in words where that cannot be told."""
    if found.why:
        return {"why": found.why, "tied": {}}
    wanted = sorted({place for rows in found.rows.values() for *_rest, shares in rows for place in shares})
    sure = {place: precision_in(tables[place]) for place in wanted if place in tables}
    if None in sure.values() or len(sure) < len(wanted):
        return {"why": _("too few entries have several sheets"), "tied": {}}
    tied: dict[str, list[str]] = {}
    for rows in found.rows.values():
        parts = [
            (one, {group: shares[place] for group, _score, shares in rows if place in shares})
            for place, one in sure.items()
            if one is not None
        ]
        tied |= summed_ties([(group, score) for group, score, _shares in rows], parts)
    return {"why": "", "tied": tied}


def board_digest(found: Weighed, tables: Mapping[Place, str]) -> str:
    """What the ties of a board rest on, as one name. `tables`: the digests of its panels."""
    kinds = {
        id(shares): shares for rows in found.rows.values() for *_rest, shares in rows
    }  # few: rows that weigh alike share theirs
    wanted = {place for shares in kinds.values() for place in shares}
    names = {one: repr(sorted(shares.items())) for one, shares in kinds.items()}
    told = hashlib.sha256(repr((VERSION, found.why, sorted((place, tables.get(place, "")) for place in wanted))).encode())
    for bracket, rows in found.rows.items():
        told.update(
            repr((bracket, [(group, score, names[id(shares)]) for group, score, shares in rows])).encode(errors="surrogatepass")
        )
    return told.hexdigest()


def digest(table: PanelTable) -> str:
    """What an analysis rests on, as one name: the same again needs no computation."""
    told = hashlib.sha256(repr((VERSION, table.panel, table.method, table.per_sheet, tuple(table.tops))).encode())
    told.update(repr(sorted(table.weights.items())).encode() + repr(sorted(table.official.items())).encode())
    for rows in (table.sheets, *(table.marks[key] for key in sorted(table.marks))):
        told.update(
            "".join(f"{one.entry}\x1f{one.judge}\x1f{one.value}\x1e" for one in sorted(rows)).encode(errors="surrogatepass")
        )
        told.update(b"\x1d")
    return told.hexdigest()
