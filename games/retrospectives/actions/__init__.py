"""Writes of retrospectives: asked for, written by a worker, said to, decided; the next cycle begun from it; the winner's idea adopted."""

from games.retrospectives.actions.adopting import adopt, plan_adopted
from games.retrospectives.actions.beginning import begin_next
from games.retrospectives.actions.looking import ask, look_back, publish, say, unpublish
from games.retrospectives.actions.weighing import leave, reconsider, take

__all__ = [
    "adopt",
    "ask",
    "begin_next",
    "leave",
    "look_back",
    "plan_adopted",
    "publish",
    "reconsider",
    "say",
    "take",
    "unpublish",
]
