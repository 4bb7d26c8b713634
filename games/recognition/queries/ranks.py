"""Boards of points that are kept as sorted sets: which they are, who stands on them, and their rows straight from the totals.

The rows follow from the groups of a cycle and their totals. Where the set is lost, a page is read from these tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final, Literal

from django.conf import settings
from django.db import connection, transaction

from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import RESULT_KINDS
from games.groups.models import Group
from games.groups.queries import withheld
from games.groups.rules import UNNAMED, GroupState
from games.playbooks.schema import Design
from games.recognition.models import PointsCursor
from games.recognition.rules.ranks import by_points_alone, divides, unplaced
from games.results.queries import boards_of
from leaderboards.engine import facts
from leaderboards.engine.spec import BoardSpec, board_rounds, expand_boards
from leaderboards.models import Board
from leaderboards.ranked import BEHIND, RANKED, Member

CHUNK: Final = 20_000
KEPT: Final = 64
LEAVING: Final = (facts.DecisionKind.WITHDRAW, facts.DecisionKind.DISQUALIFY, facts.DecisionKind.STOP)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a board come from at this moment: how far its points were read, and who has no place.

    `values`: what each row has beside its points. `gone`: key of a group → its status.
    """

    cycle: Cycle
    design_number: int
    generation: int
    seal: int
    divided: bool
    values: Mapping[str, None]
    gone: Mapping[str, str]

    @property
    def at(self) -> str:
        """The same as a text, for the set that is filled from it."""
        return f"{self.generation}:{self.design_number}:{self.seal}"


_plain: dict[int, tuple[Design, dict[str, BoardSpec]]] = {}


def plain_boards(cycle: Cycle) -> dict[str, BoardSpec]:
    """Key → board of the cycle that ranks by points alone. Worked out once for each Design that is kept in the process."""
    design = design_of(cycle)
    known = _plain.get(id(design))
    if known is None or known[0] is not design:
        if len(_plain) >= KEPT:
            _plain.clear()
        known = _plain[id(design)] = (design, by_points_alone(design))
    return known[1]


def kept_boards(cycle: Cycle) -> list[Board]:
    """Boards of the cycle whose ranks are a sorted set. One statement."""
    return list(boards_of(cycle).filter(sorted_set=True))


def is_large(cycle: Cycle) -> bool:
    """Whether so many groups take part that a set pays. One statement, which stops counting there."""
    most = settings.LEADERBOARD_SETS_FROM
    return settings.HAS_REDIS and Group.objects.filter(cycle=cycle).order_by("pk").values("pk")[most - 1 : most].exists()


def source_of(cycle: Cycle, board: Board) -> Source:
    """How far everything was read: asked before the rows are, so that rows can only be newer. Three statements."""
    cursor = PointsCursor.objects.filter(cycle=cycle).values_list("generation", "seal").first() or (1, 0)
    spec = plain_boards(cycle).get(board.key)
    rows = Decision.objects.filter(cycle=cycle, kind__in=[kind.value for kind in RESULT_KINDS], revoked_at__isnull=True)
    told = [
        facts.Decision(one.kind, one.group, one.round, one.board, one.other, one.value)
        for one in rows.filter(kind__in=[*LEAVING, facts.DecisionKind.EQUAL, facts.DecisionKind.BREAK]).order_by("number")
    ]
    design = design_of(cycle)
    main = next((one.id for one in expand_boards(design)), "")
    return Source(
        cycle,
        cycle.design_number,
        *cursor,
        divides(told, main, board.key),
        {} if spec is None else dict.fromkeys(one.key for one in board_rounds(design, spec)),
        _gone(design, spec, told),
    )


def _gone(design: Design, spec: BoardSpec | None, told: Sequence[facts.Decision]) -> Mapping[str, str]:
    return {} if spec is None or not told else unplaced(design, spec, told)


# --- Rows of groups with their totals ---------------------------------------------------------------------------------------------------

TAKES_PART: Final = """g.cycle_id = %(cycle)s AND g.state <> %(pending)s AND (g.state <> %(withdrawn)s OR EXISTS (
    SELECT 1 FROM games_decision d WHERE d.cycle_id = g.cycle_id AND d."group" = g.key AND d.kind IN ({kinds})))"""
