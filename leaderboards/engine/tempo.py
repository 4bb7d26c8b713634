"""How the score of a few groups grew: from attempts in order of time to (moment, score so far), for a line in a picture.

Only boards whose score is a plain sum of tasks tried in one round (or the one task that is measured) can be told so; for all others
there is nothing to draw. Nothing here decides a result: whoever draws compares the last value with the board.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from leaderboards.engine.attempts import HINT, worth
from leaderboards.engine.facts import Attempt
from leaderboards.engine.measured import standing
from leaderboards.engine.names import challenges_of
from leaderboards.engine.spec import Aggregate, BoardSpec, ChallengeSpec, Format, Keep, Rows, Scoring, Source, Worth, board_rounds

type Way = list[tuple[int, Fraction]]
"""(milliseconds since the opening, score from then on)."""

ZERO: Final = Fraction(0)


def tasks_in_tempo(scoring: Scoring, board: BoardSpec) -> tuple[ChallengeSpec, ...]:
    """The tasks whose attempts tell the score of the board as it grew; none if it cannot be told that way."""
    rounds = board_rounds(scoring, board)
    if len(rounds) != 1 or board.source is not Source.ROUNDS or board.rows is not Rows.GROUPS or board.points or board.half_life:
        return ()
    tasks = challenges_of(scoring, rounds[0].key, board)
    if any(task.adjust or task.scale is not None or task.first for task in tasks):
        return ()
    tried = bool(tasks) and all(task.format is Format.ATTEMPTS for task in tasks)
    if tried and rounds[0].combine is Aggregate.SUM and rounds[0].best is None:
        return tasks
    measured = len(tasks) == 1 and tasks[0].format is Format.MEASURED and tasks[0].keep is not Keep.IMPROVEMENT
    return tasks if measured else ()


def ways(
    tasks: Sequence[ChallengeSpec], attempts: Mapping[str, Sequence[Attempt]], groups: Sequence[str], freeze: int | None = None
) -> dict[str, Way]:
    """Group -> its way. `attempts`: by task, of all groups, in order of time; those from the freeze on are not told."""
    if tasks and tasks[0].format is Format.MEASURED:
        return _measured(tasks[0], attempts.get(tasks[0].key, ()), groups, freeze)
    return _tried({task.key: task for task in tasks}, attempts, groups, freeze)


def _tried(
    tasks: Mapping[str, ChallengeSpec], attempts: Mapping[str, Sequence[Attempt]], groups: Sequence[str], freeze: int | None
) -> dict[str, Way]:
    """Each first accepted attempt counts the worth of its task, which may fall for all who have it when more solve it."""
    solvers: dict[str, set[str]] = {key: set() for key in tasks}
    hints = dict.fromkeys(groups, ZERO)
    found: dict[str, Way] = {group: [(0, ZERO)] for group in groups}
    rows = sorted((one for key in tasks for one in attempts.get(key, ())), key=lambda one: (one.at_ms, one.sequence))
    for one in rows:
        if freeze is not None and one.at_ms >= freeze:
            break
        task, there = tasks[one.challenge], solvers[one.challenge]
        if one.group in there:
            continue
        if one.verdict == HINT and one.group in hints:
            hints[one.group] += (one.value or ZERO) * task.weight
        elif one.verdict in task.accepted and one.verdict not in task.ignored:
            there.add(one.group)
        else:
            continue
        moved = there if isinstance(task.worth, Worth) else {one.group}
        for group in moved & found.keys():
            _step(found[group], one.at_ms, _sum(tasks, solvers, group) - hints[group])
    return found


def _sum(tasks: Mapping[str, ChallengeSpec], solvers: Mapping[str, set[str]], group: str) -> Fraction:
    parts = (worth(task, len(solvers[key])) * task.weight for key, task in tasks.items() if group in solvers[key])
    return sum(parts, ZERO)


def _measured(task: ChallengeSpec, attempts: Sequence[Attempt], groups: Sequence[str], freeze: int | None) -> dict[str, Way]:
    """The value that stands after each attempt; nothing before the first valid one."""
    found: dict[str, Way] = {}
    for group in groups:
        own = [one for one in attempts if one.group == group and (freeze is None or one.at_ms < freeze)]
        way: Way = []
        for count, one in enumerate(own, start=1):
            entries = standing(task, own[:count], None).entries
            if entries:
                _step(way, one.at_ms, _kept(task, entries))
        found[group] = way
    return found


def _kept(task: ChallengeSpec, entries: Sequence[Fraction]) -> Fraction:
    if task.keep is Keep.BEST:
        return min(entries) if task.low else max(entries)
    return entries[-1] if task.keep is Keep.LATEST else entries[0]


def _step(way: Way, at: int, value: Fraction) -> None:
    if not way or way[-1][1] != value:
        way.append((at, value))
