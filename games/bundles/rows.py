"""A row of each table of a bundle, with its cells read. What rows point at is checked elsewhere."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

Extra = tuple[str, ...]


class GroupRow(NamedTuple):
    """A group; its division is one of the further columns."""

    group: str
    name: str = ""
    extra: Extra = ()


class RoundRow(NamedTuple):
    """How a round went, where that is not what its plan says: when it was opened, extended, locked, closed, published."""

    round: str
    opened: datetime | None = None
    passed: datetime | None = None
    extended: datetime | None = None
    locked: datetime | None = None
    closed: datetime | None = None
    published: datetime | None = None
    visibility: str = ""
    extra: Extra = ()


class SubmissionRow(NamedTuple):
    """A group's answer. The fields that scoring uses are among the further columns."""

    round: str
    challenge: str
    group: str
    version: int = 0
    at: datetime | None = None
    status: str = "submitted"
    extra: Extra = ()


class MarkRow(NamedTuple):
    """One judge's value for one criterion."""

    round: str
    challenge: str
    group: str
    version: int
    judge: str
    criterion: str
    value: Fraction | None
    state: str = ""
    comment: str = ""
    extra: Extra = ()


class AttemptRow(NamedTuple):
    """A try; `at` is milliseconds since the round opened once the table is settled."""

    round: str
    challenge: str
    group: str
    at: int | datetime
    verdict: str = ""
    value: Fraction | None = None
    extra: Extra = ()


class VoteRow(NamedTuple):
    """A judge prefers a, b, or neither. Rows of one judge with the same `list` are one ranked list, a row for each of its pairs."""

    round: str
    challenge: str
    judge: str
    a: str
    b: str
    outcome: str = ""
    times: int = 1
    ranking: str = ""
    at: datetime | None = None
    extra: Extra = ()


class DecisionRow(NamedTuple):
    """What was decided beside the marks."""

    at: datetime | None
    kind: str
    round: str
    board: str
    group: str
    other: str = ""
    value: str = ""
    reason: str = ""
    decider: str = ""
    extra: Extra = ()


class OfficialRow(NamedTuple):
    """One published result, for `verify`."""

    kind: str
    key: str
    group: str
    name: str = ""
    value: str = ""
    extra: Extra = ()


class FileRow(NamedTuple):
    """A file of an entry; its bytes are in files/DIGEST."""

    round: str
    challenge: str
    group: str
    entry: int
    field: str
    digest: str
    name: str = ""
    extra: Extra = ()


class JournalRow(NamedTuple):
    """An act, as the journal tells it. `payload` is JSON."""

    number: int
    at: datetime
    kind: str
    group: str = ""
    subject: str = ""
    payload: str = "{}"
    extra: Extra = ()


class PersonRow(NamedTuple):
    """A person in a role; in several groups or roles: several rows."""

    person: str
    name: str = ""
    role: str = ""
    group: str = ""
    email: str = ""
    extra: Extra = ()


class AssignmentRow(NamedTuple):
    """Who judges what; an empty group is every group. Such a row, a seat, says what is known of the judge: several words between |."""

    round: str
    challenge: str
    group: str
    judge: str
    panel: str = ""
    topics: str = ""
    languages: str = ""
    max_load: int = 0
    chair: str = ""
    left: datetime | None = None
    extra: Extra = ()


class ReplyRow(NamedTuple):
    """What was said about a sheet: by the team (thanks, question, used), by the judge (answer). `used_round` …: where it was used."""

    round: str
    challenge: str
    group: str
    judge: str
    panel: str
    kind: str
    text: str = ""
    at: datetime | None = None
    used_round: str = ""
    used_challenge: str = ""
    version: int = 0
    extra: Extra = ()


class AppealRow(NamedTuple):
    """A group asked to look at its result again, and what was answered. `number` is how corrections name it; without challenge the round."""

    number: int
    round: str
    challenge: str
    group: str
    text: str
    state: str
    answer: str = ""
    at: datetime | None = None
    answered: datetime | None = None
    extra: Extra = ()


class ChangeRow(NamedTuple):
    """A change of a correction, with what its correction says: the same in each of its rows. `target`, `before`, `after` are JSON."""

    number: int
    state: str
    reason: str
    appeal: int
    at: datetime | None = None
    settled: datetime | None = None
    settled_reason: str = ""
    position: int = 0
    kind: str = ""
    target: str = "{}"
    before: str = "{}"
    after: str = "{}"
    extra: Extra = ()


class StandRow(NamedTuple):
    """A group's table in the hall of a round. `absent`: since when nobody is there."""

    round: str
    table: int
    group: str
    location: str = ""
    absent: datetime | None = None
    extra: Extra = ()


class PitchRow(NamedTuple):
    """When and where a group speaks before a panel."""

    round: str
    group: str
    panel: str
    room: str
    at: datetime
    minutes: int
    extra: Extra = ()


class ConflictRow(NamedTuple):
    """Who must not judge whom; why, who said so, and if an organizer found that there is no conflict, when and why."""

    judge: str
    group: str
    reason: str = ""
    kind: str = ""
    source: str = ""
    lifted: datetime | None = None
    lifted_reason: str = ""
    extra: Extra = ()
