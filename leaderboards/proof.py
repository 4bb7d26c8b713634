"""What is published is made provable: a Merkle root over its rows and a signature over what it says of itself; receipts for single rows.

Who signs is named by the setting LEADERBOARD_SIGNER, as this app knows nothing of games: a function from a board's scope to a Signer.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from leaderboards import receipts
from leaderboards.engine.merkle import leaves_of, path_to, salt_of
from leaderboards.models import Snapshot, SnapshotProof
from leaderboards.queries import AUDIENCES, content_digest
from leaderboards.slices import stored_at, told_of

SECRET: Final = 32
BATCH: Final = 500
KEEP: Final = 24 * 3600
HASH: Final = 32
PORTION: Final = 2_000
"""Rows that are read at a time to hash them: each reading costs the database the unpacking of all."""
SMALL: Final = 100_000
"""Rows of a tree whose leaves are kept beside the database: 3 MB."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs for a scope: the key's thumbprint and public half (base64url), what is signed along (`about`: house, cycle), and how."""

    kid: str
    public: str
    about: Mapping[str, str]
    sign: Callable[[bytes], bytes]


def signer_of(scope: int) -> Signer | None:
    """Who signs for this scope; None where nobody does."""
    named: str = getattr(settings, "LEADERBOARD_SIGNER", "")
    found: Signer | None = import_string(named)(scope) if named else None
    return found


def instant(moment: datetime) -> str:
    """A moment in UTC, to the microsecond: texts of them sort as they do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def statement_of(snapshot: Snapshot, *, root: str, size: int, kid: str, about: Mapping[str, str]) -> dict[str, Any]:
    """What is signed of a snapshot."""
    return {
        **about,
        "type": receipts.SNAPSHOT,
        "board": snapshot.board.key,
        "audience": snapshot.audience,
        "number": snapshot.number,
        "design": snapshot.design_number,
        "as_of": snapshot.as_of,
        "previous": snapshot.previous_digest,
        "digest": snapshot.digest,
        "root": root,
        "size": size,
        "published_at": instant(snapshot.published_at),
        "kid": kid,
    }


# --- Writing --------------------------------------------------------------------------------------------------------------------------


def prove(snapshots: Sequence[Snapshot], *, now: datetime) -> list[SnapshotProof]:
    """Sign these snapshots, all of one scope, as a part of publishing them. None where nobody signs: the self-check says so."""
    if not snapshots:
        return []
    signer = signer_of(snapshots[0].board.scope)
    if signer is None:
        return []
    return SnapshotProof.objects.bulk_create([_proof(one, signer, now) for one in snapshots], batch_size=BATCH)


def _proof(snapshot: Snapshot, signer: Signer, now: datetime) -> SnapshotProof:
    secret = secrets.token_bytes(SECRET)
    root, size = receipts.root_over(snapshot.rows, secret), len(snapshot.rows)
    content = receipts.canonical(statement_of(snapshot, root=root, size=size, kid=signer.kid, about=signer.about))
    return SnapshotProof(
        snapshot=snapshot,
        root=root,
        size=size,
        secret=secret,
        statement=content.decode(),
        kid=signer.kid,
        public=signer.public,
        signature=receipts.base64url(signer.sign(content)),
        signed_at=now,
    )


def unproven(scope: int | None = None) -> QuerySet[Snapshot]:
    """Snapshots without a proof: published before there were any, or while no key could sign."""
    rows = Snapshot.objects.filter(proof__isnull=True).select_related("board").order_by("pk")
    return rows if scope is None else rows.filter(board__scope=scope)


# --- Receipts -------------------------------------------------------------------------------------------------------------------------


def proof_of(snapshot: Snapshot) -> SnapshotProof | None:
    """The proof of a snapshot, if it has one. One statement."""
    return SnapshotProof.objects.filter(snapshot=snapshot).first()


def receipt(snapshot: Snapshot, entry: str, line: int = 0) -> dict[str, Any] | None:
    """What proves that a row was published: see docs/proof.md. None where there is no such row, or no proof.

    Three statements, and, once a day for a snapshot, as many more as it takes to read its rows portion by portion.
    """
    proof = proof_of(snapshot)
    if proof is None:
        return None
    index = next((one.at for one in told_of(snapshot.pk, [entry]) if one.line == line), None)
    if index is None:
        return None
    secret = bytes(proof.secret)
    return {
        "type": receipts.RECEIPT,
        "statement": json.loads(proof.statement),
        "signature": proof.signature,
        "key": {"kty": "OKP", "crv": "Ed25519", "x": proof.public, "kid": proof.kid},
        "leaf": stored_at(snapshot.pk, [index])[index],
        "salt": salt_of(secret, index).hex(),
        "index": index,
        "path": [one.hex() for one in path_to(_leaves(snapshot.pk, proof.size, secret), index)],
    }


def _leaves(snapshot: int, size: int, secret: bytes) -> list[bytes]:
    """The leaf hashes of a snapshot; kept for a day, since they never change."""
    name = f"leaves:{snapshot}"
    kept: bytes | None = cache.get(name)
    if kept is None:
        parts = (leaves_of(stored_at(snapshot, range(at, at + PORTION)).values(), secret, at) for at in range(0, size, PORTION))
        kept = b"".join(one for part in parts for one in part)
        if size <= SMALL:
            cache.set(name, kept, KEEP)
    return [kept[at : at + HASH] for at in range(0, len(kept), HASH)]


# --- Looking whether it holds ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A snapshot that does not prove itself: `what` is chain, digest, unsigned, root, statement or signature."""

    snapshot_id: int
    scope: int
    board: str
    number: int
    what: str


def look_at(snapshots: Iterable[Snapshot]) -> Iterator[Broken]:
    """What does not hold of the snapshots of one board, oldest first, with their boards and proofs."""
    before: dict[str, str] = dict.fromkeys(AUDIENCES, "")
    for one in snapshots:
        said = before.get(one.audience, "")
        for what in _faults(one, said):
            yield Broken(one.pk, one.board.scope, one.board.key, one.number, what)
        before[one.audience] = one.digest


def _faults(one: Snapshot, said: str) -> Iterator[str]:
    if one.previous_digest != said:
        yield "chain"
    if one.digest != content_digest(
        key=one.board.key, rows=one.rows, design_number=one.design_number, previous=one.previous_digest
    ):
        yield "digest"
    proof: SnapshotProof | None = getattr(one, "proof", None)
    if proof is None:
        yield "unsigned"
        return
    if receipts.root_over(one.rows, bytes(proof.secret)) != proof.root:
        yield "root"
    statement = json.loads(proof.statement)
    about = {name: str(statement.get(name, "")) for name in ("house", "cycle") if name in statement}
    expected = statement_of(one, root=proof.root, size=len(one.rows), kid=proof.kid, about=about)
    if statement != expected:
        yield "statement"
    if receipts.thumbprint(proof.public) != proof.kid or not receipts.is_signed(
        proof.statement.encode(), proof.signature, proof.public
    ):
        yield "signature"


def of_board(board_id: int) -> QuerySet[Snapshot]:
    """The snapshots of a board, oldest first, with board and proof: what `look_at` takes. Read them in chunks: rows may be megabytes."""
    return Snapshot.objects.filter(board_id=board_id).select_related("board", "proof").order_by("number", "audience")
