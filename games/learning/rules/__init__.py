"""Tests of change and measured values: their words, what each step needs, what they say together. Pure."""

from games.learning.rules.measuring import AIM, ObservationInvalid, ObservationRefused, number_of
from games.learning.rules.states import NEEDS, PARTS, Act, ChangeState, comes_next, missing
from games.learning.rules.testing import (
    ChangeTestInvalid,
    ChangeTestRefused,
    Evidence,
    Finished,
    evidence,
    is_silent,
    last_words,
    tempo,
    weekly,
)

__all__ = [
    "AIM",
    "NEEDS",
    "PARTS",
    "Act",
    "ChangeState",
    "ChangeTestInvalid",
    "ChangeTestRefused",
    "Evidence",
    "Finished",
    "ObservationInvalid",
    "ObservationRefused",
    "comes_next",
    "evidence",
    "is_silent",
    "last_words",
    "missing",
    "number_of",
    "tempo",
    "weekly",
]
