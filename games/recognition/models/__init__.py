"""What was earned and won in a cycle."""

from games.recognition.models.grants import Grant
from games.recognition.models.points import Points, PointsCursor, PointsTotal

__all__ = ["Grant", "Points", "PointsCursor", "PointsTotal"]
