"""What teams bring along into the next cycle: kinds of it, and how much of it is left. Pure."""

from enum import StrEnum


class CarriedKind(StrEnum):
    """What a team brings from the cycle before."""

    POINTS = "points"
    HANDICAP = "handicap"
    BADGE = "badge"
    COMMITMENT = "commitment"
