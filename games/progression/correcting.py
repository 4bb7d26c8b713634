"""What a correction of the rules leaves as it was, although rounds have begun: what people did rests on it. Pure.

An amendment changes nothing that decides results of a round that has begun (`rules.frozen_problems`). A correction, prepared as a change
set and previewed, may: weights, how a panel's marks become one value, adjustments, how rounds and boards add up, cuts into rounds to
come. It is the one way to change a panel's method once judging has opened.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final

from games.cycles.rules import changes
from games.errors import Problem
from games.playbooks.schema import ChallengeDesign, Design
from games.progression.rules import dumped, scoring_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import board_rounds, expand_boards

OF_A_ROUND: Final = frozenset({"combine", "best", "missing", "decimals", "rounding", "goal"})
OF_A_TASK: Final = frozenset(
    {
        *("weight", "combine", "scale", "incomplete", "adjust", "decimals", "rounding"),
        *("accepted", "ignored", "penalty", "worth", "first", "better", "keep", "reference", "unit"),
    }
)
LISTS: Final = frozenset({"criteria", "panels"})
"""Their tables may say other things; which there are, and who marks what, stays."""


def fixed_problems(before: Design, after: Design, begun: Collection[str]) -> list[Problem]:
    """Why `after` cannot be a correction of `before`, the rounds `begun` having opened."""
    found = [*_numbers(before, after)] if begun else []
    for key in sorted(begun):
        found += [*_round(before, after, key), *_tasks(before, after, key), *_cuts(before, after, key)]
    return [*found, *_boards(before, after, begun)]


def corrected_rounds(before: Design, after: Design, begun: Collection[str]) -> list[str]:
    """The begun rounds whose own rules differ: from now on they run under the new number."""
    order = [one.key for one in before.rounds if one.key in begun]
    return [key for key in order if _own(before, key) != _own(after, key)]


def _own(design: Design, key: str) -> Any:
    spec = design.round(key)
    tasks = [{name: value for name, value in dumped(one).items() if name != "rounds"} for one in _set_in(design, key).values()]
    return (dumped(spec) if spec else None, tasks)


def _numbers(before: Design, after: Design) -> Iterator[Problem]:
    if before.cycle.mark_decimals != after.cycle.mark_decimals:
        yield Problem("cycle.mark_decimals", _("marks are stored with the other number of decimals"))


def _round(before: Design, after: Design, key: str) -> Iterator[Problem]:
    old, new = before.round(key), after.round(key)
    path = f'rounds["{key}"]'
    if old is None:
        return
    if new is None:
        yield Problem(path, _("it has begun and cannot be taken away"))
        return
    for change in changes(_without(scoring_of(dumped(old)), OF_A_ROUND), _without(scoring_of(dumped(new)), OF_A_ROUND), path):
        yield Problem(change["path"], _("a correction leaves this as it was: {change}", change=change["before"]))


def _without(data: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _set_in(design: Design, key: str) -> dict[str, ChallengeDesign]:
    return {one.key: one for one in design.challenges if one.in_round(key)}


def _tasks(before: Design, after: Design, key: str) -> Iterator[Problem]:
    old, new = _set_in(before, key), _set_in(after, key)
    path = f'rounds["{key}"].challenges'
    for name in sorted(old.keys() ^ new.keys()):
        said = _("it has begun and cannot be taken away") if name in old else _("the round has begun without it")
        yield Problem(f'{path}["{name}"]', said)
    for name in sorted(old.keys() & new.keys()):
        for change in changes(_fixed(old[name]), _fixed(new[name]), f'{path}["{name}"]'):
            yield Problem(change["path"], _("a correction leaves this as it was: {change}", change=change["before"]))


def _fixed(task: ChallengeDesign) -> dict[str, Any]:
    """What of a task entries and marks rest on."""
    return {
        **_without(scoring_of(dumped(task)), OF_A_TASK | LISTS | {"rounds"}),
        "criteria": {one.key: {"panel": task.panel_of(one)} for one in task.marked_criteria},
        "panels": {one.key: {"who": one.who, "ballots": one.ballots} for one in task.judges_panels},
    }


def _boards(before: Design, after: Design, begun: Collection[str]) -> Iterator[Problem]:
    old, new = expand_boards(before), {one.id: one for one in expand_boards(after)}
    counting = [one for one in old if any(round_.key in begun for round_ in board_rounds(before, one))]
    if counting and old[0] in counting and next(iter(new), None) != old[0].id:
        yield Problem("boards", _('board "{old}" is the main result, and a round has begun for it', old=old[0].id))
    for board in counting:
        if board.id not in new:
            yield Problem(f'boards["{board.id}"]', _("it ranks a round that has begun, and stays"))
        elif new[board.id].source is not board.source:
            yield Problem(f'boards["{board.id}"].source', _("it ranks a round that has begun"))


def _cuts(before: Design, after: Design, key: str) -> Iterator[Problem]:
    if [dumped(cut) for cut in before.cuts if cut.to == key] != [dumped(cut) for cut in after.cuts if cut.to == key]:
        yield Problem(
            f'cuts to "{key}"', _('round "{key}" has begun: who entered it is settled, and changes by decision alone', key=key)
        )
