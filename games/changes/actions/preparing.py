"""Preparing corrections: a draft of changes, its preview as a worker keeps it, cancelled or carried on. Applying is a file of its own."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from games.changes.actions.wanted import Stored, Wanted, overlaps, stored
from games.changes.models import Appeal, Change, ChangeSet
from games.changes.queries.corrections import changes_of, set_digest
from games.changes.queries.looking import Look
from games.changes.rules import AppealState, ChangeSetState, ChangesInvalid, ChangesRefused
from games.cycles.actions import locked, needs_reason
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

MOST: Final = 200  # changes in one set
WORDS: Final = 5000  # characters
BOTH: Final = gettext_noop("A sheet is taken out or put back as a whole, and one of its marks is set: leave one of both.")
PLAYED: Final = frozenset({CycleState.ENROLLING, CycleState.RUNNING, CycleState.PAUSED, CycleState.AWARDING})


def expect_played(cycle: Cycle) -> None:
    """Refuse corrections of a cycle that is not launched, closed or cancelled."""
    if cycle.state not in PLAYED:
        message = _(
            "The cycle is {state}: its results stay as they are. A closed one is opened again by decision first.",
            state=cycle.state,
        )
        raise ChangesRefused(message)


def held_draft(change_set: ChangeSet) -> ChangeSet:
    """The draft, locked after its cycle, and fresh. Raises ChangesRefused for one that is applied or cancelled."""
    cycle = locked(change_set.cycle)
    rows = ChangeSet.objects.select_for_update(of=("self",), no_key=True).select_related("appeal__group")
    row = rows.get(pk=change_set.pk)
    row.cycle = cycle
    if row.state != ChangeSetState.DRAFT.value:
        message = _("Correction {number} is {state} already.", number=row.number, state=row.state)
        raise ChangesRefused(message)
    return row


@transaction.atomic
def prepare(cycle: Cycle, *, reason: str, by: Any, changes: Sequence[Wanted] = (), appeal: Appeal | None = None) -> ChangeSet:
    """Begin a correction: a draft that moves nothing until it is applied. A worker computes its preview.

    `reason`: everybody reads it beside the new version of the boards. Raises ChangesInvalid with every fault, ChangesRefused for a cycle
    that is not being played or an appeal that is answered with no.
    """
    _check_reason(reason)
    held = locked(cycle)
    expect_played(held)
    if appeal is not None:
        _check_appeal(held, appeal)
    rows = stored(held, changes)
    number = (ChangeSet.objects.filter(cycle=held).aggregate(last=Max("number"))["last"] or 0) + 1
    user = by if getattr(by, "pk", None) is not None else None
    made = ChangeSet.objects.create(cycle=held, number=number, reason=reason.strip(), appeal=appeal, made_by=user)
    _write(made, rows)
    _journal(made, by=by)
    return made


def _check_reason(reason: str) -> None:
    needs_reason(reason)
    if len(reason) > WORDS:
        message = _("At most {words} characters.", words=WORDS)
        raise ChangesInvalid(message, where="reason")


def _check_appeal(cycle: Cycle, appeal: Appeal) -> None:
    if appeal.round.cycle_id != cycle.pk:
        raise ChangesInvalid(_("The appeal is of another cycle."), where="appeal")
    if appeal.state not in {AppealState.OPEN.value, AppealState.UPHELD.value}:
        message = _("The appeal is {state}.", state=appeal.state)
        raise ChangesRefused(message, where="appeal")


def _write(change_set: ChangeSet, rows: Sequence[Stored]) -> None:
    if len(rows) > MOST:
        message = _("At most {most} changes in one correction.", most=MOST)
        raise ChangesInvalid(message, where="changes")
    made = [Change(change_set=change_set, position=number, **row) for number, row in enumerate(rows, 1)]
    if overlaps(made):
        raise ChangesInvalid(_(BOTH))
    Change.objects.bulk_create(made)


def _journal(change_set: ChangeSet, *, by: Any) -> None:
    payload = {"number": change_set.number, "changes": change_set.changes.count()}
    subject = f"change_set:{change_set.pk}"
    record(Kind.CHANGES_DRAFTED, cycle_id=change_set.cycle_id, by=by, subject=subject, payload=payload)


@transaction.atomic
def rewrite(change_set: ChangeSet, *, by: Any, reason: str | None = None, changes: Sequence[Wanted] | None = None) -> ChangeSet:
    """Say a draft anew: its reason, or all of its changes. What was previewed no longer counts. Raises as `prepare`."""
    row = held_draft(change_set)
    if reason is not None:
        _check_reason(reason)
        row.reason = reason.strip()
    if changes is not None:
        rows = stored(row.cycle, changes)
        Change.objects.filter(change_set=row).delete()
        _write(row, rows)
    return _unseen(row, by=by)


@transaction.atomic
def add_changes(change_set: ChangeSet, wanted: Sequence[Wanted], *, by: Any, appeal: Appeal | None = None) -> ChangeSet:
    """More changes; one of the same thing takes the place of the one before. A draft behind no appeal may take one. Raises as `prepare`."""
    row = held_draft(change_set)
    expect_played(row.cycle)
    if appeal is not None and row.appeal is None:
        _check_appeal(row.cycle, appeal)
        row.appeal = appeal
    there = changes_of(row)
    fresh = stored(row.cycle, wanted)
    same = [one for one in there if any(_same(one, new) for new in fresh)]
    last = max((one.position for one in there), default=0)
    made = [Change(change_set=row, position=number, **new) for number, new in enumerate(fresh, last + 1)]
    kept = [one for one in there if one not in same]
    if len(kept) + len(made) > MOST:
        message = _("At most {most} changes in one correction.", most=MOST)
        raise ChangesInvalid(message, where="changes")
    if overlaps([*kept, *made]):
        raise ChangesInvalid(_(BOTH))
    Change.objects.filter(pk__in=[one.pk for one in same]).delete()
    Change.objects.bulk_create(made)
    return _unseen(row, by=by)


def _same(there: Change, new: Stored) -> bool:
    """Whether the new change is about the very thing: it then takes the place of the old one."""
    if there.kind != new["kind"]:
        return False
    names = ("sheet", "criterion", "submission") if "sheet" in new["target"] or "submission" in new["target"] else ("group",)
    return all(there.target.get(name) == new["target"].get(name) for name in names)


@transaction.atomic
def remove_change(change_set: ChangeSet, position: int, *, by: Any) -> ChangeSet:
    """Leave one change out. Harmless when repeated."""
    row = held_draft(change_set)
    Change.objects.filter(change_set=row, position=position).delete()
    return _unseen(row, by=by)


@transaction.atomic
def look_again(change_set: ChangeSet, *, by: Any) -> ChangeSet:
    """Have the preview computed anew, by a worker."""
    return _unseen(held_draft(change_set), by=by)


def _unseen(row: ChangeSet, *, by: Any) -> ChangeSet:
    row.preview, row.stamp, row.previewed_at = {}, "", None
    row.save(update_fields=["reason", "appeal", "preview", "stamp", "previewed_at"])
    _journal(row, by=by)
    return row


@transaction.atomic
def keep_preview(change_set: ChangeSet, found: Look) -> bool:
    """Keep what a worker found; false if the draft says something else by now, or is no draft any more."""
    row = ChangeSet.objects.select_for_update(no_key=True).get(pk=change_set.pk)
    if row.state != ChangeSetState.DRAFT.value or set_digest(row, changes_of(row)) != found.of:
        return False
    row.preview, row.stamp, row.previewed_at = found.body, found.stamp, db_now()
    row.save(update_fields=["preview", "stamp", "previewed_at"])
    return True


@transaction.atomic
def keep_failure(change_set: ChangeSet, said: str) -> bool:
    """Keep why no preview could be computed. It is tried again when somebody asks, or changes the draft."""
    row = ChangeSet.objects.select_for_update(no_key=True).get(pk=change_set.pk)
    if row.state != ChangeSetState.DRAFT.value:
        return False
    row.preview, row.stamp, row.previewed_at = {"error": said}, "", db_now()
    row.save(update_fields=["preview", "stamp", "previewed_at"])
    return True


@transaction.atomic
def cancel(change_set: ChangeSet, *, by: Any, reason: str) -> ChangeSet:
    """Give a draft up, with a reason; it stays in the record. Raises ChangesRefused if an appeal was upheld by it and by nothing else."""
    needs_reason(reason)
    row = held_draft(change_set)
    appeal = row.appeal
    if appeal is not None and appeal.state == AppealState.UPHELD.value:
        others = ChangeSet.objects.filter(appeal=appeal).exclude(pk=row.pk).exclude(state=ChangeSetState.CANCELLED.value)
        if not others.exists():
            message = _(
                'The appeal of "{group}" was upheld by this correction: prepare another one for it first.',
                group=appeal.group.name,
            )
            raise ChangesRefused(message)
    row.state, row.settled_at, row.settled_reason = ChangeSetState.CANCELLED.value, db_now(), reason.strip()
    row.save(update_fields=["state", "settled_at", "settled_reason"])
    settled(row, by=by)
    return row


def settled(change_set: ChangeSet, *, by: Any) -> None:
    """Journal that a correction is over: cancelled, or applied and published. News of it hangs on this."""
    payload = {"number": change_set.number, "state": change_set.state}
    subject = f"change_set:{change_set.pk}"
    record(Kind.CHANGES_SETTLED, cycle_id=change_set.cycle_id, by=by, subject=subject, payload=payload)
