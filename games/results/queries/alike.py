"""Who on a board cannot be told apart: the marks of the kept analysis behind it, read for rows that are shown. Nothing is worked out here.

Where one panel's judging of one task makes the places of a board alone (in each division its own), its analysis tells; where several are
added up, what is kept under "boards" in the analysis of the last of them; or it says why nobody can tell.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Func, JSONField, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.crypto import salted_hmac

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.queries import withheld
from games.playbooks.schema import Design
from games.results.models import PanelAnalysis
from games.results.queries.boards import Shown
from games.rounds.models import Round
from leaderboards.engine.names import challenges_of, split_order
from leaderboards.engine.spec import BoardSpec, Rows, Source, board_rounds
from leaderboards.engine.weighing import untold
from leaderboards.engine.words.boards import find_board
from leaderboards.kept import Kept
from leaderboards.queries import PUBLIC, RowData

KEEP: Final = 60  # seconds
JUDGED: Final = frozenset({"rubric", "pairwise"})

type Task = tuple[str, str]
"""(key of a round, key of a challenge)"""


@dataclass(frozen=True, slots=True)
class Alike:
    """`tied`: key of a row's group → from how many neighbours the judging cannot tell it apart. `tag` names this very state.

    `why`: the reason in words why this board, though judged, cannot tell.
    """

    tag: str = ""
    tied: Mapping[str, int] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    why: str = ""


_cycle: Final[Kept[Cycle, Cycle]] = Kept(lambda pk: Cycle.objects.filter(pk=pk), int)


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
    else five at most, whatever the number of rows.
    """
    if shown.source == "none":
        return Alike()
    name = f"alike:{shown.tag}"
    kept: tuple[str, dict[str, int], tuple[Task, ...], str] | None = cache.get(name)
    if kept is None:
        found = _read(shown, cycle or _cycle(shown.board.scope)[0], open_to)
        kept = (found.tag, dict(found.tied), found.tasks, found.why)
        cache.set(name, kept, KEEP)
    return Alike(*kept)


def _read(shown: Shown, cycle: Cycle, open_to: Collection[str]) -> Alike:
    design = design_of(cycle, shown.snapshot.design_number if shown.snapshot else None)
    spec = find_board(design, shown.board.key)
    if spec is None or spec.source is not Source.ROUNDS:
        return Alike()
    now = shown.source == "live" and shown.side != PUBLIC
    rounds = {one.key for one in board_rounds(design, spec)}
    rows = PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__round__key__in=rounds)
    if not now:
        seen = Round.objects.filter(cycle=cycle, key__in=rounds, published_at__isnull=False, visibility__in=open_to)
        if seen.count() < len(rounds):
            return Alike()
    column = "body" if now else "shown"
    tasks = deciding(design, spec)
    found = _alone(rows, column, tasks) if tasks else None
    tied, tasks, why = found or _summed(rows, column, design, spec)
    if not tied:
        return Alike(why=why)
    hidden = {} if now else withheld(cycle)
    tied |= {hidden[key]: count for key, count in tied.items() if key in hidden}
    # with a secret: else whoever has the tag tries which group it is that keeps its name to itself
    tag = salted_hmac("games.results.alike", repr(sorted(tied.items())), algorithm="sha256").hexdigest()[:16]
    return Alike(tag, tied, tasks)


type _Told = tuple[dict[str, int], tuple[Task, ...], str]


class _OfEntries(Func):
    """Group → how many neighbours, from the entries of an analysis: counted where it lies, for an analysis has megabytes."""

    output_field = JSONField()
    template = (
        "(SELECT jsonb_object_agg(one ->> 'group', jsonb_array_length(one -> 'tied_with'))"
        " FROM jsonb_array_elements(%(expressions)s) AS one WHERE jsonb_array_length(one -> 'tied_with') > 0)"
    )

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The same in SQLite's words."""
        template = (
            "(SELECT json_group_object(json_extract(value, '$.group'), json_array_length(value, '$.tied_with'))"
            " FROM json_each(%(expressions)s) WHERE json_array_length(value, '$.tied_with') > 0)"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


class _OfBoard(Func):
    """The same from what an analysis carries of a board: group → its neighbours."""

    output_field = JSONField()
    template = "(SELECT jsonb_object_agg(key, jsonb_array_length(value)) FROM jsonb_each(%(expressions)s))"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The same in SQLite's words."""
        template = "(SELECT json_group_object(key, json_array_length(value)) FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)


def _alone(rows: QuerySet[PanelAnalysis], column: str, tasks: tuple[Task, ...]) -> _Told | None:
    """Where each of the tasks makes the places alone. None: several panels judge one. One statement."""
    told = rows.filter(challenge__key__in=[key for _, key in tasks]).annotate(tied=_OfEntries(KeyTransform("entries", column)))
    found: dict[str, list[dict[str, int] | None]] = {}
    for challenge, counts in told.values_list("challenge__key", "tied"):
        found.setdefault(challenge, []).append(counts)
    if any(len(counts) > 1 for counts in found.values()):
        return None
    tied = {key: count for counts in found.values() for key, count in (counts[0] or {}).items()}
    return tied, tuple((round_, key) for round_, key in tasks if key in found), ""


def _summed(rows: QuerySet[PanelAnalysis], column: str, design: Design, spec: BoardSpec) -> _Told:
    """Where several are added up. One statement."""
    told = rows.exclude(challenge__format="pairwise").order_by("challenge__round__number", "challenge__number", "panel")
    board = KeyTransform(spec.id, KeyTransform("boards", column))
    told = told.annotate(why=KeyTransform("why", board), tied=_OfBoard(KeyTransform("tied", board)))
    tied: dict[str, int] = {}
    why = ""
    tasks: dict[Task, None] = {}
    for round_key, task, said, counts in told.values_list("challenge__round__key", "challenge__key", "why", "tied"):
        if spec.challenges is None or task in spec.challenges:
            tasks[round_key, task] = None
        if said is not None:
            why, tied = said, counts or {}
    return tied, tuple(tasks), why or untold(design, spec) or ""


def with_ties(rows: Iterable[RowData], found: Alike) -> list[dict[str, Any]]:
    """Rows with `tied`: how many neighbours a row cannot be told apart from; absent where this board cannot tell."""
    if not found.tied:
        return [{**row} for row in rows]
    return [{**row, "tied": found.tied.get(row["group"], 0) if row["place"] else 0} for row in rows]
