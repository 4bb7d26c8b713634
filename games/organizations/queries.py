"""Reads about organizations, people and invitations."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.utils.crypto import salted_hmac

from games.organizations.models import Invitation, Organization, Person


def organizations() -> QuerySet[Organization]:
    """All organizations by name, with `people_count`."""
    return Organization.objects.annotate(people_count=Count("people")).order_by("name", "pk")


def people_of_user(user: Any) -> QuerySet[Person]:
    """Every person that is this user: the own one, and those claimed by invitation."""
    return Person.objects.filter(user_id=user.pk).select_related("organization").order_by("pk")


def invitation_secret(invitation: Invitation) -> str:
    """The secret of the link. It is derived, not kept: the table holds its digest, and only who has the key of the house can write the mail.

    Deriving lets the worker write the mail long after the transaction, and again if it was killed.
    """
    expires = invitation.expires_at.astimezone(UTC).isoformat(timespec="microseconds")
    mac = salted_hmac("ludus.invitation", f"{invitation.person_id}|{expires}", secret=settings.SECRET_KEY, algorithm="sha256")
    return urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def digest_of(secret: str) -> str:
    """SHA-256 in hex: what is stored of a secret of 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invitation_by_secret(secret: str) -> Invitation | None:
    """The invitation behind a link, in whatever state."""
    return Invitation.objects.filter(digest=digest_of(secret)).select_related("person__organization", "created_by").first()


def open_invitations(person: Person, now: datetime) -> QuerySet[Invitation]:
    """Invitations of the person that still let somebody in."""
    return Invitation.objects.filter(person=person, accepted_at__isnull=True, expires_at__gt=now)


def invitations_to(email: str, now: datetime) -> list[Invitation]:
    """Invitations to an address that still let somebody in, the newest first, with who invited."""
    open_ = Invitation.objects.filter(person__email__iexact=email, accepted_at__isnull=True, expires_at__gt=now)
    return list(open_.filter(person__user__isnull=True).select_related("person", "created_by").order_by("-pk"))


class Sent(NamedTuple):
    """How many invitations somebody had, and when the last of them."""

    mails: int
    last: datetime


def invited_since(since: datetime, people: Iterable[int]) -> dict[int, Sent]:
    """Person → the invitations they had since then, whoever sent them. One statement."""
    rows = Invitation.objects.filter(person__in=people, created_at__gt=since).values_list("person").order_by()
    return {person: Sent(count, last) for person, count, last in rows.annotate(Count("pk"), Max("created_at"))}


def unclaimed_with_email(
    email: str, *, organization: Organization | None, among: QuerySet[Person] | None = None
) -> Person | None:
    """The person who waits under this address in the organization (and is one of `among`), if there is one."""
    rows = Person.objects.all() if among is None else among
    waiting = rows.filter(Q(email__iexact=email), organization=organization, user__isnull=True)
    return waiting.order_by("pk").first()
