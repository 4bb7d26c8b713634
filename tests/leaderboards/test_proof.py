"""What is published is signed, each of its rows has a receipt, and a verifier that knows nothing of us agrees with ours."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from leaderboards import receipts
from leaderboards.actions import publish, refresh
from leaderboards.engine.outcome import Row, RowStatus
from leaderboards.models import Board, Snapshot, SnapshotProof
from leaderboards.proof import Signer, look_at, of_board, prove, receipt, unproven
from leaderboards.receipts import Finding, Point
from tests.leaderboards import verifier

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = receipts.base64url(PRIVATE.public_key().public_bytes_raw())
KID = receipts.thumbprint(PUBLIC)


def house(scope: int) -> Signer:
    return Signer(KID, PUBLIC, {"house": "https://games.example", "cycle": f"cycle-{scope}"}, PRIVATE.sign)


def nobody(scope: int) -> None:
    return None


@pytest.fixture(autouse=True)
def signing(settings: Any) -> None:
    settings.LEADERBOARD_SIGNER = "tests.leaderboards.test_proof.house"


@pytest.fixture
def board() -> Board:
    return Board.objects.create(scope=7, key="result", number=1, name="Result", as_of=41)


def fill(board: Board, *scores: int) -> None:
    rows = [
        Row(Fraction(place), f"g{place}", f"Größe {place} 🎺", Fraction(score), RowStatus.RANKED, keys=(Fraction(score, 3),))
        for place, score in enumerate(sorted(scores, reverse=True), 1)
    ]
    refresh(board, "public", rows, now=NOW)


def published(board: Board, *scores: int) -> Snapshot:
    fill(board, *scores)
    made = publish(board, design_number=3, now=NOW)
    assert made is not None
    return made


def receipt_of(snapshot: Snapshot, entry: str) -> dict[str, Any]:
    found = receipt(snapshot, entry)
    assert found is not None
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]  # as it comes out of a file


def test_a_version_is_signed_as_it_is_published(board: Board) -> None:
    made = published(board, 9, 7, 7)
    proof = SnapshotProof.objects.get(snapshot=made)
    said = json.loads(proof.statement)
    assert said == {
        "type": "ludus.snapshot/1",
        "house": "https://games.example",
        "cycle": "cycle-7",
        "board": "result",
        "audience": "public",
        "number": 1,
        "design": 3,
        "as_of": 41,
        "previous": "",
        "digest": made.digest,
        "root": proof.root,
        "size": 3,
        "published_at": "2027-05-01T12:00:00.000000Z",
        "kid": KID,
    }
    with pytest.raises(TypeError):
        proof.save()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33])
def test_every_row_has_a_receipt_that_we_and_a_stranger_accept(board: Board, size: int) -> None:
    made = published(board, *range(1, size + 1))
    for row in made.rows:
        said = receipt_of(made, row["entry"])
        assert verifier.accepts(said, KID)
        found = receipts.check(said, pinned=[KID])
        assert found.holds
        assert found.row["entry"] == row["entry"]
    assert receipts.check(receipt_of(made, "g1"), pinned=[PUBLIC]).holds


def test_who_is_not_on_the_board_has_no_receipt(board: Board) -> None:
    made = published(board, 9)
    assert receipt(made, "g2") is None
    assert receipt(made, "g1", 1) is None


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another place": lambda one: one["leaf"].update(place="1"),
    "another name": lambda one: one["leaf"].update(name="Somebody"),
    "one more member": lambda one: one["leaf"].update(more=1),
    "another salt": lambda one: one.update(salt="00" * 32),
    "another index": lambda one: one.update(index=one["index"] + 1),
    "another path": lambda one: one["path"].reverse(),
    "a shorter path": lambda one: one["path"].pop(),
    "another root": lambda one: one["statement"].update(root="11" * 32),
    "another number": lambda one: one["statement"].update(number=2),
    "another board": lambda one: one["statement"].update(board="other"),
    "another time": lambda one: one["statement"].update(published_at="2027-05-02T12:00:00.000000Z"),
    "another signature": lambda one: one.update(signature="A" * 86),
    "another key": lambda one: one["key"].update(x=receipts.base64url(bytes(32))),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_receipt_is_refused_by_both(board: Board, what: str) -> None:
    said = receipt_of(published(board, 5, 4, 3, 2, 1), "g2")
    CHANGES[what](said)
    assert not verifier.accepts(said, KID)
    assert receipts.check(said, pinned=[KID]).fails
    assert not receipts.check(said).holds


def test_without_a_pinned_key_nobody_knows_who_signed(board: Board) -> None:
    said = receipt_of(published(board, 5, 4), "g1")
    found = receipts.check(said)
    assert (found.findings[Point.SIGNED], found.findings[Point.TRUSTED]) == (Finding.HOLDS, Finding.OPEN)
    assert not found.holds
    assert not found.fails
    assert receipts.check(said, pinned=["x" * 43]).findings[Point.TRUSTED] is Finding.FAILS


def test_a_forged_house_signs_with_its_own_key_and_is_found(board: Board) -> None:
    said = receipt_of(published(board, 5, 4), "g1")
    other = Ed25519PrivateKey.generate()
    x = receipts.base64url(other.public_key().public_bytes_raw())
    said["key"] = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": receipts.thumbprint(x)}
    said["statement"]["kid"] = receipts.thumbprint(x)
    said["signature"] = receipts.base64url(other.sign(receipts.canonical(said["statement"])))
    assert receipts.check(said).findings[Point.SIGNED] is Finding.HOLDS
    assert receipts.check(said, pinned=[KID]).findings[Point.TRUSTED] is Finding.FAILS
    assert not verifier.accepts(said, KID)


def test_the_same_rows_again_have_other_salts_and_another_root(board: Board) -> None:
    first = published(board, 5, 4)
    again = publish(board, design_number=3, now=NOW, reason="counted again")
    assert again is not None
    assert first.proof.root != again.proof.root
    assert receipt_of(first, "g1")["salt"] != receipt_of(again, "g1")["salt"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "statement", "leaf", "path", "salt", "index", "key", "x", "signature", "root", "size"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(JUNK)
def test_junk_is_no_receipt_and_no_error(junk: Any) -> None:
    assert not receipts.check(junk, pinned=[KID]).holds


@given(st.sampled_from(["statement", "leaf", "path", "salt", "index", "key", "signature", "type"]), JUNK)
def test_a_receipt_with_junk_in_it_is_no_error(name: str, junk: Any) -> None:
    whole = {
        "type": receipts.RECEIPT,
        "statement": {"type": receipts.SNAPSHOT, "root": "00" * 32, "size": 1, "kid": KID},
        "leaf": {},
        "path": [],
        "salt": "00" * 32,
        "index": 0,
        "key": {"x": PUBLIC},
        "signature": "A" * 86,
    }
    assert not receipts.check(whole | {name: junk}, pinned=[KID]).holds
    assert receipts.parsed("[" * 100_000) is None


@pytest.mark.parametrize("place", ["x", "kid"])
def test_half_a_sign_in_a_key_is_no_receipt_and_no_error(board: Board, place: str) -> None:
    """JSON can write half a surrogate pair; no canonical text can."""
    said = receipt_of(published(board, 5, 4), "g1")
    said["key"][place] = "\ud800"
    assert not receipts.check(said, pinned=[KID]).holds
    assert receipts.check(receipt_of(Snapshot.objects.get(), "g1"), pinned=["\udcff", KID]).holds


HALF = {"type": receipts.KEY, "before": {"x": "\ud800", "kid": "a"}, "after": {"x": PUBLIC, "kid": KID}, "at": "\ud800"}


@pytest.mark.parametrize("entry", [HALF, HALF | {"at": ""}, HALF | {"before": {"x": [], "kid": KID}}, HALF | {"more": 2**60}])
def test_a_chain_of_keys_with_junk_in_it_is_no_error(entry: dict[str, Any]) -> None:
    link = {"statement": entry, "before": "A" * 86, "after": "A" * 86}
    assert receipts.follows(link) is None
    assert receipts.trusted_way("other", [KID], [link], published_at="") is None


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '[{"b":[{"a":1,"a":2}]}]', "1.0", "[1e2]", "9007199254740992", "-9007199254740992", "[NaN]", "Infinity"],
)
def test_json_that_readers_may_read_differently_is_not_read(text: str) -> None:
    assert receipts.parsed(text) is None
    with pytest.raises(ValueError, match=r"twice|whole numbers"):
        receipts.read_json(text)


def test_json_that_everybody_reads_alike_is_read() -> None:
    assert receipts.read_json('{"a":[9007199254740991,-1,"1.5",null,true],"b":{"a":""}}')["a"][0] == receipts.LARGEST


# --- Looking whether it holds ---------------------------------------------------------------------------------------------------------


def faults(board: Board) -> list[str]:
    return [one.what for one in look_at(of_board(board.pk))]


def test_what_was_published_holds(board: Board) -> None:
    published(board, 5, 4)
    published(board, 6, 4)
    assert faults(board) == []


def test_a_row_changed_in_the_database_is_found_by_digest_and_root(board: Board) -> None:
    made = published(board, 5, 4)
    rows = deepcopy(made.rows)
    rows[0]["place"] = "2"
    _force(made, rows=json.dumps(rows))
    assert faults(board) == ["digest", "root"]


def test_a_statement_changed_in_the_database_is_found(board: Board) -> None:
    made = published(board, 5, 4)
    proof = made.proof
    SnapshotProof.objects.filter(pk=proof.pk).update(statement=proof.statement.replace('"number":1', '"number":2'))
    assert faults(board) == ["statement", "signature"]


def test_a_version_taken_out_is_found(board: Board) -> None:
    published(board, 5, 4)
    middle = published(board, 6, 4)
    published(board, 7, 4)
    kept = [one for one in of_board(board.pk) if one.pk != middle.pk]
    assert [(one.number, one.what) for one in look_at(kept)] == [(3, "chain")]


def test_what_nobody_signed_is_found_and_signed_later(board: Board, settings: Any) -> None:
    settings.LEADERBOARD_SIGNER = "tests.leaderboards.test_proof.nobody"
    made = published(board, 5, 4)
    assert faults(board) == ["unsigned"]
    settings.LEADERBOARD_SIGNER = "tests.leaderboards.test_proof.house"
    prove(list(unproven()), now=NOW)
    assert faults(board) == []
    assert verifier.accepts(receipt_of(made, "g1"), KID)


def _force(snapshot: Snapshot, **values: Any) -> None:
    """As somebody with the database's password would."""
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"UPDATE leaderboards_snapshot SET {name} = %s WHERE id = %s", [value, snapshot.pk])
