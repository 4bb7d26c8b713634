"""Writes of what is measured and tried."""

from games.learning.actions.measuring import correct_observation, record_observation, withdraw_observation
from games.learning.actions.testing import act_on_test, do_test, plan_test, revise_test, study_test

__all__ = [
    "act_on_test",
    "correct_observation",
    "do_test",
    "plan_test",
    "record_observation",
    "revise_test",
    "study_test",
    "withdraw_observation",
]
