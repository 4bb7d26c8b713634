"""What was earned and won in a cycle."""

from games.recognition.models.badges import EarnedBadge, GoalReached, GroupWeek, QuestFinished, Tally, TallyMark
from games.recognition.models.credit import Credit, CreditLine
from games.recognition.models.grants import Grant, GrantPass, GrantSession
from games.recognition.models.points import Points, PointsCursor, PointsTotal
from games.recognition.models.watching import Exchange, LearningWeek, WatchFlag
from games.recognition.models.wins import Cheer, Win, WinProgress

__all__ = [
    "Cheer",
    "Credit",
    "CreditLine",
    "EarnedBadge",
    "Exchange",
    "GoalReached",
    "Grant",
    "GrantPass",
    "GrantSession",
    "GroupWeek",
    "LearningWeek",
    "Points",
    "PointsCursor",
    "PointsTotal",
    "QuestFinished",
    "Tally",
    "TallyMark",
    "WatchFlag",
    "Win",
    "WinProgress",
]
