"""Words of tests of change, and what each step of one needs. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ChangeState(StrEnum):
    """Where a test of change stands: plan, do, study, act."""

    PLANNED = "planned"
    DOING = "doing"
    STUDIED = "studied"
    ACTED = "acted"


class Act(StrEnum):
    """What the group did after a test."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


NEEDS: Final[Mapping[ChangeState, tuple[str, ...]]] = {
    ChangeState.PLANNED: ("title", "prediction"),
    ChangeState.DOING: ("title", "prediction", "done"),
    ChangeState.STUDIED: ("title", "prediction", "done", "data", "learned"),
    ChangeState.ACTED: ("title", "prediction", "done", "data", "learned"),
}
"""What has to be written before a test is in a state: nobody studies what was not done, or acts on what was not studied."""
PARTS: Final = NEEDS[ChangeState.ACTED]
STEPS: Final = tuple(ChangeState)


def missing(state: ChangeState, words: Mapping[str, str]) -> tuple[str, ...]:
    """The parts that a test in this state has to tell and does not."""
    return tuple(part for part in NEEDS[state] if not words.get(part, "").strip())


def comes_next(held: ChangeState, wanted: ChangeState) -> bool:
    """Whether `wanted` is the step after `held`: none is left out, none is gone back."""
    return STEPS.index(wanted) == STEPS.index(held) + 1
