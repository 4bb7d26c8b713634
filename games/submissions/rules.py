"""States of a submission. Pure."""

from enum import StrEnum


class SubmissionState(StrEnum):
    """draft → submitted → locked → published; also withdrawn, disqualified."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LOCKED = "locked"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


COUNTS = frozenset({SubmissionState.SUBMITTED, SubmissionState.LOCKED, SubmissionState.PUBLISHED})
