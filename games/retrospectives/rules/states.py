"""Words and states of looking back. Pure."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from games.errors import Conflict, Invalid, NotFound


class RetroState(StrEnum):
    """Asked for; written from the data; or it could not be, and says why."""

    WANTED = "wanted"
    READY = "ready"
    FAILED = "failed"


class ProposalState(StrEnum):
    """What organizers do with something that the numbers propose: nothing yet, into the next cycle, or left, with a reason."""

    OPEN = "open"
    TAKEN = "taken"
    LEFT = "left"


class AdoptionWay(StrEnum):
    """What becomes of a winner's idea: teams of the next cycle test it, a new cycle starts from it, or neither, with a reason."""

    TEST = "test"
    START = "start"
    NEITHER = "neither"


class RetroMissing(NotFound):
    """Nobody looked back on this cycle yet."""

    code = "retrospective_missing"


class RetroRefused(Conflict):
    """The state of things does not allow it."""

    code = "retrospective_refused"


class RetroInvalid(Invalid):
    """What was written cannot be taken as it is."""

    code = "retrospective_invalid"


class AdoptionRefused(Conflict):
    """This idea was decided about, or is none of the cycle's."""

    code = "adoption_refused"


SECTIONS: Final = ("aim", "people", "rounds", "judging", "ideas", "learning", "rules", "prizes", "suggestions")
"""The parts of a retrospective, in the order they are read."""
WORDS: Final = 5_000
HELD_FOR: Final = timedelta(minutes=2)
"""So long a worker holds one that it writes; then another may."""
TRIES: Final = 3
