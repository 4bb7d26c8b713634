"""Every night the house looks whether what it published still proves itself; what it finds is said, counted and kept, never silent."""

import logging
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from games.bundles.actions.exporting import bundle_for
from games.bundles.audience import Audience
from games.bundles.verify import verify
from games.cycles.models import Cycle
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.results.models import SelfCheck
from leaderboards import measures
from leaderboards.models import Board, Snapshot
from leaderboards.proof import Broken, look_at, of_board, prove, unproven
from leaderboards.queries import PUBLIC

logger = logging.getLogger(__name__)
SAMPLE: Final = 3
"""Cycles that are computed anew in one night."""
FAULTS: Final = 200
"""So many faults are kept by name; the rest is counted."""
CHUNK: Final = 20
BIG: Final = 20_000
"""Rows of a board that is too large to be computed anew beside everything else."""

type Fault = dict[str, Any]
"""{cycle, board, number, what}."""


def check(*, seed: int | None = None) -> SelfCheck:
    """Look at all boards in turn, and compute a few cycles anew. `seed` chooses which. What is unsigned and can be signed is signed first."""
    begun = db_now()
    sign_what_is_not(begun)
    snapshots, faults = 0, list[Fault]()
    dry_runs = Cycle.objects.filter(rehearsal=True).values("pk")  # invented, and signed by nobody
    published = Board.objects.filter(snapshots__isnull=False).exclude(scope__in=dry_runs).distinct()
    for board in published.order_by("pk").iterator(chunk_size=CHUNK):
        snapshots += Snapshot.objects.filter(board=board).count()
        faults += _of_board(board)
    faults += _against_the_journal()
    cycles = _sample(random.Random(begun.toordinal() if seed is None else seed))
    recomputed = 0
    for cycle in cycles:
        count, found = _anew(cycle)
        recomputed += count
        faults += found
    return _keep(begun, snapshots, recomputed, faults)


def sign_what_is_not(now: datetime) -> int:
    """Versions from before there were proofs, or from while no key could sign: signed now, scope by scope. Returns how many."""
    done = 0
    for scope in sorted(set(unproven().order_by().values_list("board__scope", flat=True))):
        while rows := list(unproven(scope)[:CHUNK]):
            made = prove(rows, now=now)
            done += len(made)
            if not made:
                break
    return done


def _of_board(board: Board) -> list[Fault]:
    """What does not hold of one board. One that cannot even be looked at is a fault of its own, and stops no other."""
    try:
        return [_fault(one) for one in look_at(of_board(board.pk).iterator(chunk_size=CHUNK))]
    except Exception:
        logger.exception("board %s could not be checked", board.pk)
        return [{"cycle": board.scope, "board": board.key, "number": 0, "what": "unreadable"}]


def _against_the_journal() -> list[Fault]:
    """Publications that the sealed journal tells of, and that are not there, or with another digest. Two statements.

    A chain of digests does not tell that its end was taken away, nor that all of it was made anew.
    """
    there = {(board, number): digest for board, number, digest in _public().values_list("board_id", "number", "digest")}
    kept = Cycle.objects.filter(rehearsal=False).values("pk")
    told = JournalEntry.objects.filter(kind=Kind.SNAPSHOT_PUBLISHED.value, seal__isnull=False, cycle_id__in=kept).order_by("seal")
    found = []
    for cycle, subject, said in told.values_list("cycle_id", "subject", "payload").iterator(chunk_size=1000):
        digest = there.get((int(subject.removeprefix("board:")), said["number"]))
        if digest != said["digest"]:
            what = "missing" if digest is None else "journal"
            found.append({"cycle": cycle, "board": said["board"], "number": said["number"], "what": what})
    return found


def _public() -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(audience=PUBLIC)


def _fault(one: Broken) -> Fault:
    return {"cycle": one.scope, "board": one.board, "number": one.number, "what": one.what}


def _sample(dice: random.Random) -> Sequence[Cycle]:
    """Cycles with something published, other ones each night. Where facts were deleted as promised, nothing can be computed anew."""
    scopes = sorted(set(Snapshot.objects.values_list("board__scope", flat=True)))
    large = set(Snapshot.objects.filter(proof__size__gt=BIG).values_list("board__scope", flat=True))
    purged = set(JournalEntry.objects.filter(kind=Kind.CYCLE_PURGED.value).values_list("cycle_id", flat=True))
    chosen = [one for one in scopes if one not in large | purged]
    return list(Cycle.objects.filter(pk__in=dice.sample(chosen, min(SAMPLE, len(chosen))), rehearsal=False).order_by("pk"))


def _anew(cycle: Cycle) -> tuple[int, list[Fault]]:
    """How many boards follow from the facts, and where they do not. Exported in memory and computed, as a stranger would."""
    try:
        found = verify(bundle_for(cycle, Audience.ORGANIZERS, files=False))
    except Exception:
        logger.exception("cycle %s could not be computed anew", cycle.key)
        return 0, [{"cycle": cycle.pk, "board": "", "number": 0, "what": "not computed"}]
    other = _under_other_rules(cycle)
    wrong = [one for one in found.boards if one.how == "differs" and one.board not in other]
    faults: list[Fault] = [{"cycle": cycle.pk, "board": one.board, "number": one.number, "what": "recomputed"} for one in wrong]
    return sum(1 for one in found.boards if one.how == "recomputed"), faults


def _under_other_rules(cycle: Cycle) -> set[str]:
    """Boards whose last version was published under rules that were amended since: only those rules would give it."""
    last: dict[str, int] = {}
    rows = Snapshot.objects.filter(board__scope=cycle.pk, audience="public").order_by("number")
    last.update(rows.values_list("board__key", "design_number"))
    return {key for key, number in last.items() if number != cycle.design_number}


@transaction.atomic
def _keep(begun: datetime, snapshots: int, recomputed: int, faults: list[Fault]) -> SelfCheck:
    """The row of this night; what was found goes into the metrics, the log, and the journal of each cycle, which tells its organizers."""
    row = SelfCheck.objects.create(
        started_at=begun, finished_at=db_now(), snapshots=snapshots, recomputed=recomputed, faults=faults[:FAULTS]
    )
    measures.count("self_checks")
    if faults:
        measures.count("self_check_findings", by=len(faults))
        logger.error("self-check: %s faults in %s published versions", len(faults), snapshots)
    for cycle, number in _by_cycle(faults):
        payload = {"check": row.pk, "faults": number}
        record(Kind.PROOF_BROKEN, cycle_id=cycle, subject=f"self_check:{row.pk}", payload=payload)
    return row


def _by_cycle(faults: Sequence[Fault]) -> Iterator[tuple[int, int]]:
    found: dict[int, int] = {}
    for one in faults:
        found[one["cycle"]] = found.get(one["cycle"], 0) + 1
    yield from sorted(found.items())
