"""What a Scoring must not say: everything that one model alone cannot see, all at once, each with its place and what was expected."""

from leaderboards.engine.checks.boards import board_problems
from leaderboards.engine.checks.challenges import challenge_problems
from leaderboards.engine.checks.flow import award_problems, cut_problems, round_problems
from leaderboards.engine.checks.problem import Problem, Severity
from leaderboards.engine.spec import Scoring

__all__ = ["Problem", "Severity", "problems"]


def problems(scoring: Scoring) -> list[Problem]:
    """Every problem of a scoring description, in the order of its tables. Without an `error` among them the engine can compute."""
    return [
        *round_problems(scoring),
        *challenge_problems(scoring),
        *board_problems(scoring),
        *cut_problems(scoring),
        *award_problems(scoring),
    ]
