"""What was measured and tried, over the API."""

from games.learning.api.measuring import Measuring, Observations

__all__ = ["Measuring", "Observations"]
