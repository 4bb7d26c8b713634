"""The facts, sorted into what each step asks for, so that the order of the rows given cannot matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from leaderboards.engine.facts import Attempt, Decision, DecisionKind, Facts, Group, Mark, Points, Submission, Vote

type Unit = tuple[str, str]
"""(round, challenge): what is scored."""

DIVISION: Final = "division"
DRAFT: Final = "draft"


@dataclass(frozen=True, slots=True)
class Index:
    """Facts by (round, challenge) and group; decisions by kind."""

    groups: Mapping[str, Group]
    marks: Mapping[Unit, Mapping[str, list[Mark]]]
    attempts: Mapping[Unit, Mapping[str, Iterable[Attempt]]]
    submissions: Mapping[Unit, Mapping[str, Submission]]
    decisions: Mapping[str, tuple[Decision, ...]]
    points: Mapping[str, Points] = field(default_factory=dict)
    votes: Mapping[Unit, list[Vote]] = field(default_factory=dict)

    def column(self, group: str, column: str) -> str:
        """A group's value in a column, empty if it has none."""
        found = self.groups.get(group)
        return "" if found is None else found.columns.get(column, "")

    def name(self, group: str) -> str:
        """A group's name for show."""
        found = self.groups.get(group)
        return group if found is None else found.name or found.key

    def decided(self, kind: DecisionKind) -> tuple[Decision, ...]:
        """The decisions of a kind, in an order that does not depend on the rows."""
        return self.decisions.get(kind, ())


def index(facts: Facts) -> Index:
    """Sort the facts. Of several versions of a submission the highest that is no draft counts."""
    marks: dict[Unit, dict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in facts.marks:
        marks[mark.round, mark.challenge][mark.group].append(mark)
    votes: dict[Unit, list[Vote]] = defaultdict(list)
    for vote in facts.votes:
        votes[vote.round, vote.challenge].append(vote)
    submissions: dict[Unit, dict[str, Submission]] = defaultdict(dict)
    for one in facts.submissions:
        unit = submissions[one.round, one.challenge]
        if one.status != DRAFT and (one.group not in unit or one.version > unit[one.group].version):
            unit[one.group] = one
    decisions: dict[str, list[Decision]] = defaultdict(list)
    for decision in sorted(facts.decisions, key=_decision_order):
        decisions[decision.kind].append(decision)
    return Index(
        groups={group.key: group for group in sorted(facts.groups, key=lambda group: group.key)},
        marks=marks,
        attempts={unit: column.by_group() for unit, column in facts.attempts.columns.items()},
        submissions=submissions,
        decisions={kind: tuple(rows) for kind, rows in decisions.items()},
        points={one.group: one for one in facts.points},
        votes=votes,
    )


def _decision_order(one: Decision) -> tuple[str, str, str, str, str]:
    return one.round, one.board, one.group, one.other, one.value
