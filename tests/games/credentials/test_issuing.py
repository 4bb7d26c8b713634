"""Credentials: issued when an award is given, verified by somebody else's program, taken back, refused when anything was changed."""

import base64
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from games.credentials import actions, queries
from games.credentials.models import Certificate, Credential, SigningKey
from games.credentials.queries import Verdict, verify_file, verify_token
from games.credentials.rules import AskedTwice, CredentialRefused, NameInvalid, ReasonMissing
from games.credentials.rules.badges import picture
from games.credentials.rules.signing import base64url, bytes_of, derived_seed, key_of, sign, thumbprint_of
from games.credentials.rules.status import SIZE, encoded
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions import react
from games.notices.models import Message
from games.recognition.actions import revoke as revoke_grant
from tests.cast import Cast
from tests.factories.credentials import DIGEST, given, issued, own
from worker import reactions

pytestmark = pytest.mark.django_db
OTHER_KEY = base64url(bytes(range(32)))


def download(url: str) -> bytes:
    """What a verifier somewhere else would fetch."""
    if url.endswith("/.well-known/did.json"):
        return json.dumps(queries.identity()).encode()
    token = queries.signed_status_list(int(url.rstrip("/").rpartition("/")[2]))
    assert token is not None
    return token.encode()


def elsewhere(token: str) -> Any:
    """Another program's reading of a badge: keys by did:web, signature, window, status list with its own signature."""
    verifier = OB3Verifier.for_issuer_did(queries.issuer().did, download=download)
    return verifier.verify(token, check_status=True, download=download)


def changed(token: str, **values: Any) -> str:
    """The token with other words under the same signature."""
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return f"{head}.{base64url(json.dumps({**said, **values}).encode())}.{signature}"


# --- What is issued -------------------------------------------------------------------------------------------------------------------


def test_another_program_verifies_the_badge_of_a_group(cast: Cast) -> None:
    row = issued(given(cast.red))
    found = elsewhere(row.token)
    assert (found.achievement.name, found.issuer.id, found.id) == ("Gold", queries.issuer().did, f"urn:uuid:{row.public_id}")
    assert [one.identity_hash for one in found.identifiers] == ["Red Herons"]
    assert any(DIGEST in (one.narrative or "") for one in found.evidence)


def test_another_program_refuses_it_once_it_was_taken_back(cast: Cast) -> None:
    gold, silver = issued(given(cast.red)), issued(given(cast.blue, name="Silver"))
    actions.revoke(gold, by=cast.org.user, reason="The entry was not theirs.")
    with pytest.raises(OB3VerificationError, match="revocation"):
        elsewhere(gold.token)
    assert elsewhere(silver.token).achievement.name == "Gold" or elsewhere(silver.token)
    assert verify_token(gold.token).verdict is Verdict.REVOKED


@pytest.mark.parametrize(
    "values", [{"name": "Platinum"}, {"credentialStatus": None}, {"validFrom": "2020-01-01T00:00:00Z"}, {"jti": "urn:uuid:x"}]
)
def test_a_changed_badge_is_refused_here_and_elsewhere(cast: Cast, values: dict[str, Any]) -> None:
    bad = changed(issued(given(cast.red)).token, **values)
    with pytest.raises(OB3VerificationError):
        elsewhere(bad)
    assert verify_token(bad).verdict is Verdict.ALTERED


def test_a_badge_signed_by_somebody_else_is_refused(cast: Cast) -> None:
    row = issued(given(cast.red))
    payload = json.loads(bytes_of(row.token.split(".")[1]))
    thief, house = key_of(bytes(32)), queries.issuer().did
    foreign = sign(payload, thief, kid=f"{house}#{thief.kid}")
    disguised = sign(payload, thief, kid=f"{house}#{queries.present_key().kid}")
    for token, verdict in ((foreign, Verdict.UNKNOWN), (disguised, Verdict.ALTERED)):
        assert verify_token(token).verdict is verdict
        with pytest.raises(OB3VerificationError):
            elsewhere(token)
    none = f"{base64url(json.dumps({'alg': 'none', 'kid': f'{house}#{queries.present_key().kid}'}).encode())}.{row.token.split('.')[1]}."
    assert verify_token(none).verdict in {Verdict.ALTERED, Verdict.UNKNOWN}


