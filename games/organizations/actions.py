"""Writes about organizations and people: create, import, invite, accept."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from games.errors import Conflict, Invalid
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Invitation, Organization, Person
from games.organizations.queries import (
    digest_of,
    invitation_by_secret,
    invitation_secret,
    invited_since,
    open_invitations,
    unclaimed_with_email,
)
from games.organizations.rules import (
    AGAIN_AFTER,
    INVITATION_LIFE,
    INVITED_A_DAY,
    InvitationRefused,
    InvitationState,
    InvitedOften,
    KeyTaken,
    Known,
    PersonRow,
    PersonTaken,
    clean_name,
    invitation_state,
    key_from,
    merged,
    name_from_email,
)
from leaderboards.engine.language import gettext as _

DAY: Final = timedelta(days=1)


@transaction.atomic
def create_organization(name: str, *, by: Any, key: str = "", kind: str = "") -> Organization:
    """Create an organization. Without `key` one is made from the name. Raises KeyTaken, Invalid."""
    del by  # creating an organization is no act in a game: nothing is journalled
    name = clean_name(name)
    wanted = key_from(key or name)
    try:
        with transaction.atomic():
            return Organization.objects.create(key=wanted, name=name, kind=kind.strip()[:60])
    except IntegrityError:
        message = _('There is an organization with the key "{wanted}" already.', wanted=wanted)
        raise KeyTaken(message, where="key" if key else "name") from None


def person_for(user: Any) -> Person:
    """The user's own person, made on first need. Who was known before (imported, invited) is claimed besides, by `accept`."""
    person, __ = Person.objects.get_or_create(
        user=user,
        organization=None,
        claimed_at=None,
        defaults={"key": f"u-{user.pseudonym.hex[:16]}", "name": user.name or name_from_email(user.email), "email": user.email},
    )
    return person


@transaction.atomic
def take_people(organization: Organization, rows: Iterable[PersonRow], *, by: Any) -> dict[str, Person]:
    """Bring a list of people into the organization; returns them by key. Those who have an account are left as they are.

    Three statements however long the list. People met twice in `rows` (same key): the last row counts.
    """
    del by  # the import that calls this is what the journal knows
    wanted = {row.key: row for row in rows}
    known = {person.key: person for person in Person.objects.filter(organization=organization, key__in=wanted)}
    changed: list[Person] = []
    fresh: list[Person] = []
    for key, row in wanted.items():
        person = known.get(key)
        facts = Known(name=person.name, email=person.email, claimed=person.user_id is not None) if person else None
        write = merged(row, facts)
        if write is None:
            continue
        if person is None:
            fresh.append(Person(organization=organization, key=key, name=write.name or key, email=write.email))
        else:
            person.name, person.email = write.name, write.email
            changed.append(person)
    Person.objects.bulk_update(changed, ["name", "email"], batch_size=500)
    return known | {person.key: person for person in Person.objects.bulk_create(fresh, batch_size=1000)}


def checked_email(email: str, *, where: str = "email") -> str:
    """The address in lower case. Raises Invalid when it is none."""
    clean = email.strip().lower()
    try:
        validate_email(clean)
    except ValidationError:
        message = _("An e-mail address like name@example.org is needed.")
        raise Invalid(message, where=where) from None
    return clean


@transaction.atomic
def waiting_person(
    email: str, *, name: str = "", organization: Organization | None = None, among: QuerySet[Person] | None = None
) -> Person:
    """The unclaimed person with this address in the organization, made if there is none. `among`: who may be meant, if not all of them."""
    email = checked_email(email)
    found = unclaimed_with_email(email, organization=organization, among=among)
    if found is not None:
        return found
    shown = clean_name(name) if name.strip() else name_from_email(email)
    return Person.objects.create(organization=organization, key=f"i-{secrets.token_hex(8)}", name=shown, email=email)


