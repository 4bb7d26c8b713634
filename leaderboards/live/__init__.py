"""Boards that move: /ws/boards/<id> sends one message per change of a board's side. `announce` is how a change gets there.

announce (worker) → bus (Redis, one channel) → hub (one in each live process) → sockets. `recheck` takes the same way: who may see a
board changed, and every hub asks again for each of its sockets.
"""

from leaderboards.live.announcing import announce, recheck
from leaderboards.live.messages import Message, message

__all__ = ["Message", "announce", "message", "recheck"]
