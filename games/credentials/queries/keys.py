"""What a house publishes of its keys, so that strangers can follow from one to the next; and what it knows of a receipt."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from games.credentials.models import KeyStatement, SigningKey
from games.credentials.queries.house import present_key
from leaderboards import receipts
from leaderboards.models import Snapshot
from leaderboards.proof import instant
from leaderboards.receipts import Checked, Finding, Point


def key_chain() -> dict[str, Any]:
    """Every key of this house, and who followed whom: {house, keys, chain}. Two statements.

    What a withdrawn key says of others is left out: whoever stole it could say anything.
    """
    rows = list(SigningKey.objects.order_by("since", "pk"))
    withdrawn = {row.kid for row in rows if row.withdrawn_at is not None}
    present = present_key()
    keys = [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": row.public,
            "kid": row.kid,
            "since": instant(row.since),
            "until": instant(row.until) if row.until else None,
            "withdrawn_at": instant(row.withdrawn_at) if row.withdrawn_at else None,
        }
        for row in rows
    ]
    if present.kid not in {row.kid for row in rows}:
        keys.append({"kty": "OKP", "crv": "Ed25519", "x": present.public, "kid": present.kid, "since": None, "until": None})
    chain = [
        {"statement": json.loads(row.statement), "before": row.signature_before, "after": row.signature_after}
        for row in KeyStatement.objects.order_by("pk")
        if not {row.before, row.after} & withdrawn
    ]
    return {"house": settings.PUBLIC_URL, "present": present.kid, "keys": keys, "chain": chain}


@dataclass(frozen=True, slots=True)
class Known:
    """What this house adds to a receipt: whether it knows the key (and believes it still), has the snapshot, and what came after it."""

    key: str  # believed, withdrawn, unknown
    snapshot: Snapshot | None = None
    newer: int = 0


def receipt_here(content: bytes, *, pinned: str = "") -> tuple[Checked, Known | None]:
    """A receipt that somebody shows, checked with the key they pinned, else with the keys of this house. At most four statements."""
    said = receipts.parsed(content)
    chain = key_chain()
    believed = {one["kid"] for one in chain["keys"] if not one.get("withdrawn_at")}
    kid = _kid(said)
    trusted = [pinned] if pinned else [kid] if kid in believed else []
    checked = receipts.check(said, pinned=trusted, chain=chain["chain"])
    if checked.findings[Point.SHAPE] is not Finding.HOLDS:
        return checked, None
    known = {one["kid"] for one in chain["keys"]}
    key = "believed" if kid in believed else "withdrawn" if kid in known else "unknown"
    if key == "unknown" or checked.fails:
        return checked, Known(key)
    rows = Snapshot.objects.filter(digest=checked.statement.get("digest", "")).defer("rows").select_related("board")
    found = rows.filter(proof__kid=kid, proof__root=str(checked.statement.get("root", ""))).first()
    if found is None:
        return checked, Known(key)
    newer = Snapshot.objects.filter(board=found.board, audience=found.audience, number__gt=found.number).count()
    return checked, Known(key, found, newer)


def _kid(said: Any) -> str:
    statement = said.get("statement") if isinstance(said, dict) else None
    return str(statement.get("kid", "")) if isinstance(statement, dict) else ""
