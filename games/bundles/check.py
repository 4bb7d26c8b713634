"""What an importer refuses: every cell of every table against the rules, then the whole against what the engine computes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from games.bundles import cells
from games.bundles.attached import check_files
from games.bundles.bundle import ENTRY, MAX_ENTRIES, Bundle, entry_of, fields_of
from games.bundles.commons import check_commons
from games.bundles.corrections import check_appeals, check_changes
from games.bundles.credited import check_earned
from games.bundles.decided import check_attempts, check_decisions, check_pairs
from games.bundles.hall import check_pitches, check_stands
from games.bundles.marks import MarkChecker
from games.bundles.places import Places
from games.bundles.replies import check_replies
from games.bundles.rows import GroupRow, MarkRow, SubmissionRow
from games.bundles.rules import Faults
from games.bundles.tables import Table, each
from games.bundles.told import check_game, check_journal
from games.bundles.voters import PEERS, by_panel, check_votes
from games.errors import Problem
from games.playbooks.rules import Capability
from games.playbooks.schema import WARNING, ChallengeDesign
from leaderboards.computing import compute, is_statistical
from leaderboards.engine.checks.problem import Severity
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.gaps import AT_HAND
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.spec import expand_boards

DIVISION_LENGTH: Final = 100
FEW_MARKS: Final = 1000


def problems(bundle: Bundle, faults: Mapping[str, Faults], *, sound: bool = True) -> list[Problem]:
    """Every fault of the tables, those of reading in `faults` included; warnings carry the code `warning`.

    `sound`: the Design has no fault, so that results can be computed where a check needs them.
    """
    places = Places(bundle)
    _groups(bundle, faults["groups"])
    _rounds(bundle, places, faults["rounds"])
    _people(bundle, places, faults["people"])
    _panels(bundle, places, faults)
    _submissions(bundle, places, faults["submissions"])
    marks = MarkChecker(bundle, places)
    marks.check(faults["marks"])
    check_votes(bundle.design, each(bundle.tables.marks, faults["marks"]))
    check_attempts(places, each(bundle.tables.attempts, faults["attempts"]))
    check_pairs(places, each(bundle.tables.votes, faults["votes"]))
    check_decisions(bundle, places, each(bundle.tables.decisions, faults["decisions"]))
    check_files(bundle, places, each(bundle.tables.files, faults["files"]))
    check_replies(bundle, places, list(each(bundle.tables.replies, faults["replies"])))
    check_appeals(places, each(bundle.tables.appeals, faults["appeals"]))
    check_changes(bundle, places, each(bundle.tables.changes, faults["changes"]))
    check_stands(places, each(bundle.tables.stands, faults["stands"]))
    check_pitches(places, each(bundle.tables.pitches, faults["pitches"]))
    check_commons(bundle, places, faults)
    check_earned(bundle.tables, places.groups, faults)
    check_journal(bundle.tables.journal, places.groups, faults["journal"])
    check_game(bundle.tables.game, places.groups, faults["game"])
    found = [one for each in faults.values() for one in each.all()]
    if found or not sound:
        return found
    if _depends_on_results(bundle) or (_drops(bundle) and (bundle.tables.votes.rows or not _leaves_marks(bundle))):
        return _computed(bundle, faults)
    return [_unmarked(*unit) for unit in marks.unmarked()]


def _depends_on_results(bundle: Bundle) -> bool:
    """Whether some check needs all results: who a cut lets in, decisions, panels that estimate from all marks."""
    return bool(bundle.design.cuts or bundle.tables.decisions.rows or is_statistical(bundle.design))


def _drops(bundle: Bundle) -> bool:
    """Whether a panel drops marks, of which it may have too few."""
    return any(panel.drop_high or panel.drop_low for task in bundle.design.challenges for panel in task.judges_panels)


def _leaves_marks(bundle: Bundle) -> bool:
    """Whether a few groups show already that no panel drops all it has: what is dropped in one group does not hang on the others."""
    tables = bundle.tables
    few = {row.group for row in tables.marks.rows[:FEW_MARKS]}
    some = replace(tables, groups=_of(tables.groups, few), submissions=_of(tables.submissions, few), marks=_of(tables.marks, few))
    tasks = {one.key: one for one in bundle.design.challenges}
    left = {
        (cell.round, cell.challenge, fold.panel)
        for cell in compute(bundle.design, replace(bundle, tables=some).facts()).cells.values()
        for fold in cell.folds
        if sum(mark.fate in AT_HAND for mark in fold.marks) > _dropped(tasks[cell.challenge], fold.panel)
    }
    units = {(row.round, row.challenge) for row in tables.marks.rows}
    return left >= {
        (*unit, panel.key) for unit in units for panel in tasks[unit[1]].judges_panels if panel.drop_high or panel.drop_low
    }


def _of[Row: GroupRow | SubmissionRow | MarkRow](table: Table[Row], groups: Collection[str]) -> Table[Row]:
    """The rows of these groups."""
    return Table([row for row in table.rows if row.group in groups], table.extra)


def _dropped(task: ChallengeDesign, panel: str) -> int:
    return sum(one.drop_high + one.drop_low for one in task.judges_panels if one.key == panel)


def _unmarked(of_round: str, challenge: str, criterion: str) -> Problem:
    where = f'cycle.toml: challenge "{challenge}" in round "{of_round}"'
    return Problem(where, _('no mark has the criterion "{criterion}"', criterion=criterion), WARNING)


def _computed(bundle: Bundle, faults: Mapping[str, Faults]) -> list[Problem]:
    """What shows only once it is computed: decisions about ties, who was let in, criteria without marks."""
    outcome = compute(bundle.design, bundle.facts())
    for name in ("submissions", "marks", "attempts"):
        _let_in(getattr(bundle.tables, name), outcome, bundle, faults[name])
    found = [one for each in faults.values() for one in each.all()]
    for one in outcome.problems:
        where = "decisions.csv" if one.path == "decisions" else f"cycle.toml: {one.path}"
        found.append(Problem(where, one.message, WARNING if one.severity is Severity.WARNING else "invalid"))
    return found


def _let_in(table: Table[Any], outcome: Outcome, bundle: Bundle, faults: Faults) -> None:
    """Work in a round is for who takes part in it."""
    drawn = {cut.to for cut in bundle.design.cuts}
    entrants = {key: frozenset(groups) for key, groups in outcome.entrants.items()}
    order = [one.key for one in bundle.design.rounds]
    after_cut = {key for number, key in enumerate(order) if drawn & set(order[: number + 1])}
    gone = {(row.group, row.round) for row in bundle.tables.decisions.rows if row.kind == DecisionKind.DISQUALIFY}
    out = {group for group, __ in gone}
    for place, row in enumerate(table.rows):
        if row.round in after_cut and row.group not in entrants[row.round] and row.group not in out:
            faults.add(
                _('"{group}" has an entry in "{round}", but no cut or decision let it in', group=row.group, round=row.round),
                row=table.number(place),
            )


def _groups(bundle: Bundle, faults: Faults) -> None:
    table = bundle.tables.groups
    place = table.extra.index("division") if "division" in table.extra else None
    known = [one.key for one in bundle.design.registration.divisions]
    keys: set[str] = set()
    names: set[tuple[str, str]] = set()
    for row, refuse in each(table, faults):
        division = row.extra[place] if place is not None else ""
        if len(division) > DIVISION_LENGTH:
            refuse(
                "division",
                _("{count} characters; at most {division_length}", count=len(division), division_length=DIVISION_LENGTH),
            )
        if row.group in keys:
            refuse("group", _('"{group}" is there twice', group=row.group))
        elif row.name and (division, row.name.casefold()) in names:
            refuse(
                "name",
                _('another group is called "{name}" too', name=row.name)
                + (_(' in division "{division}"', division=division) if division else ""),
            )
        if known and division not in known:
            refuse("division", _('"{division}" is not a division; known: {names}', division=division, names=", ".join(known)))
        keys.add(row.group)
        names.add((division, row.name.casefold()))
    for board in expand_boards(bundle.design):
        if board.within is not None and board.within not in table.extra and table.rows:
            faults.add(
                _('board "{board}" ranks within "{within}", but there is no such column', board=board.id, within=board.within),
                row=1,
            )


def _rounds(bundle: Bundle, places: Places, faults: Faults) -> None:
    seen: set[str] = set()
    for row, refuse in each(bundle.tables.rounds, faults):
        if row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.round in seen:
            refuse("round", _('"{round}" is there twice', round=row.round))
        if row.opened and row.closed and row.closed < row.opened:
            refuse(
                "closed",
                _(
                    '{closed} is before round "{round}" was opened {opened}',
                    closed=row.closed.isoformat(),
                    round=row.round,
                    opened=row.opened.isoformat(),
                ),
            )
        seen.add(row.round)


def _people(bundle: Bundle, places: Places, faults: Faults) -> None:
    roles = {role.key: role for role in bundle.design.roles}
    seen: set[tuple[str, str, str]] = set()
    for row, refuse in each(bundle.tables.people, faults):
        if row.role and row.role not in roles:
            refuse("role", _('"{role}" is not a role; known: {names}', role=row.role, names=", ".join(roles)))
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if (row.person, row.role, row.group) in seen:
            refuse("person", _('"{person}" is there twice with the same role and group', person=row.person))
        seen.add((row.person, row.role, row.group))


def _panels(bundle: Bundle, places: Places, faults: Mapping[str, Faults]) -> None:
    roles = {role.key for role in bundle.design.roles if Capability.JUDGE in role.capabilities}
    judges = {row.person for row in bundle.tables.people.rows if row.role in roles}
    whos = by_panel(bundle.design)
    for row, refuse in each(bundle.tables.assignments, faults["assignments"]):
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.round and row.challenge:
            places.challenge(row.round, row.challenge, refuse)
        elif row.round and row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        peers = whos.get((row.round, row.challenge), {}).get(row.panel) == PEERS
        if judges and not peers and row.judge not in judges:
            refuse("judge", _('"{judge}" has no role in people.csv that judges', judge=row.judge))
    for row, refuse in each(bundle.tables.conflicts, faults["conflicts"]):
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))


def _submissions(bundle: Bundle, places: Places, faults: Faults) -> None:
    table = bundle.tables.submissions
    seen: set[tuple[str, str, str, int, str]] = set()
    for row, refuse in each(table, faults):
        places.entry(row.round, row.challenge, row.group, refuse)
        entry = entry_of(row, table.extra)
        if (row.round, row.challenge, row.group, row.version, entry) in seen:
            refuse("group", _('"{group}" is there twice with the same version', group=row.group))
        seen.add((row.round, row.challenge, row.group, row.version, entry))
        if entry and not (entry.isdecimal() and 0 < int(entry) < MAX_ENTRIES):
            refuse(ENTRY, _('expected a whole number from 1 on, found "{entry}"', entry=entry[:60]))
        task = places.tasks.get((row.round, row.challenge))
        bounds = {field.key: field for field in task.fields} if task else {}
        for name, cell in fields_of(task, row, table.extra).items():
            _field(name, cell, (bounds[name].min, bounds[name].max), places, refuse)


def _field(
    name: str, cell: str, bounds: tuple[Fraction | None, Fraction | None], places: Places, refuse: Callable[[str, str], None]
) -> None:
    try:
        value = cells.number(cell)
    except ValueError as error:
        refuse(name, str(error))
        return
    if value is not None:
        fault = places.bounds(value, *bounds) or places.decimals(value)
        if fault:
            refuse(name, f"{cell} {fault}")
