"""Who solved what and when, as far as the board tells it; and how scores grew. Read from attempts, up to the freeze where one holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Min, Q

from games.cycles.models import Cycle
from games.groups.rules import GroupState
from games.playbooks.schema import Design
from games.results.queries.facts import number
from games.submissions.models import Attempt
from leaderboards.engine import facts
from leaderboards.engine.attempts import MINUTE_MS, read_tries
from leaderboards.engine.names import challenges_of
from leaderboards.engine.spec import BoardSpec, ChallengeSpec, Format, Rows, Source, board_rounds
from leaderboards.engine.tempo import Way, tasks_in_tempo, ways

TRIED: Final = frozenset({Format.ATTEMPTS, Format.AUTOMATIC})
MOST: Final = 40
"""More tasks than this do not fit into a table beside the names."""


@dataclass(frozen=True, slots=True)
class Task:
    """A column: the round and key of a task, what it is called in full."""

    round: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One group at one task: `minute` of the accepted attempt (None: not solved), rejected tries, tries that wait, first of all."""

    minute: int | None
    rejected: int
    pending: int
    first: bool


def tasks_tried(design: Design, spec: BoardSpec) -> tuple[Task, ...]:
    """The tasks of a board on which groups make attempts, in order; none if it counts anything else too."""
    if spec.rows is not Rows.GROUPS or spec.source is not Source.ROUNDS:
        return ()
    found = [(one.key, task) for one in board_rounds(design, spec) for task in challenges_of(design, one.key, spec)]
    if not found or len(found) > MOST or any(task.format not in TRIED for _, task in found):
        return ()
    return tuple(Task(round_, task.key, task.title) for round_, task in found)


def grid_of(
    cycle: Cycle, design: Design, spec: BoardSpec, groups: Collection[str], *, frozen: bool
) -> dict[str, dict[tuple[str, str], Tried]]:
    """Group -> (round, task) -> what became of it. Two statements, whatever the number of groups and attempts.

    `frozen`: attempts of the last round from the freeze on only count as waiting, as on the public side of the board.
    """
    tasks = _specs(design, spec)
    last, freeze = _freeze(design, spec, frozen=frozen)
    tried: dict[tuple[str, str, str], list[facts.Attempt]] = defaultdict(list)
    for one in _attempts(cycle, design, tasks, groups):
        tried[one.round, one.challenge, one.group].append(one)
    firsts = _firsts(cycle, tasks, last, freeze)
    found: dict[str, dict[tuple[str, str], Tried]] = {}
    for (round_, key, group), rows in tried.items():
        read = read_tries(tasks[round_, key], rows, freeze if round_ == last else None)
        first = read.solved_at is not None and read.solved_at == firsts.get((round_, key))
        minute = None if read.solved_at is None else read.solved_at // MINUTE_MS
        found.setdefault(group, {})[round_, key] = Tried(minute, read.rejected, read.pending, first)
    return found


def ways_of(cycle: Cycle, design: Design, spec: BoardSpec, groups: Sequence[str], *, frozen: bool) -> dict[str, Way]:
    """How the score of these groups grew; empty where a board cannot be told so. One statement."""
    chosen = {task.key for task in tasks_in_tempo(design, spec)}
    if not chosen or not groups:
        return {}
    tasks = {unit: task for unit, task in _specs(design, spec).items() if unit[1] in chosen}
    measured = any(task.format is Format.MEASURED for task in tasks.values())
    _, freeze = _freeze(design, spec, frozen=frozen)
    rows: dict[str, list[facts.Attempt]] = defaultdict(list)
    for one in _attempts(cycle, design, tasks, groups if measured else None, telling=not measured):
        rows[one.challenge].append(one)
    return ways(tuple(tasks.values()), rows, groups, freeze)


def _specs(design: Design, spec: BoardSpec) -> dict[tuple[str, str], ChallengeSpec]:
    return {(one.key, task.key): task for one in board_rounds(design, spec) for task in challenges_of(design, one.key, spec)}


def _freeze(design: Design, spec: BoardSpec, *, frozen: bool) -> tuple[str, int | None]:
    """The round that the freeze is about, and its moment in milliseconds; None where it does not hold."""
    rounds = board_rounds(design, spec)
    return (rounds[-1].key if rounds else ""), (spec.freeze if frozen else None)


def _attempts(
    cycle: Cycle,
    design: Design,
    tasks: dict[tuple[str, str], ChallengeSpec],
    groups: Collection[str] | None,
    *,
    telling: bool = False,
) -> Iterable[facts.Attempt]:
    """Attempts in order of time; with `telling` only those that can change a score."""
    rows = Attempt.objects.filter(
        challenge__round__cycle=cycle,
        challenge__round__key__in={one for one, _ in tasks},
        challenge__key__in={key for _, key in tasks},
    )
    if groups is not None:
        rows = rows.filter(group__key__in=groups)
    if telling:
        rows = rows.filter(verdict__in={"hint", *(one for task in tasks.values() for one in task.accepted)})
    columns = ("challenge__round__key", "challenge__key", "group__key", "elapsed_ms", "verdict", "value", "number")
    for round_, key, group, elapsed, verdict, value, sequence in rows.order_by("elapsed_ms", "number").values_list(*columns):
        if (round_, key) in tasks:
            scaled = None if value is None else number(value, design.mark_decimals)
            yield facts.Attempt(round_, key, group, elapsed, verdict, scaled, sequence)


def _firsts(
    cycle: Cycle, tasks: dict[tuple[str, str], ChallengeSpec], last: str, freeze: int | None
) -> dict[tuple[str, str], int]:
    """(round, task) -> when it was solved first, among the groups that take part."""
    accepted: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for (_, key), task in tasks.items():
        accepted[task.accepted].add(key)
    solved = Q(pk__in=())
    for verdicts, keys in accepted.items():
        solved |= Q(challenge__key__in=keys, verdict__in=verdicts)
    rows = Attempt.objects.filter(
        solved,
        challenge__round__cycle=cycle,
        challenge__round__key__in={one for one, _ in tasks},
        group__state=GroupState.ACTIVE.value,
    )
    if freeze is not None:
        rows = rows.exclude(challenge__round__key=last, elapsed_ms__gte=freeze)
    found = rows.values_list("challenge__round__key", "challenge__key").annotate(at=Min("elapsed_ms")).order_by()
    return {(round_, key): at for round_, key, at in found}
