"""Merkle trees as in RFC 6962 (2.1): a root over many leaves, and the short path that proves one of them is among them. Pure.

A leaf is hashed behind 0x00, an inner node behind 0x01; a tree of n leaves is split at the largest power of two below n. Our leaves are
salted: whoever sees the hash of a leaf cannot find its content by guessing.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Any, Final

import rfc8785

SALT: Final = 32
"""Bytes of a salt."""
EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of no leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def salt_of(secret: bytes, index: int) -> bytes:
    """The salt of the leaf at `index`, from 32 random bytes of the whole tree: without these nobody can tell any of them."""
    return hmac.digest(secret, index.to_bytes(8, "big"), "sha256")


def salted(row: Any, salt: bytes) -> bytes:
    """What a leaf is made of: the salt, then the canonical JSON (RFC 8785) of its row. Raises ValueError for another salt's length."""
    if len(salt) != SALT:
        message = f"a salt has {SALT} bytes, not {len(salt)}"
        raise ValueError(message)
    return salt + rfc8785.dumps(row)


def leaves_of(rows: Iterable[Any], secret: bytes, first: int = 0) -> list[bytes]:
    """The leaf hashes of rows, in their order; `first`: the index of the first of them in the tree."""
    return [leaf_hash(salted(row, salt_of(secret, index))) for index, row in enumerate(rows, start=first)]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    level = list(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf up to the root, the lowest first. Raises IndexError."""
    if not 0 <= index < len(leaves):
        message = f"no leaf {index} in a tree of {len(leaves)}"
        raise IndexError(message)
    level, found = list(leaves), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            found.append(level[beside])
        level, index = _above(level), index // 2
    return found


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The nodes over a level; one that is left alone at its end goes up as it is. This is RFC 6962's split, built from below."""
    pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + ([level[-1]] if len(level) % 2 else [])


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to from a leaf hash (RFC 9162, 2.1.3.2); None where no tree of this size has such a path."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            found = node_hash(beside, found)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            found = node_hash(found, beside)
        at, last = at // 2, last // 2
    return found if last == 0 else None


def includes(root: bytes, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bool:
    """Whether the leaf stands at this index of the tree of `size` leaves with this root."""
    found = root_from(leaf, index, size, path)
    return found is not None and hmac.compare_digest(found, root)
