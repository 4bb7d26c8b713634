"""Standings over the cycles of a series: the engine ranks them, each cycle being a round and its main board what counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from games.cycles.models import Cycle, Series
from games.cycles.queries import cycles_of
from games.cycles.rules import CycleState
from games.errors import Invalid
from games.groups.models import Group
from games.groups.rules import UNNAMED, is_unnamed
from leaderboards.computing import compute
from leaderboards.engine import facts, numbers
from leaderboards.engine.outcome import Row
from leaderboards.engine.spec import Aggregate, BoardSpec, ChallengeSpec, Missing, Ranked, RoundSpec, Scoring
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC

BOARD = "series"
TASK = "result"


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """How cycles add up: by `score` or by `place` of their main board; then as on a board: sum or mean, best n, points by place."""

    by: Literal["score", "place"] = "score"
    combine: Aggregate = Aggregate.SUM
    best: int | None = None
    points: tuple[Fraction, ...] | None = None
    missing: Missing = Missing.SKIP


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A team through its cycles. `groups`: id of the cycle → id of its group there; `results`: id of the cycle → what counted."""

    place: str
    name: str
    score: str
    groups: Mapping[int, int]
    results: Mapping[int, str]


@dataclass(slots=True)
class _Teams:
    """Groups of several cycles that are the same team, under the id of the first of them."""

    roots: dict[tuple[int, str], int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    groups: dict[int, dict[int, int]] = field(default_factory=dict)

    def unnamed(self, cycle: int, key: str) -> int | None:
        """A team that keeps its name to itself in this cycle: it counts, for itself alone, since nobody is to know which it was before."""
        if not is_unnamed(key):
            return None
        root = -1 - len([one for one in self.names if one < 0])
        self.roots[cycle, key], self.names[root], self.groups[root] = root, UNNAMED, {}
        return root


def series_standings(series: Series, rule: SeriesRule | None = None) -> list[SeriesRow]:
    """The standings over the public cycles of a series, from the last published state of each main board. A team is followed by its predecessors.

    Four statements, whatever the number of cycles. Raises Invalid when scores cannot be added up (in one cycle more is better, in
    another less).
    """
    rule = rule or SeriesRule()
    cycles = list(cycles_of(series).filter(public=True).exclude(state=CycleState.DRAFT.value))
    boards = {one.scope: one for one in Board.objects.filter(scope__in=[one.pk for one in cycles], number=1, audience=PUBLIC)}
    published = _published(boards)
    cycles = [one for one in cycles if one.pk in published]
    if not cycles:
        return []
    teams = _teams(cycles)
    results = _results(cycles, published, teams, rule)
    scoring = _scoring(cycles, rule, low=rule.by == "place" or _low([boards[one.pk] for one in cycles]))
    found = facts.Facts(
        groups=tuple(facts.Group(f"g{root}", teams.names[root]) for root in sorted({root for _, root in results})),
        attempts=tuple(
            facts.Attempt(f"c{cycle}", TASK, f"g{root}", 0, "AC", numbers.parse(text)) for (cycle, root), text in results.items()
        ),
    )
    return [_row(one, teams, results) for one in compute(scoring, found).boards[BOARD].rows]


def _published(boards: Mapping[int, Board]) -> dict[int, Snapshot]:
    """The last public snapshot of each board, by cycle."""
    scopes = {board.pk: scope for scope, board in boards.items()}
    rows = Snapshot.objects.filter(board__in=scopes, audience=PUBLIC).order_by("number")
    return {scopes[one.board_id]: one for one in rows}


def _teams(cycles: Sequence[Cycle]) -> _Teams:
    teams, root_of = _Teams(), dict[int, int]()
    groups = Group.objects.filter(cycle__in=cycles).order_by("pk").values_list("pk", "cycle_id", "key", "name", "predecessor_id")
    for pk, cycle, key, name, predecessor in groups:
        root = root_of[pk] = root_of.get(predecessor, pk)
        teams.roots[cycle, key] = root
        teams.names[root] = name
        teams.groups.setdefault(root, {})[cycle] = pk
    return teams


def _results(
    cycles: Sequence[Cycle], published: Mapping[int, Snapshot], teams: _Teams, rule: SeriesRule
) -> dict[tuple[int, int], str]:
    """(cycle, team) → what counts, as number text. Rows without a place or a score do not count."""
    found = {}
    for cycle in cycles:
        for row in published[cycle.pk].rows:
            root = teams.roots.get((cycle.pk, row["entry"])) or teams.unnamed(cycle.pk, row["entry"])
            text = row[rule.by]
            if root is not None and text and row["place"] and not row["line"]:
                found[cycle.pk, root] = text
    return found


def _low(boards: Sequence[Board]) -> bool:
    lows = {"low" in board.spec.get("order", ["score"])[0].split()[1:] for board in boards}
    if len(lows) > 1:
        message = "In one cycle more is better, in another less: their scores cannot be added up. Count places instead."
        raise Invalid(message, where="by")
    return lows.pop()


def _scoring(cycles: Sequence[Cycle], rule: SeriesRule, *, low: bool) -> Scoring:
    task = ChallengeSpec.model_validate({"key": TASK, "format": "measured", "better": "low" if low else "high", "keep": "latest"})
    falling = low and rule.points is None
    board = BoardSpec(
        key=BOARD,
        combine=rule.combine,
        best=rule.best,
        points=rule.points,
        missing=rule.missing,
        ranked=Ranked.ANY,
        order=("score low" if falling else "score",),
    )
    return Scoring(rounds=tuple(RoundSpec(key=f"c{one.pk}") for one in cycles), challenges=(task,), boards=(board,))


def _row(row: Row, teams: _Teams, results: Mapping[tuple[int, int], str]) -> SeriesRow:
    root = int(row.group[1:])
    return SeriesRow(
        place="" if row.place is None else numbers.text(row.place),
        name=row.name,
        score="" if row.score is None else numbers.text(row.score),
        groups=teams.groups[root],
        results={cycle: text for (cycle, team), text in results.items() if team == root},
    )
