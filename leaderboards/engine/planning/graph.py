"""The graph of judges: two are linked by every entry that both mark. Its Laplacian says how well their severity can be told apart."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from leaderboards.engine.planning.problem import LINKED
from leaderboards.engine.planning.table import Flags, Floats


@dataclass(frozen=True, slots=True)
class Links:
    """Judges with at least one sheet: their number, components, eigenvalues (ascending) and vectors of the Laplacian."""

    judges: tuple[int, ...]
    components: int
    values: Floats
    vectors: Floats

    @property
    def lambda2(self) -> float:
        """The second smallest eigenvalue, to six decimals; of one judge alone 0, and of nobody."""
        return max(0.0, round(float(self.values[1]), 6)) if len(self.values) > 1 else 0.0

    @property
    def lacking(self) -> float:
        """How much all eigenvalues but the first are short of the least wished, together: 0 when all is well. Falls as links are made."""
        return float(np.clip(LINKED - self.values[1:], 0, None).sum())

    @property
    def good(self) -> bool:
        """Whether the judges are comparable: all linked, and well enough. One judge needs no link."""
        return len(self.judges) <= 1 or (self.components == 1 and self.lambda2 >= LINKED)


def laplacian(chosen: Flags) -> Floats:
    """diag(sheets) - A' diag(1 / judges per entry) A, of judges × judges."""
    rows, columns = np.nonzero(chosen)
    marks = csr_array((chosen.sum(axis=1)[rows] ** -0.5, (rows, columns)), shape=chosen.shape)
    found: Floats = np.diag(chosen.sum(axis=0)) - (marks.T @ marks).toarray()
    return found


def links(chosen: Flags) -> Links:
    """The graph of a choice of pairs."""
    active = np.flatnonzero(chosen.any(axis=0))
    if not len(active):
        return Links((), 0, np.zeros(0), np.zeros((0, 0)))
    found = laplacian(chosen[:, active])
    count, _ = connected_components(np.abs(found) > 1e-12, directed=False)  # noqa: PLR2004 -- what a float leaves of nothing
    values, vectors = np.linalg.eigh(found)
    return Links(tuple(active.tolist()), int(count), values, vectors)
