"""How entries are called where judges must not know whose they are: by a stable number that tells nothing."""

import hmac
from functools import lru_cache
from typing import Final

BLOCK: Final = 100


def entry_number(ordinal: int, secret: bytes) -> int:
    """The number of the group that came as number `ordinal` (from 1) into its cycle, shuffled by `secret`.

    Stable: later groups never change it. Unique: each block of 100 is a permutation of itself.
    """
    block, place = divmod(max(ordinal - 1, 0), BLOCK)
    return block * BLOCK + _permutation(secret, block)[place] + 1


@lru_cache(maxsize=1024)
def _permutation(secret: bytes, block: int) -> tuple[int, ...]:
    def tag(place: int) -> bytes:
        return hmac.digest(secret, f"{block}:{place}".encode(), "sha256")

    return tuple(sorted(range(BLOCK), key=tag))


def blind_label(ordinal: int, secret: bytes) -> str:
    """What judges see instead of a name: Entry 7."""
    return f"Entry {entry_number(ordinal, secret)}"
