"""Many rounds that might have been: true quality, marks as judges would give them, places as they would come out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from leaderboards.engine.planning.design import Precision, Spreads
from leaderboards.engine.planning.problem import Pair
from leaderboards.engine.planning.table import Floats, Ints

DRAWS: Final = (40, 400)
"""Rounds drawn: at least, at most."""
CELLS: Final = 300_000
"""Entries × rounds that are drawn for big designs."""
JUDGES: Final = 4
SPARE: Final = 15
"""Severity is taken off from so many judges and so many marks beyond one per entry, as in the results."""


@dataclass(frozen=True, slots=True)
class Design:
    """Who marks what: a row of each number per sheet."""

    entries: int
    judges: int
    entry: Ints
    judge: Ints


def dealt(entries: int, judges: int, per_entry: int, anchors: int, seed: int) -> Design:
    """A design dealt evenly by chance; the first `anchors` entries go to everybody."""
    dice = np.random.default_rng([seed % 2**63, entries, judges, per_entry])
    loads = np.zeros(judges)
    each = min(per_entry, judges)
    crews = [np.arange(judges)] * min(anchors, entries)
    for _ in range(entries - len(crews)):
        crew = np.argsort(loads + dice.random(judges) / 2, kind="stable")[:each]
        loads[crew] += 1
        crews.append(crew)
    entry = np.repeat(np.arange(entries), [len(crew) for crew in crews])
    return Design(entries, judges, entry, np.concatenate([*crews, np.zeros(0, np.int64)]).astype(np.int64))


def planned(pairs: Collection[Pair]) -> Design:
    """The design of a plan."""
    rows = {key: number for number, key in enumerate(sorted({entry for entry, _ in pairs}))}
    columns = {key: number for number, key in enumerate(sorted({judge for _, judge in pairs}))}
    both = sorted((rows[entry], columns[judge]) for entry, judge in pairs)
    found = np.array(both, np.int64).reshape(-1, 2)
    return Design(len(rows), len(columns), found[:, 0], found[:, 1])


def simulated(design: Design, spreads: Spreads, seed: int, draws: int | None) -> Precision:
    """Draw rounds and see. Severity is taken off as the results do it, its size known: a small round has to guess that too."""
    sheets, entries = len(design.entry), design.entries
    count = draws or int(np.clip(CELLS // max(entries, 1), *DRAWS))
    each = np.bincount(design.entry, minlength=entries)
    load = int(np.bincount(design.judge, minlength=1).max()) if sheets else 0
    adjusted = spreads.severity > 0 and design.judges >= JUDGES and sheets - entries >= SPARE
    if not entries or not sheets or not each.all():
        most = max(entries - 1, 0)
        return Precision(entries, design.judges, 0, sheets, load, most / 2, most, most, 0.0, 0.0, 0.0, adjusted=False)
    dice = np.random.default_rng([seed % 2**63, sheets])
    quality = dice.normal(0, spreads.quality, (count, entries))
    severity = dice.normal(0, spreads.severity, (count, design.judges))
    marks = quality[:, design.entry] + severity[:, design.judge] + dice.normal(0, spreads.noise, (count, sheets))
    scores = _scores(design, marks, spreads, adjusted=adjusted)
    truth, came = _places(quality), _places(scores)
    off = np.abs(truth - came)
    best = min(3, entries)
    half, most = np.quantile(off, [0.5, 0.9]).tolist()
    error = float(np.var((scores - quality) - (scores - quality).mean(axis=1, keepdims=True)))
    real = spreads.quality**2
    return Precision(
        entries=entries,
        judges=design.judges,
        per_entry=int(np.median(each)),
        sheets=sheets,
        load=load,
        mean=round(float(off.mean()), 3),
        half=round(half, 2),
        most=round(most, 2),
        reliability=round(real / (real + error), 4) if real + error else 1.0,
        first=round(float((came[truth == 0] == 0).mean()), 4),
        podium=round(float(((truth < best) & (came < best)).sum(axis=1).mean() / best), 4),
        adjusted=adjusted,
    )


def _scores(design: Design, marks: Floats, spreads: Spreads, *, adjusted: bool) -> Floats:
    """The mean of an entry's marks; adjusted: less the severities, which are solved from the residuals with entries fixed, judges random."""
    sheets = len(design.entry)
    one = np.ones(sheets)
    of_entry = csr_array((one, (np.arange(sheets), design.entry)), shape=(sheets, design.entries))
    of_judge = csr_array((one, (np.arange(sheets), design.judge)), shape=(sheets, design.judges))
    each = np.bincount(design.entry, minlength=design.entries)
    means: Floats = (marks @ of_entry) / each
    if not adjusted:
        return means
    residuals = (marks - means[:, design.entry]) @ of_judge
    meet = (of_judge.T @ of_entry).toarray()
    ridge = (spreads.noise / spreads.severity) ** 2
    system = np.diag(meet.sum(axis=1) + ridge + 1e-12) - (meet / each) @ meet.T
    offsets = np.linalg.solve(system, residuals.T).T
    found: Floats = means - (offsets[:, design.judge] @ of_entry) / each
    return found


def _places(values: Floats) -> Ints:
    """Places from 0, the highest value first."""
    order = np.argsort(-values, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(values.shape[1])[None, :], axis=1)
    return places.astype(np.int64)
