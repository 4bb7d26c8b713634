"""What of a bundle may go to whom. Organizers get everything a bundle holds; everybody else neither names of people nor addresses.

| | public | judges | organizers |
|---|---|---|---|
| rules | without answers and without the words of tasks to come | the same | all |
| groups | names, of who keeps it to itself what stands for it | numbers of each blind round that is unpublished | names |
| entries, attempts | of published rounds that show whole entries | handed in; of these blind rounds alone, if there is one | handed in |
| answers | without copies for blind judges | while blind without those that the form hides from judges, and without times | all |
| marks, votes | the same | of published rounds; none while a round is blind | all |
| judges | judge-1, judge-2, ... | the same | names |
| ideas, their versions, what came from what, shares of credit | those for everybody and of entries that are shown whole | the same; none while a round is blind | all but what a team keeps to itself |
| what makes it risky here | | | what is in sight |
| values of the aim | of the whole cycle | the same | all |
| what is read between rounds, and what is taken | | | all |
| tests of change | | | all |
| office hours, bookings, peers | | | all but notes that an expert keeps |
| suggestions to the rules | | | all |
| who joined forces with whom | | | all |
| threads and what is said in them | | | all but on what a team keeps to itself |
| members, addresses, conflicts, replies to feedback, appeals, corrections | | | all |
| tables and pitches in the hall | | all; while a round is blind its own under their numbers | all |
| files of entries | of entries that count in the same rounds | of entries handed in; named by their field while a round is blind | all |
| points | without people and partners | the same; none while a round is blind | all |
| wins, cheers, weeks, exchanges, flags, grants with what became of them and its proof, what was carried, adoptions | | | all |
| the retrospective and what it proposes | once it is published, without suggestions | the same | once it is written |
| journal | what the public feed tells | the same; nothing about a group while a round is blind | all |
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from games.bundles.answers import name_of
from games.bundles.blinding import Labels, blind_rounds, hide_groups, without_hidden
from games.bundles.bundle import ENTRY, LEFT, NOT_HANDED_IN, Bundle, entry_of
from games.bundles.credited import public_credit
from games.bundles.looked_back import public_look_back
from games.bundles.rows import AssignmentRow, DecisionRow, FileRow, PersonRow, SubmissionRow, VoteRow
from games.bundles.rules import UNNAMED
from games.bundles.shared import public_ideas
from games.bundles.tables import Table, Tables
from games.bundles.voters import by_criterion, voters_in
from games.journal.rules import PUBLIC_KINDS
from games.playbooks.rules import Capability, Visibility
from games.playbooks.schema import Design
from games.submissions.rules import blind_name
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.spec import board_rounds, expand_boards

WHOLE: Final = frozenset({Visibility.FULL.value, Visibility.FORKABLE.value})
WITHHELD: Final = {"kind": "flag", "hashes": [f"sha256:withheld:{'0' * 64}"]}
"""Stands for the answer of an automatic task: nothing hashes to it, and the tries keep their verdicts."""


class Audience(StrEnum):
    """For whom a bundle is written."""

    PUBLIC = "public"
    JUDGES = "judges"
    ORGANIZERS = "organizers"


@dataclass(frozen=True, slots=True)
class Known:
    """What decides beside the bundle itself: the rules as everybody may read them, and how groups and decisions are shown.

    `seed` shuffles judges' numbers; `labels`: round → group → its blind number; `entrants`: who is on the list of a round behind a cut;
    `decided`: whether everybody may read a decision.
    """

    rules: Mapping[str, Any]
    seed: bytes
    labels: Labels = field(default_factory=dict)
    entrants: Mapping[str, Collection[str]] = field(default_factory=dict)
    decided: Callable[[Any], bool] = lambda _row: True


def narrowed(bundle: Bundle, audience: Audience, known: Known) -> Bundle:
    """The part of an organizers' bundle that this audience may have."""
    if audience is Audience.ORGANIZERS:
        return bundle
    rounds = {row.round: row for row in bundle.tables.rounds.rows}
    published = {key for key, row in rounds.items() if row.published is not None}
    whole = {key for key in published if rounds[key].visibility in WHOLE}
    unnamed = blind_rounds(bundle.design, published) if audience is Audience.JUDGES else frozenset()
    entries = whole if audience is Audience.PUBLIC else unnamed or set(rounds)
    judged = whole if audience is Audience.PUBLIC else set() if unnamed else published
    tables, judges = bundle.tables, _judges(bundle, known.seed)
    found = Tables(
        **_open_to_all(tables),
        submissions=_in(tables.submissions, entries, keep=lambda row: row.status != NOT_HANDED_IN),
        marks=_in(tables.marks, judged, judges=judges),
        attempts=_tries(bundle, entries),
        votes=_without_times(_in(tables.votes, judged, judges=judges)),
        decisions=_entering(bundle, known, published - judged),
        points=Table([row._replace(person="", partner="", repeats=0) for row in tables.points.rows], tables.points.extra),
        journal=_kept(tables.journal, lambda row: row.kind in PUBLIC_KINDS),
        people=Table([PersonRow(key, f"Judge {number}", _role(bundle)) for number, key in enumerate(judges.values(), 1)]),
    )
    if not unnamed:
        for name, table in public_ideas(tables, whole, set(bundle.unnamed.values())).items():
            setattr(found, name, table)
    found.credit = public_credit(tables, found)
    if audience is Audience.PUBLIC:
        _empty_what_left(found, bundle.design)
    found.submissions = without_hidden(found.submissions, bundle.design, unnamed)
    found.files = _named_files(tables.files, found.submissions)
    if audience is Audience.PUBLIC:
        _withhold(found, bundle)
    if audience is Audience.JUDGES:
        found.assignments = _undescribed(_renamed(tables.assignments, judges))
        found.stands, found.pitches = tables.stands, tables.pitches
        if unnamed:
            hide_groups(found, known.labels, unnamed)
            return Bundle(_rules(known.rules), found)
    return Bundle(_rules(known.rules), found, bundle.snapshots)


