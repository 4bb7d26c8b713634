"""What judges may have while a round is judged blind: its entries under numbers, and nothing beside them that would tell who is who.

What was published is known by name; beside it the same number would give the name away. So rounds whose names are known stay out.
"""

from collections.abc import Collection, Mapping
from typing import Any

from games.bundles.answers import name_of
from games.bundles.rows import GroupRow, SubmissionRow
from games.bundles.tables import Table, Tables
from games.playbooks.schema import Design
from games.submissions.rules import blind_name, shown_blind

type Labels = Mapping[str, Mapping[str, str]]
"""Round → group → the key under which blind judges know it there."""


def blind_rounds(design: Design, published: Collection[str]) -> frozenset[str]:
    """Rounds whose judges must not know names now."""
    return frozenset(one.key for one in design.rounds if one.blind and one.key not in published)


def without_hidden(table: Table[SubmissionRow], design: Design, unnamed: Collection[str]) -> Table[SubmissionRow]:
    """Without the answers that the form hides: from blind judges in `unnamed` rounds, and copies for them everywhere else."""
    judged_blind = {one.key for one in design.rounds if one.blind}
    hidden: dict[tuple[str, str], set[int]] = {}
    for row in table.rows:
        place = (row.round, row.challenge)
        if place in hidden or row.round not in judged_blind:
            continue
        task = design.challenge(*place)
        fields = {one.key: one.blind for one in task.form} if task is not None else {}
        hidden[place] = {
            at
            for at, column in enumerate(table.extra)
            if (field := fields.get(name_of(column)))
            and not shown_blind(field, inside=False, names=row.round not in unnamed, blind=True)
        }
    rows = [_blanked(row, hidden.get((row.round, row.challenge), set())) for row in table.rows]
    return Table(rows, table.extra)


def _blanked(row: SubmissionRow, places: Collection[int]) -> SubmissionRow:
    if not places:
        return row
    return row._replace(extra=tuple("" if at in places else cell for at, cell in enumerate(row.extra)))


def hide_groups(tables: Tables, labels: Labels, unnamed: Collection[str]) -> None:
    """Groups under their numbers of each round, without further columns but the division; times, points and decisions about them go."""
    place = tables.groups.extra.index("division") if "division" in tables.groups.extra else None
    extra = ("division",) if place is not None else ()
    divisions = {row.group: (row.extra[place],) if place is not None else () for row in tables.groups.rows}
    found = {labels[key][group]: cells for key in sorted(unnamed) for group, cells in divisions.items() if group in labels[key]}
    tables.groups = Table([GroupRow(key, "", cells) for key, cells in sorted(found.items())], extra)
    tables.files = _of(tables.files, labels, unnamed)
    tables.files = Table([row._replace(name=blind_name(row.field, row.name)) for row in tables.files.rows], tables.files.extra)
    tables.submissions = Table(
        [row._replace(at=None) for row in _of(tables.submissions, labels, unnamed).rows], tables.submissions.extra
    )
    for name in ("marks", "attempts", "assignments", "stands", "pitches"):
        setattr(tables, name, _of(getattr(tables, name), labels, unnamed))
    tables.votes = Table()  # of published rounds alone
    tables.credit = Table()
    tables.points = Table()  # when and how many a group earned is public: it would tell who is who
    tables.journal = Table([row for row in tables.journal.rows if not row.group], tables.journal.extra)
    tables.decisions = Table([row for row in tables.decisions.rows if not row.group and not row.other], tables.decisions.extra)
    tables.official = Table()


def _of[Row: Any](table: Table[Row], labels: Labels, unnamed: Collection[str]) -> Table[Row]:
    """The rows of these rounds under the numbers of their groups; a row about no group stays as it is. In the order of the numbers."""
    kept = [
        row._replace(group=labels[row.round].get(row.group, row.group)) if row.group else row
        for row in table.rows
        if row.round in unnamed
    ]
    return Table(sorted(kept, key=lambda row: (row.round, getattr(row, "challenge", ""), row.group)), table.extra if kept else ())
