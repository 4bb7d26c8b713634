"""Capabilities, states of groups and registrations. Pure."""

from enum import StrEnum


class Capability(StrEnum):
    """What a membership allows. The API checks capabilities, never role names."""

    ORGANIZE = "organize"  # steer the cycle: people, rounds, publication, decisions
    JUDGE = "judge"  # mark what is assigned
    SUBMIT = "submit"  # enter and edit the group's entries
    CAPTAIN = "captain"  # invite, remove, rename, withdraw
    FOLLOW = "follow"  # read as a member (sponsor, coach, observer)


CYCLE_WIDE = frozenset({Capability.ORGANIZE, Capability.JUDGE, Capability.FOLLOW})


class GroupState(StrEnum):
    """Whether a group takes part. A pending one (asked, waiting, refused) is seen by itself and the organizers only."""

    PENDING = "pending"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    MERGED = "merged"


class RegistrationState(StrEnum):
    """pending → accepted, waiting or refused; a waiting one moves up when a place is free."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class JoinState(StrEnum):
    """A request to join a group."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
