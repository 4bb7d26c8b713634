"""How the worth of an act flows on to those whose ideas it builds on."""

from fractions import Fraction
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Number, Spec, Switch

CREDIT: Final = ".credit"
"""Points that flowed on stand in the ledger under the key of the rule that gave them, with this behind it. No key has a dot."""
DEEPEST: Final = 8


class CreditSpec(Spec):
    """A rule with `flows = true` passes a share of what it gives to the ideas that the idea builds on, step by step."""

    share: Number = Field(default=Fraction(1, 4), description="what one step passes on, between 0 and 1")
    depth: Annotated[int, Field(strict=True, ge=1, le=DEEPEST)] = Field(default=3, description="so many steps back at most")
    minted: Switch = Field(default=True, description="added for the sources; false: taken from what the builder gets")
    cap_receiver: Number = Field(
        default=Fraction(3), description="in a cycle at most so many times the receiver's own largest award; 0: no cap"
    )
    cap_pair: Number = Field(default=Fraction(1), description="the same for what comes from one team; 0: no cap")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not 0 < self.share < 1:
            msg = _("share must lie between 0 and 1, found {share}", share=self.share)
            raise ValueError(msg)
        for name in ("cap_receiver", "cap_pair"):
            if getattr(self, name) < 0:
                msg = _("{name} must not be below 0", name=name)
                raise ValueError(msg)
        return self
