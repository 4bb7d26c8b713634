"""Files of entries: checked, hashed while they are stored under a random name, removed when nothing refers to them."""

import logging
import secrets
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from games.journal.queries import db_now
from games.organizations.models import Person
from games.playbooks.files import Examined, FileRefused, examine
from games.playbooks.schema import FormField
from games.submissions.actions.writing import check_editable
from games.submissions.models import Submission, Upload, Version
from games.submissions.queries import files_in, locked_entry, locked_group, rules_of
from games.submissions.queries.seeing import judged_blind
from games.submissions.rules import EntryRefused
from games.submissions.rules.bare import BARE, NotBare, bare
from games.submissions.rules.files import GROUP_QUOTA
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

type Stream = File[bytes]  # only the stubs know that File is generic; this is read lazily

logger = logging.getLogger(__name__)
FOLDER: Final = "uploads"
ORPHAN_AFTER: Final = timedelta(days=1)


@transaction.atomic
def upload(*, submission: Submission, field: str, file: Stream, by: Any, person: Person | None = None) -> Upload:  # noqa: ARG001 every action says who acts
    """Keep a file for a field of the entry's form. It counts once a version refers to its id.

    Raises FileRefused (ending, content, size, quota of the group; where judging is blind what would tell judges who made it), and why the
    round takes nothing now.
    """
    (row,) = locked_entry(submission)
    check_editable(row)
    __, spec = rules_of(row.challenge)
    form_field = next((one for one in spec.form if one.key == field and one.type == "file"), None)
    if form_field is None:
        msg = _('"{field}" is not a file of this form.', field=field)
        raise FileRefused(msg, where="field")
    examined = _examine(file, form_field)
    if judged_blind(row.challenge.round) and form_field.blind != "hidden":
        _check_bare(file, examined)
    locked_group(row.challenge, row.group)
    used = Upload.objects.filter(submission__group=row.group_id).aggregate(total=Sum("size"))["total"] or 0
    if used + examined.size > GROUP_QUOTA:
        text = gettext_noop("The files of a team may have {most} bytes in all; {used} are used and this one has {size}.")
        msg = _(text, most=GROUP_QUOTA, used=used, size=examined.size)
        raise FileRefused(msg, where="file")
    stored = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", file)
    try:
        return Upload.objects.create(
            submission=row,
            field=field,
            name=examined.name,
            file=stored,
            size=examined.size,
            content_type=examined.content_type,
            digest=examined.digest,
            by=person,
        )
    except BaseException:
        default_storage.delete(stored)
        raise


def _examine(file: Stream, field: FormField) -> Examined:
    file.seek(0)
    found = examine(file.name or "", file.chunks(), field, most=settings.UPLOAD_MAX_BYTES)
    file.seek(0)
    return found


def _check_bare(file: Stream, examined: Examined) -> None:
    """Judges will get it bare: what cannot be made so is refused while the team can still hand in another."""
    try:
        bare(examined.name, file.read())
    except NotBare as why:
        msg = _(
            "Judging is blind, and what this file says of its author cannot be taken out: {why}. Hand in another one;"
            " expected is one of {names}.",
            why=why,
            names=", ".join(sorted(BARE)),
        )
        raise FileRefused(msg, where="file") from why
    finally:
        file.seek(0)


@transaction.atomic
def remove_upload(*, upload: Upload, by: Any) -> None:  # noqa: ARG001 every action says who acts
    """Take away a file that no version refers to, while the entry may still change."""
    (row,) = locked_entry(upload.submission)
    check_editable(row)
    if upload.pk in _referred(row):
        msg = _("The file is part of a version that was handed in: versions are never rewritten.")
        raise EntryRefused(msg)
    _remove(upload)


def _remove(upload: Upload) -> None:
    transaction.on_commit(partial(default_storage.delete, upload.file.name or ""), robust=True)
    upload.delete()


def _referred(submission: Submission, *, with_draft: bool = False) -> frozenset[int]:
    """Ids of the files in the entry's versions, and in its draft."""
    __, spec = rules_of(submission.challenge)
    written = list(Version.objects.filter(submission=submission).values_list("data", flat=True))
    if with_draft:
        written.append(submission.draft)
    return frozenset[int]().union(*(files_in(data, spec) for data in written))


@transaction.atomic
def sweep_uploads(*, by: Any = None, now: datetime | None = None) -> int:  # noqa: ARG001 every action says who acts
    """Remove files that nothing refers to for a day: uploads in no version and no draft, and stored files without a row.

    Safe to run twice. Returns how many files went.
    """
    old = (now or db_now()) - ORPHAN_AFTER
    gone = _sweep_stored(old)  # first: a file whose row goes below is deleted only when that is committed
    uploads = Upload.objects.filter(at__lt=old).select_related("submission__challenge__round__cycle").order_by("submission_id")
    referred: dict[int, frozenset[int]] = {}
    for one in uploads.iterator(chunk_size=500):
        if one.submission_id not in referred:
            referred = {one.submission_id: _referred(one.submission, with_draft=True)}
        if one.pk not in referred[one.submission_id]:
            _remove(one)
            gone += 1
    return gone


def _sweep_stored(old: datetime) -> int:
    """Files in the storage that no row knows: left by a crash between storing and committing."""
    try:
        __, names = default_storage.listdir(FOLDER)
    except (FileNotFoundError, NotImplementedError):
        return 0
    gone = 0
    for batch in batched(sorted(names), 1000):  # a statement takes only so many parameters
        paths = [f"{FOLDER}/{name}" for name in batch]
        known = set(Upload.objects.filter(file__in=paths).values_list("file", flat=True))
        for path in paths:
            if path not in known and default_storage.get_modified_time(path) < old:
                default_storage.delete(path)
                gone += 1
    return gone