def _open_to_all(tables: Tables) -> dict[str, Table[Any]]:
    """What everybody may have as it is; of measured values those of the whole cycle."""
    values = _kept(tables.observations, lambda row: not row.group)
    told: dict[str, Table[Any]] = {
        "groups": tables.groups,
        "rounds": tables.rounds,
        "official": tables.official,
        "observations": values,
    }
    return told | public_look_back(tables)


def _rules(rules: Mapping[str, Any]) -> Design:
    """The public rules as a Design that can be read again: a task checked by machine needs some answer."""
    tasks = [
        {**task, "answer": WITHHELD} if task.get("format") == "automatic" and "answer" not in task else task
        for task in rules.get("challenges", ())
    ]
    return Design.model_validate({**rules, "challenges": tasks})


def _judges(bundle: Bundle, seed: bytes) -> dict[str, str]:
    """Key of a judge → judge-1, judge-2, ...: in an order that tells nothing and stays the same for the same judges."""
    tables = bundle.tables
    acting = {row.judge for table in (tables.marks, tables.votes, tables.assignments) for row in table.rows}
    acting -= voters_in(tables.marks.rows, by_criterion(bundle.design))
    shuffled = sorted(acting, key=lambda key: (hmac.digest(seed, key.encode(), "sha256"), key))
    return {key: f"judge-{number}" for number, key in enumerate(shuffled, 1)}


def _without_times(votes: Table[VoteRow]) -> Table[VoteRow]:
    """When a judge voted tells who it was to whoever stood beside them."""
    return Table([row._replace(at=None) for row in votes.rows], votes.extra)


def _role(bundle: Bundle) -> str:
    return next((role.key for role in bundle.design.roles if Capability.JUDGE in role.capabilities), "")


def _kept[Row: Any](table: Table[Row], keep: Callable[[Row], bool]) -> Table[Row]:
    return Table([row for row in table.rows if keep(row)], table.extra)


def _entering(bundle: Bundle, known: Known, hidden: Collection[str]) -> Table[DecisionRow]:
    """The decisions everybody may read. Where a cut rests on work that stays hidden, those it let in are invited: their list is public."""
    found = _kept(bundle.tables.decisions, known.decided)
    fed = {one.id: {each.key for each in board_rounds(bundle.design, one)} for one in expand_boards(bundle.design)}
    cuts = [one.to for one in bundle.design.cuts if fed.get(one.board, set()) & set(hidden)]
    there = {(row.round, row.group) for row in found.rows if (row.kind, row.board) == (DecisionKind.ADVANCE.value, "")}
    more = [
        DecisionRow(None, DecisionKind.ADVANCE.value, key, "", group, reason="by the cut", extra=("",) * len(found.extra))
        for key in dict.fromkeys(cuts)
        for group in sorted(known.entrants.get(key, ()))
        if (key, group) not in there
    ]
    return Table(found.rows + more, found.extra)


def _in[Row: Any](
    table: Table[Row],
    rounds: Collection[str],
    *,
    judges: Mapping[str, str] | None = None,
    keep: Callable[[Row], bool] = lambda _row: True,
) -> Table[Row]:
    """Rows of these rounds, judges under their numbers. Without any row no further column is named either."""
    rows = [row for row in table.rows if row.round in rounds and keep(row)]
    found = Table(rows, table.extra if rows else ())
    return _renamed(found, judges) if judges is not None else found


