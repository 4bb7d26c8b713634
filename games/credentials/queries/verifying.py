"""Whether what somebody shows is true: a badge, a picture, a certificate, an address."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from games.credentials.models import Certificate, Credential, SigningKey
from games.credentials.rules import CredentialState
from games.credentials.rules.badges import achievement_of, picture
from games.credentials.rules.claims import digest_of
from games.credentials.rules.signing import Altered, NotSigned, kid_of, payload_of

FILE_LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file that somebody wants verified."""


class Verdict(StrEnum):
    """What is to be thought of something that somebody shows."""

    VALID = "valid"
    REVOKED = "revoked"
    ALTERED = "altered"  # it names a credential or a key of this house, and is not what was issued
    KEY_WITHDRAWN = "key_withdrawn"
    UNKNOWN = "unknown"  # nothing that was issued here
    WAITING = "waiting"  # asked for, not made yet


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict, with the credential that it is about if there is one: what was really issued, to compare with what is shown."""

    verdict: Verdict
    credential: Credential | None = None


def credential_by_id(public_id: UUID) -> Credential | None:
    """The credential of an address, with whatever its page says."""
    return Credential.objects.select_related("cycle", "group", "signed_with").filter(public_id=public_id).first()


def verdict_on(credential: Credential) -> Verdict:
    """Whether a credential of this house is valid now. It is signed anew in thought: a row that was tampered with is found, too."""
    if credential.state == CredentialState.ASKED.value:
        return Verdict.WAITING
    if credential.state == CredentialState.REVOKED.value:
        return Verdict.REVOKED
    key = credential.signed_with
    if key is None:
        return Verdict.ALTERED
    if key.withdrawn_at is not None:
        return Verdict.KEY_WITHDRAWN
    try:
        payload = payload_of(credential.token, key.public)
    except Altered:
        return Verdict.ALTERED
    return Verdict.VALID if agrees(credential, payload) else Verdict.ALTERED


def agrees(credential: Credential, payload: dict[str, Any]) -> bool:
    """Whether the signed words are those that the page shows."""
    subject = payload.get("credentialSubject", {})
    named = {one.get("identityHash") for one in subject.get("identifier", ()) if not one.get("hashed")}
    claim = credential.claim
    return (
        payload.get("id") == f"urn:uuid:{credential.public_id}" == f"urn:uuid:{claim.get('id')}"
        and digest_of(claim) == credential.digest
        and subject.get("achievement") == achievement_of(claim)
        and named == {claim["recipient"]} == {credential.name}
        and credential.title == claim["title"]
    )


def verify_token(token: str) -> Verified:
    """Whether a badge (a compact JWT) was issued here, says what was signed, and still holds. At most three statements."""
    try:
        kid = kid_of(token)
    except NotSigned:
        return Verified(Verdict.UNKNOWN)
    key = SigningKey.objects.filter(kid=kid).first()
    if key is None:
        return Verified(Verdict.UNKNOWN)
    try:
        payload = payload_of(token, key.public)
    except Altered:
        return Verified(Verdict.ALTERED)
    try:
        found = credential_by_id(UUID(str(payload.get("id", "")).removeprefix("urn:uuid:")))
    except ValueError:
        found = None
    if found is None:
        return Verified(Verdict.UNKNOWN)
    if found.token != token:
        return Verified(Verdict.ALTERED, found)
    return Verified(verdict_on(found), found)


TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
ADDRESS: Final = re.compile(rb"/verify/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")
PDF: Final = b"%PDF-"


def address_in(content: bytes) -> UUID | None:
    """The credential whose address, or bare number, this text is; None where it is anything else."""
    found = ADDRESS.search(content + b"/")
    if found is not None:
        return UUID(found[1].decode())
    try:
        return UUID(content.strip().decode())
    except ValueError:
        return None


def verify_file(content: bytes) -> Verified:
    """Whether a file is one of ours, to the last byte: a certificate (PDF), or a badge as a picture (SVG) or as text."""
    if content.lstrip()[:5] == PDF:
        return _verify_pdf(content)
    found = TOKEN.search(content)
    if found is None:
        return Verified(Verdict.UNKNOWN)
    said = verify_token(found[0].decode())
    if said.credential is not None and b"<svg" in content[:200] and said.verdict is Verdict.VALID:
        drawn = picture(said.credential.claim, said.credential.token)
        if drawn.encode() != content.strip():
            return Verified(Verdict.ALTERED, said.credential)
    return said


def _verify_pdf(content: bytes) -> Verified:
    digest = hashlib.sha256(content).hexdigest()
    made = Certificate.objects.filter(digest=digest).values_list("credential__public_id", flat=True).first()
    named = ADDRESS.search(content)
    known = made or (UUID(named[1].decode()) if named is not None else None)
    found = credential_by_id(known) if known is not None else None
    if found is None:
        return Verified(Verdict.UNKNOWN)
    return Verified(verdict_on(found) if made else Verdict.ALTERED, found)
