"""Bradley-Terry with a ridge: strengths t, P(i beats j) = 1 / (1 + exp(t_j - t_i)), fitted to all comparisons at once.

Minimised is SUM weight x ln(1 + exp(t_loser - t_winner)) + ridge x SUM t^2 (a tie is half a win for each). The ridge draws strengths to 0,
so that an entry that won or lost everything stays finite; the mean of each connected part is 0. The minimum is unique, and Newton's
method ends within some 1e-12 of it, so a strength rounded to 1e-6 does not depend on the order of votes or on the machine.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from leaderboards.engine.numbers import ZERO, Rounding, rounded
from leaderboards.engine.pairwise.verdicts import Comparison, components

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE: Final = 0.05
DECIMALS: Final = 6
DENSE: Final = 400  # up to so many entries the equations are solved directly
STEPS: Final = 100
CLOSE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found. `keys` are sorted and give the order of `raw`; `strengths` are quantized, they rank.

    `parts`: the connected parts of the comparison graph, largest first. `counts`: each pair once, (place, place, weight for the first, for
    the second).
    """

    keys: tuple[str, ...]
    strengths: Mapping[str, Fraction]
    raw: tuple[float, ...]
    compared: Mapping[str, Fraction]
    won: Mapping[str, Fraction]
    parts: tuple[tuple[str, ...], ...]
    counts: tuple[tuple[int, int, float, float], ...]
    ridge: float = RIDGE


def quantized(value: float) -> Fraction:
    """A statistical result as an exact number with six decimals, half to even."""
    return rounded(Fraction(value), DECIMALS, Rounding.HALF_EVEN)


def fit(found: Iterable[Comparison], *, ridge: float = RIDGE) -> Fit:
    """Strengths of all entries that were compared. Without comparisons nobody has one."""
    pairs, compared, won = _added_up(found)
    keys = tuple(sorted(compared))
    place = {key: number for number, key in enumerate(keys)}
    counts = tuple((place[a], place[b], float(first), float(second)) for (a, b), (first, second) in sorted(pairs.items()))
    raw = tuple(float(value) for value in _minimum(counts, len(keys), ridge)) if counts else ()
    return Fit(
        keys=keys,
        strengths={key: quantized(value) for key, value in zip(keys, raw, strict=True)},
        raw=raw,
        compared=dict(sorted(compared.items())),
        won=dict(sorted(won.items())),
        parts=tuple(components(pairs, keys)),
        counts=counts,
        ridge=ridge,
    )


type Pairs = dict[tuple[str, str], tuple[Fraction, Fraction]]


def _added_up(found: Iterable[Comparison]) -> tuple[Pairs, dict[str, Fraction], dict[str, Fraction]]:
    """Each pair once, exactly: (a, b) with a < b -> weight won by a, by b; and per entry what was compared and won."""
    pairs: Pairs = {}
    compared: dict[str, Fraction] = defaultdict(lambda: ZERO)
    won: dict[str, Fraction] = defaultdict(lambda: ZERO)
    for one in found:
        first, second = one.won * one.weight, (1 - one.won) * one.weight
        key, gained = ((one.a, one.b), (first, second)) if one.a < one.b else ((one.b, one.a), (second, first))
        before = pairs.get(key, (ZERO, ZERO))
        pairs[key] = (before[0] + gained[0], before[1] + gained[1])
        for entry, share in ((one.a, first), (one.b, second)):
            compared[entry] += one.weight
            won[entry] += share
    return pairs, compared, won