def test_nothing_in_a_badge_tells_an_address_of_a_person(cast: Cast) -> None:
    cast.ada.user.email_confirmed_at = now()
    cast.ada.user.save(update_fields=["email_confirmed_at"])
    grant = given(cast.red)
    row = own(grant, cast.ada, with_address=True)
    assert cast.ada.user.email not in bytes_of(row.token.split(".")[1]).decode()
    hashed = [one for one in elsewhere(row.token).identifiers if one.hashed]
    assert len(hashed) == 1
    assert hashed[0].salt == row.public_id.hex
    assert "sha256$" in hashed[0].identity_hash
    actions.give_up(row, by=cast.ada.user)
    assert not [one for one in elsewhere(own(grant, cast.ada).token).identifiers if one.hashed]


def test_each_member_has_one_of_their_own_under_the_name_they_wish(cast: Cast) -> None:
    grant = given(cast.red)
    row = own(grant, cast.ada, name="Augusta King")
    assert (row.name, row.claim["recipient"], row.claim["group"]) == ("Augusta King", "Augusta King", "Red Herons")
    with pytest.raises(AskedTwice):
        own(grant, cast.ada)
    actions.give_up(row, by=cast.ada.user)
    again = own(grant, cast.ada, name="Ada L.")
    assert [verify_token(one.token).verdict for one in (row, again)] == [Verdict.REVOKED, Verdict.VALID]


def test_nobody_else_has_one_of_their_own(cast: Cast) -> None:
    grant = given(cast.red)
    ground = queries.grounds_of([cast.red.pk], [])[0]
    for someone in (cast.ben, cast.eve, cast.org):
        with pytest.raises(CredentialRefused):
            actions.ask_for_oneself(ground, persons=[someone.person.pk], name="Me", by=someone.user)
    cast.red.memberships.update(until=grant.changed_at)
    with pytest.raises(CredentialRefused):  # left before it was given
        actions.ask_for_oneself(ground, persons=[cast.ada.person.pk], name="Me", by=cast.ada.user)
    with pytest.raises(NameInvalid):
        actions.ask_for_oneself(ground, persons=[cast.ada.person.pk], name="\u202eadA", by=cast.ada.user)


def test_what_organizers_took_back_is_not_asked_for_again(cast: Cast) -> None:
    row = own(given(cast.red), cast.ada)
    actions.revoke(row, by=cast.org.user, reason="They were not there.")
    ground = queries.grounds_of([cast.red.pk], [cast.ada.person.pk])[0]
    with pytest.raises(CredentialRefused):
        actions.ask_for_oneself(ground, persons=[cast.ada.person.pk], name="Ada", by=cast.ada.user)


# --- Once, whatever dies --------------------------------------------------------------------------------------------------------------


def test_it_is_asked_for_and_made_once(cast: Cast) -> None:
    grant = given(cast.red)
    row = issued(grant)
    actions.follow_grant(grant.pk)
    assert not actions.issue(row.pk)
    assert (Credential.objects.count(), Certificate.objects.count()) == (1, 1)
    assert JournalEntry.objects.filter(kind="credential.issued").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.create(cycle=cast.cycle, group=cast.red, source="grant", key="gold", title="x", asked_at=now())


def test_the_clock_finds_what_a_lost_message_forgot(cast: Cast) -> None:
    given(cast.red)
    assert actions.catch_up() == 1
    assert actions.catch_up() == 0
    assert queries.waiting(before=now()) == [Credential.objects.get().pk]


