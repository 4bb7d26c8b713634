"""Words and states of looking back, what follows from the numbers, and its export in words. Pure."""

from games.retrospectives.rules.states import (
    SECTIONS,
    AdoptionRefused,
    AdoptionWay,
    ProposalState,
    RetroInvalid,
    RetroMissing,
    RetroRefused,
    RetroState,
)

__all__ = [
    "SECTIONS",
    "AdoptionRefused",
    "AdoptionWay",
    "ProposalState",
    "RetroInvalid",
    "RetroMissing",
    "RetroRefused",
    "RetroState",
]
