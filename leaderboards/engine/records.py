"""Record boards: one row per attempt that beat the standing best, in order of time."""

from fractions import Fraction

from leaderboards.engine.attempts import MINUTE_MS
from leaderboards.engine.facts import Attempt
from leaderboards.engine.measured import records
from leaderboards.engine.names import challenges_of
from leaderboards.engine.outcome import Row, RowStatus
from leaderboards.engine.spec import BoardSpec, board_rounds
from leaderboards.engine.state import State, belongs


def record_rows(state: State, board: BoardSpec, freeze: int | None) -> tuple[Row, ...]:
    """The records of a board's challenges, round by round; `place` counts them, `score` is the value, `values` has `at` in minutes."""
    rows: list[Row] = []
    specs = board_rounds(state.scoring, board)
    for spec in specs:
        entrants = frozenset(state.entrants(spec.key))
        for challenge in challenges_of(state.scoring, spec.key, board):
            tried = state.index.attempts.get((spec.key, challenge.key), {})
            own = [
                one for group, row in tried.items() if group in entrants and belongs(state.index, challenge, group) for one in row
            ]
            own.sort(key=_moment)
            stop = freeze if spec is specs[-1] else None
            for number, record in enumerate(records(challenge, own, stop), start=1):
                at = Fraction(record.attempt.at_ms, MINUTE_MS)
                rows.append(
                    Row(
                        place=Fraction(number),
                        group=record.attempt.group,
                        name=state.index.name(record.attempt.group),
                        score=record.value,
                        status=RowStatus.RECORD,
                        within=challenge.key,
                        keys=(record.value,),
                        values={"at": at, "score": record.value},
                        rounds={spec.key: record.value},
                    )
                )
    return tuple(rows)


def _moment(attempt: Attempt) -> tuple[int, int, str, str, str]:
    return attempt.at_ms, attempt.sequence, attempt.group, attempt.verdict, str(attempt.value)
