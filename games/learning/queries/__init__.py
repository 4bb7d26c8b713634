"""Reads of what was measured and tried."""

from games.learning.queries.measuring import latest_of, observations_of

__all__ = ["latest_of", "observations_of"]
