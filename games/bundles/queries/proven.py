"""What was published, as a bundle keeps it: rows, digests, what each counted of the points, and what proves it to strangers."""

from bisect import bisect_right
from collections.abc import Iterator

from games.bundles.published import Proof, Published
from games.cycles.models import Cycle
from games.recognition.queries import points_of
from leaderboards.models import Snapshot, SnapshotProof


def published_states(cycle: Cycle) -> Iterator[Published]:
    """What was published, to everybody, with the digests and signatures that prove it. Two statements."""
    rows = Snapshot.objects.filter(board__scope=cycle.pk, audience="public").select_related("board", "proof")
    seals = act_seals(cycle)
    for one in rows.order_by("board__number", "number"):
        yield Published(
            board=one.board.key,
            number=one.number,
            design=one.design_number,
            digest=one.digest,
            previous=one.previous_digest,
            reason=one.reason,
            at=one.published_at,
            acts=None if one.as_of is None else bisect_right(seals, one.as_of),
            rows=tuple(one.rows),
            proof=_proof(getattr(one, "proof", None)),
        )


def _proof(row: SnapshotProof | None) -> Proof | None:
    if row is None:
        return None
    return Proof(statement=row.statement, signature=row.signature, key=row.public, secret=bytes(row.secret).hex())


def act_seals(cycle: Cycle) -> list[int]:
    """The seal of each act of points.csv, in its order there (see kept.py): acts are numbered from 1, as seals mean something here only."""
    acts = {(seal, partner or 0) for seal, partner in points_of(cycle).order_by().values_list("seal", "partner").distinct()}
    return [seal for seal, _ in sorted(acts)]
