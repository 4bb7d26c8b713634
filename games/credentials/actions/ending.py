"""Credentials are taken back, for good; keys are withdrawn; whoever leaves takes the name along."""

from collections.abc import Collection
from typing import Any, Final

from django.db import transaction

from games.credentials.actions.journal import journal
from games.credentials.models import Certificate, Credential, SigningKey
from games.credentials.queries import HELD
from games.credentials.rules import CredentialRefused, CredentialState, ReasonMissing
from games.credentials.rules.states import REASON_LONGEST
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _

LEFT: Final = "Whom it named has left, and took the name along."


@transaction.atomic
def revoke(credential: Credential, *, by: Any, reason: str, given_up: bool = False) -> Credential:
    """Taken back, for good: its bit is set, its page says so and why. Raises ReasonMissing, CredentialRefused."""
    said = reason.strip()[:REASON_LONGEST]
    if not said:
        message = _("A reason is needed: everybody who verifies it reads it.")
        raise ReasonMissing(message, where="reason")
    values = {"state": CredentialState.REVOKED.value, "revoked_at": db_now(), "reason": said, "given_up": given_up}
    if not Credential.objects.filter(pk=credential.pk, state__in=HELD).update(**values):
        message = _("It was taken back already.")
        raise CredentialRefused(message)
    credential.refresh_from_db()
    journal(Kind.CREDENTIAL_REVOKED, credential, by=by, given_up=given_up)
    return credential


def give_up(credential: Credential, *, by: Any) -> Credential:
    """Whoever it names does not want it any more, or wants another name on it."""
    return revoke(credential, by=by, reason="Taken back by whoever it names.", given_up=True)


@transaction.atomic
def forget_people(persons: Collection[int]) -> int:
    """What names these persons goes: the name, the signed words, the printed page. Its bit stays set. Returns how many."""
    rows = list(Credential.objects.filter(person__in=persons))
    for row in rows:
        if row.state in HELD:
            revoke(row, by=None, reason=LEFT, given_up=True)
    Certificate.objects.filter(credential__in=rows).delete()
    Credential.objects.filter(pk__in=[row.pk for row in rows]).update(name="", claim={}, token="", digest="", wanted={})
    return len(rows)


@transaction.atomic
def withdraw_key(kid: str, *, by: Any, reason: str) -> SigningKey:
    """A key was stolen or lost: nothing that it signed is believed any more, here or elsewhere. Raises ReasonMissing, CredentialRefused."""
    said = reason.strip()[:REASON_LONGEST]
    if not said:
        message = _("A reason is needed.")
        raise ReasonMissing(message, where="reason")
    row = SigningKey.objects.filter(kid=kid, withdrawn_at__isnull=True).first()
    if row is None:
        message = _("No such key, or it was withdrawn already.")
        raise CredentialRefused(message)
    row.withdrawn_at, row.reason = db_now(), said
    row.until = row.until or row.withdrawn_at
    row.save(update_fields=["withdrawn_at", "reason", "until"])
    record(Kind.SIGNING_KEY_WITHDRAWN, cycle_id=None, by=by, subject=f"signing_key:{row.pk}", payload={"kid": kid})
    return row
