"""Who signs here: the house, its keys, what it publishes about them."""

from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from games.credentials.models import Credential, SigningKey
from games.credentials.rules import CredentialState
from games.credentials.rules.badges import Issuer, did_document, did_of
from games.credentials.rules.signing import Key, derived_seed, jwk_of, key_of, seed_of, sign
from games.credentials.rules.status import status_list
from games.journal.queries import db_now


def issuer() -> Issuer:
    """This house."""
    return Issuer(did_of(settings.PUBLIC_URL), settings.ISSUER_NAME, settings.PUBLIC_URL)


@cache
def _key(given: str, secret: str) -> Key:
    return key_of(seed_of(given) if given else derived_seed(secret))


def present_key() -> Key:
    """The key that signs now: from the environment, else derived from the secret key."""
    return _key(settings.SIGNING_KEY, settings.SECRET_KEY)


def published_keys() -> list[str]:
    """Public keys (base64url) that are believed, the present one first. One statement."""
    present = present_key().public
    rows = dict(SigningKey.objects.order_by("-since", "-pk").values_list("public", "withdrawn_at"))
    believed = [public for public, withdrawn in rows.items() if withdrawn is None and public != present]
    return [*([present] if rows.get(present) is None else []), *believed]


def identity() -> dict[str, Any]:
    """The did:web document of this house."""
    return did_document(issuer(), published_keys())


def key_set() -> dict[str, Any]:
    """The same keys as a JWK set."""
    return {"keys": [jwk_of(public) for public in published_keys()]}


def absolute(name: str, *args: Any) -> str:
    """The address of a page as it stands on paper."""
    return settings.PUBLIC_URL + reverse(name, args=args)


def signed_status_list(number: int) -> str | None:
    """A status list as a signed token, good for a day from now; None where there is none of this number. Two statements."""
    rows = Credential.objects.filter(status_list=number)
    revoked = rows.filter(state=CredentialState.REVOKED.value).values_list("status_index", flat=True)
    bits = [one for one in revoked if one is not None]
    if not bits and number != 1 and not rows.exists():
        return None
    said, key = issuer(), present_key()
    payload = status_list(absolute("status-list", number), said.did, bits, now=db_now())
    return sign(payload, key, kid=f"{said.did}#{key.kid}")
