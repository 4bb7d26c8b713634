"""What a panel's marks tell beside the result: how sure each place is, how each judge marks, which marks lie far off. As plain data.

`analyse` answers for any panel, whatever its method: where severities are not taken off, it says what taking them off would do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from leaderboards.engine.numbers import ZERO, text
from leaderboards.engine.outcome import JudgeOffsets
from leaderboards.engine.severity.entries import Adjusted, entry_rows
from leaderboards.engine.severity.gates import FREEDOM, MOST_JUDGES, gate, warnings
from leaderboards.engine.severity.judges import JudgeReport, reports
from leaderboards.engine.severity.offsets import quantized
from leaderboards.engine.severity.outliers import outliers
from leaderboards.engine.severity.ratings import Overlap, Rating, Ratings, ratings_of, shared_overlap
from leaderboards.engine.severity.reliability import alpha, icc, reliability
from leaderboards.engine.severity.reml import Fit, fit, plain_fit
from leaderboards.engine.severity.told import told
from leaderboards.engine.severity.uncertainty import precision_of

TOLD: Final = 200  # marks far off, the furthest first


@dataclass(frozen=True, slots=True)
class PanelTable:
    """A panel's marks: whole sheets, the marks by criterion, and by judge the complete sheets as rows of marks.

    `official`: entry → the value of the panel as the result has it; `offsets`: criterion (or "" for sheets) → what was taken off;
    `weights`: of the criteria in a sheet, divided by `share`. `tops`: places whose chance is asked for.
    """

    round: str
    challenge: str
    panel: str
    method: str
    per_sheet: bool
    sheets: Sequence[Rating]
    marks: Mapping[str, Sequence[Rating]]
    rows: Mapping[str, Sequence[Sequence[float]]]
    official: Mapping[str, Fraction | None]
    offsets: Mapping[str, JudgeOffsets] = field(default_factory=dict)
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    share: Fraction = Fraction(1)
    tops: Sequence[int] = ()

    @property
    def applied(self) -> bool:
        """Whether severities were taken off in the result."""
        return any(not one.why for one in self.offsets.values())

    @property
    def why(self) -> str:
        """The reason why they were not, on some criterion at least."""
        return next((one.why for one in self.offsets.values() if one.why), "")


def analyse(table: PanelTable, *, seed: int = 0) -> dict[str, Any]:
    """Everything about a panel with at least one sheet: numbers as text, "" where something cannot be told."""
    ratings = ratings_of(table.sheets)
    why = table.why or gate(len(ratings.judges), ratings.df)
    overlaps: dict[bytes, Overlap] = {}
    found = _fit(ratings, overlaps)
    adjusted = table.applied or not why
    values = _values(table, found, adjusted=adjusted)
    precision = precision_of(found, adjusted=adjusted, values=_counted(ratings, values))
    units = _units(ratings)
    return {
        "method": table.method,
        "applied": table.applied,
        "why": why,
        "lam": told(found.lam),
        "s2": told(found.s2),
        "sb2": told(found.sb2),
        "components": found.overlap.components,
        "lambda2": told(found.overlap.lambda2),
        "alpha": told(alpha(units)),
        "reliability": told(None if precision is None else reliability(precision)),
        "icc": told(_icc(ratings, units)),
        "warnings": warnings(found.overlap),
        "entries": entry_rows(Adjusted(found, values, precision, table.official), tops=table.tops, seed=seed),
        "judges": [_judge(one, table) for one in reports(found, table.rows)],
        "outliers": _far(table, found, overlaps),
        "taken": [_taken(one) for _, one in sorted(table.offsets.items())],
    }


def _taken(one: JudgeOffsets) -> dict[str, Any]:
    """What the result takes off on one criterion (or whole sheets), with the lam from which it is solved for again."""
    return {
        "criterion": one.criterion,
        "why": one.why,
        "lam": "" if one.lam is None else text(one.lam),
        "offsets": {judge: text(value) for judge, value in sorted(one.offsets.items())},
    }


def _fit(ratings: Ratings, overlaps: dict[bytes, Overlap]) -> Fit:
    """With offsets, unless there are too many judges to take them apart."""
    if len(ratings.judges) > MOST_JUDGES:
        return plain_fit(ratings)
    return fit(ratings, shared_overlap(ratings, overlaps))


def _values(table: PanelTable, found: Fit, *, adjusted: bool) -> dict[str, Fraction]:
    """Entry → its adjusted value: the official one where the result is adjusted, else what the sheets give; the mean behind a gate."""
    qualities = found.qualities if adjusted else found.means
    values = {
        key: quantized(float(value)) + found.ratings.base for key, value in zip(found.ratings.entries, qualities, strict=True)
    }
    if table.applied:
        values |= {key: value for key, value in table.official.items() if value is not None and key in values}
    return values


def _counted(ratings: Ratings, values: Mapping[str, Fraction]) -> Any:
    """The values as floats from the base of the ratings."""
    import numpy as np  # noqa: PLC0415 - only where something is computed

    return np.array([float(values[key] - ratings.base) for key in ratings.entries], dtype=np.float64)


def _units(ratings: Ratings) -> list[list[float]]:
    units: list[list[float]] = [[] for _ in ratings.entries]
    for row, value in zip(ratings.rows, ratings.values, strict=True):
        units[row].append(float(value))
    return units


def _icc(ratings: Ratings, units: list[list[float]]) -> float | None:
    """Of the mean of a jury chosen at random, where everybody judged everything."""
    found = icc(units) if len(ratings.given) == len(ratings.entries) * len(ratings.judges) else None
    return None if found is None else found.random_mean


def _judge(one: JudgeReport, table: PanelTable) -> dict[str, Any]:
    return {
        "judge": one.judge,
        "n": one.sheets,
        "offset": told(one.offset) if not table.applied else text(_official_offset(table, one.judge)),
        "se": told(one.error),
        "consistency": told(one.consistency),
        "halo": told(one.halo),
        "centrality": told(one.centrality),
        "flags": list(one.flags),
    }


def _official_offset(table: PanelTable, judge: str) -> Fraction:
    """What the result takes off a whole sheet of this judge: the offsets of its criteria, weighed as the criteria are."""
    taken = [table.weights.get(key, Fraction(1)) * one.offsets.get(judge, ZERO) for key, one in table.offsets.items()]
    return sum(taken, ZERO) / (table.share if not table.per_sheet else 1)


def _far(table: PanelTable, whole: Fit, overlaps: dict[bytes, Overlap]) -> list[dict[str, str]]:
    """Marks far from what was expected: by criterion, or whole sheets where the panel folds these."""
    fits = (
        [("", whole)]
        if table.per_sheet
        else [(key, _fit(ratings_of(rows), overlaps)) for key, rows in table.marks.items() if rows]
    )
    found = [(one, key) for key, each in fits if each.ratings.df >= FREEDOM for one in outliers(each)]
    found.sort(key=lambda pair: (-abs(pair[0].distance), pair[0].entry, pair[0].judge, pair[1]))
    return [
        {"group": one.entry, "judge": one.judge, "criterion": key, "distance": f"{one.distance:.2f}"} for one, key in found[:TOLD]
    ]