@pytest.mark.parametrize("flag", ["rehearsal", "imported"])
def test_what_was_not_played_here_gets_none_by_itself(cast: Cast, flag: str) -> None:
    setattr(cast.cycle, flag, True)
    cast.cycle.save(update_fields=[flag])
    actions.follow_grant(given(cast.red).pk)
    assert actions.catch_up() == 0


def test_an_award_that_is_taken_back_takes_its_credentials_along(cast: Cast) -> None:
    grant = given(cast.red)
    rows = [issued(grant), own(grant, cast.ada)]
    revoke_grant(grant, by=cast.org.user, reason="The entry was copied.")
    actions.follow_grant(grant.pk)
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.reason) == ("revoked", "The award was taken back.")
    assert actions.catch_up() == 0


def test_an_award_that_is_given_anew_has_another_credential(cast: Cast) -> None:
    grant = given(cast.red)
    rows = [issued(grant), own(grant, cast.ada)]
    revoke_grant(grant, by=cast.org.user, reason="A wrong mark.")
    actions.follow_grant(grant.pk)
    anew = given(cast.red)
    actions.follow_grant(anew.pk)
    team = Credential.objects.get(grant=anew)
    mine = own(anew, cast.ada)
    assert {team.pk, mine.pk}.isdisjoint({row.pk for row in rows})


def test_a_reason_is_needed_and_it_is_for_good(cast: Cast) -> None:
    row = issued(given(cast.red))
    with pytest.raises(ReasonMissing):
        actions.revoke(row, by=cast.org.user, reason="  ")
    actions.revoke(row, by=cast.org.user, reason="A slip.")
    with pytest.raises(CredentialRefused):
        actions.revoke(row, by=cast.org.user, reason="Again.")


# --- Files that somebody shows ----------------------------------------------------------------------------------------------------------


def test_a_certificate_is_known_by_its_bytes(cast: Cast) -> None:
    row = issued(given(cast.red))
    page = bytes(Certificate.objects.get(credential=row).content)
    assert verify_file(page).verdict is Verdict.VALID
    forged = verify_file(page.replace(b"%PDF-", b"%PDF-", 1) + b"\n")
    assert (forged.verdict, forged.credential) == (Verdict.ALTERED, row)
    assert verify_file(b"%PDF-1.4 something else").verdict is Verdict.UNKNOWN
    actions.revoke(row, by=cast.org.user, reason="A slip.")
    assert verify_file(page).verdict is Verdict.REVOKED


def test_a_picture_carries_the_signed_words_and_is_refused_when_it_says_others(cast: Cast) -> None:
    row = issued(given(cast.red))
    drawn = picture(row.claim, row.token)
    assert OB3Verifier.extract_token_from_svg(drawn.encode()) == row.token
    assert verify_file(drawn.encode()).verdict is Verdict.VALID
    assert verify_file(drawn.replace("Red Herons", "Blue Herons").encode()).verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    "content", [b"", b"x", b"a.b.c", b"\xff\xfe" * 100, b"eyJhbGciOiJub25lIn0.eyJhbGciOiJub25lIn0.eyJhbGciOiJub25lIn0", b"<svg/>"]
)
def test_anything_else_is_nothing_of_ours(content: bytes) -> None:
    assert verify_file(content).verdict is Verdict.UNKNOWN


def test_a_row_that_somebody_changed_in_the_database_is_found(cast: Cast) -> None:
    row = issued(given(cast.red))
    Credential.objects.update(name="Blue Herons")
    assert verify_token(row.token).verdict is Verdict.ALTERED
    Credential.objects.update(name="Red Herons", claim={**row.claim, "title": "Platinum"})
    assert verify_token(row.token).verdict is Verdict.ALTERED


# --- Keys -----------------------------------------------------------------------------------------------------------------------------


