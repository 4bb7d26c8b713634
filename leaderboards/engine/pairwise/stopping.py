"""Whether enough has been compared. Three reasons to stop: every entry was compared often and the order is reliable; every line that
matters (a prize, a cut) is decided; or time is up, and then what is left is said.

The limits are those of published work: ten comparisons of each entry, reliability .8, nine chances in ten at each line. Choosing pairs by
what is known already inflates the plain reliability, so it is taken from judges split in halves, or from the pairs chosen at random.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

ENOUGH: Final = 10
RELIABLE: Final = 0.8
DECIDED: Final = 0.9
SEEN: Final = 4  # a line can be decided only once every entry was compared so often


@dataclass(frozen=True, slots=True)
class Boundary:
    """A line between two places: how likely the one above it is really the better. `place`: the last place above."""

    place: int
    above: str
    below: str
    chance: float

    @property
    def decided(self) -> bool:
        """Nine chances in ten."""
        return self.chance >= DECIDED


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast comparisons come in, and how long they may."""

    per_hour: float
    hours_left: float

    @property
    def to_come(self) -> int:
        """Comparisons until the end, if it goes on like this."""
        return max(0, int(self.per_hour * self.hours_left))


@dataclass(frozen=True, slots=True)
class Advice:
    """`stop` with its `reason` ("reliable", "decided"), or why not: "apart", "few", "unsure". `to_go`: comparisons until each has ten.

    `in_time`: whether these come in before judging closes; None where nobody can tell.
    """

    stop: bool
    reason: str
    least: float
    mean: float
    to_go: int
    reliability: float | None
    boundaries: tuple[Boundary, ...] = ()
    in_time: bool | None = None


def advise(
    compared: Sequence[float],
    *,
    parts: int,
    reliability: float | None,
    boundaries: Sequence[Boundary] = (),
    pace: Pace | None = None,
) -> Advice:
    """`compared`: how often each entry was, 0 included. `parts`: connected parts of the comparisons of all entries."""
    least, mean = min(compared, default=0.0), sum(compared) / max(1, len(compared))
    to_go = ceil(sum(max(0.0, ENOUGH - one) for one in compared) / 2)
    often, reliable = least >= ENOUGH, reliability is not None and reliability >= RELIABLE
    decided = bool(boundaries) and least >= SEEN and all(one.decided for one in boundaries)
    if parts > 1:
        stop, reason = False, "apart"
    elif often and reliable:
        stop, reason = True, "reliable"
    elif decided:
        stop, reason = True, "decided"
    else:
        stop, reason = False, "unsure" if often else "few"
    in_time = None if pace is None or stop else pace.to_come >= to_go
    return Advice(stop, reason, least, mean, to_go, reliability, tuple(boundaries), in_time)
