"""Writes of partnerships: propose, answer, withdraw; on the last agreement teams become one."""

from games.partnerships.actions.answering import answer, withdraw
from games.partnerships.actions.proposing import propose_joint, propose_merger

__all__ = ["answer", "propose_joint", "propose_merger", "withdraw"]
