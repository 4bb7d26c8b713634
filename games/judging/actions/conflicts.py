"""Conflicts of interest: declared by judges, teams, organizers; found by the system; upheld or lifted by an organizer."""

from collections.abc import Collection
from typing import Any, Final

from django.db import transaction

from games.cycles.actions import needs_reason
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.sheets import give_back
from games.judging.actions.votes import drop_votes
from games.judging.conflicts import OFFICE_HOURS, found_in, same_human
from games.judging.models import Concern, ConflictOfInterest, Sheet
from games.judging.queries import judges_in
from games.judging.rules import OPEN_SHEETS, ConflictKind, ConflictRefused, ConflictSource, NotOnPanel, SheetState
from games.judging.rules.conflicts import Found
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

WORDS: Final = 5000
DECIDE: Final = frozenset({ConflictSource.JUDGE, ConflictSource.ORGANIZER})
"""Whose word takes final sheets and votes out at once. What a team says, or the system finds, leaves them until an organizer upholds it."""


@transaction.atomic
def declare_conflict(
    *,
    person: Person,
    group: Group,
    by: Any,
    reason: str = "",
    source: ConflictSource = ConflictSource.ORGANIZER,
    kind: ConflictKind = ConflictKind.DECLARED,
) -> ConflictOfInterest:
    """This judge must not mark this group. Open sheets on it are given back; final ones too, if the judge or an organizer says so, and
    then their comparisons with it no longer count either.

    One that was lifted is in force again, unless the system says so: what an organizer lifted is not found again. What was said in
    published rounds stands: it is corrected in the open, after publication.
    """
    values = {"reason": reason[:WORDS], "source": source.value, "kind": kind.value}
    conflict, new = ConflictOfInterest.objects.select_for_update(of=("self",)).get_or_create(
        person=person, group=group, defaults=values
    )
    if conflict.lifted_at is not None:
        if source is ConflictSource.SYSTEM:
            return conflict
        conflict.lifted_at, conflict.lifted_reason, new = None, "", True
        conflict.reason, conflict.source, conflict.kind = values["reason"], values["source"], values["kind"]
        conflict.save(update_fields=["lifted_at", "lifted_reason", "reason", "source", "kind"])
    if new:
        _journal(conflict, group, "declared" if source is not ConflictSource.SYSTEM else "found", by=by)
    _give_back(person, group, final=source in DECIDE, by=by)
    return conflict


def _give_back(person: Person, group: Group, *, final: bool, by: Any) -> None:
    states = [SheetState.FINAL.value] if final else []
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("challenge__round")
    rows = rows.filter(same_human(person), group=group, challenge__round__published_at__isnull=True)
    for sheet in rows.filter(state__in=[*states, *(state.value for state in OPEN_SHEETS)]):
        give_back(sheet, reason="conflict of interest", by=by)
    if final:
        drop_votes(person=person, group=group, by=by)


def _journal(conflict: ConflictOfInterest, group: Group, change: str, *, by: Any) -> None:
    record(
        Kind.CONFLICT_CHANGED,
        cycle_id=group.cycle_id,
        by=by,
        group_id=group.pk,
        subject=f"conflict:{conflict.pk}",
        payload={"judge": conflict.person_id, "kind": conflict.kind, "source": conflict.source, "change": change},
    )


@transaction.atomic
def say_too_close(*, person: Person, group: Group, reason: str, by: Any) -> ConflictOfInterest:
    """A judge of the cycle says that they must not mark this group. Needs a reason."""
    needs_reason(reason)
    if not judges_in(group.cycle_id).filter(person=person).exists():
        raise NotOnPanel(_("Only who judges in the cycle can be too close to a team in it."))
    return declare_conflict(person=person, group=group, by=by, reason=reason, source=ConflictSource.JUDGE)


@transaction.atomic
def object_to(*, group: Group, person: Person, reason: str, by: Any) -> ConflictOfInterest:
    """A team says that this judge should not judge it, with a reason. It holds at once; an organizer upholds or lifts it.

    Raises ConflictRefused once the judge's marks on the team are published, and where an organizer has lifted it before.
    """
    needs_reason(reason)
    known = ConflictOfInterest.objects.filter(person=person, group=group).first()
    if known is not None and known.lifted_at is not None:
        raise ConflictRefused(_("The organizers have looked at this before and found no conflict."), where="judge")
    return declare_conflict(person=person, group=group, by=by, reason=reason, source=ConflictSource.TEAM)


