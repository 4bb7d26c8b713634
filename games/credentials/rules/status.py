"""Which credentials were taken back, as a W3C Bitstring Status List 1.0: one bit each, in lists long enough to hide in. Pure."""

import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from games.credentials.rules.badges import CONTEXT_VC, instant
from games.credentials.rules.signing import base64url

SIZE: Final = 131_072
"""Bits of a list: the least that the standard allows, 16 kB before it is packed."""
FRESH: Final = timedelta(days=1)
"""How long a copy of a list is good: an older one might not know of what was taken back since."""
TTL_MS: Final = 300_000


def encoded(revoked: Iterable[int]) -> str:
    """The list with these bits set, the first bit being the highest of the first byte: gzip, base64url, multibase `u`."""
    bits = bytearray(SIZE // 8)
    for index in revoked:
        if not 0 <= index < SIZE:
            message = f"bit {index} is outside of a list of {SIZE}"
            raise ValueError(message)
        bits[index // 8] |= 0x80 >> (index % 8)
    return "u" + base64url(gzip.compress(bytes(bits), mtime=0))


def entry(address: str, index: int) -> dict[str, str]:
    """Where a credential says that it can be looked up."""
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def status_list(address: str, issuer: str, revoked: Iterable[int], *, now: datetime) -> dict[str, Any]:
    """The list as a credential to sign, good for a day from `now`."""
    until = now + FRESH
    return {
        "@context": [CONTEXT_VC],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(now),
        "validUntil": instant(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(revoked),
            "ttl": TTL_MS,
        },
        "iss": issuer,
        "jti": address,
        "nbf": int(now.timestamp()),
        "exp": int(until.timestamp()),
    }
