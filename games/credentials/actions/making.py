"""A worker makes what was asked for: the claim, the signed badge, the printed page. What was issued is never written anew."""

import hashlib
import secrets
from typing import Final

from django.db import transaction
from django.db.models import Max

from games.credentials.actions.journal import journal
from games.credentials.actions.keys import registered
from games.credentials.models import Certificate, Credential
from games.credentials.queries import absolute, criteria_of, issuer, present_key
from games.credentials.rules import CredentialState, SourceKind
from games.credentials.rules.badges import badge_of, instant
from games.credentials.rules.claims import VERSION, Claim, Place, digest_of, fingerprint_of
from games.credentials.rules.signing import sign
from games.credentials.rules.status import SIZE, entry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.recognition.models import Grant
from leaderboards.models import Snapshot

TRIES: Final = 64


def issue(credential_id: int) -> bool:
    """Make a credential that was asked for: claim, token, printed page. Done once, whoever tries; false if there is nothing to do.

    Everything is computed first and written at the end, so a worker that dies leaves a row that asks.
    """
    from games.credentials.rules.certificate import certificate  # noqa: PLC0415 -- heavy: only a worker prints

    row = (
        Credential.objects.select_related("cycle__organization", "group", "person__user", "grant")
        .filter(pk=credential_id)
        .first()
    )
    if row is None or row.state != CredentialState.ASKED.value:
        return False
    claim = _claim(row)
    digest, key = digest_of(claim), present_key()
    page = certificate(claim, digest)
    with transaction.atomic():
        signed_with = registered(key.public, key.kid)
        number, index = _free_bit()
        badge = badge_of(claim, entry(absolute("status-list", number), index))
        values = {
            "claim": claim,
            "digest": digest,
            "token": sign(badge, key, kid=f"{claim['issuer']}#{key.kid}"),
            "signed_with": signed_with,
            "status_list": number,
            "status_index": index,
            "issued_at": claim["issued"],
            "state": CredentialState.ISSUED.value,
        }
        if not Credential.objects.filter(pk=row.pk, state=CredentialState.ASKED.value).update(**values):
            return False
        Certificate.objects.create(credential=row, content=page, digest=hashlib.sha256(page).hexdigest(), made_at=db_now())
        journal(Kind.CREDENTIAL_ISSUED, row, by=None, list=number, index=index)
    return True


def _claim(row: Credential) -> Claim:
    house, cycle, group = issuer(), row.cycle, row.group
    claim = Claim(
        version=VERSION,
        id=str(row.public_id),
        address=absolute("verify-one", row.public_id),
        recipient=row.name,
        group=group.name,
        group_address=absolute("group", cycle.key, group.key),
        personal=row.person_id is not None,
        title=row.title,
        kind=row.grant.kind if row.grant else "badge",
        source=row.source,
        achievement=absolute("achievement", cycle.key, row.source, row.key),
        criteria=criteria_of(cycle, SourceKind(row.source), row.key),
        cycle=cycle.name,
        cycle_address=absolute("cycle", cycle.key),
        organization=cycle.organization.name if cycle.organization else "",
        issuer=house.did,
        issuer_name=house.name,
        issuer_address=house.address,
        issued=instant(db_now()),
    )
    shown = _result(row.grant) if row.grant else None
    if shown is not None:
        claim["result"] = shown
    user = row.person.user if row.person else None
    if row.wanted.get("with_address") and user is not None and user.email_confirmed_at is not None:
        claim["fingerprint"] = fingerprint_of(user.email, row.public_id)
    return claim


def _result(grant: Grant) -> Place | None:
    """What the award rests on, where it rests on published standings that are still there."""
    rows = Snapshot.objects.filter(
        board__scope=grant.cycle_id, board__key=grant.board, audience="public", number=grant.snapshot or 0
    )
    found = rows.select_related("board").defer("rows").first()
    if found is None or not grant.place:
        return None
    address = absolute("snapshot", grant.cycle.key, grant.board, found.number)
    return Place(place=grant.place, board=found.board.name, snapshot=found.number, digest=found.digest, address=address)


def _free_bit() -> tuple[int, int]:
    """A list and a bit of it that nobody has, by chance: a bit tells nothing of when or whose."""
    number = Credential.objects.aggregate(last=Max("status_list"))["last"] or 1
    rows = Credential.objects.filter(status_list=number)
    if rows.count() * 2 > SIZE:
        number, rows = number + 1, Credential.objects.none()
    for _ in range(TRIES):
        index = secrets.randbelow(SIZE)
        if not rows.filter(status_index=index).exists():
            return number, index
    message = f"no free bit found in list {number}"
    raise RuntimeError(message)
