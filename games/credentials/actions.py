"""Credentials are asked for, made by a worker, taken back; keys are withdrawn. What was issued is never written anew."""

import hashlib
import secrets
from collections.abc import Collection
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from games.credentials.models import Certificate, Credential, SigningKey
from games.credentials.queries import HELD, Ground, absolute, issuer, present_key, without_credential, without_ground
from games.credentials.queries.held import GIVEN, criteria_of, was_member
from games.credentials.rules import AskedTwice, CredentialRefused, CredentialState, ReasonMissing, SourceKind
from games.credentials.rules.badges import badge_of, instant
from games.credentials.rules.certificate import certificate
from games.credentials.rules.claims import VERSION, Claim, Place, clean_name, digest_of, fingerprint_of
from games.credentials.rules.signing import sign
from games.credentials.rules.states import REASON_LONGEST
from games.credentials.rules.status import SIZE, entry
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.recognition.models import Grant
from leaderboards.models import Snapshot

TRIES: Final = 64
LEFT: Final = "Whom it named has left, and took the name along."
GROUND_GONE: Final = "The award was taken back."


# --- Asking -----------------------------------------------------------------------------------------------------------------------------


def _ask(group: Group, *, source: SourceKind, key: str, title: str, by: Any, **values: Any) -> Credential:
    """A row that a worker will make a credential of. Raises AskedTwice."""
    where = {"cycle_id": group.cycle_id, "group": group, "source": source.value, "key": key}
    try:
        with transaction.atomic():
            made = Credential.objects.create(**where, title=title[:300], asked_at=db_now(), **values)
    except IntegrityError as error:
        message = "There is one already."
        raise AskedTwice(message) from error
    _journal(Kind.CREDENTIAL_ASKED, made, by=by)
    return made


def _journal(kind: Kind, row: Credential, *, by: Any, **payload: Any) -> None:
    said = {"source": row.source, "key": row.key, "personal": row.person_id is not None, **payload}
    record(kind, cycle_id=row.cycle_id, by=by, group_id=row.group_id, subject=f"credential:{row.pk}", payload=said)


def ask_for_group(ground: Ground, *, by: Any) -> Credential:
    """A credential that names the whole group. Raises AskedTwice, CredentialRefused."""
    if ground.person is not None:
        message = "This badge was earned by a person, not by the team."
        raise CredentialRefused(message)
    return _group_ask(ground, by=by)


@transaction.atomic
def _group_ask(ground: Ground, *, by: Any) -> Credential:
    grant = _grant(ground)
    before = Credential.objects.filter(
        cycle=ground.cycle, group=ground.group, source=ground.source.value, key=ground.key, person__isnull=True
    )
    if before.filter(state=CredentialState.REVOKED.value, given_up=False).exists():
        message = "The organizers took this credential back: ask them."
        raise CredentialRefused(message)
    return _ask(
        ground.group, source=ground.source, key=ground.key, title=ground.title, by=by, grant=grant, name=ground.group.name
    )


@transaction.atomic
def ask_for_oneself(ground: Ground, *, persons: Collection[int], name: str, with_address: bool = False, by: Any) -> Credential:
    """A credential of a member's own, with the name that they wish. `persons`: who they are in the game.

    Raises NameInvalid, AskedTwice, CredentialRefused to whoever was not in the group then, and after organizers took one back.
    """
    said = clean_name(name)
    place = was_member(ground.group.pk, persons, ground.at)
    if place is None or (ground.person is not None and ground.person not in persons):
        message = "Only members of the team may have one of their own."
        raise CredentialRefused(message)
    before = Credential.objects.filter(
        cycle=ground.cycle, group=ground.group, source=ground.source.value, key=ground.key, person__in=persons
    )
    if before.filter(state=CredentialState.REVOKED.value, given_up=False).exists():
        message = "The organizers took this credential back: ask them."
        raise CredentialRefused(message)
    if before.filter(state__in=HELD).exists():
        message = "You have one already."
        raise AskedTwice(message)
    values = {"person": place.person, "grant": _grant(ground), "name": said, "wanted": {"with_address": with_address}}
    return _ask(ground.group, source=ground.source, key=ground.key, title=ground.title, by=by, **values)


def _grant(ground: Ground) -> Grant | None:
    if ground.source is not SourceKind.GRANT:
        return None
    return Grant.objects.filter(cycle=ground.cycle, award=ground.key, group=ground.group, state__in=GIVEN).first()


