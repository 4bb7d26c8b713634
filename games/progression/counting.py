"""What of the cycles of a series counts, kept beside the database: what is published never changes, so it is read and worked out once.

When something in the middle changes (a correction is published, a cycle comes in late, a team is joined to another one), only that cycle is
read anew, and ratings are worked out from it on. All of it can be made again at any time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final, NamedTuple

from django.core.cache import cache

from leaderboards.engine import numbers
from leaderboards.engine.rating import Rating
from leaderboards.engine.replaying import Step, Steps, names_of, replayed
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC

KEEP: Final = 30 * 24 * 3600

type Counted = dict[str, str]
"""Key of a group as it was published → what counts of its row, as number text."""
type Cells = dict[str, tuple[float, float, str]]
"""Steps as they are kept: mean, deviation, what moved."""
RATED: Final = "series:rated:"


class Published(NamedTuple):
    """What stands of a cycle: its last published state, and when the cycle was over."""

    snapshot: int
    digest: str
    at: datetime


def published_of(boards: Sequence[Board], ends: Mapping[int, datetime | None]) -> dict[int, Published]:
    """The last public snapshot of each board, by cycle, without its rows. A cycle is over when its rules say, else when it was published first.

    One statement.
    """
    scopes = {board.pk: board.scope for board in boards}
    rows = Snapshot.objects.filter(board__in=scopes, audience=PUBLIC).order_by("number")
    first: dict[int, datetime] = {}
    found: dict[int, Published] = {}
    for pk, board, digest, at in rows.values_list("pk", "board_id", "digest", "published_at"):
        cycle = scopes[board]
        first.setdefault(cycle, at)
        found[cycle] = Published(pk, digest, ends[cycle] or first[cycle])
    return found


def counted_of(published: Mapping[int, Published], column: str) -> dict[int, Counted]:
    """By cycle what counts of its rows (`column`: score or place). Rows without a place or that value do not count.

    One statement for the snapshots that nobody has asked for yet, none without such.
    """
    names = {one.snapshot: f"series:counted:{column}:{one.snapshot}:{one.digest}" for one in published.values()}
    there: dict[str, Counted] = cache.get_many(names.values())
    missing = [pk for pk, name in names.items() if name not in there]
    if missing:
        rows = Snapshot.objects.filter(pk__in=missing).order_by().values_list("pk", "rows")
        new = {names[pk]: _counted(said, column) for pk, said in rows}
        cache.set_many(new, KEEP)
        there |= new
    return {cycle: there[names[one.snapshot]] for cycle, one in published.items()}


def _counted(rows: Sequence[Mapping[str, str]], column: str) -> Counted:
    return {row["entry"]: row[column] for row in rows if row[column] and row["place"] and not row["line"]}


def rated_cycles(
    published: Mapping[int, Published], follow: Callable[[int, str], int | None], marks: Mapping[int, str]
) -> dict[int, Steps]:
    """By cycle what it did to the ratings of its teams (their ids as text), in the order in which the cycles were over.

    `follow`: (cycle, key of a group) → the id under which its team is followed through all cycles, None for one that does not count;
    `marks`: cycle → a text that is another one when it follows its teams otherwise. One statement at most, and no row of a cycle before
    the first that changed is read.
    """
    order = sorted(published, key=lambda one: (published[one].at, one))
    what = (f"{one}:{published[one].snapshot}:{published[one].digest}:{marks.get(one, '')}" for one in order)
    names = dict(zip(names_of(what), order, strict=True))
    there: dict[str, Cells] = cache.get_many([f"{RATED}{name}" for name in names])
    kept = {name.removeprefix(RATED): _steps(cells) for name, cells in there.items()}
    counted = counted_of({cycle: published[cycle] for name, cycle in names.items() if name not in kept}, "place")

    def places(name: str) -> dict[str, Fraction]:
        cycle = names[name]
        found = ((follow(cycle, key), text) for key, text in counted[cycle].items())
        return {str(team): numbers.parse(text) for team, text in found if team is not None}

    steps, new = replayed(list(names), kept, places)
    cache.set_many({f"{RATED}{name}": _cells(one) for name, one in new.items()}, KEEP)
    return dict(zip(order, steps, strict=True))


def _cells(steps: Steps) -> Cells:
    return {team: (*one.after, numbers.text(one.moved)) for team, one in steps.items()}


def _steps(cells: Cells) -> Steps:
    return {team: Step(Rating(mean, deviation), numbers.parse(moved)) for team, (mean, deviation, moved) in cells.items()}
