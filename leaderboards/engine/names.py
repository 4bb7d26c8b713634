"""Value names: what `order` and `by` may ask for, and how the text "final.jury low" is read."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from leaderboards.engine.spec import LIVE_FORMATS, BoardSpec, ChallengeSpec, Format, Scoring, Source, board_rounds

SUFFIXES: Final = ("points", "count", "countback")
ATTEMPT_NAMES: Final = ("solved", "penalty", "rejected", "last")
PAIR_NAMES: Final = ("strength", "expected", "compared", "won")
TALLIES: Final = ("judged", "full_marks")
RESERVED: Final = frozenset({"score", "reached", "improvement", "countback", "high", "low", *ATTEMPT_NAMES, *TALLIES})


class Kind(StrEnum):
    """Where a named value comes from."""

    SCORE = "score"
    ROUND = "round"
    CHALLENGE = "challenge"
    CELL = "cell"
    TALLY = "tally"
    REACHED = "reached"
    IMPROVEMENT = "improvement"
    COUNTBACK = "countback"


class ValueName(NamedTuple):
    """A name, understood: its kind, the one round it is limited to (or None), and the name inside that round."""

    kind: Kind
    round: str | None
    name: str


class OrderKey(NamedTuple):
    """One step of an order: a value and whether low is better."""

    value: ValueName
    low: bool
    text: str


def challenges_of(scoring: Scoring, round_key: str, board: BoardSpec | None = None) -> tuple[ChallengeSpec, ...]:
    """The challenges set in a round, only those that the board counts if one is given."""
    only = None if board is None else board.challenges
    return tuple(one for one in scoring.challenges if one.in_round(round_key) and (only is None or one.key in only))


def is_live(scoring: Scoring, board: BoardSpec) -> bool:
    """Whether a board is shown as it changes: it ranks points or credit, or every task that feeds it is judged by a machine at once."""
    if board.source is not Source.ROUNDS:
        return True
    tasks = [one for each in board_rounds(scoring, board) for one in challenges_of(scoring, each.key, board)]
    return bool(tasks) and all(one.format in LIVE_FORMATS for one in tasks)


def cell_names(challenge: ChallengeSpec) -> Iterator[str]:
    """Every name that a cell of this challenge has a value for."""
    for criterion in challenge.marked_criteria:
        yield criterion.key
        yield from (f"{criterion.key}.{suffix}" for suffix in SUFFIXES)
    if challenge.marked_criteria:
        yield from (panel.key for panel in challenge.judges_panels)
    yield from (one.key for one in challenge.fields)
    if challenge.format in {Format.ATTEMPTS, Format.AUTOMATIC}:
        yield from ATTEMPT_NAMES
    if challenge.format is Format.PAIRWISE:
        yield from PAIR_NAMES


def split_order(text: str) -> tuple[str, bool] | None:
    """Split "NAME", "NAME high" or "NAME low" into name and whether low is better; None if it has another form."""
    name, _, direction = text.strip().partition(" ")
    if not name or direction.strip() not in {"", "high", "low"}:
        return None
    return name, direction.strip() == "low"


def resolve(scoring: Scoring, board: BoardSpec, name: str) -> ValueName | None:
    """Understand a value name on a board; None if nothing has this name. Rounds of the cycle win over challenges, these over the rest."""
    if name in {"score", "reached", "improvement", "countback"}:
        return ValueName(Kind(name), None, name)
    rounds = [one.key for one in scoring.rounds]
    if name in rounds:
        return ValueName(Kind.ROUND, name, name)
    counted = [one.key for one in board_rounds(scoring, board)]
    found = _inside(scoring, board, counted, name)
    if found is not None:
        return ValueName(found, None, name)
    head, _, rest = name.partition(".")
    if head not in rounds:
        return None
    if rest == "score":
        return ValueName(Kind.ROUND, head, name)
    found = _inside(scoring, board, [head], rest)
    return None if found is None else ValueName(found, head, rest)


def _inside(scoring: Scoring, board: BoardSpec, rounds: list[str], name: str) -> Kind | None:
    """What the name is among the challenges of these rounds."""
    if name in TALLIES:
        return Kind.TALLY
    found: Kind | None = None
    for round_key in rounds:
        for challenge in challenges_of(scoring, round_key, board):
            if challenge.key == name:
                return Kind.CHALLENGE
            if name in set(cell_names(challenge)):
                found = Kind.CELL
    return found


def order_keys(scoring: Scoring, board: BoardSpec) -> tuple[OrderKey, ...]:
    """The order of a board, understood. Steps that cannot be understood are left out: `checks.problems` reports them."""
    keys = []
    for text in board.order:
        split = split_order(text)
        value = resolve(scoring, board, split[0]) if split else None
        if split and value:
            keys.append(OrderKey(value, split[1], split[0]))
    return tuple(keys)


def known_names(scoring: Scoring, board: BoardSpec) -> tuple[str, ...]:
    """Every bare name of a board, for messages and suggestions."""
    names = ["score", "reached", "improvement", "countback", *TALLIES, *(one.key for one in scoring.rounds)]
    for one in board_rounds(scoring, board):
        for challenge in challenges_of(scoring, one.key, board):
            names += [challenge.key, *cell_names(challenge)]
    return tuple(dict.fromkeys(names))
