"""Writes of entries: drafts, versions, withdrawal, disqualification, files, attempts. One verb each, atomic, journalled."""

from games.submissions.actions.attempts import attempt, buy_hint, judge_attempt, record_attempt, rejudge
from games.submissions.actions.entries import open_entry, pin, save_draft, submit
from games.submissions.actions.settling import disqualify, lock_entries, publish_entries, reinstate, restore, set_fields, withdraw
from games.submissions.actions.uploads import remove_upload, sweep_uploads, upload

__all__ = [
    "attempt",
    "buy_hint",
    "disqualify",
    "judge_attempt",
    "lock_entries",
    "open_entry",
    "pin",
    "publish_entries",
    "record_attempt",
    "reinstate",
    "rejudge",
    "remove_upload",
    "restore",
    "save_draft",
    "set_fields",
    "submit",
    "sweep_uploads",
    "upload",
    "withdraw",
]
