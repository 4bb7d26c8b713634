"""A bundle in memory: a Design and its tables, and the facts the engine computes from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from games.bundles import cells
from games.bundles.tables import SubmissionRow, Tables
from games.playbooks.schema import ChallengeDesign, Design
from leaderboards.engine.facts import Attempt, Decision, Facts, Group, Mark, Submission, Vote

NOT_HANDED_IN = "draft"


@dataclass(slots=True)
class Bundle:
    """One cycle. Equal bundles say the same; the order of rows does not count."""

    design: Design
    tables: Tables = field(default_factory=Tables)

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
            attempts=tuple(self._attempts()),
            votes=tuple(Vote(r.round, r.challenge, r.judge, r.a, r.b, r.outcome, r.times) for r in tables.votes.rows),
            decisions=tuple(
                Decision(r.kind, r.group, r.round, r.board, r.other, r.value, r.reason, r.at) for r in tables.decisions.rows
            ),
        )

    def _submissions(self) -> Iterator[Submission]:
        for row in self.tables.submissions.rows:
            if row.status != NOT_HANDED_IN:
                found = fields_of(self.design.challenge(row.round, row.challenge), row, self.tables.submissions.extra)
                numbers = {key: value for key, cell in found.items() if (value := cells.number(cell)) is not None}
                yield Submission(row.round, row.challenge, row.group, row.version or 1, row.at, row.status, numbers)

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


def fields_of(challenge: ChallengeDesign | None, row: SubmissionRow, extra: tuple[str, ...]) -> dict[str, str]:
    """The cells of a submission that scoring reads, by the key of their field."""
    wanted = {field.key for field in challenge.fields} if challenge else set()
    return {name: cell for name, cell in zip(extra, row.extra, strict=True) if name in wanted}
