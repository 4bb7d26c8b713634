"""Writes of what is measured and tried."""

from games.learning.actions.measuring import correct_observation, record_observation, withdraw_observation

__all__ = ["correct_observation", "record_observation", "withdraw_observation"]
