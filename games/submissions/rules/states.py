"""States of a submission."""

from enum import StrEnum

from games.errors import Conflict


class SubmissionState(StrEnum):
    """draft → submitted → locked → published; also withdrawn, disqualified."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LOCKED = "locked"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


COUNTS = frozenset({SubmissionState.SUBMITTED, SubmissionState.LOCKED, SubmissionState.PUBLISHED})

# A locked entry is among them for one case: its group got more time after the round had been locked.
EDITABLE = frozenset({SubmissionState.DRAFT, SubmissionState.SUBMITTED, SubmissionState.LOCKED})


class EntryRefused(Conflict):
    """The entry is in a state, or of a kind, in which this cannot be done."""

    code = "entry_refused"


class StaleDraft(Conflict):
    """Somebody saved the draft in between: reload, then save again."""

    code = "stale_draft"
