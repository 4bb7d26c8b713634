"""What an importer refuses: every cell of every table against the rules, then the whole against what the engine computes."""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from games.bundles import cells
from games.bundles.attached import check_files
from games.bundles.bundle import ENTRY, MAX_ENTRIES, Bundle, entry_of, fields_of
from games.bundles.commons import check_commons
from games.bundles.corrections import check_appeals, check_changes
from games.bundles.credited import check_earned
from games.bundles.hall import check_pitches, check_stands
from games.bundles.marks import MarkChecker
from games.bundles.places import Places
from games.bundles.replies import check_replies
from games.bundles.rows import DecisionRow
from games.bundles.rules import Faults
from games.bundles.tables import Table, each
from games.bundles.told import check_game, check_journal
from games.bundles.voters import PEERS, by_panel, check_votes
from games.errors import Problem
from games.playbooks.rules import Capability
from games.playbooks.schema import WARNING
from leaderboards.computing import compute, is_statistical
from leaderboards.engine.checks.problem import Severity
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.spec import AwardTies, Format, expand_boards

DIVISION_LENGTH: Final = 100
TRIED: Final = frozenset({Format.ATTEMPTS, Format.MEASURED, Format.AUTOMATIC})


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
    _attempts(bundle, places, faults["attempts"])
    _votes(bundle, places, faults["votes"])
    _decisions(bundle, places, faults["decisions"])
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
    if _depends_on_results(bundle):
        return _computed(bundle, faults)
    return [_unmarked(*unit) for unit in marks.unmarked()]


def _depends_on_results(bundle: Bundle) -> bool:
    """Whether some check needs the results: who a cut lets in, decisions, panels that drop marks or estimate from all of them."""
    panels = [panel for task in bundle.design.challenges for panel in task.judges_panels]
    return bool(
        bundle.design.cuts
        or bundle.tables.decisions.rows
        or is_statistical(bundle.design)
        or any(panel.drop_high or panel.drop_low for panel in panels)
    )


def _unmarked(of_round: str, challenge: str, criterion: str) -> Problem:
    where = f'cycle.toml: challenge "{challenge}" in round "{of_round}"'
    return Problem(where, f'no mark has the criterion "{criterion}"', WARNING)


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
    out = {group for group, _ in gone}
    for place, row in enumerate(table.rows):
        if row.round in after_cut and row.group not in entrants[row.round] and row.group not in out:
            faults.add(f'"{row.group}" has an entry in "{row.round}", but no cut or decision let it in', row=table.number(place))


def _groups(bundle: Bundle, faults: Faults) -> None:
    table = bundle.tables.groups
    place = table.extra.index("division") if "division" in table.extra else None
    known = [one.key for one in bundle.design.registration.divisions]
    keys: set[str] = set()
    names: set[tuple[str, str]] = set()
    for row, refuse in each(table, faults):
        division = row.extra[place] if place is not None else ""
        if len(division) > DIVISION_LENGTH:
            refuse("division", f"{len(division)} characters; at most {DIVISION_LENGTH}")
        if row.group in keys:
            refuse("group", f'"{row.group}" is there twice')
        elif row.name and (division, row.name.casefold()) in names:
            refuse("name", f'another group is called "{row.name}" too' + (f' in division "{division}"' if division else ""))
        if known and division not in known:
            refuse("division", f'"{division}" is not a division; known: {", ".join(known)}')
        keys.add(row.group)
        names.add((division, row.name.casefold()))
    for board in expand_boards(bundle.design):
        if board.within is not None and board.within not in table.extra and table.rows:
            faults.add(f'board "{board.id}" ranks within "{board.within}", but there is no such column', row=1)


def _rounds(bundle: Bundle, places: Places, faults: Faults) -> None:
    seen: set[str] = set()
    for row, refuse in each(bundle.tables.rounds, faults):
        if row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.round in seen:
            refuse("round", f'"{row.round}" is there twice')
        if row.opened and row.closed and row.closed < row.opened:
            refuse("closed", f'{row.closed.isoformat()} is before round "{row.round}" was opened {row.opened.isoformat()}')
        seen.add(row.round)


