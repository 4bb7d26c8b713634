"""Writes of what is measured and tried."""

from games.learning.actions.measuring import correct_observation, record_observation, withdraw_observation
from games.learning.actions.study import deal_readings, deal_what_is_due, drop_taken, mark_read, take
from games.learning.actions.testing import act_on_test, do_test, plan_test, regrade, revise_test, study_test

__all__ = [
    "act_on_test",
    "correct_observation",
    "deal_readings",
    "deal_what_is_due",
    "do_test",
    "drop_taken",
    "mark_read",
    "plan_test",
    "record_observation",
    "regrade",
    "revise_test",
    "study_test",
    "take",
    "withdraw_observation",
]
