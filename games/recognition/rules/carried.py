"""Points that a team brought from the cycle before: the journal says how many when the cycle is launched. Pure."""

from typing import Final

POINTS: Final = "carry.points"
HEAD_START: Final = "carry.handicap"
"""What these rows say in place of the key of a rule: no key of a rule has a point in it."""


def subject_of_carried(points: int, handicap: int) -> str:
    """The subject of the entry that brings so many points and such a head start."""
    return f"carried:{points}:{handicap}"


def carried(subject: str) -> list[tuple[str, int]]:
    """What is brought, as (rule, points); nothing of what is nothing, and nothing from a subject that is no such thing."""
    _, _, amounts = subject.partition("carried:")
    points, _, handicap = amounts.partition(":")
    if not (points.isdecimal() and handicap.isdecimal()):
        return []
    return [(rule, int(amount)) for rule, amount in ((POINTS, points), (HEAD_START, handicap)) if int(amount)]
