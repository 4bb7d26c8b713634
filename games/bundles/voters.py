"""Panels on which others than judges sit: an audience, whose ballots are marks of 1, and peers, who belong to groups."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from games.bundles.rows import MarkRow
from games.playbooks.schema import Design
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

AUDIENCE: Final = "audience"
PEERS: Final = "peers"
type Unit = tuple[str, str]
type Whos = Mapping[Unit, Mapping[str, str]]
"""(round, challenge) → criterion, or panel → judges, peers or audience."""


def by_criterion(design: Design) -> Whos:
    """Who marks each criterion."""
    found: dict[Unit, dict[str, str]] = {}
    for unit, task in _tasks(design):
        panels = {panel.key: panel.who for panel in task.judges_panels}
        found[unit] = {one.key: panels.get(task.panel_of(one), "judges") for one in task.marked_criteria}
    return found


def by_panel(design: Design) -> Whos:
    """Who sits on each panel."""
    return {unit: {panel.key: panel.who for panel in task.judges_panels} for unit, task in _tasks(design)}


def _tasks(design: Design) -> Iterable[tuple[Unit, Any]]:
    return [((one.key, task.key), task) for one in design.rounds for task in design.challenges if task.in_round(one.key)]


def voters_in(rows: Iterable[MarkRow], whos: Whos) -> set[str]:
    """Who only voted: their names in marks.csv."""
    if not any(AUDIENCE in each.values() for each in whos.values()):
        return set()
    voted: set[str] = set()
    others: set[str] = set()
    for row in rows:
        who = whos.get((row.round, row.challenge), {}).get(row.criterion)
        (voted if who == AUDIENCE else others).add(row.judge)
    return voted - others


def peers_in(rows: Iterable[MarkRow], whos: Whos) -> set[str]:
    """Who only marked as a peer."""
    if not any(PEERS in each.values() for each in whos.values()):
        return set()
    peers: set[str] = set()
    others: set[str] = set()
    for row in rows:
        who = whos.get((row.round, row.challenge), {}).get(row.criterion)
        (peers if who == PEERS else others).add(row.judge)
    return peers - others


def check_votes(design: Design, rows: Iterable[tuple[MarkRow, Callable[[str, str], None]]]) -> None:
    """A ballot says 1, and nobody gives more than they have."""
    whos = by_criterion(design)
    if not any(AUDIENCE in each.values() for each in whos.values()):
        return
    most = {
        (*unit, one.key): panel.ballots
        for unit, task in _tasks(design)
        for one in task.marked_criteria
        for panel in task.judges_panels
        if panel.who == AUDIENCE and panel.key == task.panel_of(one)
    }
    given: Counter[tuple[str, str, str, str]] = Counter()
    for row, refuse in rows:
        place = (row.round, row.challenge, row.criterion)
        if place not in most:
            continue
        if row.value != 1 or row.state:
            refuse("value", _("a ballot of an audience is 1"))
        given[*place, row.judge] += 1
        if given[*place, row.judge] == most[place] + 1:
            refuse(
                "judge",
                ngettext(
                    '"{judge}" has more than {most} vote',
                    '"{judge}" has more than {most} votes',
                    most[place],
                    judge=row.judge,
                    most=most[place],
                ),
            )
