"""A judge's own report: how severe, how consistent, whether marks crowd in the middle or follow one impression. Facts, not verdicts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from leaderboards.engine.severity.reml import Fit
from leaderboards.engine.severity.uncertainty import judge_errors

FEW: Final = 3  # sheets below which nothing more is said
ENOUGH: Final = 5  # sheets from which a habit may be named
CLEAR: Final = 2.0  # standard errors from which an offset is more than an accident
NOTABLE: Final = 0.5  # of the noise of one sheet: an offset below it moves little
WILD: Final = (
    1.5  # residual mean square against the usual, as in the rules of thumb for outfit; with few sheets chance goes further
)
TAME: Final = 0.5
CHANCE: Final = 3.0  # standard deviations of such a mean square
CROWDED: Final = 0.5  # of the usual spread of a judge
ALIKE: Final = 0.8  # correlation between criteria
MORE_ALIKE: Final = 0.15  # than with the other judges


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """One judge. None: cannot be told. `offset` above 0 is lenient; `consistency`, `centrality`: against the usual judge, 1 is usual.

    `consistency` compares what the offset does not explain, `centrality` how far the judge's sheets spread, `halo` is the mean
    correlation between criteria. `flags`: few, severe, lenient, unpredictable, predictable, constant, central, halo.
    """

    judge: str
    sheets: int
    offset: float
    error: float
    consistency: float | None
    centrality: float | None
    halo: float | None
    flags: tuple[str, ...]


def reports(fit: Fit, sheets: Mapping[str, Sequence[Sequence[float]]]) -> list[JudgeReport]:
    """One for each judge, in order of keys. `sheets`: judge → complete sheets, each the marks by criterion, for the halo."""
    errors, halos = judge_errors(fit), {judge: halo(rows) for judge, rows in sheets.items()}
    residuals, spreads = _residuals(fit), _spreads(fit)
    known = [one for one in halos.values() if one is not None]
    usual = median(known) if known else None
    found = []
    for place, judge in enumerate(fit.ratings.judges):
        report = JudgeReport(
            judge=judge,
            sheets=int(fit.overlap.sheets[place]),
            offset=float(fit.offsets[place]),
            error=float(errors[place]),
            consistency=residuals[place],
            centrality=spreads[place],
            halo=halos.get(judge),
            flags=(),
        )
        found.append(_flagged(report, math.sqrt(fit.s2 or 0.0), usual))
    return found


def _residuals(fit: Fit) -> list[float | None]:
    """Root mean square of each judge's residuals, over that of all."""
    return _against_usual([[float(one) for one in fit.residuals[fit.ratings.columns == place]] for place in _places(fit)])


def _spreads(fit: Fit) -> list[float | None]:
    """Standard deviation of each judge's sheets, over the usual one."""
    rows = [[float(one) for one in fit.ratings.values[fit.ratings.columns == place]] for place in _places(fit)]
    return _against_usual([[value - sum(row) / len(row) for value in row] for row in rows])


def _places(fit: Fit) -> range:
    return range(len(fit.ratings.judges))


def _against_usual(rows: Sequence[Sequence[float]]) -> list[float | None]:
    """Root mean square of each row over that of all; None for rows too short, or where nothing differs."""
    squares = [sum(value**2 for value in row) for row in rows]
    whole = sum(squares) / max(sum(map(len, rows)), 1)
    return [
        math.sqrt(square / len(row) / whole) if len(row) >= FEW and whole > 0 else None
        for row, square in zip(rows, squares, strict=True)
    ]


def halo(sheets: Sequence[Sequence[float]]) -> float | None:
    """The mean correlation between the criteria of one judge. Criteria that always got the same mark say nothing."""
    if len(sheets) < FEW or not sheets[0]:
        return None
    columns = [[sheet[place] for sheet in sheets] for place in range(len(sheets[0]))]
    centred = [[value - sum(column) / len(column) for value in column] for column in columns]
    sized = [(column, norm) for column in centred if (norm := math.sqrt(sum(value**2 for value in column))) > 0]
    pairs = [
        sum(a * b for a, b in zip(one, other, strict=True)) / (norm * second)
        for place, (one, norm) in enumerate(sized)
        for other, second in sized[place + 1 :]
    ]
    return sum(pairs) / len(pairs) if pairs else None


def _flagged(one: JudgeReport, noise: float, usual_halo: float | None) -> JudgeReport:
    flags = []
    if one.sheets < FEW:
        flags.append("few")
    elif abs(one.offset) > max(CLEAR * one.error, NOTABLE * noise):
        flags.append("lenient" if one.offset > 0 else "severe")
    if one.centrality == 0:
        flags.append("constant")
    if one.sheets >= ENOUGH:
        chance = CHANCE * math.sqrt(2 / one.sheets)
        if one.consistency is not None and one.consistency**2 > max(WILD, 1 + chance):
            flags.append("unpredictable")
        if one.consistency is not None and one.consistency**2 < min(TAME, 1 - chance):
            flags.append("predictable")
        if one.centrality is not None and 0 < one.centrality < CROWDED:
            flags.append("central")
        if one.halo is not None and usual_halo is not None and one.halo > max(ALIKE, usual_halo + MORE_ALIKE):
            flags.append("halo")
    return JudgeReport(one.judge, one.sheets, one.offset, one.error, one.consistency, one.centrality, one.halo, tuple(flags))
