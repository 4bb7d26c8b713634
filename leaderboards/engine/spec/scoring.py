"""Rounds, boards, cuts, awards, and the whole `Scoring` that holds them."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from leaderboards.engine.numbers import Rounding
from leaderboards.engine.spec.base import (
    Aggregate,
    Amount,
    Clock,
    Decimals,
    Fold,
    Key,
    Keyed,
    Missing,
    Number,
    PlaceStyle,
    Rounded,
    Spec,
    Switch,
    Whole,
)
from leaderboards.engine.spec.challenges import ChallengeSpec, Format

ORDER_DEFAULT: Final = ("score",)


class Ranked(StrEnum):
    """Who stands on a board: who took part in its last round, in any, in all; or every group."""

    LAST = "last"
    ANY = "any"
    ALL = "all"
    ENROLLED = "enrolled"


class Rows(StrEnum):
    """One row per group, or one per attempt that beat the standing best."""

    GROUPS = "groups"
    RECORDS = "records"


class Source(StrEnum):
    """What a board ranks by: the scores of rounds, the points earned by acts (a separate ledger), or the credit among them."""

    ROUNDS = "rounds"
    POINTS = "points"
    CREDIT = "credit"


class Credited(StrEnum):
    """Whose credit a board ranks: who was built upon, by what came back to them; who builds on others, by what that earned them."""

    ORIGINATORS = "originators"
    BUILDERS = "builders"


class Audience(StrEnum):
    """Who may see a board."""

    PUBLIC = "public"
    JUDGES = "judges"
    ORGANIZERS = "organizers"


class CutTies(StrEnum):
    """Groups that share the last place of a cut: all go on, none, or a decision says."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    DECIDE = "decide"


class AwardTies(StrEnum):
    """Tied groups share the sum of the places they fill, or each gets the amount of the place, or a decision says who goes first."""

    SPLIT = "split"
    EACH = "each"
    DECIDE = "decide"


class Edge(StrEnum):
    """Equal places across the edge of a share: all in, all out, or whichever comes nearer to the number."""

    INCLUDE = "include"
    AT_MOST = "at_most"
    NEAREST = "nearest"


class RoundSpec(Keyed, Rounded):
    """A timebox, and how its challenge scores become one round score. The order of rounds is their order in time."""

    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    combine: Aggregate = Aggregate.SUM
    best: Annotated[int, Field(strict=True, ge=1)] | None = None
    missing: Missing = Missing.SKIP


def _style(value: object) -> object:
    """Places may be written 1224 without quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class BoardSpec(Rounded):
    """A declared ranking. With `each`, instead of key and rounds: one board per round, named after it (see `expand_boards`)."""

    key: Key | None = None
    name: str = ""
    each: Switch = False
    source: Source = Source.ROUNDS
    who: Credited = Credited.ORIGINATORS
    rounds: tuple[Key, ...] | None = None
    weights: dict[Key, Number] | None = None
    challenges: tuple[Key, ...] | None = None
    points: Literal["borda"] | tuple[Number, ...] | None = None
    combine: Aggregate = Aggregate.SUM
    best: Annotated[int, Field(strict=True, ge=1)] | None = None
    missing: Missing = Missing.SKIP
    half_life: Number | None = None
    order: tuple[str, ...] = ORDER_DEFAULT
    places: Annotated[PlaceStyle, BeforeValidator(_style)] = PlaceStyle.STANDARD
    ranked: Ranked = Ranked.LAST
    within: str | None = None
    rows: Rows = Rows.GROUPS
    freeze: Clock | None = None
    audience: Audience = Audience.PUBLIC

    @property
    def id(self) -> str:
        """The key, empty for a board that still stands for one per round."""
        return self.key or ""

    @property
    def title(self) -> str:
        """What people read: the name, else the key."""
        return self.name or self.id


class CutSpec(Spec):
    """Who of a board enters a round: exactly one of first, share, at_least, all."""

    board: Key
    to: Key
    first: Whole | dict[str, Whole] | None = None
    share: Number | None = None
    at_least: Number | None = None
    all: Switch = False
    ties: CutTies = CutTies.INCLUDE
    wildcards: Whole = 0


class AwardSpec(Keyed):
    """What can be won: by place, by a value, by share of the field, or by decision. Amounts are cents for places 1, 2, ...

    A `pool` of cents is split: by `parts` for places 1, 2, ..., else in proportion to the value `by` (`by_value`), else equally.
    """

    kind: str = "medal"
    board: Key | None = None
    set: str | None = None
    pass_on: Switch = False
    places: tuple[Whole, Whole] | None = None
    at_least: Number | None = None
    by: str = "score"
    share: Number | None = None
    share_of: Key | None = None
    edge: Edge = Edge.INCLUDE
    decided: Switch = False
    amounts: tuple[Amount, ...] | None = None
    pool: Amount | None = None
    parts: tuple[Number, ...] | None = None
    by_value: Switch = False
    ties: AwardTies = AwardTies.SPLIT
    sessions: Annotated[int, Field(strict=True, ge=0, le=100)] = 0

    @property
    def pays(self) -> bool:
        """Whether money comes with it."""
        return self.amounts is not None or self.pool is not None


class Scoring(Spec):
    """The whole scoring of a cycle. The first board is the main result; marks and fields are stored with `mark_decimals` decimals."""

    rounding: Rounding = Rounding.HALF_UP
    mark_decimals: Decimals = 4
    rounds: tuple[RoundSpec, ...] = ()
    challenges: tuple[ChallengeSpec, ...] = ()
    boards: tuple[BoardSpec, ...] = ()
    cuts: tuple[CutSpec, ...] = ()
    awards: tuple[AwardSpec, ...] = ()


def expand_boards(scoring: Scoring) -> tuple[BoardSpec, ...]:
    """The boards with every `each = true` replaced by one board per round, named after it."""
    boards: list[BoardSpec] = []
    for board in scoring.boards:
        if board.each:
            boards += [
                board.model_copy(update={"each": False, "key": one.key, "name": one.name, "rounds": (one.key,)})
                for one in scoring.rounds
            ]
        else:
            boards.append(board)
    return tuple(boards)


def board_rounds(scoring: Scoring, board: BoardSpec) -> tuple[RoundSpec, ...]:
    """The rounds a board counts, in order of time: the named ones, else those with a weight, else all."""
    named = board.rounds if board.rounds is not None else board.weights
    return tuple(one for one in scoring.rounds if named is None or one.key in named)


def board_weights(scoring: Scoring, board: BoardSpec) -> dict[str, Fraction]:
    """The weight of each round of a board, in order of time; 1 where none is given."""
    weights = board.weights or {}
    return {one.key: weights.get(one.key, Fraction(1)) for one in board_rounds(scoring, board)}


def statistical(scoring: Scoring) -> bool:
    """Whether results are fitted, not only added up: by numpy and scipy then, which a worker has and a web process never loads."""
    return any(
        one.format is Format.PAIRWISE or any(panel.combine in {Fold.SEVERITY, Fold.SEVERITY_CLIP} for panel in one.panels)
        for one in scoring.challenges
    )
