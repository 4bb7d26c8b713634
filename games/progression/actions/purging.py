"""The retention rule carried out: what a cycle promised to delete is deleted, when it promised to. Results, hashes and the journal stay.

A part is done in one transaction and may be done again: what is gone is not counted twice. Each time something went, or a part was due
for the first time, the journal says what and how much, never whose.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from games.cycles.actions import locked
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group, JoinRequest, Membership, Registration, RegistrationFile
from games.ideas.models import IdeaDraft
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Sheet
from games.organizations.models import Invitation, Person
from games.submissions.models import Submission, Upload
from games.submissions.rules import SubmissionState

BATCH: Final = 500
OVER: Final = (CycleState.CLOSED.value, CycleState.CANCELLED.value)

type Counts = dict[str, int]
"""What there is to delete, or was deleted: kind of row → how many."""


def closed_at(cycle: Cycle) -> datetime | None:
    """When the cycle closed (or was cancelled); None while it goes on. Of one that came in closed: its end."""
    if cycle.state not in OVER:
        return None
    rows = Decision.objects.filter(cycle=cycle, kind=DecisionKind.STATE.value, value__in=OVER)
    return rows.order_by("-number").values_list("at", flat=True).first() or cycle.ends_at or cycle.created_at


def due_parts(cycle: Cycle, now: datetime) -> list[str]:
    """What is to be deleted by now, the soonest first."""
    parts = design_of(cycle).retention.parts if cycle.design_number else {}
    since = closed_at(cycle) if parts else None
    return [part for part, days in parts.items() if since is not None and since + timedelta(days=days) <= now]


def purgeable(now: datetime) -> list[Cycle]:
    """Cycles in which something is due that was not yet carried out to the end."""
    return [one for one in Cycle.objects.filter(state__in=OVER, purged_at__isnull=True).order_by("pk") if due_parts(one, now)]


def counts_of(cycle: Cycle, part: str) -> Counts:
    """What of a part there is to delete now; nothing is written."""
    return {name: rows.count() for name, rows in _rows(cycle, part).items()}


@transaction.atomic
def purge(cycle: Cycle, *, by: Any = None, now: datetime | None = None) -> dict[str, Counts]:
    """Delete what is due. Returns what went, by part. Run again it finds nothing; a cycle that goes on again is left alone."""
    held, moment = locked(cycle), now or db_now()
    parts = due_parts(held, moment)
    gone: dict[str, Counts] = {}
    for part in parts:
        gone[part] = {name: DELETE[name](rows) for name, rows in _rows(held, part).items()}
        _journal(held, part, gone[part], by=by, at=moment)
    if parts and len(parts) == len(design_of(held).retention.parts) and held.purged_at is None:
        held.purged_at = moment
        held.save(update_fields=["purged_at"])
        cycle.purged_at = moment
    return gone


def _journal(cycle: Cycle, part: str, counts: Counts, *, by: Any, at: datetime) -> None:
    key = f"purged:{cycle.pk}:{part}"
    told = JournalEntry.objects.filter(key__startswith=key).count()
    if told and not any(counts.values()):
        return
    payload = {"part": part, **counts}
    record(Kind.CYCLE_PURGED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload, key=f"{key}:{told}", at=at)


# --- What belongs to a part -----------------------------------------------------------------------------------------------------------


def _rows(cycle: Cycle, part: str) -> Mapping[str, QuerySet[Any]]:
    return PARTS[part](cycle)


def _drafts(cycle: Cycle) -> Mapping[str, QuerySet[Any]]:
    """Entries that were never handed in, with their files; what was written after the last version of the others; drafts of ideas."""
    entries = Submission.objects.filter(challenge__round__cycle=cycle)
    never = Q(state=SubmissionState.DRAFT.value, pinned__isnull=True, versions__isnull=True)
    return {
        "entries": entries.filter(never),
        "drafts": entries.exclude(pk__in=entries.filter(never).values("pk")).exclude(draft={}, draft_note=""),
        "idea_drafts": IdeaDraft.objects.filter(cycle=cycle),
    }


def _files(cycle: Cycle) -> Mapping[str, QuerySet[Any]]:
    return {"files": Upload.objects.filter(submission__challenge__round__cycle=cycle).exclude(file="")}


def _contacts(cycle: Cycle) -> Mapping[str, QuerySet[Any]]:
    """Addresses of people without an account who are in no other cycle that still needs them; registrations; what was written to join."""
    elsewhere = Membership.objects.filter(person=OuterRef("pk"), cycle__purged_at__isnull=True).exclude(cycle=cycle)
    sheets = Sheet.objects.filter(judge=OuterRef("pk"), challenge__round__cycle=cycle)
    members = Membership.objects.filter(person=OuterRef("pk"), cycle=cycle)
    here = Person.objects.filter(Exists(members) | Exists(sheets), ~Exists(elsewhere), user__isnull=True)
    registrations = Registration.objects.filter(group__cycle=cycle)
    return {
        "addresses": here.exclude(email=""),
        "invitations": Invitation.objects.filter(person__in=here, accepted_at__isnull=True),
        "registrations": registrations.exclude(answers={}),
        "registration_files": RegistrationFile.objects.filter(registration__in=registrations),
        "requests": JoinRequest.objects.filter(group__cycle=cycle).exclude(message=""),
        "codes": Group.objects.filter(cycle=cycle).exclude(invite_code=""),
    }


def _notes(cycle: Cycle) -> Mapping[str, QuerySet[Any]]:
    return {"notes": Sheet.objects.filter(challenge__round__cycle=cycle).exclude(note="", flag="", flag_answer="")}


PARTS: Final[Mapping[str, Callable[[Cycle], Mapping[str, QuerySet[Any]]]]] = {
    "drafts": _drafts,
    "files": _files,
    "contacts": _contacts,
    "notes": _notes,
}


# --- Deleting it ----------------------------------------------------------------------------------------------------------------------


def _delete_entries(rows: QuerySet[Any]) -> int:
    ids = list(rows.values_list("pk", flat=True))
    for some in batched(ids, BATCH):
        _drop_files(Upload.objects.filter(submission__in=some).values_list("file", flat=True))
        Submission.objects.filter(pk__in=some).delete()
    return len(ids)


def _empty_files(rows: QuerySet[Any]) -> int:
    """The bytes go; name, size and digest stay, so that every version can still be verified."""
    names = list(rows.values_list("file", flat=True))
    rows.update(file="")
    _drop_files(names)
    return len(names)


def _delete_registration_files(rows: QuerySet[Any]) -> int:
    names = list(rows.values_list("file", flat=True))
    rows.delete()
    _drop_files(names)
    return len(names)


def _drop_files(names: Iterable[str]) -> None:
    for name in names:
        if name:
            transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _deleted(rows: QuerySet[Any]) -> int:
    count = rows.count()
    rows.delete()
    return count


def _emptied(**values: Any) -> Callable[[QuerySet[Any]], int]:
    def empty(rows: QuerySet[Any]) -> int:
        return int(rows.update(**values))

    return empty


DELETE: Final[Mapping[str, Callable[[QuerySet[Any]], int]]] = {
    "entries": _delete_entries,
    "drafts": _emptied(draft={}, draft_note="", draft_saved_at=None),
    "idea_drafts": _deleted,
    "files": _empty_files,
    "invitations": _deleted,
    "addresses": _emptied(email=""),
    "registrations": _emptied(answers={}),
    "registration_files": _delete_registration_files,
    "requests": _emptied(message=""),
    "codes": _emptied(invite_code=""),
    "notes": _emptied(note="", flag="", flag_answer="", flag_answered_at=None),
}
