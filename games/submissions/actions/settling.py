"""What ends an entry or fixes it: withdrawal, disqualification, the lock at the close, publication, numbers set by organizers."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from games.cycles.actions import needs_reason, record_decision
from games.cycles.models import Decision
from games.cycles.rules import DecisionKind
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.rounds.models import Extension, Round
from games.submissions.actions.writing import check_editable, check_room, next_version, receipt
from games.submissions.models import Submission, Version
from games.submissions.queries import files_in, locked_entry, locked_group, occasion, rules_of
from games.submissions.rules import COUNTS, EDITABLE, EntryRefused, SubmissionState, check_open, digest_of, scaled_fields
from leaderboards.engine.language import gettext as _


@transaction.atomic
def withdraw(*, submission: Submission, by: Any, reason: str = "", decided: bool = False) -> Submission:
    """Take an entry back: by the group until the deadline; `decided` by an organizer at any time, with a reason. It stays in the record."""
    (row,) = locked_entry(submission)
    if decided:
        _decide(row, "withdraw", by=by, reason=reason)
    else:
        check_editable(row)
    return _settle(row, SubmissionState.WITHDRAWN, Kind.SUBMISSION_WITHDRAWN, by=by)


@transaction.atomic
def disqualify(*, submission: Submission, by: Any, reason: str) -> Submission:
    """Take an entry out of the ranking by decision. It stays in the record, with its marks."""
    (row,) = locked_entry(submission)
    _decide(row, "disqualify", by=by, reason=reason)
    return _settle(row, SubmissionState.DISQUALIFIED, Kind.SUBMISSION_DISQUALIFIED, by=by)


@transaction.atomic
def reinstate(*, submission: Submission, by: Any, reason: str) -> Submission:
    """Let a withdrawn or disqualified entry count again, by decision."""
    (row,) = locked_entry(submission)
    if row.state not in {SubmissionState.WITHDRAWN, SubmissionState.DISQUALIFIED}:
        msg = _("The entry is {state}: only a withdrawn or disqualified one is reinstated.", state=row.state)
        raise EntryRefused(msg)
    _decide(row, "reinstate", by=by, reason=reason)
    entry: Submission = row
    entry.state = (SubmissionState.SUBMITTED if entry.pinned_id else SubmissionState.DRAFT).value
    entry.save(update_fields=["state"])
    return entry


@transaction.atomic
def restore(*, submission: Submission, by: Any) -> Submission:
    """The group lets an entry count again that it took back itself, until the deadline: the same version, a new receipt.

    Raises EntryRefused (not taken back, or taken out by decision), CapReached (another entry has its place), why the round takes nothing.
    """
    (row,) = locked_entry(submission)
    if row.state != SubmissionState.WITHDRAWN:
        msg = _("The entry is {state}: only one that was taken back is brought back.", state=row.state)
        raise EntryRefused(msg)
    if _taken_out(row):
        msg = _("An organizer took this entry out by decision: only they let it count again.")
        raise EntryRefused(msg)
    group = locked_group(row.challenge, row.group)
    check_open(occasion(group, group=group, challenge=row.challenge, cycle_state=group.cycle_state))
    check_room(row.challenge, group)
    entry: Submission = row
    entry.state = (SubmissionState.SUBMITTED if entry.pinned_id else SubmissionState.DRAFT).value
    entry.save(update_fields=["state"])
    if entry.pinned is not None:
        receipt(entry, entry.pinned, by=by, again=row.now)
    return entry


def _taken_out(row: Any) -> bool:
    """Whether the last decision about this entry was to withdraw it."""
    said = {f"{verb} {row.challenge.key} {row.number}": verb for verb in ("withdraw", "reinstate")}
    decisions = Decision.objects.filter(
        cycle_id=row.challenge.round.cycle_id,
        kind=DecisionKind.OVERRIDE.value,
        round=row.challenge.round.key,
        group=row.group.key,
        value__in=said,
        revoked_at__isnull=True,
    )
    last = decisions.order_by("-number").values_list("value", flat=True).first()
    return last is not None and said[last] == "withdraw"


def _decide(row: Any, verb: str, *, by: Any, reason: str) -> None:
    """Record the choice as `override`: it is about one entry. Decisions of the kind disqualify take the whole group out of rounds."""
    needs_reason(reason)
    challenge = row.challenge
    record_decision(
        challenge.round.cycle,
        DecisionKind.OVERRIDE,
        by=by,
        reason=reason,
        round=challenge.round.key,
        group=row.group.key,
        value=f"{verb} {challenge.key} {row.number}",
    )


def _settle(row: Any, state: SubmissionState, kind: Kind, *, by: Any) -> Submission:
    if row.state not in EDITABLE | COUNTS:
        msg = _("The entry is {state} already.", state=row.state)
        raise EntryRefused(msg)
    entry: Submission = row
    entry.state = state.value
    entry.save(update_fields=["state"])
    round_ = entry.challenge.round
    payload = {"round": round_.key, "challenge": entry.challenge.key, "submission": entry.number}
    subject = f"submission:{entry.pk}"
    record(kind, cycle_id=round_.cycle_id, by=by, group_id=entry.group_id, subject=subject, payload=payload)
    return entry


@transaction.atomic
def set_fields(*, submission: Submission, fields: Mapping[str, Any], by: Any, reason: str) -> Version:
    """Numbers that organizers measure (element score, days late) as a new version with the same answers. At any time, with a reason."""
    needs_reason(reason)
    (row,) = locked_entry(submission)
    if row.state not in COUNTS:
        msg = _("The entry is {state}: numbers are set only on one that was handed in.", state=row.state)
        raise EntryRefused(msg)
    entry: Submission = row
    pinned = entry.pinned
    design, spec = rules_of(entry.challenge)
    unknown = sorted(fields.keys() - {field.key for field in spec.fields})
    if pinned is None or unknown:
        known = ", ".join(field.key for field in spec.fields) or _("none")
        msg = (
            _('"{unknown}" is not a number of this task; known: {known}.', unknown=unknown[0], known=known)
            if unknown
            else _("Nothing was handed in yet.")
        )
        raise EntryRefused(msg)
    scaled = scaled_fields(spec.fields, fields, pinned.fields, decimals=design.mark_decimals)
    files = dict(entry.uploads.filter(pk__in=files_in(pinned.data, spec)).values_list("field", "digest"))
    version = next_version(row, pinned.data, scaled, digest_of(pinned.data, scaled, files), note=reason, person=None)
    entry.pinned = version
    entry.save(update_fields=["pinned"])
    receipt(entry, version, by=by)
    return version


@transaction.atomic
def lock_entries(round_: Round, *, by: Any = None) -> int:  # noqa: ARG001 actions name who acts; the round's own act is journalled
    """What was handed in becomes locked, in one statement. Groups whose extension still runs are left; run again when it ends.

    Safe to run twice. Returns how many entries were locked.
    """
    running = Extension.objects.filter(round=round_, group=OuterRef("group"), until__gt=db_now())
    entries = Submission.objects.filter(challenge__round=round_, state=SubmissionState.SUBMITTED.value)
    return entries.exclude(Exists(running)).update(state=SubmissionState.LOCKED.value)


@transaction.atomic
def publish_entries(round_: Round, *, by: Any = None) -> int:  # noqa: ARG001 as above
    """Entries that count become published, with the round, in one statement. Safe to run twice. Returns how many."""
    states = [SubmissionState.SUBMITTED.value, SubmissionState.LOCKED.value]
    entries = Submission.objects.filter(challenge__round=round_, state__in=states)
    return entries.update(state=SubmissionState.PUBLISHED.value)
