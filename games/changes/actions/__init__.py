"""Writes of corrections: appeals and their answers."""

from games.changes.actions.appeals import answer_appeal, make_appeal, withdraw_appeal

__all__ = ["answer_appeal", "make_appeal", "withdraw_appeal"]
