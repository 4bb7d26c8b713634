"""What is asked of a plan, and what comes back: plain data, cheap to import."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

type Pair = tuple[str, str]
"""(key of an entry, key of a judge)"""

LINKED: Final = 1.0
"""The judges are well enough linked when the second smallest eigenvalue of their graph is at least this."""


class Bar(StrEnum):
    """Why a judge must not have an entry."""

    OWN = "own"
    CONFLICT = "conflict"
    LANGUAGE = "language"


class Limit(StrEnum):
    """What stands in the way of a plan."""

    JUDGES = "judges"
    CONFLICTS = "conflicts"
    LANGUAGE = "language"
    LOADS = "loads"
    MINIMUM = "minimum"
    PEERS = "peers"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be judged. `language` empty: everybody reads it. `wanted`: judges for this entry, if not as many as for the others."""

    key: str
    topics: frozenset[str] = frozenset()
    language: str = ""
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Who judges. Loads count every sheet, those that stay as well. `languages` empty: any. `group`: the entry that is their own."""

    key: str
    min_load: int = 0
    max_load: int | None = None
    topics: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Who may judge what, and what is wished.

    `match` says in [0, 1] how well a judge knows what an entry is about; pairs that it does not name match as their topics do (cosine).
    `fixed` pairs stay as they are, even of judges who have left: only what is missing is dealt. `anchors` are marked by everybody.
    `peers`: judges are entrants; if somebody of A judges B, nobody of B judges A. `fairest`: the worst match is as good as can be, before the
    sum. `slack`: how many sheets more than necessary loads may differ for the sake of expertise. `thinning`: the share of pairs that the seed
    leaves out, so that nobody can count on an entry. `link`: see to it that the judges are comparable.
    """

    entries: tuple[Entry, ...]
    judges: tuple[Judge, ...]
    per_entry: int
    match: Mapping[Pair, float] = field(default_factory=dict)
    barred: Mapping[Pair, Bar] = field(default_factory=dict)
    fixed: Collection[Pair] = ()
    anchors: Collection[str] = ()
    seed: int = 0
    peers: bool = False
    fairest: bool = False
    slack: int = 0
    thinning: float = 0.0
    link: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError where a key is there twice or a number makes no sense."""
        for keys in ([one.key for one in self.entries], [one.key for one in self.judges]):
            if len(set(keys)) < len(keys):
                raise ValueError("every entry and every judge once")
        if self.per_entry < 0 or self.slack < 0 or not 0 <= self.thinning < 1:
            raise ValueError("per_entry and slack are at least 0, thinning at least 0 and below 1")
        if any(not 0 <= value <= 1 for value in self.match.values()):
            raise ValueError("a match is between 0 and 1")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who judges what: all pairs, sorted; `dealt` are those that were not fixed before.

    `loads`: sheets of every judge, also of those who have left and keep some. `components`: groups of judges between which no entry is
    shared (judges without a sheet apart). `lambda2`: how well the judges are linked; at least 1 is good, 0 is not at all. `bridges`: entries
    that were dealt without regard to expertise, to link judges. `objective`: the sum of the matches of all pairs; `weakest`: the least sum of
    matches of an entry. `notes`: in words, what could not be reached.
    """

    pairs: tuple[Pair, ...]
    dealt: tuple[Pair, ...]
    loads: Mapping[str, int]
    components: int
    lambda2: float
    bridges: tuple[str, ...]
    objective: float
    weakest: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that cannot be: these entries need more sheets than these judges may take. For MINIMUM: these judges want more than there is.

    `barred`: how many pairs of these entries with other judges are barred, by why. `kept`: judges that the entry has already.
    """

    limit: Limit
    entries: tuple[str, ...]
    judges: tuple[str, ...]
    needed: int
    possible: int
    barred: Mapping[Bar, int] = field(default_factory=dict)
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Infeasible:
    """There is no such plan, and why. `leaderboards.engine.planning.words.words_of` says a block with names instead of keys."""

    reason: str
    blocking: tuple[Block, ...]
