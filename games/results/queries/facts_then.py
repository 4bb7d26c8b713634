"""The facts of a cycle as they were at a moment, and the rules that held: from the same rows as those of now, and from what the journal
and the former sheets keep of how they were.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import RESULT_KINDS, DecisionKind
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Ballot, Mark, PastSheet, Vote
from games.judging.queries.ballots import Counted, ballots_on, votes_of
from games.judging.queries.pairs import SHOWN
from games.judging.rules import SheetState
from games.judging.rules.voting import VotingState, audience_panels
from games.results import past
from games.results.past import Part, Span, Told, Turn
from games.results.queries.facts import (
    ATTEMPT,
    CHUNK,
    ENTRY,
    GROUP,
    MARK,
    VOTE,
    Names,
    Row,
    Units,
    judge_keys,
    one_moment,
    plan_for_all_rows,
    told_attempts,
    told_ballots,
    told_decisions,
    told_groups,
    told_marks,
    told_submissions,
    told_votes,
    units_of,
)
from games.rounds.models import Round
from games.submissions.models import Attempt, Submission, Version
from games.submissions.rules import SubmissionState
from leaderboards.engine import facts

BACK: Final = "reinstate "
KEPT: Final = (
    Kind.CYCLE_STATE_CHANGED,
    Kind.SUBMISSION_WITHDRAWN,
    Kind.SUBMISSION_DISQUALIFIED,
    Kind.GROUP_LEFT,
    Kind.BALLOT_SETTLED,
)
"""Acts after which something else is true, and that are told by nothing but the journal."""


@dataclass(frozen=True, slots=True)
class Past:
    """What was known at a moment; `published`: keys of the rounds that were out."""

    facts: facts.Facts
    published: frozenset[str]


@dataclass(slots=True)
class _Reading:
    """What every part of a reading asks for. `ever`: the moment is before the cycle was made here, so that all of it was brought in."""

    cycle: Cycle
    when: datetime
    ever: bool
    told: dict[str, list[Told]]
    decisions: list[Decision]

    def of(self, *kinds: Kind) -> list[Told]:
        """What the journal says, of one kind after the other."""
        return [one for kind in kinds for one in self.told.get(kind.value, ())]

    def by_subject(self, *kinds: Kind) -> dict[str, list[Told]]:
        """The same by what it is about."""
        found: dict[str, list[Told]] = defaultdict(list)
        for one in self.of(*kinds):
            found[one.subject].append(one)
        return found


def design_number_at(cycle: Cycle, when: datetime) -> int:
    """Which rules were in force at a moment. One statement."""
    rows = JournalEntry.objects.filter(cycle_id=cycle.pk, kind=Kind.DESIGN_AMENDED.value, at__gt=when).order_by("pk")
    return past.design_then(_told(rows[:1]), when, cycle.design_number)


def facts_at(cycle: Cycle, when: datetime, *, points: Sequence[facts.Points] = ()) -> Past:
    """What was known of a cycle at a moment: groups, entries, marks, tries, votes and decisions as they were then. `points` as the caller has them.

    At most eighteen statements, whatever the size. A mark without a value moves no row: sheets that were given back are left out. Names
    are those of now; what of older acts was never written down is told as it is now (docs/proof.md).
    """
    with one_moment():
        plan_for_all_rows()
        units = units_of(cycle)
        reading = _reading(cycle, when)
        groups = _groups(reading)
        names = Names(units, {row[0]: row[1] for row in groups}, judge_keys(cycle), design_of(cycle).mark_decimals)
        rounds = list(Round.objects.filter(cycle=cycle))
        known = facts.Facts(
            groups=tuple(told_groups(row[1:] for row in groups)),
            submissions=tuple(told_submissions(names, _submissions(reading, names))),
            marks=(*told_marks(names, _marks(units, when)), *told_ballots(names, _ballots(reading))),
            attempts=facts.Attempts(told_attempts(names, _attempts(reading, units, rounds))),
            votes=tuple(told_votes(names, _votes(units, when).iterator(chunk_size=CHUNK))),
            decisions=tuple(told_decisions(_in_force(reading))),
            points=tuple(points),
        )
    return Past(known, frozenset(one.key for one in rounds if one.published_at is not None and one.published_at <= when))


def _reading(cycle: Cycle, when: datetime) -> _Reading:
    """Two statements: what the journal kept, and all decisions."""
    left = Group.objects.filter(cycle=cycle, state=GroupState.WITHDRAWN.value).values("pk")
    wanted = (
        Q(kind__in=[one.value for one in KEPT])
        | Q(kind=Kind.GROUP_SETTLED.value, group_id__in=left)
        | Q(kind=Kind.SUBMISSION_RECEIVED.value, payload__again=True)
        | Q(kind=Kind.ATTEMPT_JUDGED.value, at__gt=when)
    )
    told: dict[str, list[Told]] = defaultdict(list)
    for one in _told(JournalEntry.objects.filter(wanted, cycle_id=cycle.pk).order_by("pk")):
        told[one.kind].append(one)
    decisions = list(Decision.objects.filter(cycle=cycle).defer("options", "question").order_by("number"))
    return _Reading(cycle, when, when < cycle.created_at, told, decisions)


def _told(rows: QuerySet[JournalEntry]) -> list[Told]:
    return [Told(*row) for row in rows.values_list("kind", "subject", "at", "group_id", "payload")]


# --- Groups and entries ---------------------------------------------------------------------------------------------------------------


def _groups(reading: _Reading) -> list[Row]:
    """(id, *GROUP) of who took part."""
    decided: dict[str, datetime] = {}
    for one in reading.decisions:
        if one.kind in RESULT_KINDS and one.group:
            decided[one.group] = min(one.at, decided.get(one.group, one.at))
    told: dict[int | None, list[Told]] = defaultdict(list)
    for entry in reading.of(Kind.GROUP_SETTLED, Kind.GROUP_LEFT):
        told[entry.group].append(entry)
    rows = Group.objects.filter(cycle=reading.cycle).exclude(state=GroupState.PENDING.value)
    found = []
    for state, made, registration, settled, pk, key, *rest in rows.values_list(
        "state", "created_at", "registration", "registration__settled_at", "pk", *GROUP
    ):
        made_by = min(made, reading.when) if reading.ever else made
        settled_by = min(settled, reading.when) if reading.ever and settled is not None else settled
        part = Part(GroupState(state), made_by, registration is not None, settled_by, decided.get(key))
        if past.took_part(part, told[pk], reading.when):
            found.append((pk, key, *rest))
    return found


def _submissions(reading: _Reading, names: Names) -> Iterator[Row]:
    """Rows of ENTRY as they were."""
    turns = _turns(reading)
    rows = Submission.objects.filter(challenge__in=names.units).values_list("pk", *ENTRY)
    later = Q(submission__pinned__at__gt=reading.when) | Q(submission__in=list(turns))
    versions: dict[int, dict[int, tuple[datetime, Any]]] = defaultdict(dict)
    handed_in = Version.objects.filter(later, submission__challenge__in=names.units, at__lte=reading.when)
    for submission, number, at, fields in handed_in.values_list("submission_id", "number", "at", "fields"):
        versions[submission][number] = (at, fields)
    back = _reinstated(reading)
    for pk, challenge, group, sequence, state, *pinned in rows.iterator(chunk_size=CHUNK):
        moved = turns.get(pk, [])
        at, fields = pinned if pk not in versions else _version(versions[pk], moved, reading.when)
        handed_in_then = at is not None and at <= reading.when
        named = (*names.units[challenge], names.groups.get(group, ""), sequence)
        moved = [*moved, *(Turn(one) for one in back.get(named, ()))]
        was = past.entry_state(SubmissionState(state), moved, reading.when, handed_in=handed_in_then)
        if was is not SubmissionState.DRAFT:
            yield challenge, group, sequence, was.value, *((at, fields) if handed_in_then else (None, None))


def _version(versions: Mapping[int, tuple[datetime, Any]], moved: Sequence[Turn], when: datetime) -> tuple[datetime, Any]:
    """When the version that counted was handed in, and its numbers."""
    return versions[past.version_then({number: at for number, (at, _) in versions.items()}, moved, when)]


def _turns(reading: _Reading) -> dict[int, list[Turn]]:
    """Id of an entry → what happened to it after it was handed in."""
    found: dict[int, list[Turn]] = {}
    for one in reading.of(Kind.SUBMISSION_WITHDRAWN, Kind.SUBMISSION_DISQUALIFIED, Kind.SUBMISSION_RECEIVED):
        out = past.OUT.get(one.kind)
        turn = Turn(one.at, out) if out is not None else Turn(one.at, version=one.payload["version"])
        found.setdefault(int(one.subject.partition(":")[2]), []).append(turn)
    return found


def _reinstated(reading: _Reading) -> dict[tuple[str, str, str, int], list[datetime]]:
    """(round, challenge, group, number of the entry) → when people let it count again."""
    found: dict[tuple[str, str, str, int], list[datetime]] = defaultdict(list)
    for one in reading.decisions:
        if one.kind == DecisionKind.OVERRIDE and one.value.startswith(BACK):
            challenge, _, number = one.value.removeprefix(BACK).rpartition(" ")
            found[one.round, challenge, one.group, int(number)].append(one.at)
    return found


# --- Judging --------------------------------------------------------------------------------------------------------------------------


def _marks(units: Units, when: datetime) -> Iterator[Row]:
    """Rows of MARK: those of sheets that were final, with the values they had."""
    former: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    sheet = ("sheet__challenge_id", "sheet__group_id", "sheet__judge_id")
    rows = PastSheet.objects.filter(sheet__challenge__in=units).order_by("sheet_id", "revision")
    for pk, *rest in rows.values_list("sheet_id", "final_at", "opened_at", "sheet__state", "sheet__final_at", *sheet, "marks"):
        former[pk].append(tuple(rest))
    other: set[int] = set()
    for pk, spans in former.items():
        _, _, state, final, *_ = spans[-1]
        now = final if state == SheetState.FINAL else NEVER
        at = past.stood([Span(one[0], one[1]) for one in spans], now, when)
        if at == len(spans):
            continue
        other.add(pk)
        if at is not None:
            *_, challenge, group, judge, marks = spans[at]
            yield from ((challenge, group, judge, key, value, why) for key, (value, why, *_) in marks.items())
    final_by_then = Q(sheet__final_at__lte=when) | Q(sheet__final_at__isnull=True)
    current = Mark.objects.filter(final_by_then, sheet__challenge__in=units, sheet__state=SheetState.FINAL.value)
    for row in current.values_list(*MARK, "sheet_id").iterator(chunk_size=CHUNK):
        if row[-1] not in other:
            yield row[:-1]


NEVER: Final = datetime.fromisoformat("9999-12-30T00:00:00+00:00")


def _ballots(reading: _Reading) -> Iterator[Counted]:
    """Ballots of votes that were over, and are: of one that is open, or was opened again, nothing gets out."""
    if not any(audience_panels(one) for one in design_of(reading.cycle).challenges):
        return
    now = db_now()
    moment, votes = min(reading.when, now), []
    state = past.state_then(reading.of(Kind.CYCLE_STATE_CHANGED), moment, reading.cycle.state)
    for one in votes_of(reading.cycle, now):
        said = [(each.value.partition(" ")[0], each.at) for each in one.decisions if each.at <= moment]
        then = replace(one, poll=past.poll_then(one.poll, said[-1] if said else None, state, moment))
        if one.state is VotingState.OVER and then.state is VotingState.OVER:
            votes.append(then)
    settled = past.refused_then(reading.of(Kind.BALLOT_SETTLED), moment)
    given = Ballot.objects.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment), at__lte=moment)
    given = given.exclude(pk__in=[pk for pk, refused in settled.items() if refused])
    unknown = Q(refused_at__isnull=True) | Q(refused_at__gt=moment)
    yield from ballots_on(reading.cycle, votes, given.filter(unknown | Q(pk__in=list(settled))))


def _votes(units: Units, when: datetime) -> QuerySet[Vote, Any]:
    """What was said or skipped by then, without what had been taken back."""
    said = Vote.objects.filter(Q(at__lte=when) | Q(at__isnull=True), challenge__in=units).exclude(SHOWN)
    return said.filter(Q(undone_at__isnull=True) | Q(undone_at__gt=when)).values_list(*VOTE)


def _attempts(reading: _Reading, units: Units, rounds: Sequence[Round]) -> Iterator[Row]:
    """Rows of ATTEMPT with the verdicts they had. One without a moment was made as long after its round began as it says."""
    begun = {one.key: one.opened_at or one.opens_at for one in rounds}
    later: dict[str, dict[str, Any]] = {}
    for entry in reading.of(Kind.ATTEMPT_JUDGED):
        later.setdefault(entry.subject, dict(entry.payload))
    rows = Attempt.objects.filter(challenge__in=units).values_list("pk", "at", *ATTEMPT)
    for pk, at, challenge, group, elapsed, verdict, value, number in rows.iterator(chunk_size=CHUNK):
        start = begun.get(units[challenge][0])
        made = at if at is not None else None if start is None else start + timedelta(milliseconds=elapsed)
        if made is not None and made <= reading.when:
            yield challenge, group, elapsed, *past.verdict_then(verdict, value, later.get(f"attempt:{pk}")), number


def _in_force(reading: _Reading) -> Iterator[Decision]:
    """Decisions about results that had been taken and not taken back."""
    for one in reading.decisions:
        if one.kind in RESULT_KINDS and one.at <= reading.when and (one.revoked_at is None or one.revoked_at > reading.when):
            yield one
