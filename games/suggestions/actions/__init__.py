"""Writes of suggestions: made, supported, withdrawn; accepted or declined; applied at the gate."""

from games.suggestions.actions.deciding import accept, decline, reopen
from games.suggestions.actions.gate import apply_accepted, pass_gate
from games.suggestions.actions.making import previewed, suggest, support, support_no_more, withdraw

__all__ = [
    "accept",
    "apply_accepted",
    "decline",
    "pass_gate",
    "previewed",
    "reopen",
    "suggest",
    "support",
    "support_no_more",
    "withdraw",
]
