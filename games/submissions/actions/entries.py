"""Drafts and versions. A version is written once; the entry's row is locked while it changes."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from games.challenges.models import Challenge
from games.groups.models import Group
from games.organizations.models import Person
from games.playbooks.forms import check_answers
from games.submissions.actions.writing import check_behind, check_editable, check_room, next_version, receipt
from games.submissions.models import Submission, Version
from games.submissions.queries import Look, attachments, files_in, locked_entry, locked_group, occasion, person_of, rules_of
from games.submissions.rules import (
    EntryRefused,
    StaleDraft,
    SubmissionState,
    check_open,
    digest_of,
    scaled_fields,
)
from leaderboards.engine.language import gettext as _
from leaderboards.kept_writes import KeptUpdate

ENTERED: Final = frozenset({"rubric", "ranking", "pairwise"})
DRAFT_BYTES: Final = 1024 * 1024
NOTE_LENGTH: Final = 5000
_put_entry: Final = KeptUpdate(Submission, "state", "pinned", "submitted_at", "draft", "draft_saved_at", "draft_by", "draft_note")


@transaction.atomic
def open_entry(
    *,
    challenge: Challenge,
    group: Group,
    by: Any,  # noqa: ARG001 every action says who acts
    data: Mapping[str, Any] | None = None,
    person: Person | None = None,
) -> Submission:
    """Begin an entry: a draft under the next number. The cap counts drafts too, and not what was withdrawn.

    Raises CapReached, or why the round takes nothing now. Concurrent requests of one group follow each other.
    """
    row = locked_group(challenge, group)
    check_open(occasion(row, group=row, challenge=challenge, cycle_state=row.cycle_state))
    __, spec = rules_of(challenge)
    if spec.format not in ENTERED:
        msg = _('The task "{challenge}" is answered by attempts, not by an entry.', challenge=challenge.key)
        raise EntryRefused(msg)
    check_room(challenge, row)
    mine = Submission.objects.filter(challenge=challenge, group=row)
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    return Submission.objects.create(
        challenge=challenge,
        group=row,
        number=number,
        draft=_drafted(data),
        draft_saved_at=row.now if data else None,
        draft_by=person if data else None,
    )


@transaction.atomic
def save_draft(
    *,
    submission: Submission,
    data: Mapping[str, Any],
    by: Any,  # noqa: ARG001 every action says who acts; a draft is not journalled
    base: datetime | None = None,
    check_base: bool = True,
    note: str | None = None,
    person: Person | None = None,
) -> Submission:
    """Keep what is being written (autosave). `base` is the `draft_saved_at` that the writer started from, None for the first save.

    `note`: what we changed and why, for the next version; None leaves it as it is. `person`: as whom the writer acts.
    Raises StaleDraft if somebody saved in between, and why the round takes nothing now.
    """
    (row,) = locked_entry(submission)
    check_editable(row)
    if check_base:
        _check_base(row, base)
    entry: Submission = row
    entry.draft, entry.draft_saved_at, entry.draft_by = _drafted(data), _saved_at(row), person
    entry.draft_note = entry.draft_note if note is None else _noted(note)
    entry.save(update_fields=["draft", "draft_saved_at", "draft_by", "draft_note"])
    return entry


def _check_base(row: Any, base: datetime | None) -> None:
    if row.draft_saved_at == base:
        return
    if row.draft_saved_at is None:
        msg = _("The draft was never saved: send no base.")
    else:
        saved_by = Person.objects.filter(pk=row.draft_by_id).values_list("name", flat=True).first() or _("somebody else")
        msg = _(
            "The draft was saved at {draft_saved_at:%H:%M:%S} UTC by {saved_by}: reload it first.",
            draft_saved_at=row.draft_saved_at,
            saved_by=saved_by,
        )
    raise StaleDraft(msg)


def _saved_at(row: Any) -> datetime:
    """Now, and always later than before: two within a millisecond, which is SQLite's clock, or after a clock was set back, are two."""
    now: datetime = row.now
    return now if row.draft_saved_at is None else max(now, row.draft_saved_at + timedelta(microseconds=1))


def _noted(note: str) -> str:
    if len(note) > NOTE_LENGTH or "\0" in note:
        msg = _("What we changed and why: at most {note_length} characters, and no null character.", note_length=NOTE_LENGTH)
        raise EntryRefused(msg, where="note")
    return note


def _drafted(data: Mapping[str, Any] | None) -> dict[str, Any]:
    draft = dict(data or {})
    if len(json.dumps(draft)) > DRAFT_BYTES:
        msg = _("A draft may have at most {draft_bytes} bytes.", draft_bytes=DRAFT_BYTES)
        raise EntryRefused(msg)
    return draft


@transaction.atomic
def submit(
    *,
    submission: Submission | Look,
    by: Any,
    person: Person | None = None,
    data: Mapping[str, Any] | None = None,
    note: str | None = None,
    base: datetime | None = None,
    check_base: bool = False,
) -> Version:
    """Hand in the next version: of `data`, or of the saved draft, with `note` or the draft's. It becomes the one that counts. Four statements.

    With `check_base` it is refused as StaleDraft if somebody saved the draft since `base`: their words would be lost. Answers are checked
    against the form, scoring numbers against their bounds. PartnersNeeded where the task asks for more organizations. Journalled with number and digest: the receipt. `submission`: or what gives the
    rows of `locking_with_uploads`, with `me`, if the writer may hand them in; otherwise it raises.
    """
    rows = locked_entry(submission, with_uploads=True)
    row = rows[0]
    person = person_of(row) if callable(submission) else person
    check_editable(row)
    if check_base:
        _check_base(row, base)
    check_behind(row.challenge, row.group)
    files = attachments(rows)
    design, spec = rules_of(row.challenge)
    answers = check_answers(spec.form, row.draft if data is None else data, files=files)
    asked = {field.key for field in spec.form}
    before = {key: value for key, value in (row.fields_before or {}).items() if key not in asked}
    fields = scaled_fields(spec.fields, answers, before, decimals=design.mark_decimals)
    used = files_in(answers, spec)
    digests = {one.upload_field: one.upload_digest for one in rows if one.upload in used}
    said = row.draft_note if note is None else _noted(note)
    version = next_version(row, answers, fields, digest_of(answers, fields, digests), note=said, person=person)
    entry: Submission = row
    entry.state, entry.pinned, entry.submitted_at = SubmissionState.SUBMITTED.value, version, row.now
    entry.draft, entry.draft_saved_at, entry.draft_by, entry.draft_note = answers, _saved_at(row), person, ""
    _put_entry(entry)
    receipt(entry, version, by=by)
    return version


@transaction.atomic
def pin(*, submission: Submission, number: int, by: Any) -> Submission:
    """Let an earlier version count, until the deadline. The next version handed in counts again by itself."""
    (row,) = locked_entry(submission)
    check_editable(row)
    version = Version.objects.filter(submission_id=row.pk, number=number).first()
    if version is None:
        msg = _("There is no version {number} of this entry.", number=number)
        raise EntryRefused(msg)
    entry: Submission = row
    entry.pinned = version
    entry.save(update_fields=["pinned"])
    receipt(entry, version, by=by, again=row.now)
    return entry
