"""Entries over the API: read, write, rule on; files; attempts."""

from games.submissions.api.attempts import AttemptJudging, AttemptRecording, Attempts
from games.submissions.api.entries import Entering, Entries, EntryRuling, EntryWriting, Versions
from games.submissions.api.files import Uploads, UploadWriting

__all__ = [
    "AttemptJudging",
    "AttemptRecording",
    "Attempts",
    "Entering",
    "Entries",
    "EntryRuling",
    "EntryWriting",
    "UploadWriting",
    "Uploads",
    "Versions",
]
