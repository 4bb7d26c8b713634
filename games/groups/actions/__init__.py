"""Writes about groups: how they come in and go, who is in them, who steers the cycle."""

from games.groups.actions.inviting import GuestsRefused, change_role, invite_again, invite_guests, withdraw_invitation
from games.groups.actions.joining import ask_to_join, invite_member, join_by_code, renew_code, settle_request
from games.groups.actions.members import accept_invitation, hand_over, leave, remove_member, rename, set_rank_hidden
from games.groups.actions.places import fill_places, given_by, settle, withdraw_group
from games.groups.actions.registration import KIND, complete, create_group, register
from games.groups.actions.roles import appoint, dismiss, found, invite_to_role

__all__ = [
    "KIND",
    "GuestsRefused",
    "accept_invitation",
    "appoint",
    "ask_to_join",
    "change_role",
    "complete",
    "create_group",
    "dismiss",
    "fill_places",
    "found",
    "given_by",
    "hand_over",
    "invite_again",
    "invite_guests",
    "invite_member",
    "invite_to_role",
    "join_by_code",
    "leave",
    "register",
    "remove_member",
    "rename",
    "renew_code",
    "set_rank_hidden",
    "settle",
    "settle_request",
    "withdraw_group",
    "withdraw_invitation",
]