@transaction.atomic
def uphold_conflict(*, conflict: ConflictOfInterest, by: Any) -> ConflictOfInterest:
    """It is so: final sheets of this judge on this group, and their comparisons with it, no longer count either."""
    locked = _locked(conflict)
    if locked.lifted_at is not None:
        raise ConflictRefused(_("It was lifted: declare it again."))
    _give_back(locked.person, locked.group, final=True, by=by)
    _journal(locked, locked.group, "upheld", by=by)
    return locked


@transaction.atomic
def lift_conflict(*, conflict: ConflictOfInterest, reason: str, by: Any) -> ConflictOfInterest:
    """There is none, with a reason: it counts nowhere any more, and is not found again. Sheets given back stay so until reopened, and
    comparisons taken out stay out: the judge meets the group in new ones.
    """
    needs_reason(reason)
    locked = _locked(conflict)
    if locked.lifted_at is not None:
        raise ConflictRefused(_("It was lifted before."))
    locked.lifted_at, locked.lifted_reason = db_now(), reason.strip()[:WORDS]
    locked.save(update_fields=["lifted_at", "lifted_reason"])
    _journal(locked, locked.group, "lifted", by=by)
    return locked


def _locked(conflict: ConflictOfInterest) -> ConflictOfInterest:
    return ConflictOfInterest.objects.select_for_update(of=("self",)).select_related("person", "group").get(pk=conflict.pk)


@transaction.atomic
def find_conflicts(*, cycle: Cycle, by: Any = None) -> int:
    """Declare what nobody did: the same organization, past team-mates, mentors, advice in office hours, ideas built upon each other. Returns how many are new. Safe to run twice."""
    if cycle.state in {CycleState.CLOSED.value, CycleState.CANCELLED.value}:
        return 0
    found = found_in(cycle)
    people = Person.objects.in_bulk({one.person for one in found})
    places = {int(one.where) for one in found if one.where.isdigit()}
    groups = Group.objects.select_related("cycle").in_bulk({one.group for one in found} | places)
    for one in found:
        declare_conflict(
            person=people[one.person],
            group=groups[one.group],
            by=by,
            reason=_why(one, groups),
            source=ConflictSource.SYSTEM,
            kind=one.kind,
        )
    return len(found)


def _why(found: Found, groups: dict[int, Group]) -> str:
    """What was found, in words: it names organizations and groups, no people."""
    if found.kind is ConflictKind.ORGANIZATION:
        return found.where
    if found.where == OFFICE_HOURS:
        return "Advises this team in office hours."
    shared = groups[int(found.where)]
    place = f"“{shared.name}” ({shared.cycle.name})"
    if found.kind is ConflictKind.BUILT_UPON:
        return f"Was in {place}, which built on an idea of this team, or this team on one of theirs."
    if found.kind is ConflictKind.MENTOR:
        return f"Followed {place}, in which a member of this team was."
    return f"Was in {place} with a member of this team, or this team continues it."


# --- Said in words ----------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def raise_concern(*, group: Group, words: str, by: Any, person: Person | None = None) -> Concern:
    """A team names a person or an organization in words: an organizer settles who is meant."""
    needs_reason(words)
    concern = Concern.objects.create(group=group, words=words.strip()[:WORDS], person=person)
    _journal_concern(concern, "raised", by=by)
    return concern


@transaction.atomic
def settle_concern(*, concern: Concern, judges: Collection[Person], answer: str, by: Any) -> Concern:
    """The organizer's answer, and the judges who are meant: each is in conflict with the team from now on. Without any, it needs words.

    They are declared by the organizer: a team that named an organization need not learn who of it judges.
    """
    locked = Concern.objects.select_for_update(of=("self",)).select_related("group").get(pk=concern.pk)
    if locked.settled_at is not None:
        raise ConflictRefused(_("It was answered before."))
    if not judges:
        needs_reason(answer)
    for one in judges:
        declare_conflict(person=one, group=locked.group, by=by, reason=locked.words)
    locked.answer, locked.settled_at = answer.strip()[:WORDS], db_now()
    locked.save(update_fields=["answer", "settled_at"])
    _journal_concern(locked, "settled", by=by)
    return locked


def _journal_concern(concern: Concern, change: str, *, by: Any) -> None:
    record(
        Kind.CONFLICT_CHANGED,
        cycle_id=concern.group.cycle_id,
        by=by,
        group_id=concern.group_id,
        subject=f"concern:{concern.pk}",
        payload={"change": change},
    )