def follow_grant(grant_id: int) -> None:
    """A grant moved: whoever it was given to gets a credential; what rests on one that was taken back or declined is taken back."""
    grant = without_credential().filter(pk=grant_id).select_related("group", "cycle").first()
    if grant is not None:
        _for_grant(grant)
    moved = Grant.objects.filter(pk=grant_id).exclude(state__in=GIVEN).first()
    if moved is not None and moved.group_id is not None:
        for row in without_ground().filter(cycle=moved.cycle_id, key=moved.award, group=moved.group_id):
            revoke(row, by=None, reason=moved.reason.strip() or GROUND_GONE)


def _for_grant(grant: Grant) -> None:
    assert grant.group is not None, "asked only for what a group won"
    try:
        _ask(grant.group, source=SourceKind.GRANT, key=grant.award, title=grant.name, by=None, grant=grant, name=grant.group.name)
    except AskedTwice:
        return  # another worker was faster


def catch_up(most: int = 500) -> int:
    """Ask for what a lost reaction forgot, take back what has no ground any more. Returns how many rows it touched. Safe at any time."""
    missing = list(without_credential().select_related("group", "cycle")[:most])
    for grant in missing:
        _for_grant(grant)
    gone = list(without_ground()[:most])
    for row in gone:
        revoke(row, by=None, reason=GROUND_GONE)
    return len(missing) + len(gone)


# --- Making -----------------------------------------------------------------------------------------------------------------------------


def issue(credential_id: int) -> bool:
    """Make a credential that was asked for: claim, token, printed page. Done once, whoever tries; false if there is nothing to do.

    Everything is computed first and written at the end, so a worker that dies leaves a row that asks.
    """
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
        signed_with = _registered(key.public, key.kid)
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
        _journal(Kind.CREDENTIAL_ISSUED, row, by=None, list=number, index=index)
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
    found = rows.select_related("board").first()
    if found is None or not grant.place:
        return None
    address = absolute("snapshot", grant.cycle.key, grant.board, found.number)
    return Place(place=grant.place, board=found.board.name, snapshot=found.number, digest=found.digest, address=address)


def _registered(public: str, kid: str) -> SigningKey:
    """The row of the key that signs now; those before it are over. Raises CredentialRefused if it was withdrawn."""
    row, made = SigningKey.objects.get_or_create(kid=kid, defaults={"public": public, "since": db_now()})
    if row.withdrawn_at is not None:
        message = "The signing key of this house was withdrawn: it needs another one (LUDUS_SIGNING_KEY)."
        raise CredentialRefused(message)
    if made or row.until is not None:
        SigningKey.objects.filter(until__isnull=True).exclude(pk=row.pk).update(until=db_now())
        SigningKey.objects.filter(pk=row.pk).update(until=None)
    return row


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


# --- Taking back ------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def revoke(credential: Credential, *, by: Any, reason: str, given_up: bool = False) -> Credential:
    """Taken back, for good: its bit is set, its page says so and why. Raises ReasonMissing, CredentialRefused."""
    said = reason.strip()[:REASON_LONGEST]
    if not said:
        message = "A reason is needed: everybody who verifies it reads it."
        raise ReasonMissing(message, where="reason")
    values = {"state": CredentialState.REVOKED.value, "revoked_at": db_now(), "reason": said, "given_up": given_up}
    if not Credential.objects.filter(pk=credential.pk, state__in=HELD).update(**values):
        message = "It was taken back already."
        raise CredentialRefused(message)
    credential.refresh_from_db()
    _journal(Kind.CREDENTIAL_REVOKED, credential, by=by, given_up=given_up)
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
        message = "A reason is needed."
        raise ReasonMissing(message, where="reason")
    row = SigningKey.objects.filter(kid=kid, withdrawn_at__isnull=True).first()
    if row is None:
        message = "No such key, or it was withdrawn already."
        raise CredentialRefused(message)
    row.withdrawn_at, row.reason = db_now(), said
    row.until = row.until or row.withdrawn_at
    row.save(update_fields=["withdrawn_at", "reason", "until"])
    record(Kind.SIGNING_KEY_WITHDRAWN, cycle_id=None, by=by, subject=f"signing_key:{row.pk}", payload={"kid": kid})
    return row
