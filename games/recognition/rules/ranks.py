"""Which boards rank by points alone, so that a sorted set can keep their ranks exactly as the engine would give them. Pure."""

from collections.abc import Collection

from leaderboards.engine import facts
from leaderboards.engine.entrants import exits
from leaderboards.engine.index import DIVISION, index
from leaderboards.engine.outcome import RowStatus
from leaderboards.engine.spec import BoardSpec, Ranked, Rows, Scoring, Source, board_rounds, expand_boards
from leaderboards.engine.spec.base import PlaceStyle
from leaderboards.engine.spec.scoring import ORDER_DEFAULT


def by_points_alone(scoring: Scoring) -> dict[str, BoardSpec]:
    """Key → board that ranks every group by its points and by nothing else: no freeze, no task, no other order or style of places."""
    return {spec.id: spec for spec in expand_boards(scoring) if _plain(scoring, spec)}


def _plain(scoring: Scoring, spec: BoardSpec) -> bool:
    rounds = {one.key for one in board_rounds(scoring, spec)}
    return (
        spec.source is Source.POINTS
        and spec.ranked is Ranked.ENROLLED
        and spec.rows is Rows.GROUPS
        and spec.places is PlaceStyle.STANDARD
        and spec.order == ORDER_DEFAULT
        and spec.within in {None, DIVISION}
        and spec.freeze is None
        and spec.decimals is None
        and not any(task.in_round(key) for task in scoring.challenges for key in rounds)
        and all(award.by in ORDER_DEFAULT for award in scoring.awards if award.board in {None, spec.id})
    )


def unplaced(scoring: Scoring, spec: BoardSpec, decisions: Collection[facts.Decision]) -> dict[str, str]:
    """Group → "withdrawn" or "disqualified", of those who lost their place on the board by decision."""
    rounds = [one.key for one in scoring.rounds]
    counted = board_rounds(scoring, spec)
    last = rounds.index(counted[-1].key) if counted else 0
    gone = exits(index(facts.Facts(decisions=tuple(decisions))), rounds, [])
    found = {group: gone.status(group, last) for group in gone.unplaced}
    return {
        group: status.value for group, status in found.items() if status not in {None, RowStatus.RANKED} and status is not None
    }


def divides(decisions: Collection[facts.Decision], main: str, board: str) -> bool:
    """Whether a decision joins or breaks a tie on this board; one that names no board is about the main one."""
    kinds = {facts.DecisionKind.EQUAL, facts.DecisionKind.BREAK}
    return any(one.kind in kinds and (one.board or main) == board for one in decisions)
