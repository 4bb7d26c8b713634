"""States of a grant, and what is refused."""

from enum import StrEnum
from typing import Final

from games.errors import Conflict, Invalid
from games.playbooks.schema import FieldType
from games.playbooks.schema.forms import FormField


class GrantState(StrEnum):
    """nominated → verified → granted → delivered; also declined, revoked. `unallocated` is money nobody won."""

    NOMINATED = "nominated"
    VERIFIED = "verified"
    GRANTED = "granted"
    DELIVERED = "delivered"
    DECLINED = "declined"
    REVOKED = "revoked"
    UNALLOCATED = "unallocated"


NEXT_GRANT_STATES: dict[GrantState, frozenset[GrantState]] = {
    GrantState.NOMINATED: frozenset({GrantState.VERIFIED, GrantState.DECLINED, GrantState.REVOKED}),
    GrantState.VERIFIED: frozenset({GrantState.GRANTED, GrantState.DECLINED, GrantState.REVOKED}),
    GrantState.GRANTED: frozenset({GrantState.DELIVERED, GrantState.DECLINED, GrantState.REVOKED}),
    GrantState.DELIVERED: frozenset({GrantState.REVOKED}),
    GrantState.DECLINED: frozenset(),
    GrantState.REVOKED: frozenset(),
    GrantState.UNALLOCATED: frozenset(),
}
NEEDS_REASON: Final = frozenset({GrantState.DECLINED, GrantState.REVOKED})
PROOF: Final = FormField(key="proof", type=FieldType.FILE, types=("pdf", "png", "jpg", "jpeg", "webp", "heic", "txt"))
"""The file that is taken for a proof: a receipt, a picture of the day."""


class GrantRefused(Conflict):
    """The grant is in a state from which this does not follow."""

    code = "grant_refused"


class GrantReasonMissing(Invalid):
    """Declining and revoking stand in the record with a reason."""

    code = "reason_missing"


class ProofMissing(Invalid):
    """What was handed over is shown by words or by a file."""

    code = "proof_missing"


class PrizeUsed(Conflict):
    """Nothing is left of a prize: all its sessions are booked, or it has none."""

    code = "prize_used"


def sessions_left(promised: int, used: int) -> int:
    """How many sessions of a prize may still be booked."""
    return max(promised - used, 0)
