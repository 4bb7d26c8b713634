"""The state of a computation: what the rounds done so far have given, for the boards that read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from leaderboards.engine.aggregate import aggregate, aggregate_rule
from leaderboards.engine.cells import Told, cells
from leaderboards.engine.checks import Problem
from leaderboards.engine.entrants import Exits, Field
from leaderboards.engine.index import DIVISION, Index
from leaderboards.engine.names import challenges_of
from leaderboards.engine.outcome import Cell
from leaderboards.engine.spec import BoardSpec, ChallengeSpec, RoundSpec, Scoring

type RoundCells = Mapping[str, tuple[Cell, ...]]
"""group -> its cells in one round, in order of the challenges."""


@dataclass(slots=True)
class State:
    """Grows round by round. `numbers` is the place of each round in time."""

    scoring: Scoring
    index: Index
    numbers: Mapping[str, int]
    exits: Exits
    problems: list[Problem]
    fields: dict[str, Field] = field(default_factory=dict)
    cells: dict[str, RoundCells] = field(default_factory=dict)
    scores: dict[tuple[str, str], Fraction | None] = field(default_factory=dict)
    offsets: Told = field(default_factory=dict)

    def entrants(self, round_key: str) -> tuple[str, ...]:
        """Who takes part in a round; nobody in one that is not computed yet."""
        found = self.fields.get(round_key)
        return () if found is None else found.entrants


def score_cells(state: State, round_key: str, freeze: int | None = None, only: BoardSpec | None = None) -> RoundCells:
    """Score every entrant of a round in every challenge (of a board, if one is given)."""
    entrants = state.entrants(round_key)
    found: dict[str, list[Cell]] = {group: [] for group in entrants}
    for challenge in challenges_of(state.scoring, round_key, only):
        mode = state.scoring.rounding
        for cell in cells(state.index, challenge, round_key, entrants, mode, freeze=freeze, told=state.offsets):
            found[cell.group].append(cell)
    return {group: tuple(row) for group, row in found.items()}


def score_round(state: State, spec: RoundSpec, found: RoundCells, only: BoardSpec | None = None) -> dict[str, Fraction | None]:
    """Combine the challenge scores of each group into its round score; a challenge of another division does not count for it."""
    rule = aggregate_rule(spec, state.scoring.rounding)
    tasks = challenges_of(state.scoring, spec.key, only)
    low = goes_low(tasks)
    keys = [(task.key, task.weight) for task in tasks]
    divided = any(task.division is not None for task in tasks)
    scores: dict[str, Fraction | None] = {}
    for group, row in found.items():
        own = [(one.key, one.weight) for one in tasks if belongs(state.index, one, group)] if divided else keys
        by_key = {cell.challenge: cell.score for cell in row}
        scores[group] = aggregate(rule, [(weight, by_key.get(key)) for key, weight in own], low=low)
    return scores


def belongs(index: Index, challenge: ChallengeSpec, group: str) -> bool:
    """Whether the challenge is set for this group's division."""
    return challenge.division is None or index.column(group, DIVISION) == challenge.division


def goes_low(tasks: Iterable[ChallengeSpec]) -> bool:
    """Whether a sum of these challenges is better when lower: all of them say so."""
    rows = tuple(tasks)
    return bool(rows) and all(task.low for task in rows)