def test_old_badges_hold_after_the_key_was_changed(cast: Cast, settings: Any) -> None:
    old = issued(given(cast.red))
    settings.SIGNING_KEY = OTHER_KEY
    new = issued(given(cast.blue))
    assert len(queries.published_keys()) == 2
    assert [verify_token(one.token).verdict for one in (old, new)] == [Verdict.VALID, Verdict.VALID]
    assert elsewhere(old.token).id != elsewhere(new.token).id
    assert SigningKey.objects.filter(until__isnull=True).get().kid == queries.present_key().kid
    assert queries.identity()["verificationMethod"][0]["publicKeyJwk"]["x"] == queries.present_key().public


def test_what_a_stolen_key_signed_is_believed_nowhere(cast: Cast, settings: Any) -> None:
    old = issued(given(cast.red))
    stolen = queries.present_key().kid
    actions.withdraw_key(stolen, by=None, reason="A laptop was stolen.")
    row = actions.follow_grant(given(cast.blue).pk) or Credential.objects.get(group=cast.blue)
    with pytest.raises(CredentialRefused):
        actions.issue(row.pk)
    settings.SIGNING_KEY = OTHER_KEY
    assert actions.issue(row.pk)
    row.refresh_from_db()
    assert verify_token(old.token).verdict is Verdict.KEY_WITHDRAWN
    assert elsewhere(row.token)
    with pytest.raises(OB3VerificationError):
        elsewhere(old.token)
    with pytest.raises(CredentialRefused):
        actions.withdraw_key(stolen, by=None, reason="Again.")


def test_a_key_is_known_by_its_thumbprint() -> None:
    """RFC 8037, appendix A: key and thumbprint."""
    key = key_of(bytes_of("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    assert key.public == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert thumbprint_of(key.public) == key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert derived_seed("one") != derived_seed("two")


def test_a_status_list_is_long_and_its_first_bit_is_the_highest() -> None:
    from openbadgeslib.ob3.status import decode_encoded_list, set_indices

    bits = decode_encoded_list(encoded([0, 9, SIZE - 1]))
    assert len(bits) * 8 == SIZE
    assert set_indices(bits) == {0, 9, SIZE - 1}
    with pytest.raises(ValueError, match="outside"):
        encoded([SIZE])


# --- People who leave -----------------------------------------------------------------------------------------------------------------


def test_whoever_leaves_takes_the_name_along_and_the_bit_stays_set(cast: Cast) -> None:
    grant = given(cast.red)
    team, mine = issued(grant), own(grant, cast.ada)
    assert actions.forget_people([cast.ada.person.pk]) == 1
    mine.refresh_from_db()
    assert (mine.name, mine.claim, mine.token, mine.state) == ("", {}, "", "revoked")
    assert not Certificate.objects.filter(credential=mine).exists()
    assert queries.verdict_on(mine) is Verdict.REVOKED
    assert verify_token(team.token).verdict is Verdict.VALID


def test_whom_it_names_is_told_when_organizers_take_it_back(cast: Cast) -> None:
    grant = given(cast.red)
    mine = own(grant, cast.ada)
    actions.revoke(mine, by=cast.org.user, reason="They were not there.")
    entry = JournalEntry.objects.get(kind="credential.revoked")
    assert react(entry.pk) == 1
    assert "They were not there." in Message.objects.get(person=cast.ada.person).body
    again = issued(grant)
    actions.revoke(again, by=cast.org.user, reason="A slip.")
    assert react(JournalEntry.objects.filter(kind="credential.revoked").latest("pk").pk) == 1


def test_the_reactions_to_an_award_ask_for_a_certificate_and_have_it_made(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[tuple[Any, ...]] = []
    monkeypatch.setattr(reactions, "publish", lambda *words: queued.append(words))
    grant = given(cast.red)
    entry = record(Kind.GRANT_CHANGED, cycle_id=cast.cycle.pk, subject=f"grant:{grant.pk}", payload={"to": "granted"})
    reactions.certify(entry)
    asked = JournalEntry.objects.get(kind="credential.asked")
    for reaction in reactions.FLOW[Kind.CREDENTIAL_ASKED]:
        reaction(asked)
    assert queued == [("issue", Credential.objects.get().pk)]
