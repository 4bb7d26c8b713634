"""What a cycle wants told of an idea, and what its library shows first."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Spec

Part = Literal["steps", "time", "cost", "people", "went_wrong", "ask"]
"""The six parts of a story that can be done again (features.md S3-TRD-2)."""


class First(StrEnum):
    """What the library of ideas shows first."""

    NEWEST = "newest"
    PROVEN = "proven"  # by evidence: tests of others
    FAILURES = "failures"  # what did not work, before what did


class Sharing(Spec):
    """Practice or process: which parts no story may lack, and what a library shows first."""

    required: tuple[Part, ...] = Field(
        default=(), description="parts without which an idea stays marked as incomplete, however many others are told"
    )
    first: First = Field(
        default=First.NEWEST, description="what the library of ideas shows first, unless its reader asks otherwise"
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.required)) < len(self.required):
            msg = _("a part is named twice")
            raise ValueError(msg)
        return self
