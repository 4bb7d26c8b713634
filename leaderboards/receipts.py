"""What a stranger needs to check a receipt, offline: the statement, its signature, the row, the path, and the keys they trust. Pure.

docs/proof.md has the byte formats. Nothing here reads a database, a clock or the network.
"""

import base64
import hashlib
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

import rfc8785

from leaderboards.engine.merkle import includes, leaf_hash, leaves_of, root_of, salted

SNAPSHOT: Final = "ludus.snapshot/1"
RECEIPT: Final = "ludus.receipt/1"
KEY: Final = "ludus.key/1"
DEEPEST: Final = 64
LONGEST: Final = 1024 * 1024
"""Bytes of a receipt that is looked at."""
LARGEST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON reads alike."""
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
"""As statements write it."""


class Point(StrEnum):
    """What a receipt says, point by point; each rests on those before it."""

    SHAPE = "shape"  # it is a receipt, with everything a receipt has
    INCLUDED = "included"  # the row is in the tree that the statement names
    SIGNED = "signed"  # the statement is signed by the key that the receipt carries
    TRUSTED = "trusted"  # that key is one that the reader pinned, or follows from one


class Finding(StrEnum):
    """Whether a point holds; `open`: nobody could tell, for want of something (a pinned key)."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of each point, and what the receipt says (empty where it has no shape). `way`: thumbprints from the pinned key on."""

    findings: Mapping[Point, Finding]
    statement: Mapping[str, Any]
    row: Mapping[str, Any]
    way: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing fails and the key is trusted."""
        return all(one is Finding.HOLDS for one in self.findings.values())

    @property
    def fails(self) -> bool:
        """Whether something is wrong, whoever's key it is."""
        return Finding.FAILS in self.findings.values()


NOTHING: Final = Checked(dict.fromkeys(Point, Finding.OPEN) | {Point.SHAPE: Finding.FAILS}, {}, {})


# --- Keys -----------------------------------------------------------------------------------------------------------------------------


