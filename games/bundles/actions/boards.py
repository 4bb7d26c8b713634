"""The first standings and snapshots of an imported cycle: all boards at once, where a running cycle goes board by board."""

from collections import defaultdict
from typing import Any, Final

from games.bundles.actions.landing import Landing
from games.bundles.actions.pour import pour
from games.groups.queries import withheld
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.results.queries import boards_of
from games.results.rules import without_names
from games.rounds.models import Round
from leaderboards.actions import stored_rows
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.spec import Source, board_rounds, expand_boards
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.proof import prove
from leaderboards.queries import AUDIENCES, PUBLIC, PUBLISHED, content_digest
from leaderboards.rewriting import WRITTEN

BATCH: Final = 1000


def write_boards(landing: Landing, outcome: Outcome, shown_outcome: Outcome, published: list[Round]) -> None:
    """Both sides of every board at version 1, and snapshot 1 of each board that counts a published round.

    What everybody sees comes from `shown_outcome`: it knows the work of published rounds, and of tasks that are shown as they happen.
    """
    shown = {one.key for one in published}
    counted, open_to_all = set(), set()
    for spec in expand_boards(landing.design):
        rounds = {one.key for one in board_rounds(landing.design, spec)}
        open_to_all |= {spec.id} if rounds <= shown else set()
        counted |= {spec.id} if shown and (spec.source is not Source.ROUNDS or rounds & shown) else set()
    boards = {one.key: one for one in boards_of(landing.cycle) if one.key in outcome.boards}
    rows: list[tuple[Any, ...]] = []
    unnamed = withheld(landing.cycle)
    for key, board in boards.items():
        for audience in AUDIENCES:
            open_ = audience != PUBLIC or key in open_to_all
            known = shown_outcome if audience == PUBLIC else outcome
            result = known.board(key, frozen=not open_).rows
            told = without_names(result, unnamed) if audience == PUBLIC else result
            rows += [
                (board.pk, audience, entry, line, 1, "", *(columns[name] for name in WRITTEN))
                for (entry, line), columns in stored_rows(told).items()
            ]
    pour(Standing, ("board_id", "audience", "entry", "line", "changed_version", "previous_place", *WRITTEN), rows)
    written = Board.objects.filter(pk__in=[one.pk for one in boards.values()])
    written.update(version=1, restricted_version=1, refreshed_at=landing.now)
    _snapshots(landing, [board for key, board in boards.items() if key in counted])


def _snapshots(landing: Landing, boards: list[Board]) -> None:
    """Read back what was written, in the order in which the database gives it, and freeze it."""
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Standing.objects.filter(board__in=boards, audience=PUBLIC).order_by("board", "bracket", "rank")
    for row in rows.values("board_id", *PUBLISHED):
        found[row.pop("board_id")].append(row)
    number = landing.cycle.design_number
    snapshots = [
        Snapshot(
            board=board,
            audience=PUBLIC,
            number=1,
            design_number=number,
            rows=found[board.pk],
            digest=content_digest(key=board.key, rows=found[board.pk], design_number=number, previous=""),
            published_at=landing.now,
            as_of=0,  # what was earned elsewhere stands before every seal of this house
        )
        for board in boards
    ]
    prove(Snapshot.objects.bulk_create(snapshots, batch_size=BATCH), now=landing.now)
    JournalEntry.objects.bulk_create([_entry(landing, one) for one in snapshots], batch_size=BATCH)


def _entry(landing: Landing, snapshot: Snapshot) -> JournalEntry:
    """What `publish` writes; nobody listens to it, and the sealer finds it."""
    return JournalEntry(
        kind=Kind.SNAPSHOT_PUBLISHED.value,
        cycle_id=landing.cycle.pk,
        subject=f"board:{snapshot.board_id}",
        payload={"board": snapshot.board.key, "number": 1, "digest": snapshot.digest},
        channel="import",
        at=landing.now,
    )
