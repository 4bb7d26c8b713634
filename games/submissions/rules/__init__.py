"""Decisions about entries: states, when a group may hand in, what a version holds, files, automatic checks. Pure."""

from games.playbooks.files import FileRefused, check_type, extension_of, safe_name
from games.submissions.rules.answers import AlreadySolved, AnswerRefused, TooFast, judge
from games.submissions.rules.blind import blind_label, entry_number, shown_blind
from games.submissions.rules.content import FieldRefused, digest_of, exactly_scaled, scaled_fields
from games.submissions.rules.diff import FieldDiff, Piece, What, diff_answers, diff_text
from games.submissions.rules.files import blind_name
from games.submissions.rules.states import COUNTS, EDITABLE, EntryRefused, StaleDraft, SubmissionState
from games.submissions.rules.window import CapReached, Occasion, TooLate, check_cycle, check_open, elapsed_ms

__all__ = [
    "COUNTS",
    "EDITABLE",
    "AlreadySolved",
    "AnswerRefused",
    "CapReached",
    "EntryRefused",
    "FieldDiff",
    "FieldRefused",
    "FileRefused",
    "Occasion",
    "Piece",
    "StaleDraft",
    "SubmissionState",
    "TooFast",
    "TooLate",
    "What",
    "blind_label",
    "blind_name",
    "check_cycle",
    "check_open",
    "check_type",
    "diff_answers",
    "diff_text",
    "digest_of",
    "elapsed_ms",
    "entry_number",
    "exactly_scaled",
    "extension_of",
    "judge",
    "safe_name",
    "scaled_fields",
    "shown_blind",
]