def _people(bundle: Bundle, places: Places, faults: Faults) -> None:
    roles = {role.key: role for role in bundle.design.roles}
    seen: set[tuple[str, str, str]] = set()
    for row, refuse in each(bundle.tables.people, faults):
        if row.role and row.role not in roles:
            refuse("role", f'"{row.role}" is not a role; known: {", ".join(roles)}')
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if (row.person, row.role, row.group) in seen:
            refuse("person", f'"{row.person}" is there twice with the same role and group')
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
            refuse("judge", f'"{row.judge}" has no role in people.csv that judges')
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
            refuse("group", f'"{row.group}" is there twice with the same version')
        seen.add((row.round, row.challenge, row.group, row.version, entry))
        if entry and not (entry.isdecimal() and 0 < int(entry) < MAX_ENTRIES):
            refuse(ENTRY, f'expected a whole number from 1 on, found "{entry[:60]}"')
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


def _attempts(bundle: Bundle, places: Places, faults: Faults) -> None:
    for row, refuse in each(bundle.tables.attempts, faults):
        challenge = places.entry(row.round, row.challenge, row.group, refuse)
        if challenge is None:
            continue
        if challenge.format not in TRIED:
            refuse("challenge", f'"{row.challenge}" is of format {challenge.format}, which has no attempts')
        elif challenge.format is Format.MEASURED and row.value is None and row.verdict != "withdrawn":
            refuse("value", "is empty; expected the measured value")
        if row.value is not None and (fault := places.decimals(row.value)):
            refuse("value", f"{row.value} {fault}")


def _votes(bundle: Bundle, places: Places, faults: Faults) -> None:
    listed: set[tuple[str, ...]] = set()
    for row, refuse in each(bundle.tables.votes, faults):
        challenge = places.challenge(row.round, row.challenge, refuse)
        if challenge is not None and challenge.format is not Format.PAIRWISE:
            refuse("challenge", f'"{row.challenge}" is of format {challenge.format}, which has no votes')
        for column in ("a", "b"):
            if getattr(row, column) not in places.groups:
                refuse(column, places.no_group(getattr(row, column)))
        if row.a == row.b:
            refuse("b", f'"{row.b}" is compared with itself')
        if row.ranking:
            pair = (row.round, row.challenge, row.judge, row.ranking, *sorted((row.a, row.b)))
            if pair in listed or row.times != 1:
                refuse("list", f'list "{row.ranking}" of "{row.judge}" compares "{row.a}" with "{row.b}" more than once')
            listed.add(pair)


def _decisions(bundle: Bundle, places: Places, faults: Faults) -> None:
    boards = [board.id for board in expand_boards(bundle.design)]
    known = [award.key for award in bundle.design.awards]
    awards = [award.key for award in bundle.design.awards if award.decided or award.ties is AwardTies.DECIDE]
    seen: Counter[DecisionRow] = Counter()
    for row, refuse in each(bundle.tables.decisions, faults):
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.round and row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.board and row.board not in boards:
            refuse("board", f'"{row.board}" is not a board; known: {", ".join(boards)}')
        if row.kind == DecisionKind.ADVANCE and not row.round:
            refuse("round", "is empty; expected the round that the group enters")
        if row.kind == DecisionKind.EQUAL and row.other not in places.groups:
            refuse("other", places.no_group(row.other))
        if row.kind == DecisionKind.AWARD and row.value not in awards:
            refuse("value", f'"{row.value}" is not an award that is decided; known: {", ".join(awards) or "none"}')
        if row.kind == DecisionKind.FORGO and row.value not in known:
            refuse("value", f'"{row.value}" is not an award; known: {", ".join(known) or "none"}')
        if row.kind == DecisionKind.BREAK and not row.value.isdecimal():
            refuse("value", f'expected 1, 2, … for the order inside the tie, found "{row.value}"')
        seen[row] += 1
        if seen[row] == 2:  # noqa: PLR2004 - once is enough to tell
            refuse("group", "the same decision is there twice")
