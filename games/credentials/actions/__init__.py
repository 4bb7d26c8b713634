"""Credentials are asked for, made by a worker, taken back; keys are withdrawn. What was issued is never written anew."""

from games.credentials.actions.asking import ask_for_group, ask_for_oneself
from games.credentials.actions.ending import forget_people, give_up, revoke, withdraw_key
from games.credentials.actions.following import catch_up, follow_grant
from games.credentials.actions.keys import hand_over
from games.credentials.actions.making import issue

__all__ = [
    "ask_for_group",
    "ask_for_oneself",
    "catch_up",
    "follow_grant",
    "forget_people",
    "give_up",
    "hand_over",
    "issue",
    "revoke",
    "withdraw_key",
]
