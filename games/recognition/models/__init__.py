"""What was earned and won in a cycle."""

from games.recognition.models.badges import EarnedBadge, GoalReached, GroupWeek, QuestFinished, Tally, TallyMark
from games.recognition.models.grants import Grant
from games.recognition.models.points import Points, PointsCursor, PointsTotal

__all__ = [
    "EarnedBadge",
    "GoalReached",
    "Grant",
    "GroupWeek",
    "Points",
    "PointsCursor",
    "PointsTotal",
    "QuestFinished",
    "Tally",
    "TallyMark",
]
