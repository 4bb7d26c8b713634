"""Writes about accounts: the door (sign up, links, passwords), tokens, the desk of the instance, leaving."""

from backend.accounts.actions.desk import allow_launching, make_owner, restore, send_reset, suspend
from backend.accounts.actions.door import (
    confirm,
    enter_by_invitation,
    new_link,
    send_link,
    send_voter_link,
    set_password,
    sign_in_by_link,
    sign_up,
    verify,
)
from backend.accounts.actions.leaving import forget
from backend.accounts.actions.tokens import create_token, note_use, revoke_token

__all__ = [
    "allow_launching",
    "confirm",
    "create_token",
    "enter_by_invitation",
    "forget",
    "make_owner",
    "new_link",
    "note_use",
    "restore",
    "revoke_token",
    "send_link",
    "send_reset",
    "send_voter_link",
    "set_password",
    "sign_in_by_link",
    "sign_up",
    "suspend",
    "verify",
]
