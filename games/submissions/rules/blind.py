"""How entries are called where judges must not know whose they are (by a stable number that tells nothing), and what of them is shown."""

import hmac
from functools import lru_cache
from typing import Final

from leaderboards.engine.language import gettext as _

BLOCK: Final = 100


def entry_number(ordinal: int, secret: bytes) -> int:
    """The number of the group that came as number `ordinal` (from 1) into its cycle, shuffled by `secret`.

    Stable: later groups never change it. Unique: each block of 100 is a permutation of itself.
    """
    block, place = divmod(max(ordinal - 1, 0), BLOCK)
    return block * BLOCK + _permutation(secret, block)[place] + 1


def shown_blind(field: str, *, inside: bool, names: bool, blind: bool) -> bool:
    """Whether an answer is shown. `field`: shown, hidden or only, as its form says; `blind`: whether the round is judged blind.

    `inside`: the group itself and organizers see all. Judges who see no `names` see what is not hidden; everybody later, when names
    are known, sees what is not a redacted copy.
    """
    return inside or not blind or field != ("only" if names else "hidden")


@lru_cache(maxsize=1024)
def _permutation(secret: bytes, block: int) -> tuple[int, ...]:
    def tag(place: int) -> bytes:
        return hmac.digest(secret, f"{block}:{place}".encode(), "sha256")

    return tuple(sorted(range(BLOCK), key=tag))


def blind_label(ordinal: int, secret: bytes) -> str:
    """What judges see instead of a name: Entry 7."""
    return _("Entry {entry_number}", entry_number=entry_number(ordinal, secret))
