"""What frozen boards hold back from everybody, by round and task: no other public board may give it away."""

from leaderboards.engine.names import challenges_of
from leaderboards.engine.spec import Audience, Scoring, board_rounds, expand_boards


def held_back(scoring: Scoring) -> dict[tuple[str, str], int]:
    """(round, challenge) → the first moment, in ms after the opening of the round, from which a public board holds attempts back."""
    found: dict[tuple[str, str], int] = {}
    for board in expand_boards(scoring):
        rounds = board_rounds(scoring, board)
        if board.freeze is None or board.audience is not Audience.PUBLIC or not rounds:
            continue
        for task in challenges_of(scoring, rounds[-1].key, board):
            unit = (rounds[-1].key, task.key)
            found[unit] = min(board.freeze, found.get(unit, board.freeze))
    return found