def _renamed[Row: Any](table: Table[Row], judges: Mapping[str, str]) -> Table[Row]:
    """Voters of an audience have no other name than the one that tells nothing."""
    return Table([row._replace(judge=judges.get(row.judge, row.judge)) for row in table.rows], table.extra)


def _undescribed(table: Table[AssignmentRow]) -> Table[AssignmentRow]:
    """Seats without what is known of the judges: it would tell who they are."""
    bare = AssignmentRow("", "", "", "")
    plain = {name: getattr(bare, name) for name in ("topics", "languages", "max_load", "chair", "left")}
    return Table([row._replace(**plain) for row in table.rows], table.extra)


def _tries(bundle: Bundle, rounds: Collection[str]) -> Table[Any]:
    """Attempts without what was answered to a machine: a right answer is the answer."""
    found = _in(bundle.tables.attempts, rounds)
    if "answer" not in found.extra:
        return found
    place = found.extra.index("answer")
    rows = [row._replace(extra=(*row.extra[:place], *row.extra[place + 1 :])) for row in found.rows]
    return Table(rows, (*found.extra[:place], *found.extra[place + 1 :]))


def _withhold(tables: Tables, bundle: Bundle) -> None:
    """Groups that keep their name to themselves, under the key that public results have for them; what would tell who it is goes.

    One that a board's last published state still names is named here too: the name goes with the next publication.
    """
    last = {one.board: one.rows for one in sorted(bundle.snapshots, key=lambda one: one.number)}
    named = {row["entry"] for rows in last.values() for row in rows}
    keys = {group: unnamed for unnamed, group in bundle.unnamed.items() if group not in named}
    extra = tables.groups.extra
    shown = {"division", *(board.within for board in expand_boards(bundle.design) if board.within)}
    kept = [place for place, name in enumerate(extra) if name != UNNAMED]
    tables.groups = Table(
        [_unnamed(row, keys, extra, kept, shown) for row in tables.groups.rows], tuple(extra[one] for one in kept)
    )
    if not keys:
        return
    tables.files = _blind_files(tables.files, keys)
    tables.journal = _kept(tables.journal, lambda row: row.group not in keys)
    tables.credit = Table(
        [row._replace(builder=keys.get(row.builder, row.builder)) for row in tables.credit.rows], tables.credit.extra
    )
    for name in ("submissions", "marks", "attempts", "files", "points", "credit"):
        table = getattr(tables, name)
        setattr(tables, name, Table([row._replace(group=keys.get(row.group, row.group)) for row in table.rows], table.extra))
    votes = [row._replace(a=keys.get(row.a, row.a), b=keys.get(row.b, row.b)) for row in tables.votes.rows]
    tables.votes = Table(votes, tables.votes.extra)
    tables.decisions = Table([_unnamed_decision(row, keys) for row in tables.decisions.rows], tables.decisions.extra)
    tables.official = Table([row for row in tables.official.rows if row.group not in keys], tables.official.extra)


def _empty_what_left(tables: Tables, design: Design) -> None:
    """What was withdrawn or disqualified stays in the record, without its answers."""
    table = tables.submissions
    scored = {field.key for task in design.challenges for field in task.fields}
    kept = [name == ENTRY or name_of(name) in scored for name in table.extra]
    tables.submissions = Table(
        [
            row
            if row.status not in LEFT
            else row._replace(extra=tuple(cell if keep else "" for cell, keep in zip(row.extra, kept, strict=True)))
            for row in table.rows
        ],
        table.extra,
    )


def _named_files(table: Table[FileRow], submissions: Table[SubmissionRow]) -> Table[FileRow]:
    """The files that these entries name in a cell."""
    named = {
        (row.round, row.challenge, row.group, int(entry_of(row, submissions.extra) or 1), cell)
        for row in submissions.rows
        for cell in row.extra
        if cell
    }
    return _kept(table, lambda row: (row.round, row.challenge, row.group, row.entry, row.digest) in named)


def _blind_files(table: Table[FileRow], groups: Collection[str]) -> Table[FileRow]:
    """Files of these groups under the key of their field: how an entrant names a file may tell who they are."""
    return Table(
        [row._replace(name=blind_name(row.field, row.name)) if row.group in groups else row for row in table.rows], table.extra
    )


def _unnamed(row: Any, keys: Mapping[str, str], extra: Sequence[str], kept: Sequence[int], shown: Collection[str]) -> Any:
    hidden = row.group in keys
    cells = tuple(row.extra[one] if not hidden or extra[one] in shown else "" for one in kept)
    return row._replace(group=keys[row.group], name="", extra=cells) if hidden else row._replace(extra=cells)


def _unnamed_decision(row: DecisionRow, keys: Mapping[str, str]) -> DecisionRow:
    if row.group not in keys and row.other not in keys:
        return row
    return row._replace(group=keys.get(row.group, row.group), other=keys.get(row.other, row.other), reason="")
