"""Who on a board cannot be told apart: the marks of the kept analysis behind it, read for rows that are shown. Nothing is worked out here.

A board tells it only where one panel's judging of one task makes its places alone (in each division its own): everywhere else the places
also rest on what that analysis does not know.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from django.core.cache import cache

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.queries import withheld
from games.playbooks.schema import Design
from games.results.models import PanelAnalysis
from games.results.queries.boards import Shown
from leaderboards.engine.names import challenges_of, split_order
from leaderboards.engine.spec import BoardSpec, Rows, Source, board_rounds
from leaderboards.engine.words.boards import find_board
from leaderboards.queries import PUBLIC, RowData

KEEP: Final = 60  # seconds
JUDGED: Final = frozenset({"rubric", "pairwise"})

type Task = tuple[str, str]
"""(key of a round, key of a challenge)"""


@dataclass(frozen=True, slots=True)
class Alike:
    """`tied`: key of a row's group → from how many neighbours the judging cannot tell it apart. `tag` names this very state."""

    tag: str = ""
    tied: Mapping[str, int] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()


def deciding(design: Design, spec: BoardSpec) -> tuple[Task, ...]:
    """The tasks whose places are the places of this board, one by one; none where several make them together."""
    rounds = board_rounds(design, spec)
    plain = spec.source is Source.ROUNDS and spec.rows is Rows.GROUPS and spec.points is None
    if not plain or len(rounds) != 1 or _first(spec) not in {"score", rounds[0].key}:
        return ()
    tasks = challenges_of(design, rounds[0].key, spec)
    if any(one.format.value not in JUDGED for one in tasks):
        return ()
    if spec.within is None:
        return ((rounds[0].key, tasks[0].key),) if len(tasks) == 1 else ()
    divisions = [one.division for one in tasks]
    own = spec.within == "division" and all(divisions) and len({*divisions}) == len(divisions)
    return tuple((rounds[0].key, one.key) for one in tasks) if own else ()


def _first(spec: BoardSpec) -> str:
    split = split_order(spec.order[0]) if spec.order else None
    return split[0] if split else ""


def alike_on(shown: Shown, *, open_to: Collection[str], cycle: Cycle | None = None) -> Alike:
    """What of the rows that are shown cannot be told apart. `open_to`: visibilities of a round that show its scores to everybody.

    The organizers' side is told from the judging as it is now, any other from what was published. Kept for a minute: usually no statement,
    else four at most, whatever the number of rows.
    """
    if shown.source == "none":
        return Alike()
    name = f"alike:{shown.tag}"
    kept: tuple[str, dict[str, int], tuple[Task, ...]] | None = cache.get(name)
    if kept is None:
        found = _read(shown, cycle or Cycle.objects.get(pk=shown.board.scope), open_to)
        kept = (found.tag, dict(found.tied), found.tasks)
        cache.set(name, kept, KEEP)
    return Alike(*kept)


def _read(shown: Shown, cycle: Cycle, open_to: Collection[str]) -> Alike:
    design = design_of(cycle, shown.snapshot.design_number if shown.snapshot else None)
    spec = find_board(design, shown.board.key)
    tasks = deciding(design, spec) if spec is not None else ()
    if not tasks:
        return Alike()
    now = shown.source == "live" and shown.side != PUBLIC
    rows = PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__round__key=tasks[0][0])
    rows = rows.filter(challenge__key__in=[key for _, key in tasks])
    if not now:
        rows = rows.filter(challenge__round__published_at__isnull=False, challenge__round__visibility__in=open_to)
    bodies: dict[str, list[Mapping[str, Any]]] = {}
    for challenge, body in rows.values_list("challenge__key", "body" if now else "shown"):
        bodies.setdefault(challenge, []).append(body)
    tied = {key: count for found in bodies.values() if len(found) == 1 for key, count in _tied(found[0])}
    if not tied:
        return Alike()
    hidden = {} if now else withheld(cycle)
    tied |= {hidden[key]: count for key, count in tied.items() if key in hidden}
    tag = f"{crc32(repr(sorted(tied.items())).encode()):08x}"
    return Alike(tag, tied, tuple((round_, key) for round_, key in tasks if key in bodies))


def _tied(body: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    return [(one["group"], len(one["tied_with"])) for one in body.get("entries", ()) if one.get("tied_with")]


def with_ties(rows: Iterable[RowData], found: Alike) -> list[dict[str, Any]]:
    """Rows with `tied`: how many neighbours a row cannot be told apart from; absent where this board cannot tell."""
    if not found.tied:
        return [{**row} for row in rows]
    return [{**row, "tied": found.tied.get(row["group"], 0) if row["place"] else 0} for row in rows]
