"""Decisions about entries: states, when a group may hand in, what a version holds, files, automatic checks. Pure."""

from games.submissions.rules.answers import AlreadySolved, AnswerRefused, TooFast, judge
from games.submissions.rules.blind import blind_label, entry_number
from games.submissions.rules.content import FieldRefused, digest_of, exactly_scaled, scaled_fields
from games.submissions.rules.files import FileRefused, blind_name, check_type, extension_of, safe_name
from games.submissions.rules.states import COUNTS, EDITABLE, EntryRefused, StaleDraft, SubmissionState
from games.submissions.rules.window import CapReached, Occasion, TooLate, check_cycle, check_open, elapsed_ms

__all__ = [
    "COUNTS",
    "EDITABLE",
    "AlreadySolved",
    "AnswerRefused",
    "CapReached",
    "EntryRefused",
    "FieldRefused",
    "FileRefused",
    "Occasion",
    "StaleDraft",
    "SubmissionState",
    "TooFast",
    "TooLate",
    "blind_label",
    "blind_name",
    "check_cycle",
    "check_open",
    "check_type",
    "digest_of",
    "elapsed_ms",
    "entry_number",
    "exactly_scaled",
    "extension_of",
    "judge",
    "safe_name",
    "scaled_fields",
]
