"""Published results against computed ones, value by value. Numbers are compared exactly, sets in both directions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from games.bundles.rows import OfficialRow
from games.bundles.tables import Table
from games.errors import Problem
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import BoardResult, Outcome, Row, Value

SETS = frozenset({"entrants", "award"})
BESIDE = "external"
"""Results of somebody else that stand beside ours and are never compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many published values were compared, by kind ("board place", "value score", ...), and where they differ."""

    compared: Counter[str]
    differences: tuple[Problem, ...]

    @property
    def total(self) -> int:
        """All values compared."""
        return self.compared.total()


def compare(official: Table[OfficialRow], outcome: Outcome) -> Comparison:
    """Compare every row of official.csv with the outcome."""
    compared: Counter[str] = Counter()
    differences: list[Problem] = []
    rows = {key: {row.group: row for row in board.rows} for key, board in outcome.boards.items()}
    for row in official.rows:
        if row.kind not in SETS and row.kind != BESIDE:
            compared[f"{row.kind} {row.name}" if row.kind != "record" else "record"] += 1
            where, computed = _computed(row, outcome, rows)
            said = _difference(row, computed)
            if said:
                differences.append(Problem(where, said))
    for kind in sorted(SETS):
        differences += _sets(kind, official, outcome, compared)
    return Comparison(compared, tuple(differences))


def _computed(row: OfficialRow, outcome: Outcome, rows: dict[str, dict[str, Row]]) -> tuple[str, Value | str | None]:
    """Where the published value belongs, and the computed one; a text says why there is none."""
    if row.kind == "board":
        where = f'board "{row.key}", group {row.group}'
        if row.key not in rows:
            return where, _("there is no such board")
        return where, _on_board(rows[row.key].get(row.group), row.name)
    if row.kind == "record":
        where = f'board "{row.key}", record {row.name}'
        return where, _record(outcome.boards.get(row.key), row)
    if row.kind == "round":
        return f'round "{row.key}", group {row.group}', outcome.rounds.get((row.key, row.group))
    round_key, __, challenge = row.key.partition("/")
    where = f'round "{round_key}", challenge "{challenge}", group {row.group}'
    cell = outcome.cells.get((round_key, challenge, row.group))
    if cell is None:
        return where, _("there is no such cell")
    return where, cell.score if row.name in {"", "score"} else cell.values.get(row.name)


def _on_board(row: Row | None, name: str) -> Value | str | None:
    if row is None:
        return _("the group is not on the board")
    if name == "place":
        return row.place
    if name in {"", "score"}:
        return row.score
    return row.values[name] if name in row.values else row.rounds.get(name)


def _record(board: BoardResult | None, row: OfficialRow) -> Value | str | None:
    """The record with this number; its group must be the published one too."""
    number = int(row.name) if row.name.isdecimal() else 0
    if board is None or not 1 <= number <= len(board.rows):
        return _("there is no such record")
    found = board.rows[number - 1]
    return (
        found.score
        if found.group == row.group
        else _("it belongs to {group}, officially to {group2}", group=found.group, group2=row.group)
    )


def _difference(row: OfficialRow, computed: Value | str | None) -> str:
    name = row.name or "score"
    if isinstance(computed, str):
        return _("official {name} {value}, but {computed}", name=name, value=row.value, computed=computed)
    try:
        official = numbers.parse(row.value) if row.value else None
    except ValueError as error:
        return _("official {name}: {error}", name=name, error=error)
    if computed == official:
        return ""
    return _("official {name} {shown}, computed {shown2}", name=name, shown=_shown(official), shown2=_shown(computed))


def _shown(value: Value | None) -> str:
    if value is None:
        return "none"
    return numbers.text(value) if isinstance(value, Fraction) else " ".join(numbers.text(one) for one in value)


def _sets(kind: str, official: Table[OfficialRow], outcome: Outcome, compared: Counter[str]) -> Iterator[Problem]:
    """Published sets, such as who entered a round: nobody missing, nobody too many."""
    published: dict[str, set[str]] = {}
    for row in official.rows:
        if row.kind == kind:
            published.setdefault(row.key, set()).add(row.group)
    winners = {award.key: {winner.group for winner in award.winners} for award in outcome.awards}
    for key, groups in published.items():
        compared[kind] += len(groups)
        found = set(outcome.entrants.get(key, ())) if kind == "entrants" else winners.get(key, set())
        where = f'{"round" if kind == "entrants" else "award"} "{key}"'
        for group in sorted(groups - found):
            yield Problem(where, _("group {group} is there officially, but not computed", group=group))
        for group in sorted(found - groups):
            yield Problem(where, _("group {group} is computed, but not there officially", group=group))
