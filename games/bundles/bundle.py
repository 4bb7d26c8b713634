"""A bundle in memory: a Design and its tables, and the facts the engine computes from."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final

from games.bundles import cells
from games.bundles.credited import flowed
from games.bundles.published import Published
from games.bundles.rows import SubmissionRow
from games.bundles.rules import UNNAMED
from games.bundles.tables import Tables
from games.playbooks.schema import ChallengeDesign, Design
from leaderboards.engine.facts import Attempt, Attempts, Decision, Facts, Group, Mark, Points, Submission, Vote

NOT_HANDED_IN: Final = "draft"
LEFT: Final = frozenset({"withdrawn", "disqualified"})
ENTRY: Final = "entry"
MAX_ENTRIES: Final = 100_000


@dataclass(slots=True)
class Bundle:
    """One cycle. Equal bundles say the same; the order of rows does not count. `files`: SHA-256 of a file of an entry, or of a proof → its bytes."""

    design: Design
    tables: Tables = field(default_factory=Tables)
    snapshots: tuple[Published, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def unnamed(self) -> dict[str, str]:
        """What stands in published rows for a group that keeps its name to itself → the group."""
        groups = self.tables.groups
        place = groups.extra.index(UNNAMED) if UNNAMED in groups.extra else None
        return {} if place is None else {row.extra[place]: row.group for row in groups.rows if row.extra[place]}

    def facts(self) -> Facts:
        """What happened, as the engine takes it. Call it on a bundle that was read or checked: it trusts the cells."""
        tables = self.tables
        return Facts(
            groups=tuple(
                Group(row.group, row.name or row.group, dict(zip(tables.groups.extra, row.extra, strict=True)))
                for row in tables.groups.rows
            ),
            submissions=tuple(self._submissions()),
            marks=tuple(
                Mark(row.round, row.challenge, row.group, row.judge, row.criterion, row.value, row.state)
                for row in tables.marks.rows
            ),
            attempts=Attempts(self._attempts()),
            votes=tuple(Vote(r.round, r.challenge, r.judge, r.a, r.b, r.outcome, r.times, r.ranking) for r in tables.votes.rows),
            decisions=tuple(
                Decision(r.kind, r.group, r.round, r.board, r.other, r.value, r.reason, r.at) for r in tables.decisions.rows
            ),
            points=self.points(),
        )

    def points(self, until: datetime | None = None, acts: int | None = None) -> tuple[Points, ...]:
        """What each group has earned: by its first `acts` acts, or up to a moment where that is not said."""
        sums: Counter[str] = Counter()
        back: Counter[str] = Counter()
        made: Counter[str] = Counter()
        came, built = flowed(self.tables)
        for row in self.tables.points.rows:
            if row.group and (row.number <= acts if acts is not None else until is None or row.at <= until):
                sums[row.group] += row.amount
                key = (row.reverses or row.number, row.rule, row.group)
                back[row.group] += row.amount if key in came else 0
                made[row.group] += row.amount if key in built else 0
        return tuple(Points(one, Fraction(amount), Fraction(back[one]), Fraction(made[one])) for one, amount in sums.items())

    def _submissions(self) -> Iterator[Submission]:
        """Of each entry its last version. Of several entries by one group the last that counts is the highest; if none does, the last."""
        extra = self.tables.submissions.extra
        for (_, _, _, entry), row in self.handed_in().items():
            found = fields_of(self.design.challenge(row.round, row.challenge), row, extra)
            numbers = {key: value for key, cell in found.items() if (value := cells.number(cell)) is not None}
            version = entry if row.status in LEFT else entry + MAX_ENTRIES
            yield Submission(row.round, row.challenge, row.group, version, row.at, row.status, numbers)

    def handed_in(self) -> dict[tuple[str, str, str, int], SubmissionRow]:
        """(round, challenge, group, number of the entry) -> the row of its version that counts: the highest that is no draft."""
        extra = self.tables.submissions.extra
        found: dict[tuple[str, str, str, int], SubmissionRow] = {}
        for row in self.tables.submissions.rows:
            if row.status != NOT_HANDED_IN:
                place = (row.round, row.challenge, row.group, int(entry_of(row, extra) or 1))
                if place not in found or row.version > found[place].version:
                    found[place] = row
        return found

    def _attempts(self) -> Iterator[Attempt]:
        """Several tries in one millisecond are ordered by a column `number`, if there is one."""
        extra = self.tables.attempts.extra
        place = extra.index("number") if "number" in extra else None
        for row in self.tables.attempts.rows:
            number = row.extra[place] if place is not None else ""
            sequence = int(number) if number.isdecimal() else 0
            if not isinstance(row.at, int):
                msg = "attempts are settled before they are facts"
                raise TypeError(msg)
            yield Attempt(row.round, row.challenge, row.group, row.at, row.verdict, row.value, sequence)


def entry_of(row: SubmissionRow, extra: tuple[str, ...]) -> str:
    """Which of several entries of a group: the column `entry`, empty without one."""
    return row.extra[extra.index(ENTRY)] if ENTRY in extra else ""


def fields_of(challenge: ChallengeDesign | None, row: SubmissionRow, extra: tuple[str, ...]) -> dict[str, str]:
    """The cells of a submission that scoring reads, by the key of their field."""
    wanted = {field.key for field in challenge.fields} if challenge else set()
    return {name: cell for name, cell in zip(extra, row.extra, strict=True) if name in wanted}