class Likelihood:
    """The sum that is minimised, with its slope and its curvature. `size`: how many entries."""

    def __init__(self, counts: tuple[tuple[int, int, float, float], ...], size: int, ridge: float) -> None:
        import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process

        table = np.asarray(counts, dtype=float)
        self.first, self.second = table[:, 0].astype(int), table[:, 1].astype(int)
        self.wins, self.losses = table[:, 2], table[:, 3]
        self.size, self.ridge = size, ridge

    def value(self, strengths: "NDArray[Any]") -> float:
        """The sum itself."""
        import numpy as np  # noqa: PLC0415 as above

        apart = strengths[self.first] - strengths[self.second]
        doubt = np.logaddexp(0, -apart) * self.wins + np.logaddexp(0, apart) * self.losses
        return float(doubt.sum() + self.ridge * (strengths**2).sum())

    def slope(self, strengths: "NDArray[Any]") -> "NDArray[Any]":
        """Its derivative by each strength."""
        import numpy as np  # noqa: PLC0415 as above
        from scipy.special import expit  # noqa: PLC0415 as above

        expected = expit(strengths[self.first] - strengths[self.second]) * (self.wins + self.losses)
        pull = expected - self.wins
        found = 2 * self.ridge * strengths
        found += np.bincount(self.first, pull, self.size) - np.bincount(self.second, pull, self.size)
        return np.asarray(found)

    def weights(self, strengths: "NDArray[Any]") -> "NDArray[Any]":
        """What each pair adds to the curvature: comparisons x p x (1 - p)."""
        from scipy.special import expit  # noqa: PLC0415 as above

        chance = expit(strengths[self.first] - strengths[self.second])
        return chance * (1 - chance) * (self.wins + self.losses)  # type: ignore[no-any-return]  # an array like its factors

    def curvature(self, strengths: "NDArray[Any]", *, dense: bool) -> Any:
        """The Hessian: a graph Laplacian plus twice the ridge."""
        import numpy as np  # noqa: PLC0415 as above
        from scipy.sparse import csr_array  # noqa: PLC0415 as above

        weights = self.weights(strengths)
        diagonal = np.bincount(self.first, weights, self.size) + np.bincount(self.second, weights, self.size) + 2 * self.ridge
        places = np.arange(self.size)
        rows = np.concatenate([places, self.first, self.second])
        columns = np.concatenate([places, self.second, self.first])
        sparse = csr_array((np.concatenate([diagonal, -weights, -weights]), (rows, columns)), shape=(self.size, self.size))
        return sparse.toarray() if dense else sparse


def _minimum(counts: tuple[tuple[int, int, float, float], ...], size: int, ridge: float) -> "NDArray[Any]":
    """Newton's method from 0, each step shortened until it helps."""
    import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process

    sum_ = Likelihood(counts, size, ridge)
    strengths = np.zeros(size)
    value = sum_.value(strengths)
    for _ in range(STEPS):
        slope = sum_.slope(strengths)
        way = _solved(sum_, strengths, slope)
        length = 1.0
        while length > CLOSE and (after := sum_.value(strengths - length * way)) > value - 1e-4 * length * float(slope @ way):
            if float(np.abs(way).max()) < 1e-7:  # noqa: PLR2004 so near, the value no longer tells; the step is good to the square of that
                break
            length /= 2
        strengths = strengths - length * way
        value = after
        if float(np.abs(way).max()) < 1e-9:  # noqa: PLR2004 Newton's error falls with the square of its step
            break
    return strengths - strengths.mean() if ridge == 0 else strengths


def _solved(sum_: Likelihood, strengths: "NDArray[Any]", slope: "NDArray[Any]") -> "NDArray[Any]":
    """The Newton step: curvature x step = slope."""
    import numpy as np  # noqa: PLC0415 heavy: never loaded by a web process

    if sum_.size <= DENSE:
        whole = sum_.curvature(strengths, dense=True)
        if sum_.ridge == 0:
            whole = whole + 1 / sum_.size  # only differences matter: the mean is held
        return np.asarray(np.linalg.solve(whole, slope))
    from scipy.sparse.linalg import cg  # noqa: PLC0415 as above

    sparse = sum_.curvature(strengths, dense=False)
    inverse = 1 / sparse.diagonal()
    from scipy.sparse import diags_array  # noqa: PLC0415 as above

    way, _ = cg(sparse, slope, rtol=CLOSE, atol=0.0, maxiter=10 * sum_.size, M=diags_array(inverse))
    return np.asarray(way)
