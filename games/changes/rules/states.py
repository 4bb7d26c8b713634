"""States of change sets and appeals, what a correction touches, what is refused."""

from enum import StrEnum

from games.errors import Conflict, Invalid


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


class AppealsNotTaken(Conflict):
    """The rules of the round say nothing of appeals, or its results are not out yet."""

    code = "appeals_not_taken"


class AppealsClosed(Conflict):
    """The time for appeals is over. The message says both times."""

    code = "appeals_closed"


class AppealRefused(Conflict):
    """The appeal cannot be made, answered or withdrawn as things are."""

    code = "appeal_refused"


class AppealInvalid(Invalid):
    """What was sent is no appeal, or no answer to one."""

    code = "appeal_invalid"


class ChangesRefused(Conflict):
    """The correction cannot be prepared, applied or cancelled as things are. `problems` lists what stands against it."""

    code = "changes_refused"


class ChangesInvalid(Invalid):
    """What was sent is no correction. `problems` lists every fault."""

    code = "changes_invalid"


class ChangesMoved(Conflict):
    """Something changed since the preview: look again, then apply. Nothing was applied."""

    code = "facts_changed"
