"""Array types, for readers and the type checker: numpy itself is loaded when something is computed, never by a web process."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

type Vector = NDArray[np.float64]
type Matrix = NDArray[np.float64]
type Indices = NDArray[np.intp]
