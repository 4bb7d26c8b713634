"""The keys of this house: the one that signs now, what it signs for boards, and how one key hands over to the next."""

import rfc8785
from django.conf import settings
from django.db import transaction

from games.credentials.models import KeyStatement, SigningKey
from games.credentials.queries import present_key
from games.credentials.rules import CredentialRefused
from games.credentials.rules.signing import Key, base64url, key_of, seed_of
from games.cycles.models import Cycle
from games.journal.queries import db_now
from leaderboards import receipts
from leaderboards.engine.language import gettext as _
from leaderboards.proof import Signer, instant


def registered(public: str, kid: str) -> SigningKey:
    """The row of the key that signs now; those before it are over. Raises CredentialRefused if it was withdrawn."""
    row, made = SigningKey.objects.get_or_create(kid=kid, defaults={"public": public, "since": db_now()})
    if row.withdrawn_at is not None:
        message = _("The signing key of this house was withdrawn: it needs another one (LUDUS_SIGNING_KEY).")
        raise CredentialRefused(message)
    if made or row.until is not None:
        SigningKey.objects.filter(until__isnull=True).exclude(pk=row.pk).update(until=db_now())
        SigningKey.objects.filter(pk=row.pk).update(until=None)
    return row


def signer(scope: int) -> Signer | None:
    """Who signs what a cycle publishes (the setting LEADERBOARD_SIGNER names this); None while the key is withdrawn: nothing waits for it.

    Nobody signs what a dry run publishes: it is invented.
    """
    found = Cycle.objects.filter(pk=scope).values_list("key", "rehearsal").first()
    cycle, rehearsal = found or ("", False)
    if rehearsal:
        return None
    key = present_key()
    try:
        registered(key.public, key.kid)
    except CredentialRefused:
        return None
    return Signer(key.kid, key.public, {"house": settings.PUBLIC_URL, "cycle": cycle}, key.sign)


@transaction.atomic
def hand_over(seed: str) -> KeyStatement:
    """The key that signs now says, together with the next one (`seed`: its private half, base64url), that this follows it.

    From then on whoever pinned either may trust the other; the house signs with the new one as soon as LUDUS_SIGNING_KEY says it.
    Raises CredentialRefused where the present key was withdrawn, or is the same.
    """
    before, after = present_key(), key_of(seed_of(seed))
    if before.kid == after.kid:
        message = _("This is the key that signs already.")
        raise CredentialRefused(message)
    registered(before.public, before.kid)
    now = db_now()
    content = rfc8785.dumps(
        {
            "type": receipts.KEY,
            "house": settings.PUBLIC_URL,
            "before": _named(before),
            "after": _named(after),
            "at": instant(now),
        }
    )
    return KeyStatement.objects.create(
        before=before.kid,
        after=after.kid,
        statement=content.decode(),
        signature_before=base64url(before.sign(content)),
        signature_after=base64url(after.sign(content)),
        made_at=now,
    )


def _named(key: Key) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": key.public, "kid": key.kid}