OF_GROUPS: Final = """games_group g LEFT JOIN games_pointstotal t
    ON t.cycle_id = g.cycle_id AND t.generation = %(generation)s AND t.group_id = g.id"""


def takes_part() -> str:
    """The condition, as SQL, under which the engine knows a group (see `games.results.queries.facts`)."""
    kinds = ", ".join(f"'{kind.value}'" for kind in sorted(RESULT_KINDS))
    return TAKES_PART.format(kinds=kinds)


def bracket_of(spec: BoardSpec | None) -> str:
    """The bracket of a group, as SQL."""
    return "g.division" if spec is not None and spec.within is not None else "''"


def parameters(source: Source) -> dict[str, Any]:
    """What these statements ask for."""
    return {
        "cycle": source.cycle.pk,
        "generation": source.generation,
        "pending": GroupState.PENDING.value,
        "withdrawn": GroupState.WITHDRAWN.value,
    }


type Without = Literal["enable_nestloop", "enable_indexscan"]


def for_all_rows(without: Without = "enable_nestloop") -> None:
    """PostgreSQL may not know yet how many totals there are by now. In this transaction it does not go through them once for each group.

    Without `enable_indexscan`: nor from one to the next in the order of an index, each at a place of its own.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL {without} = off")


def members(source: Source, board: Board) -> Iterator[Member]:
    """Everybody on the board, in portions."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        for_all_rows()
        cursor.execute(selected(source, board), parameters(source))
        for rows in iter(lambda: cursor.fetchmany(CHUNK), []):
            for _, key, name, bracket, amount in rows:
                yield Member(key, amount, name, bracket, source.gone.get(key, RANKED))


def some_members(source: Source, board: Board, groups: Sequence[int]) -> tuple[list[Member], list[str]]:
    """These groups as members; and the keys of those who are not on the board."""
    there: list[Member] = []
    found: set[int] = set()
    for some in batched(groups, CHUNK):
        marks = ", ".join(str(int(one)) for one in some)
        with connection.cursor() as cursor:
            cursor.execute(f"{selected(source, board)} AND g.id IN ({marks})", parameters(source))
            for pk, key, name, bracket, amount in cursor.fetchall():
                found.add(pk)
                there.append(Member(key, amount, name, bracket, source.gone.get(key, RANKED)))
    away = Group.objects.filter(pk__in=set(groups) - found) if len(found) < len(set(groups)) else Group.objects.none()
    return there, list(away.values_list("key", flat=True))


def selected(source: Source, board: Board, groups: str = OF_GROUPS) -> str:
    """Who is on the board with what, as SQL: id, key, name, bracket, amount. `groups`: where from, groups as g and totals as t."""
    bracket = bracket_of(plain_boards(source.cycle).get(board.key))
    return (
        f"SELECT g.id, g.key, COALESCE(NULLIF(g.name, ''), g.key) AS name, {bracket} AS bracket, COALESCE(t.amount, 0) AS amount "  # noqa: S608 words of our own
        f"FROM {groups} WHERE {takes_part()}"
    )


def unnamed(cycle: Cycle, among: Sequence[str] | None = None) -> dict[str, tuple[str, str]]:
    """Key of each group (of those `among`) that keeps its name to itself → key and name that everybody sees instead. One statement."""
    return {key: (stands, UNNAMED) for key, stands in withheld(cycle, among).items()}


def apart_of(source: Source, key: str = "key") -> str:
    """0 for who has a place, 1 for withdrawn, 2 for disqualified groups, as SQL."""
    parts = []
    for number, status in enumerate(BEHIND, 1):
        keys = ", ".join(_quoted(one) for one, said in sorted(source.gone.items()) if said == status)
        parts += [f"WHEN {key} IN ({keys}) THEN {number}"] if keys else []
    return f"(CASE {' '.join(parts)} ELSE 0 END)" if parts else "0"


def _quoted(key: str) -> str:
    """A key as a literal of SQL, safe for a statement with parameters."""
    return "'" + key.replace("'", "''").replace("%", "%%") + "'"


def in_order(column: str) -> str:
    """A column in the order of its characters, as Python and Redis have it."""
    return f'{column} COLLATE "C"' if connection.vendor == "postgresql" else column
