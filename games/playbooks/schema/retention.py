"""What is deleted after a cycle has closed, and when. What is not named is kept; results, hashes and the journal always are."""

from typing import Annotated

from pydantic import Field

from leaderboards.engine.spec.base import Spec

Days = Annotated[int, Field(strict=True, ge=1, le=36_500)]


class Retention(Spec):
    """Days after the closing of the cycle. Absent: kept."""

    drafts: Days | None = Field(default=None, description="what was written and never handed in")
    files: Days | None = Field(default=None, description="uploaded files; their names, sizes and digests stay")
    contacts: Days | None = Field(default=None, description="people's addresses, registration answers, mails about the cycle")
    notes: Days | None = Field(default=None, description="judges' private notes and what they asked the organizers to look at")

    @property
    def parts(self) -> dict[str, int]:
        """What is deleted → after how many days, the soonest first."""
        named = {name: days for name in type(self).model_fields if (days := getattr(self, name)) is not None}
        return dict(sorted(named.items(), key=lambda one: one[1]))

    @property
    def last(self) -> int:
        """After how many days everything is done; 0: nothing is deleted."""
        return max(self.parts.values(), default=0)
