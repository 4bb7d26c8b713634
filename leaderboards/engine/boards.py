"""Boards: who stands on them, what each round counts for them, places, and the frozen variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from leaderboards.engine.aggregate import aggregate, aggregate_rule
from leaderboards.engine.facts import Decision, DecisionKind
from leaderboards.engine.fading import ages, faded
from leaderboards.engine.names import Kind, OrderKey, ValueName, challenges_of, order_keys, resolve
from leaderboards.engine.numbers import ZERO, rounded
from leaderboards.engine.outcome import BoardResult, Row, RowStatus, Value
from leaderboards.engine.places import numbered, place_points
from leaderboards.engine.ranking import join, split, ties
from leaderboards.engine.records import record_rows
from leaderboards.engine.spec import BoardSpec, Credited, Ranked, RoundSpec, Rows, Source, board_rounds, board_weights
from leaderboards.engine.state import RoundCells, State, goes_low, score_cells, score_round
from leaderboards.engine.values import Reader, Standing

type Counted = Mapping[str, Mapping[str, Fraction | None]]
"""round -> group -> what the round counts on the board."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A board, read once: its rounds, order, and every value name that a rule asks for."""

    board: BoardSpec
    rounds: tuple[RoundSpec, ...]
    order: tuple[OrderKey, ...]
    names: Mapping[str, ValueName]
    low: bool

    @property
    def by_score(self) -> bool:
        """Whether the score orders the board."""
        return any(step.value.kind is Kind.SCORE for step in self.order)


def compute_board(state: State, board: BoardSpec, *, frozen: bool = False) -> BoardResult:
    """The rows of a board; `frozen`: on attempts of its last round before the freeze, later ones pending."""
    plan = _plan(state, board)
    freeze = board.freeze if frozen else None
    if board.rows is Rows.RECORDS:
        rows = record_rows(state, board, freeze)
    else:
        reader = _reader(state, plan, freeze)
        rows = _rows(state, plan, reader, _counted(state, plan, reader))
    return BoardResult(board.id, board.title, board.audience, tuple(board.order), rows, frozen=freeze is not None)


def _plan(state: State, board: BoardSpec) -> Plan:
    scoring = state.scoring
    rounds = board_rounds(scoring, board)
    order = order_keys(scoring, board)
    names = {step.text: step.value for step in order}
    for award in scoring.awards:
        if (award.board or scoring_first(state)) == board.id:
            value = resolve(scoring, board, award.by)
            if value is not None:
                names[award.by] = value
    low = any(step.low for step in order if step.value.kind is Kind.SCORE)
    return Plan(board, rounds, order, names, low)


def scoring_first(state: State) -> str:
    """The key of the main board: the first, or the first round's if the first stands for one per round."""
    first = next(iter(state.scoring.boards), None)
    if first is None:
        return ""
    return first.id or next((one.key for one in state.scoring.rounds), "")


def _reader(state: State, plan: Plan, freeze: int | None) -> Reader:
    """The cells and round scores the board reads: those of the rounds, or its own where it counts some challenges only, or is frozen."""
    only = None if plan.board.challenges is None else plan.board
    cells, scores = state.cells, state.scores
    if only is not None or freeze is not None:
        cells, scores = dict(cells), dict(scores)
        for spec in plan.rounds if only is not None else plan.rounds[-1:]:
            late = freeze if spec is plan.rounds[-1] else None
            cells[spec.key] = _own_cells(state, spec.key, only, late)
            scores.update({(spec.key, group): score for group, score in score_round(state, spec, cells[spec.key], only).items()})
    entered = {spec.key: frozenset(state.entrants(spec.key)) for spec in plan.rounds}
    return Reader(cells, scores, tuple(spec.key for spec in plan.rounds), state.numbers, entered, plan.low)


def _own_cells(state: State, round_key: str, only: BoardSpec | None, freeze: int | None) -> RoundCells:
    """The cells of a round as this board counts them: scored again up to the freeze, or its challenges picked out."""
    if freeze is not None:
        return score_cells(state, round_key, freeze, only)
    kept = frozenset((only.challenges if only is not None else None) or ())
    return {group: tuple(cell for cell in row if cell.challenge in kept) for group, row in state.cells.get(round_key, {}).items()}


def _counted(state: State, plan: Plan, reader: Reader) -> Counted:
    """What each round counts: its scores, or points by place, faded by age."""
    board, mode = plan.board, plan.board.rounding or state.scoring.rounding
    found: dict[str, Mapping[str, Fraction | None]] = {}
    for spec in plan.rounds:
        scores = {group: reader.scores.get((spec.key, group)) for group in state.entrants(spec.key)}
        found[spec.key] = scores if board.points is None else _points(state, plan, spec, scores)
    if board.half_life is not None:
        closes = {spec.key: spec.closes for spec in plan.rounds if spec.closes is not None}
        scored = frozenset(key for key, row in found.items() if any(value is not None for value in row.values()))
        for key, age in ages(closes, scored).items():
            found[key] = {
                group: None if value is None else faded(value, age, board.half_life, mode) for group, value in found[key].items()
            }
    return found


