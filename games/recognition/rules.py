"""States of a grant. Pure."""

from enum import StrEnum


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
