"""What an act in the journal means for whom: each function takes the entry and queues the mails, once however often it is called.

`worker/reactions.py` names the kinds; nothing here listens by itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model

from games.groups.models import Group, JoinRequest, Registration
from games.groups.rules import JoinState, RegistrationState
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute, tell, tell_all
from games.notices.queries import captains_of, entrants_of, members_of, organizers_of, with_address
from games.organizations.models import Invitation, Person
from games.organizations.queries import invitation_secret
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.rounds.models import Round
from games.submissions.models import Version


def _subject[M: Model](entry: JournalEntry, model: type[M], *related: str) -> M | None:
    """The row the entry is about (`kind:id`), None once it is gone."""
    _, _, number = entry.subject.partition(":")
    rows = model._default_manager.select_related(*related) if related else model._default_manager.all()
    return rows.filter(pk=int(number)).first() if number.isdigit() else None


def on_invited(entry: JournalEntry) -> int:
    """To the person invited: the link by which they take their place."""
    invitation = _subject(entry, Invitation, "person", "created_by")
    if invitation is None or invitation.accepted_at is not None or not invitation.person.email:
        return 0
    link = absolute(f"/invitations/{invitation_secret(invitation)}/")
    context = {"invitation": invitation, "person": invitation.person, "link": link}
    tell("person.invited", to=invitation.person.email, person=invitation.person, key=f"invited:{invitation.pk}", context=context)
    return 1


def on_group_settled(entry: JournalEntry) -> int:
    """To the group: accepted, waiting (also: moved up), refused with the rule cited."""
    registration = _subject(entry, Registration, "group__cycle")
    if registration is None or registration.state == RegistrationState.PENDING.value:
        return 0
    group = registration.group
    context = {"group": group, "cycle": group.cycle, "registration": registration, "link": absolute(_group_path(group))}
    key = f"settled:{registration.pk}:{registration.state}:{entry.pk}"
    return tell_all("group.settled", members_of([group.pk]), key=key, context=context, cycle_id=group.cycle_id)


def on_group_registered(entry: JournalEntry) -> int:
    """To the organizers, when a registration waits for their word."""
    registration = _subject(entry, Registration, "group__cycle")
    if registration is None or registration.state != RegistrationState.PENDING.value:
        return 0
    group = registration.group
    context = {"group": group, "cycle": group.cycle, "link": absolute(_group_path(group))}
    people = organizers_of(group.cycle_id)
    return tell_all("group.registered", people, key=f"registered:{registration.pk}", context=context, cycle_id=group.cycle_id)


def on_join_asked(entry: JournalEntry) -> int:
    """To the captains: somebody asks to join."""
    request = _subject(entry, JoinRequest, "group__cycle", "person")
    if request is None or request.state != JoinState.ASKED.value:
        return 0
    group = request.group
    context = {"request": request, "group": group, "cycle": group.cycle, "link": absolute(_group_path(group))}
    return tell_all("join.asked", captains_of(group), key=f"join:{request.pk}", context=context, cycle_id=group.cycle_id)


def on_join_settled(entry: JournalEntry) -> int:
    """To whoever asked to join: yes or no."""
    request = _subject(entry, JoinRequest, "group__cycle")
    if request is None or request.state == JoinState.ASKED.value:
        return 0
    group = request.group
    context = {"request": request, "group": group, "cycle": group.cycle, "link": absolute(_group_path(group))}
    people = with_address(Person.objects.filter(pk=request.person_id))
    return tell_all("join.settled", people, key=f"joined:{request.pk}", context=context, cycle_id=group.cycle_id)


def on_submission_received(entry: JournalEntry) -> int:
    """The receipt, to the whole group: version, digest, server time."""
    _, _, number = entry.subject.partition(":")
    rows = Version.objects.select_related("submission__challenge__round__cycle", "submission__group", "by")
    versions = rows.filter(submission_id=int(number)) if number.isdigit() else rows.none()
    wanted = entry.payload.get("version")
    version = (versions.filter(number=wanted) if isinstance(wanted, int) else versions.order_by("-number")).first()
    if version is None:
        return 0
    submission = version.submission
    cycle = submission.challenge.round.cycle
    context = {
        "version": version,
        "submission": submission,
        "cycle": cycle,
        "link": absolute(f"/entries/{submission.pk}/versions/{version.number}/"),
    }
    key = f"receipt:{submission.pk}:{version.number}"
    return tell_all("submission.received", members_of([submission.group_id]), key=key, context=context, cycle_id=cycle.pk)


def on_sheet_assigned(entry: JournalEntry) -> int:
    """To the judge: entries wait. One mail a day and round, however many sheets are handed out."""
    judge = _subject(entry, Person)
    count, key = entry.payload.get("count"), entry.payload.get("round")
    round_ = Round.objects.select_related("cycle").filter(cycle=entry.cycle_id or 0, key=key).first()
    if judge is None or round_ is None or not isinstance(count, int) or count < 1:
        return 0
    context = {"round": round_, "cycle": round_.cycle, "link": absolute("/desk/sheets/")}
    people = with_address(Person.objects.filter(pk=judge.pk))
    day = f"sheets:{round_.pk}:{entry.at:%Y-%m-%d}"
    return tell_all("sheet.assigned", people, key=day, context=context, cycle_id=round_.cycle_id)


def on_round_published(entry: JournalEntry) -> int:
    """To everybody in the round: the result is out."""
    round_ = _subject(entry, Round, "cycle")
    if round_ is None or round_.published_at is None:
        return 0
    link = absolute(f"/cycles/{round_.cycle.key}/rounds/{round_.key}/")
    context = {"round": round_, "cycle": round_.cycle, "link": link}
    people = members_of(entrants_of(round_))
    key = f"published:{round_.pk}:{entry.pk}"
    return tell_all("round.published", people, key=key, context=context, cycle_id=round_.cycle_id)


def on_grant_changed(entry: JournalEntry) -> int:
    """To the group that won something, once it is granted."""
    grant = _subject(entry, Grant, "cycle", "group")
    if grant is None or grant.group_id is None or grant.state != GrantState.GRANTED.value:
        return 0
    link = absolute(f"/cycles/{grant.cycle.key}/groups/{grant.group.key}/") if grant.group else ""
    context = {"grant": grant, "cycle": grant.cycle, "group": grant.group, "link": link}
    return tell_all(
        "grant.granted", members_of([grant.group_id]), key=f"grant:{grant.pk}", context=context, cycle_id=grant.cycle_id
    )


def _group_path(group: Group) -> str:
    return f"/cycles/{group.cycle.key}/teams/{group.key}/"


HANDLERS: Mapping[Kind, Callable[[JournalEntry], int]] = {
    Kind.PERSON_INVITED: on_invited,
    Kind.GROUP_REGISTERED: on_group_registered,
    Kind.GROUP_SETTLED: on_group_settled,
    Kind.JOIN_ASKED: on_join_asked,
    Kind.JOIN_SETTLED: on_join_settled,
    Kind.SUBMISSION_RECEIVED: on_submission_received,
    Kind.SHEET_ASSIGNED: on_sheet_assigned,
    Kind.ROUND_PUBLISHED: on_round_published,
    Kind.GRANT_CHANGED: on_grant_changed,
}


@transaction.atomic
def react(entry_id: int) -> int:
    """Queue the mails that an entry of the journal calls for. Returns how many; 0 for kinds nobody is told of."""
    entry: Any = JournalEntry.objects.filter(pk=entry_id).first()
    handler = HANDLERS.get(Kind(entry.kind)) if entry is not None and entry.kind in set(Kind) else None
    return handler(entry) if handler else 0
