"""Recognition over the API: what was won and how it is given, points with their rules and totals."""

from games.recognition.api.credit import CreditViews
from games.recognition.api.game import GameViews
from games.recognition.api.grants import GrantPasses, Grants
from games.recognition.api.points import PointsViews, PointTotals
from games.recognition.api.wins import LearningWeeks, WatchFlags, Wins

__all__ = [
    "CreditViews",
    "GameViews",
    "GrantPasses",
    "Grants",
    "LearningWeeks",
    "PointTotals",
    "PointsViews",
    "WatchFlags",
    "Wins",
]
