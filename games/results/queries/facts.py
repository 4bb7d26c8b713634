"""The facts of a cycle as the engine takes them, in a handful of statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from games.challenges.models import Challenge
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import RESULT_KINDS
from games.groups.models import Group
from games.groups.rules import GroupState
from games.judging.models import Mark, Sheet, Vote
from games.judging.queries.ballots import Counted, counted_ballots
from games.judging.queries.pairs import counted
from games.judging.rules import MarkState, SheetState
from games.organizations.models import Person
from games.playbooks.schema import Design
from games.submissions.models import Attempt, Submission
from games.submissions.rules import COUNTS, SubmissionState
from leaderboards.engine import facts
from leaderboards.kept import Kept

CHUNK: Final = 2_000
"""Rows that are taken over at once: what lies there twice, as the database gives it and as the engine takes it."""
OUTSIDE: Final = (GroupState.PENDING.value,)
"""A team that was merged stays: what it did before counts under its own name, a decision takes it out of the rounds after."""

GROUP: Final = ("key", "name", "division", "columns")
ENTRY: Final = ("challenge_id", "group_id", "number", "state", "pinned__at", "pinned__fields")
MARK: Final = ("sheet__challenge_id", "sheet__group_id", "sheet__judge_id", "criterion", "value", "state")
ATTEMPT: Final = ("challenge_id", "group_id", "elapsed_ms", "verdict", "value", "number")
VOTE: Final = ("challenge_id", "judge_id", "a_id", "b_id", "outcome", "count", "ranking_id")

type Row = tuple[Any, ...]
type Units = dict[int, tuple[str, str]]
"""Id of a challenge -> (key of its round, its key)."""


class Names(NamedTuple):
    """What stands in rows as an id, as the engine knows it; `decimals` of the numbers beside them."""

    units: Units
    groups: dict[int, str]
    judges: dict[int, str]
    decimals: int


@contextmanager
def one_moment() -> Iterator[None]:
    """Every statement inside sees the same moment (PostgreSQL; SQLite's writers would wait for it, so there it is left out)."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def plan_for_all_rows() -> None:
    """Inside of `one_moment`: PostgreSQL plans a server-side cursor for its first tenth: a nested loop, which with stale statistics took minutes on 100,000 marks."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")


def facts_of(cycle: Cycle, *, points: Sequence[facts.Points] = ()) -> facts.Facts:
    """Everything the engine needs to know of a cycle beside its rules: eight statements, whatever the size.

    `points` come from whoever keeps them (recognition stands above). Only final sheets count; a recused one says so.
    """
    design = design_of(cycle)
    with one_moment():
        plan_for_all_rows()
        units = units_of(cycle)
        told = _groups(cycle.pk)
        groups = {pk: key for pk, key, *_ in told}
        names = Names(units, groups, judge_keys(cycle), design.mark_decimals)
        return facts.Facts(
            groups=tuple(told_groups(one[1:] for one in told)),
            submissions=tuple(told_submissions(names, _submissions(units).iterator(chunk_size=CHUNK))),
            marks=(
                *told_marks(names, _marks(units).iterator(chunk_size=CHUNK)),
                *_recused(names, design),
                *told_ballots(names, counted_ballots(cycle, design)),
            ),
            attempts=facts.Attempts(told_attempts(names, _attempts(units).iterator(chunk_size=CHUNK))),
            votes=tuple(told_votes(names, _votes(units).iterator(chunk_size=CHUNK))),
            decisions=tuple(told_decisions(_decisions(cycle.pk))),
            points=tuple(points),
        )


def units_of(cycle: Cycle) -> Units:
    """The challenges of a cycle by id."""
    return {pk: (round_key, key) for pk, round_key, key in _units(cycle.pk)}


_units: Final[Kept[Challenge, tuple[int, str, str]]] = Kept(
    lambda cycle: Challenge.objects.filter(round__cycle=cycle).values_list("pk", "round__key", "key"), int
)


def judge_keys(cycle: Cycle) -> dict[int, str]:
    """Who judges in the cycle, by id: the person's key, told apart by the id where two organizations use the same one."""
    people = _judges(cycle.pk)
    used = Counter(key for _, key in people)
    return {pk: key if used[key] == 1 else f"{key}#{pk}" for pk, key in people}


def _who_judges(cycle: int) -> QuerySet[Person, tuple[int, str]]:
    sheets = Sheet.objects.filter(challenge__round__cycle=cycle).values("judge_id")
    votes = Vote.objects.filter(challenge__round__cycle=cycle).values("judge_id")
    return Person.objects.filter(pk__in=sheets.union(votes)).order_by("pk").values_list("pk", "key")


_judges: Final[Kept[Person, tuple[int, str]]] = Kept(_who_judges, int)
_built: defaultdict[int, dict[int, Fraction]] = defaultdict(dict)


def number(scaled: int, decimals: int) -> Fraction:
    """The number behind a scaled integer; marks repeat, so each is built once."""
    known = _built[decimals]
    found = known.get(scaled)
    if found is None:
        found = Fraction(scaled, 10**decimals)
        if len(known) < 100_000:  # noqa: PLR2004 measured values hardly repeat: keep memory bounded
            known[scaled] = found
    return found


def _taking_part(cycle: int) -> QuerySet[Group, Row]:
    """Who takes or took part. A group that withdrew before it was let in left no decision behind, and does not count."""
    decided = Decision.objects.filter(cycle=cycle, group=OuterRef("key"), kind__in=sorted(kind.value for kind in RESULT_KINDS))
    never_in = Q(state=GroupState.WITHDRAWN.value) & ~Exists(decided)
    rows = Group.objects.filter(cycle=cycle).exclude(state__in=OUTSIDE).exclude(never_in)
    return rows.values_list("pk", *GROUP)


_groups: Final[Kept[Group, Row]] = Kept(_taking_part, int)


def _submissions(units: Units) -> QuerySet[Submission, Any]:
    return Submission.objects.filter(challenge__in=units).exclude(state=SubmissionState.DRAFT.value).values_list(*ENTRY)


def _marks(units: Units) -> QuerySet[Mark, Any]:
    states = (SheetState.FINAL.value, SheetState.RECUSED.value)
    return Mark.objects.filter(sheet__challenge__in=units, sheet__state__in=states).values_list(*MARK)


def _recused(names: Names, design: Design) -> Iterator[facts.Mark]:
    """A recused sheet without marks still says, for each criterion of its panel, that this judge stepped aside."""
    marks = Mark.objects.filter(sheet=OuterRef("pk"))
    rows = Sheet.objects.filter(~Exists(marks), challenge__in=names.units, state=SheetState.RECUSED.value).values_list(
        "challenge_id", "group_id", "judge_id", "panel"
    )
    for challenge, group, judge, panel in rows:
        round_key, key = names.units[challenge]
        spec = design.challenge(round_key, key)
        if spec is None or group not in names.groups:
            continue
        for criterion in spec.marked_criteria:
            if spec.panel_of(criterion) == panel:
                where = (round_key, key, names.groups[group], names.judges[judge])
                yield facts.Mark(*where, criterion.key, None, MarkState.RECUSED.value)


def _attempts(units: Units) -> QuerySet[Attempt, Any]:
    return Attempt.objects.filter(challenge__in=units).values_list(*ATTEMPT)


def _votes(units: Units) -> QuerySet[Vote, Any]:
    """What was said or skipped, without what waits for an answer or was taken back."""
    return counted(Vote.objects.filter(challenge__in=units)).values_list(*VOTE)


def _standing(cycle: int) -> QuerySet[Decision, Decision]:
    kinds = sorted(kind.value for kind in RESULT_KINDS)
    return Decision.objects.filter(cycle=cycle, kind__in=kinds, revoked_at__isnull=True).order_by("number")


_decisions: Final[Kept[Decision, Decision]] = Kept(_standing, int)


# --- From rows to facts ---------------------------------------------------------------------------------------------------------------


def told_groups(rows: Iterable[Row]) -> Iterator[facts.Group]:
    """Rows of GROUP as facts."""
    for key, name, division, columns in rows:
        yield facts.Group(key, name, {**{name_: str(value) for name_, value in columns.items()}, "division": division})


def told_submissions(names: Names, rows: Iterable[Row]) -> Iterator[facts.Submission]:
    """Rows of ENTRY as facts, each with its pinned version. Of several by one group, the last that counts; if none counts, the last."""
    units, groups, decimals = names.units, names.groups, names.decimals
    for challenge, group, sequence, state, at, fields in rows:
        if group not in groups:
            continue
        counts = SubmissionState(state) in COUNTS
        yield facts.Submission(
            *units[challenge],
            group=groups[group],
            version=sequence + (1_000_000 if counts else 0),
            at=at,
            status="submitted" if counts else state,
            fields={key: number(value, decimals) for key, value in (fields or {}).items() if value is not None},
        )


def told_marks(names: Names, rows: Iterable[Row]) -> Iterator[facts.Mark]:
    """Rows of MARK as facts."""
    units, groups, judges, decimals = names
    words: dict[str, str] = {}  # each word once, not once a row
    for challenge, group, judge, criterion, value, state in rows:
        if group in groups:
            round_key, key = units[challenge]
            scaled = None if value is None else number(value, decimals)
            once, why = words.setdefault(criterion, criterion), words.setdefault(state, state)
            yield facts.Mark(round_key, key, groups[group], judges[judge], once, scaled, why)


def told_ballots(names: Names, rows: Iterable[Counted]) -> Iterator[facts.Mark]:
    """Ballots of an audience whose vote is over: each says 1 on the panel's criterion, under a name that tells nobody who voted."""
    for one in rows:
        if one.group in names.groups and one.challenge in names.units:
            yield facts.Mark(*names.units[one.challenge], names.groups[one.group], one.voter, one.criterion, Fraction(1))


def told_attempts(names: Names, rows: Iterable[Row]) -> Iterator[facts.Attempt]:
    """Rows of ATTEMPT as facts."""
    units, groups, _, decimals = names
    words: dict[str, str] = {}
    for challenge, group, elapsed, verdict, value, sequence in rows:
        if group in groups:
            round_key, key = units[challenge]
            scaled = None if value is None else number(value, decimals)
            yield facts.Attempt(round_key, key, groups[group], elapsed, words.setdefault(verdict, verdict), scaled, sequence)


def told_votes(names: Names, rows: Iterable[Row]) -> Iterator[facts.Vote]:
    """Rows of VOTE as facts."""
    units, groups, judges, _ = names
    for challenge, judge, a, b, outcome, count, of in rows:
        if a in groups and b in groups:
            ranking = "" if of is None else str(of)
            yield facts.Vote(*units[challenge], judges[judge], groups[a], groups[b], outcome, count, ranking)


def told_decisions(rows: Iterable[Decision]) -> Iterator[facts.Decision]:
    """Decisions about results as facts."""
    for one in rows:
        yield facts.Decision(one.kind, one.group, one.round, one.board, one.other, one.value, one.reason, one.at)