@transaction.atomic
def invite(
    person: Person,
    *,
    by: Any,
    email: str = "",
    next_path: str = "",
    cycle_id: int | None = None,
    group_id: int | None = None,
    life: timedelta = INVITATION_LIFE,
    again: bool = False,
) -> tuple[Invitation, str]:
    """Invite an unclaimed person to take their place; returns the invitation and the secret of its link, which is not kept.

    Earlier open invitations of the person end. `email` replaces the person's address; `again`: the mail itself is all that is wanted.
    Raises PersonTaken; InvitedOften; Conflict without an address.
    """
    now = db_now()
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.user_id is not None:
        raise PersonTaken
    _check_pace(person, now, elsewhere=email.strip().lower() not in {"", person.email.lower()}, again=again)
    if email:
        person.email = checked_email(email)
        person.save(update_fields=["email"])
    if not person.email:
        message = _("No address is known for {person}: give one.", person=person.name)
        raise Conflict(message, where="email")
    open_invitations(person, now).update(expires_at=now)
    invitation = Invitation(person=person, next_path=next_path, created_by=by, expires_at=now + life)
    secret = invitation_secret(invitation)
    invitation.digest = digest_of(secret)
    invitation.save()
    record(Kind.PERSON_INVITED, cycle_id=cycle_id, group_id=group_id, by=by, subject=f"invitation:{invitation.pk}")
    return invitation, secret


def _check_pace(person: Person, now: datetime, *, elsewhere: bool, again: bool) -> None:
    """Nobody's mailbox is filled by pressing a button: so many within a day, and the same mail to the same address not twice at once."""
    sent = invited_since(now - DAY, [person.pk]).get(person.pk)
    if sent is None:
        return
    if sent.mails >= INVITED_A_DAY:
        raise InvitedOften(person.name)
    if again and not elsewhere and now - sent.last < AGAIN_AFTER:
        raise InvitedOften(person.name, lately=True)


@transaction.atomic
def invite_people(
    wanted: Sequence[tuple[Person, str]], *, by: Any, cycle_id: int | None = None, life: timedelta = INVITATION_LIFE
) -> list[Invitation]:
    """Invite many unclaimed people, each with the path their link leads to. Earlier open invitations of theirs end.

    Three statements and a line of the journal each. Raises PersonTaken when one of them has an account meanwhile.
    """
    now = db_now()
    ids = [person.pk for person, __ in wanted]
    if Person.objects.select_for_update().filter(pk__in=ids, user__isnull=False).exists():
        raise PersonTaken
    Invitation.objects.filter(person__in=ids, accepted_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    made = []
    for person, path in wanted:
        invitation = Invitation(person=person, next_path=path, created_by=by, expires_at=now + life)
        invitation.digest = digest_of(invitation_secret(invitation))
        made.append(invitation)
    for invitation in Invitation.objects.bulk_create(made, batch_size=1000):
        record(Kind.PERSON_INVITED, cycle_id=cycle_id, by=by, subject=f"invitation:{invitation.pk}", at=now)
    return made


@transaction.atomic
def withdraw_invitations(person: Person, *, by: Any) -> int:
    """End the open invitations of a person: their links no longer work. Returns how many."""
    del by  # what the place was for is journalled by whoever takes the place back
    now = db_now()
    return open_invitations(person, now).update(expires_at=now)


@transaction.atomic
def accept(secret: str, *, by: Any) -> Invitation:
    """The signed-in user takes the place that waits. Raises InvitationRefused (unknown, used, expired), PersonTaken.

    One conditional UPDATE takes the invitation, another the person: of two people with the same link one wins.
    """
    now = db_now()
    invitation = invitation_by_secret(secret)
    if invitation is None:
        raise InvitationRefused
    state = invitation_state(accepted_at=invitation.accepted_at, expires_at=invitation.expires_at, now=now)
    if state is InvitationState.ACCEPTED and invitation.person.user_id == by.pk:
        return invitation
    mine = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, expires_at__gt=now).update(accepted_at=now)
    if not mine:
        raise InvitationRefused
    claimed = Person.objects.filter(pk=invitation.person_id, user__isnull=True).update(user=by, claimed_at=now)
    if not claimed:
        raise PersonTaken
    invitation.refresh_from_db()
    record(Kind.PERSON_CLAIMED, cycle_id=None, by=by, subject=f"person:{invitation.person_id}")
    return invitation
