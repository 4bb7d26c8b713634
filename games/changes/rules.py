"""Decisions about corrections: states, kinds, what is refused. Pure."""

from enum import StrEnum


class ChangeSetState(StrEnum):
    """draft → applied or cancelled."""

    DRAFT = "draft"
    APPLIED = "applied"
    CANCELLED = "cancelled"


class ChangeKind(StrEnum):
    """What a correction touches."""

    MARK = "mark"
    RECUSE = "recuse"
    DISQUALIFY = "disqualify"
    REINSTATE = "reinstate"
    RULE = "rule"


class AppealState(StrEnum):
    """open → upheld or rejected by an organizer, or withdrawn by the group."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
