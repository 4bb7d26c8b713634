"""A cycle from the database as a Bundle, for organizers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from games.bundles.answers import cells_of, columns_of_attempt
from games.bundles.bundle import ENTRY, NOT_HANDED_IN, Bundle
from games.bundles.queries.corrections import appeal_numbers, appeal_rows, change_rows
from games.bundles.queries.hall import pitch_rows, stand_rows
from games.bundles.queries.helped import helped_tables
from games.bundles.queries.kept import earned_tables, file_rows, journal_rows, uploads_of
from games.bundles.queries.learned import learned_tables
from games.bundles.queries.looked_back import looked_back_tables
from games.bundles.queries.proven import published_states
from games.bundles.queries.seats import assignment_rows, conflict_rows
from games.bundles.queries.shared import shared_tables
from games.bundles.queries.talk import reply_rows
from games.bundles.queries.won import won_tables
from games.bundles.rows import (
    AttemptRow,
    DecisionRow,
    FileRow,
    GroupRow,
    MarkRow,
    OfficialRow,
    PersonRow,
    RoundRow,
    SubmissionRow,
    VoteRow,
)
from games.bundles.rules import RESERVED, UNNAMED
from games.bundles.tables import Table, Tables
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import RESULT_KINDS
from games.groups.models import Group, Membership
from games.groups.queries import withheld
from games.groups.rules import GroupState
from games.judging.models import Mark, Panelist, Sheet, Vote
from games.judging.queries.ballots import counted_ballots
from games.judging.queries.pairs import counted
from games.judging.rules import SheetState
from games.organizations.models import Person
from games.playbooks.schema import Design
from games.results.models import ExternalResult
from games.rounds.models import Entrant, Round
from games.submissions.models import Attempt, Submission, Upload, Version
from games.submissions.queries import blind_secret
from games.submissions.rules import SubmissionState, entry_number
from leaderboards.engine import numbers
from leaderboards.engine.spec import Format

CHUNK: Final = 10_000
type Units = dict[int, tuple[str, str]]


def bundle_of(cycle: Cycle) -> Bundle:
    """Everything of a cycle that a bundle can hold, as organizers may have it: no drafts, no private notes. Of files their digests."""
    design = design_of(cycle)
    rows = Challenge.objects.filter(round__cycle=cycle).values_list("pk", "round__key", "key")
    units = {pk: (round_key, key) for pk, round_key, key in rows}
    people = _people_keys(cycle)
    groups = dict(Group.objects.filter(cycle=cycle).exclude(state=GroupState.PENDING.value).values_list("pk", "key"))
    uploads, numbers = uploads_of(units), appeal_numbers(cycle, groups)
    submissions, files = _submissions(design, units, groups, uploads)
    tables = Tables(
        groups=_groups(cycle),
        rounds=Table(list(_rounds(cycle))),
        submissions=submissions,
        marks=_marks(cycle, design, units, groups, people),
        attempts=_attempts(design, units, groups),
        votes=Table(list(_votes(units, groups, people))),
        decisions=Table([DecisionRow(*row) for row in _decisions(cycle)]),
        official=Table([OfficialRow(*row) for row in _official(cycle)]),
        people=Table(list(_people(cycle, groups, people))),
        assignments=Table(list(assignment_rows(units, groups, people))),
        conflicts=Table(list(conflict_rows(groups, people))),
        replies=Table(list(reply_rows(units, groups, people))),
        appeals=Table(list(appeal_rows(groups, numbers))),
        changes=Table(list(change_rows(cycle, groups, people, numbers))),
        stands=Table(list(stand_rows(cycle, groups))),
        pitches=Table(list(pitch_rows(cycle, groups))),
        **shared_tables(cycle, groups),
        **learned_tables(cycle, groups),
        **helped_tables(cycle, groups, people),
        files=Table(files),
        **earned_tables(cycle, groups, people),
        **won_tables(cycle, groups, people),
        **looked_back_tables(cycle, groups),
        journal=Table(list(journal_rows(cycle, groups))),
    )
    return Bundle(design, tables, tuple(published_states(cycle)))


def _people_keys(cycle: Cycle) -> dict[int, str]:
    """Everybody in the cycle by id; a key used in two organizations is told apart by the id."""
    judges = Sheet.objects.filter(challenge__round__cycle=cycle).values("judge_id")
    voters = Vote.objects.filter(challenge__round__cycle=cycle).values("judge_id")
    members = Membership.objects.filter(cycle=cycle).values("person_id")
    seats = Panelist.objects.filter(challenge__round__cycle=cycle).values("person_id")
    ids = judges.union(voters, members, seats)
    found: dict[int, str] = {}
    used: set[str] = set()
    for pk, key in Person.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "key"):
        found[pk] = key if key not in used else f"{key}-{pk}"
        used.add(found[pk])
    return found


def _groups(cycle: Cycle) -> Table[GroupRow]:
    found = list(Group.objects.filter(cycle=cycle).exclude(state=GroupState.PENDING.value).order_by("key"))
    names = sorted({name for one in found for name in one.columns})
    division = any(one.division for one in found)
    hidden = withheld(cycle)
    extra = (
        *(("division",) if division else ()),
        *(name for name in names if name not in RESERVED),
        *((UNNAMED,) if hidden else ()),
    )
    rows = []
    for one in found:
        columns = {**{name: str(value) for name, value in one.columns.items()}, "division": one.division}
        columns[UNNAMED] = hidden.get(one.key, "")
        rows.append(GroupRow(one.key, one.name, tuple(columns.get(name, "") for name in extra)))
    return Table(rows, extra)


def _rounds(cycle: Cycle) -> Iterator[RoundRow]:
    for one in Round.objects.filter(cycle=cycle).order_by("number"):
        times = (one.opened_at, one.passed_at, one.extended_to, one.locked_at, one.closed_at, one.published_at)
        yield RoundRow(one.key, *times, one.visibility)


def _submissions(
    design: Design, units: Units, groups: dict[int, str], uploads: Mapping[int, Upload]
) -> tuple[Table[SubmissionRow], list[FileRow]]:
    """Every version that was handed in, and the files they name. One that came after the version that counts reads as a draft."""
    rows = Version.objects.filter(submission__challenge__in=units).exclude(submission__state=SubmissionState.DRAFT.value)
    rows = rows.select_related("submission__pinned").order_by("submission_id", "number")
    found: list[tuple[SubmissionRow, dict[str, str]]] = []
    files: dict[FileRow, None] = {}
    digests = {pk: one.digest for pk, one in uploads.items()}
    for version in rows.iterator(chunk_size=CHUNK):
        entry: Submission = version.submission
        if entry.group_id not in groups:
            continue
        unit = units[entry.challenge_id]
        after = entry.pinned is not None and version.number > entry.pinned.number
        status = NOT_HANDED_IN if after else entry.state
        task = design.challenge(*unit)
        cells = cells_of(task, version.data, digests)
        files |= dict.fromkeys(file_rows(task, version, (*unit, groups[entry.group_id], entry.number), uploads))
        cells |= {key: numbers.text(numbers.from_scaled(value, design.mark_decimals)) for key, value in version.fields.items()}
        if entry.number > 1:
            cells[ENTRY] = str(entry.number)
        found.append((SubmissionRow(*unit, groups[entry.group_id], version.number, version.at, status), cells))
    return _widened(found), list(files)


def _widened[Row: Any](found: list[tuple[Row, dict[str, str]]]) -> Table[Row]:
    """Rows with their further cells, under one header."""
    names = tuple(sorted({name for _, cells in found for name in cells}))
    return Table([row._replace(extra=tuple(cells.get(name, "") for name in names)) for row, cells in found], names)


def _marks(cycle: Cycle, design: Design, units: Units, groups: dict[int, str], people: dict[int, str]) -> Table[MarkRow]:
    """Marks of final sheets, what was given back, and ballots of votes that are over; feedback stands beside each mark of its sheet."""
    rows = Mark.objects.filter(
        sheet__challenge__in=units, sheet__state__in=(SheetState.FINAL.value, SheetState.RECUSED.value)
    ).values_list(
        "sheet__challenge_id",
        "sheet__group_id",
        "sheet__version__number",
        "sheet__judge_id",
        "criterion",
        "value",
        "state",
        "comment",
        "sheet__comment",
    )
    found = []
    said = False
    for challenge, group, version, judge, criterion, value, state, comment, feedback in rows.iterator(chunk_size=CHUNK):
        if group in groups:
            scaled = None if value is None else numbers.from_scaled(value, design.mark_decimals)
            cells = (*units[challenge], groups[group], version or 0, people[judge], criterion, scaled, state, comment)
            found.append(MarkRow(*cells, (feedback,)))
            said = said or bool(feedback)
    found += _given_back(design, units, groups, people)
    found += [
        MarkRow(*units[one.challenge], groups[one.group], 0, one.voter, one.criterion, Fraction(1), "", "", ("",))
        for one in counted_ballots(cycle, design)
        if one.group in groups
    ]
    if said:
        return Table(found, ("feedback",))
    return Table([row._replace(extra=()) for row in found])


def _given_back(design: Design, units: Units, groups: dict[int, str], people: dict[int, str]) -> list[MarkRow]:
    """A sheet that was given back before anything was marked: recused on each criterion of its panel."""
    rows = Sheet.objects.filter(challenge__in=units, state=SheetState.RECUSED.value, marks__isnull=True)
    found: list[MarkRow] = []
    for challenge, group, judge, panel in rows.values_list("challenge_id", "group_id", "judge_id", "panel"):
        unit = units[challenge]
        task = design.challenge(*unit)
        if task is not None and group in groups:
            marked = [one.key for one in task.marked_criteria if task.panel_of(one) == panel]
            found += [MarkRow(*unit, groups[group], 0, people[judge], key, None, "recused", "", ("",)) for key in marked]
    return found


def _attempts(design: Design, units: Units, groups: dict[int, str]) -> Table[AttemptRow]:
    rows = Attempt.objects.filter(challenge__in=units, group__in=groups).order_by("pk")
    machine = {pk for pk, unit in units.items() if (task := design.challenge(*unit)) and task.format is Format.AUTOMATIC}
    found = []
    for one in rows.iterator(chunk_size=CHUNK):
        value: Fraction | None = None if one.value is None else numbers.from_scaled(one.value, design.mark_decimals)
        cells = {"number": str(one.number), **columns_of_attempt(one.answer, machine=one.challenge_id in machine)}
        found.append((AttemptRow(*units[one.challenge_id], groups[one.group_id], one.elapsed_ms, one.verdict, value), cells))
    return _widened(found)


def _votes(units: Units, groups: dict[int, str], people: dict[int, str]) -> Iterator[VoteRow]:
    """What was said or skipped. Ranked lists are numbered for each judge, in their order."""
    lists: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)
    for one in counted(Vote.objects.filter(challenge__in=units, a__in=groups, b__in=groups)).order_by("ranking_id", "pk"):
        known = lists[one.challenge_id, one.judge_id]
        ranking = "" if one.ranking_id is None else known.setdefault(one.ranking_id, str(len(known) + 1))
        a, b = groups[one.a_id], groups[one.b_id]
        yield VoteRow(*units[one.challenge_id], people[one.judge_id], a, b, one.outcome, one.count, ranking, one.at)


def _decisions(cycle: Cycle) -> Iterable[tuple[Any, ...]]:
    """Those that change results and were not taken back."""
    rows = decisions_in_force(cycle, *RESULT_KINDS).order_by("number")
    return rows.values_list("at", "kind", "round", "board", "group", "other", "value", "reason", "decider")


def _official(cycle: Cycle) -> Iterable[tuple[Any, ...]]:
    rows = ExternalResult.objects.filter(cycle=cycle).order_by("pk")
    return rows.values_list("kind", "key", "group", "name", "value")


def _people(cycle: Cycle, groups: dict[int, str], people: dict[int, str]) -> Iterator[PersonRow]:
    rows = Membership.objects.filter(cycle=cycle, until__isnull=True).select_related("person").order_by("pk")
    named = set()
    for one in rows:
        if one.group_id is None or one.group_id in groups:
            named.add(one.person_id)
            group = groups[one.group_id] if one.group_id is not None else ""
            yield PersonRow(people[one.person_id], one.person.name, one.role, group, one.person.email)
    for person in Person.objects.filter(pk__in=people.keys() - named).order_by("pk"):
        yield PersonRow(people[person.pk], person.name, "", "", person.email)


def decided_in_public(cycle: Cycle) -> set[tuple[str, str, str, str]]:
    """(kind, round, board, group) of the decisions that everybody may read."""
    rows = decisions_in_force(cycle, *RESULT_KINDS).filter(published_at__isnull=False)
    return set(rows.values_list("kind", "round", "board", "group"))


def blind_labels(cycle: Cycle) -> dict[str, dict[str, str]]:
    """Round → group → the number under which its blind judges know it, as a key: entry-7 as on their pages.

    Another number in each round: who learns the name behind one learns nothing of the others.
    """
    groups = list(Group.objects.filter(cycle=cycle).order_by("pk").values_list("key", flat=True))
    found: dict[str, dict[str, str]] = {}
    rounds = list(Round.objects.filter(cycle=cycle, published_at__isnull=True))
    several = len(rounds) > 1
    for one in rounds:
        secret, before = blind_secret(one), f"{one.key}-" if several else ""
        found[one.key] = {key: f"{before}entry-{entry_number(ordinal, secret)}" for ordinal, key in enumerate(groups, 1)}
    return found


def entrants_by_round(cycle: Cycle) -> dict[str, list[str]]:
    """Round → the groups on its list, where a cut was taken."""
    found: dict[str, list[str]] = {}
    rows = Entrant.objects.filter(round__cycle=cycle).order_by("group__key").values_list("round__key", "group__key")
    for of_round, group in rows:
        found.setdefault(of_round, []).append(group)
    return found
