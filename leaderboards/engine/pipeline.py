"""The whole computation: facts through rounds, cuts and boards to awards. Pure: the same input gives the same outcome, always."""

from leaderboards.engine.awards import give_awards
from leaderboards.engine.boards import compute_board
from leaderboards.engine.checks import Problem
from leaderboards.engine.cuts import apply_cut
from leaderboards.engine.entrants import exits, field
from leaderboards.engine.facts import Facts
from leaderboards.engine.gaps import decision_problems, mark_problems, pair_problems, severity_problems
from leaderboards.engine.index import index
from leaderboards.engine.outcome import BoardResult, CutResult, Outcome
from leaderboards.engine.spec import BoardSpec, Scoring, expand_boards
from leaderboards.engine.state import State, score_cells, score_round


def compute(scoring: Scoring, facts: Facts) -> Outcome:
    """Compute everything. `scoring` must have no error in `checks.problems`; what is wrong in the facts is told in `Outcome.problems`."""
    specs = {board.id: board for board in expand_boards(scoring)}
    boards: dict[str, BoardResult] = {}
    state = begun(scoring, facts)
    cuts = run_rounds(state, specs, boards)
    problems = state.problems
    results = {key: boards[key] if key in boards else compute_board(state, spec) for key, spec in specs.items()}
    frozen = {key: compute_board(state, spec, frozen=True) for key, spec in specs.items() if spec.freeze is not None}
    awards = give_awards(scoring, results, state.index, problems)
    decision_problems(state, specs)
    mark_problems(state)
    severity_problems(state)
    pair_problems(state)
    return Outcome(
        cells={
            (cell.round, cell.challenge, cell.group): cell
            for row in state.cells.values()
            for cells in row.values()
            for cell in cells
        },
        rounds=dict(state.scores),
        entrants={one.key: state.entrants(one.key) for one in scoring.rounds},
        boards=results,
        frozen=frozen,
        cuts=cuts,
        awards=awards,
        problems=tuple(dict.fromkeys(problems)),
        offsets=dict(state.offsets),
    )


def begun(scoring: Scoring, facts: Facts) -> State:
    """The state before the first round: the facts sorted, and who has left when."""
    problems: list[Problem] = []
    found = index(facts)
    rounds = [one.key for one in scoring.rounds]
    return State(scoring, found, {key: number for number, key in enumerate(rounds)}, exits(found, rounds, problems), problems)


def run_rounds(state: State, specs: dict[str, BoardSpec], boards: dict[str, BoardResult]) -> tuple[CutResult, ...]:
    """Round by round in time: draw the cuts into it, which only look back, then score its field."""
    before: tuple[str, ...] = tuple(state.index.groups)
    done: list[CutResult] = []
    for number, spec in enumerate(state.scoring.rounds):
        drawn: list[CutResult] = []
        for cut in state.scoring.cuts:
            if cut.to == spec.key and cut.board in specs:
                if cut.board not in boards:
                    boards[cut.board] = compute_board(state, specs[cut.board])
                drawn.append(apply_cut(cut, boards[cut.board], state.index, state.problems))
        state.fields[spec.key] = field(state.index, spec.key, number, drawn, before, state.exits)
        cells = score_cells(state, spec.key)
        state.cells[spec.key] = cells
        state.scores.update({(spec.key, group): score for group, score in score_round(state, spec, cells).items()})
        before = state.entrants(spec.key)
        done += drawn
    return tuple(done)
