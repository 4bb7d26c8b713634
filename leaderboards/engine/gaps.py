"""Facts that do not fit the rules: decisions about nothing, criteria that nobody marked, drops that leave nothing."""

from collections.abc import Mapping

from leaderboards.engine.checks import Problem, Severity
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.index import Index
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import challenges_of
from leaderboards.engine.outcome import Cell, Fate
from leaderboards.engine.pairwise import comparisons, components
from leaderboards.engine.spec import AwardTies, BoardSpec, ChallengeSpec, Format
from leaderboards.engine.state import State

KINDS = frozenset(DecisionKind)
AT_HAND = frozenset({Fate.COUNTED, Fate.PULLED, Fate.DROPPED})
"""Marks that a panel had before it dropped any."""


def decision_problems(state: State, boards: Mapping[str, BoardSpec]) -> None:
    """Decisions of an unknown kind, about unknown groups, rounds, boards or awards, or into a round that no cut leads to."""
    decided = {award.key for award in state.scoring.awards if award.decided or award.ties is AwardTies.DECIDE}
    awards = {award.key for award in state.scoring.awards}
    lines = {(cut.board, cut.to) for cut in state.scoring.cuts}
    for kind, rows in sorted(state.index.decisions.items()):
        for one in rows:
            name = _('{kind} of "{group}"', kind=kind, group=one.group)
            if kind not in KINDS:
                _tell(state, _('"{kind}" is not a kind of decision; known: {names}', kind=kind, names=", ".join(DecisionKind)))
            if one.group not in state.index.groups:
                _tell(state, _("{name}: there is no such group", name=name))
            if one.board and one.board not in boards:
                _tell(state, _('{name}: "{board}" is not a board', name=name, board=one.board))
            if kind == DecisionKind.ADVANCE and one.round not in state.numbers:
                _tell(state, _('{name}: "{round}" is not a round', name=name, round=one.round))
            elif kind == DecisionKind.ADVANCE and one.board in boards and (one.board, one.round) not in lines:
                _tell(
                    state,
                    _('{name}: no cut leads from board "{board}" to "{round}"', name=name, board=one.board, round=one.round),
                )
            if kind == DecisionKind.AWARD and one.value not in decided:
                _tell(state, _('{name}: "{value}" is not an award that is decided', name=name, value=one.value))
            if kind == DecisionKind.FORGO and one.value not in awards:
                _tell(state, _('{name}: "{value}" is not an award', name=name, value=one.value))
            if kind == DecisionKind.EQUAL and one.other not in state.index.groups:
                _tell(state, _('{name}: there is no group "{other}" to share a place with', name=name, other=one.other))


def _tell(state: State, message: str) -> None:
    state.problems.append(Problem("decisions", message))


def mark_problems(state: State) -> None:
    """Criteria without any mark (a warning), and panels that drop every mark they have (an error)."""
    for spec in state.scoring.rounds:
        for challenge in challenges_of(state.scoring, spec.key):
            if challenge.format in {Format.RUBRIC, Format.RANKING}:
                _unmarked(state.problems, state.index, spec.key, challenge)
                if any(panel.drop_high or panel.drop_low for panel in challenge.judges_panels):
                    cells = [cell for row in state.cells[spec.key].values() for cell in row if cell.challenge == challenge.key]
                    _all_dropped(state.problems, spec.key, challenge, cells)


def _unmarked(problems: list[Problem], index: Index, round_key: str, challenge: ChallengeSpec) -> None:
    marks = index.marks.get((round_key, challenge.key), {})
    seen = {mark.criterion for row in marks.values() for mark in row}
    for criterion in challenge.marked_criteria if seen else ():
        if criterion.key not in seen:
            where = f'challenge "{challenge.key}" in round "{round_key}"'
            problems.append(
                Problem(where, _('no mark has the criterion "{criterion}"', criterion=criterion.key), Severity.WARNING)
            )


def _all_dropped(problems: list[Problem], round_key: str, challenge: ChallengeSpec, cells: list[Cell]) -> None:
    for panel in challenge.judges_panels:
        drops = panel.drop_high + panel.drop_low
        sizes = [
            sum(mark.fate in AT_HAND for mark in fold.marks) for cell in cells for fold in cell.folds if fold.panel == panel.key
        ]
        if drops and any(sizes) and max(sizes) <= drops:
            where = f'challenge "{challenge.key}" in round "{round_key}"'
            problems.append(
                Problem(
                    where,
                    _(
                        'panel "{panel}" drops {drops} marks, but no entry has more than {sizes}',
                        panel=panel.key,
                        drops=drops,
                        sizes=max(sizes),
                    ),
                )
            )


def severity_problems(state: State) -> None:
    """Panels that should take off severities but cannot, or not surely; said once for all criteria that it is about."""
    about: dict[tuple[str, str, str, str], list[str]] = {}
    for (round_key, challenge, panel, criterion), one in state.offsets.items():
        said = (
            [_("the judges' severity is not taken off, because {why}: the mean counts", why=one.why)] if one.why else one.warnings
        )
        for words in said:
            about.setdefault((round_key, challenge, panel, words), []).append(criterion)
    for (round_key, challenge, panel, words), criteria in about.items():
        where = f'challenge "{challenge}" in round "{round_key}"'
        on = f" ({', '.join(criteria)})" if any(criteria) else ""
        state.problems.append(Problem(where, f'panel "{panel}"{on}: {words}', Severity.WARNING))


def pair_problems(state: State) -> None:
    """Comparisons that fall apart into groups of entries never set against each other, and a zero that nobody was compared with."""
    for spec in state.scoring.rounds:
        for challenge in challenges_of(state.scoring, spec.key):
            if challenge.format is Format.PAIRWISE:
                there = [cell.group for row in state.cells[spec.key].values() for cell in row if cell.challenge == challenge.key]
                _pairs(state, spec.key, challenge, there)


def _pairs(state: State, round_key: str, challenge: ChallengeSpec, groups: list[str]) -> None:
    where = f'challenge "{challenge.key}" in round "{round_key}"'
    found = comparisons(state.index.votes.get((round_key, challenge.key), ()), groups)
    keys = {key for one in found for key in (one.a, one.b)}
    parts = components(((one.a, one.b) for one in found), keys)
    if len(parts) > 1:
        sizes = ", ".join(str(len(part)) for part in parts[:5])
        said = _(
            "the comparisons fall apart into {count} parts ({sizes} entries): between entries of different parts"
            " nothing says who is better",
            count=len(parts),
            sizes=sizes,
        )
        state.problems.append(Problem(where, said, Severity.WARNING))
    if keys and challenge.reference is not None and challenge.reference not in keys:
        said = _('"{reference}" was not compared, so strengths are counted from the mean of all', reference=challenge.reference)
        state.problems.append(Problem(where, said, Severity.WARNING))
