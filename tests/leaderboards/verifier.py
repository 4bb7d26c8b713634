"""A verifier written from docs/proof.md alone: hashlib and cryptography, nothing of ours. What it accepts must be what we accept."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def jcs(value: Any) -> bytes:
    """RFC 8785 for what our objects hold: texts, whole numbers, true, false, null, lists, objects."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda one: one[0].encode("utf-16-be"))
        return b"{" + b",".join(jcs(name) + b":" + jcs(one) for name, one in members) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(jcs(one) for one in value) + b"]"
    assert not isinstance(value, float)
    return json.dumps(value, ensure_ascii=False).encode()


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def unbase(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def thumbprint(x: str) -> str:
    digest = sha(b'{"crv":"Ed25519","kty":"OKP","x":"' + x.encode() + b'"}')
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def signed(said: Any, signature: str, x: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(unbase(x)).verify(unbase(signature), jcs(said))
    except InvalidSignature:
        return False
    return True


def accepts(receipt: Any, pinned: str) -> bool:
    """Steps 1 to 4 of "A receipt"."""
    statement, x = receipt["statement"], receipt["key"]["x"]
    if thumbprint(x) != statement["kid"] or statement["kid"] != pinned:
        return False
    if not signed(statement, receipt["signature"], x):
        return False
    found = sha(b"\x00", bytes.fromhex(receipt["salt"]), jcs(receipt["leaf"]))
    n, m = receipt["index"], statement["size"] - 1
    if not 0 <= n <= m:
        return False
    for beside in map(bytes.fromhex, receipt["path"]):
        if m == 0:
            return False
        if n % 2 or n == m:
            found = sha(b"\x01", beside, found)
            while n and n % 2 == 0:
                n, m = n // 2, m // 2
        else:
            found = sha(b"\x01", found, beside)
        n, m = n // 2, m // 2
    return m == 0 and found.hex() == statement["root"]


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha(b"\x01", root(leaves[:half]), root(leaves[half:]))


def version_holds(one: Any) -> bool:
    """A version of snapshots.json: the digest, the root over its rows, the statement, the signature."""
    proof = one["proof"]
    said, secret = json.loads(proof["statement"]), bytes.fromhex(proof["secret"])
    body = {"board": one["board"], "design": one["design"], "previous": one["previous"], "rows": one["rows"]}
    leaves = [
        sha(b"\x00", hmac.digest(secret, index.to_bytes(8, "big"), "sha256"), jcs(row)) for index, row in enumerate(one["rows"])
    ]
    return (
        sha(b"\x00", jcs(body)).hex() == one["digest"] == said["digest"]
        and root(leaves).hex() == said["root"]
        and said["size"] == len(leaves)
        and jcs(said) == proof["statement"].encode()
        and thumbprint(proof["key"]) == said["kid"]
        and signed(said, proof["signature"], proof["key"])
    )
