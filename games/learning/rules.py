"""Words of tests of change. Pure."""

from enum import StrEnum


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