def _points(state: State, plan: Plan, spec: RoundSpec, scores: Mapping[str, Fraction | None]) -> dict[str, Fraction | None]:
    """Places in the round become points, for each value of `within` alone."""
    table = plan.board.points
    low = goes_low(challenges_of(state.scoring, spec.key, plan.board))
    brackets: dict[str, dict[str, Fraction]] = {}
    for group, score in scores.items():
        if score is not None:
            brackets.setdefault(_within(state, plan.board, group), {})[group] = score
    points: dict[str, Fraction | None] = {}
    for bracket in brackets.values():
        points.update(place_points(table or "borda", bracket, low=low))
    return points


def _within(state: State, board: BoardSpec, group: str) -> str:
    return "" if board.within is None else state.index.column(group, board.within)


def candidates(state: State, plan: Plan) -> list[str]:
    """Who stands on the board: by `ranked`, and those who lost their place in one of its rounds."""
    rounds = [spec.key for spec in plan.rounds]
    entered = [frozenset(state.entrants(key)) for key in rounds]
    match plan.board.ranked:
        case Ranked.ENROLLED:
            chosen = frozenset(state.index.groups)
        case Ranked.ANY:
            chosen = frozenset[str]().union(*entered)
        case Ranked.ALL:
            chosen = frozenset(entered[0]).intersection(*entered) if entered else frozenset()
        case Ranked.LAST:
            chosen = entered[-1] if entered else frozenset()
    let_in = {group for key in rounds for group in (state.fields[key].let_in if key in state.fields else ())}
    return [
        group for group in state.index.groups if group in chosen or (group in let_in and _status(state, plan, group) is not None)
    ]


def _status(state: State, plan: Plan, group: str) -> RowStatus | None:
    last = state.numbers[plan.rounds[-1].key] if plan.rounds else 0
    return state.exits.status(group, last)


def _rows(state: State, plan: Plan, reader: Reader, counted: Counted) -> tuple[Row, ...]:
    rule = aggregate_rule(plan.board, state.scoring.rounding)
    weights = board_weights(state.scoring, plan.board)
    brackets: dict[str, list[Row]] = {}
    for group in candidates(state, plan):
        rounds = {key: row.get(group) for key, row in counted.items()}
        if plan.board.source is not Source.ROUNDS:
            score: Fraction | None = rounded(_earned(state, plan.board, group), rule.decimals, rule.mode)
        else:
            score = aggregate(rule, [(weights[key], value) for key, value in rounds.items()], low=plan.low)
        standing = Standing(score, rounds)
        values: dict[str, Value | None] = {text: reader.value(name, group, standing) for text, name in plan.names.items()}
        keys = tuple(values[step.text] for step in plan.order)
        status = _status(state, plan, group) or (RowStatus.UNSCORED if _unscored(plan, score, keys) else RowStatus.RANKED)
        pending = sum(cell.pending for key in reader.rounds for cell in reader.cells.get(key, {}).get(group, ()))
        within = _within(state, plan.board, group)
        row = Row(None, group, state.index.name(group), score, status, within, keys, values, rounds, pending)
        brackets.setdefault(within, []).append(row)
    return tuple(row for within in sorted(brackets) for row in _placed(state, plan, brackets[within]))


def _earned(state: State, board: BoardSpec, group: str) -> Fraction:
    """Points by acts; on a board of credit those that came back, or those for work that builds on others."""
    points = state.index.points.get(group)
    if points is None:
        return ZERO
    if board.source is Source.POINTS:
        return points.amount
    return points.came if board.who is Credited.ORIGINATORS else points.built


def _unscored(plan: Plan, score: Fraction | None, keys: Sequence[Value | None]) -> bool:
    """No score where the score orders the board; else nothing for the first step of the order."""
    return score is None if plan.by_score or not keys else keys[0] is None


def _placed(state: State, plan: Plan, rows: Sequence[Row]) -> list[Row]:
    """Number the ranked rows; the others follow without place."""
    by_group = {row.group: row for row in rows}
    ranked = {row.group: row.keys for row in rows if row.status is RowStatus.RANKED}
    found = ties(ranked, plan.order)
    found = join(found, _decisions(state, plan.board, DecisionKind.EQUAL, ranked), state.problems)
    found = split(found, _decisions(state, plan.board, DecisionKind.BREAK, ranked), state.problems)
    placed = [
        _with_place(by_group[group], place)
        for tie, place in zip(found, numbered(found, plan.board.places), strict=True)
        for group in tie
    ]
    order = (RowStatus.UNSCORED, RowStatus.WITHDRAWN, RowStatus.DISQUALIFIED)
    return placed + [row for status in order for row in rows if row.status is status]


def _with_place(row: Row, place: Fraction) -> Row:
    return Row(place, row.group, row.name, row.score, row.status, row.within, row.keys, row.values, row.rounds, row.pending)


def _decisions(state: State, board: BoardSpec, kind: DecisionKind, ranked: Mapping[str, object]) -> list[Decision]:
    """The decisions on this board; one that names no board is about the main one."""
    main = scoring_first(state)
    return [one for one in state.index.decided(kind) if (one.board or main) == board.id and one.group in ranked]