def base64url(content: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """The bytes of a base64url text, padded or not. Raises ValueError."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def thumbprint(public: str) -> str:
    """RFC 7638: SHA-256 of the required members of the key's JWK, in base64url."""
    return base64url(hashlib.sha256(rfc8785.dumps({"crv": "Ed25519", "kty": "OKP", "x": public})).digest())


def is_signed(content: bytes, signature: str, public: str) -> bool:
    """Whether this Ed25519 key (base64url) signed exactly these bytes."""
    from nacl.exceptions import CryptoError  # noqa: PLC0415 -- what few requests need
    from nacl.signing import VerifyKey  # noqa: PLC0415 -- same

    try:
        VerifyKey(bytes_of(public)).verify(content, bytes_of(signature))
    except (CryptoError, ValueError):
        return False
    return True


def follows(entry: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(kid before, kid after, when) of an entry {statement, before, after} of a chain of keys, if both keys signed it; else None."""
    said = entry.get("statement")
    if not isinstance(said, Mapping) or said.get("type") != KEY:
        return None
    found = []
    try:
        content = canonical(said)
    except (ValueError, RecursionError):
        return None
    for side in ("before", "after"):
        key, signature = said.get(side), entry.get(side)
        if not (isinstance(key, Mapping) and isinstance(key.get("x"), str) and isinstance(signature, str)):
            return None
        if not key["x"].isascii() or thumbprint(key["x"]) != key.get("kid") or not is_signed(content, signature, key["x"]):
            return None
        found.append(str(key["kid"]))
    return found[0], found[1], str(said.get("at", ""))


def trusted_way(
    kid: str, pinned: Sequence[str], chain: Sequence[Mapping[str, Any]], *, published_at: str
) -> tuple[str, ...] | None:
    """The keys from a pinned one to `kid`, each vouching for the next; None where there is no way.

    Forward, a key vouches for the one that follows it. Backward, a key vouches for the one before it, but only for what is dated
    before that one ended (`published_at`): a retired key may be stolen later.
    """
    dated = MOMENT.fullmatch(published_at) is not None
    links = [found for one in chain if isinstance(one, Mapping) and (found := follows(one)) is not None]
    waiting: deque[tuple[str, ...]] = deque((one,) for one in pinned)
    seen = set(pinned)
    while waiting:
        way = waiting.popleft()
        if way[-1] == kid:
            return way
        for before, after, at in links:
            if way[-1] == before:
                following = after
            elif way[-1] == after and dated and published_at <= at:
                following = before
            else:
                continue
            if following not in seen:
                seen.add(following)
                waiting.append((*way, following))
    return None


def pins(texts: Sequence[str]) -> list[str]:
    """Thumbprints of what a reader pins: each text a thumbprint, or a public key in base64url (then its thumbprint counts as well)."""
    bare = [text.strip() for text in texts if text.isascii()]
    return [found for text in bare for found in (text, thumbprint(text))]


# --- Statements and receipts ----------------------------------------------------------------------------------------------------------


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: RFC 8785."""
    return rfc8785.dumps(dict(statement))


def root_over(rows: Sequence[Any], secret: bytes) -> str:
    """The Merkle root over rows, hex."""
    return root_of(leaves_of(rows, secret)).hex()


def read_json(content: bytes | str) -> Any:
    """JSON that everybody reads alike, as RFC 8785 asks: no name twice in an object, whole numbers only, none too large. Raises ValueError."""
    try:
        return json.loads(content, object_pairs_hook=_object, parse_int=_whole, parse_float=_refused, parse_constant=_refused)
    except RecursionError:
        message = "too deep"
        raise ValueError(message) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        message = f'the name "{next(name for name in names if names.count(name) > 1)}" is twice in one object'
        raise ValueError(message)
    return found


def _whole(text: str) -> int:
    number = int(text)
    return number if abs(number) <= LARGEST else _refused(text)


def _refused(text: str) -> NoReturn:
    message = f"expected whole numbers up to {LARGEST}, found {text[:40]}"
    raise ValueError(message)


def parsed(content: bytes | str) -> Any:
    """A receipt as it was pasted or uploaded; None where it is no JSON that everybody reads alike, too large, or too deep."""
    if len(content) > LONGEST:
        return None
    try:
        return read_json(content)
    except ValueError:
        return None


def check(receipt: Any, *, pinned: Sequence[str] = (), chain: Sequence[Mapping[str, Any]] = ()) -> Checked:
    """What of a receipt holds. `pinned`: thumbprints or public keys that the reader trusts; `chain`: a house's statements about its keys."""
    parts = _parts(receipt)
    if parts is None:
        return NOTHING
    statement, row, leaf, root, path = parts
    key = str(receipt["key"]["x"])
    signed = statement.get("kid") == thumbprint(key) == receipt["key"].get("kid", statement.get("kid")) and is_signed(
        canonical(statement), str(receipt["signature"]), key
    )
    way: tuple[str, ...] | None = None
    if pinned and signed:
        way = trusted_way(thumbprint(key), pins(pinned), chain, published_at=str(statement.get("published_at", "")))
    trusted = Finding.OPEN if not pinned or not signed else _found(way is not None)
    findings = {
        Point.SHAPE: Finding.HOLDS,
        Point.INCLUDED: _found(includes(root, leaf, receipt["index"], statement["size"], path)),
        Point.SIGNED: _found(signed),
        Point.TRUSTED: trusted,
    }
    return Checked(findings, statement, row, way or ())


def _found(holds: bool) -> Finding:  # noqa: FBT001 the answer itself
    return Finding.HOLDS if holds else Finding.FAILS


type Parts = tuple[dict[str, Any], dict[str, Any], bytes, bytes, list[bytes]]
"""Statement, row, hash of the leaf, root, path."""


def _parts(receipt: Any) -> Parts | None:
    """The parts of a receipt, None where one is missing or is not what it should be."""
    try:
        statement, row, path = receipt["statement"], receipt["leaf"], receipt["path"]
        right = (
            receipt["type"] == RECEIPT
            and statement["type"] == SNAPSHOT
            and isinstance(row, dict)
            and isinstance(path, list)
            and len(path) <= DEEPEST
            and all(isinstance(one, int) and not isinstance(one, bool) for one in (receipt["index"], statement["size"]))
            and isinstance(receipt["signature"], str)
            and isinstance(receipt["key"]["x"], str)
            and receipt["key"]["x"].isascii()
        )
        leaf = leaf_hash(salted(row, bytes.fromhex(receipt["salt"])))
        canonical(statement)
        return (statement, row, leaf, bytes.fromhex(statement["root"]), [bytes.fromhex(one) for one in path]) if right else None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def lines(checked: Checked) -> Iterator[tuple[Point, Finding]]:
    """The findings in their order."""
    for point in Point:
        yield point, checked.findings[point]
