"""A round while it runs: who has handed in what, how far each judge is, which entries lack marks, what judges ask. Reads only.

Four statements for any number of teams, judges and entries; `facts_of` sums a whole cycle up for `steps.next_step`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from games.challenges.models import Challenge
from games.challenges.queries import challenges_of, spec_of
from games.cycles.models import Cycle
from games.groups.models import Group, Registration
from games.groups.rules import GroupState, RegistrationState
from games.judging.models import Sheet
from games.judging.queries import ASKED, judges_in
from games.judging.rules import SheetState
from games.progression.steps import CycleFacts, RoundFacts
from games.results.models import RecomputeRun
from games.results.rules import RunState
from games.rounds.models import Extension, Round
from games.rounds.queries import entrants_of, rounds_of
from games.submissions.models import Attempt, Submission
from games.submissions.rules import COUNTS, SubmissionState

COUNTING: Final = [one.value for one in COUNTS]
MARKED: Final = frozenset({"rubric", "ranking"})
OPEN: Final = frozenset({SheetState.ASSIGNED.value, SheetState.DRAFT.value})
AHEAD: Final = [RunState.WAITING.value, RunState.RUNNING.value]


@dataclass(slots=True)
class Cell:
    """What a team has in a task: nothing, a draft saved `at`, or version `number` handed in `at`. In tasks without a form: `tries`."""

    state: str = "nothing"
    number: int = 0
    at: datetime | None = None
    tries: int = 0


@dataclass(slots=True)
class TeamRow:
    """A team in the round, a cell per task; None where the task is not for its division. `until`: its own deadline."""

    group: Group
    cells: list[Cell | None] = field(default_factory=list)
    until: datetime | None = None

    @property
    def handed(self) -> int:
        """In how many tasks something is handed in."""
        return sum(1 for one in self.cells if one is not None and one.state == "in")

    @property
    def standing(self) -> str:
        """nothing, begun (a draft), part, all."""
        cells = [one for one in self.cells if one is not None]
        if cells and self.handed == len(cells):
            return "all"
        if self.handed:
            return "part"
        return "begun" if any(one.state == "draft" for one in cells) else "nothing"


@dataclass(slots=True)
class JudgeRow:
    """A judge in the round: sheets by state, and when a mark of theirs was last seen."""

    pk: int
    name: str
    assigned: int = 0
    draft: int = 0
    final: int = 0
    recused: int = 0
    last: datetime | None = None

    @property
    def to_do(self) -> int:
        """Sheets that are still open."""
        return self.assigned + self.draft

    @property
    def whole(self) -> int:
        """Sheets that are, or were, to be marked."""
        return self.to_do + self.final


@dataclass(slots=True)
class EntryRow:
    """An entry to be judged: how many sheets are out, and how many of them are final."""

    group: Group
    challenge: Challenge
    sheets: int = 0
    final: int = 0
    recused: int = 0
    waits_for: list[str] = field(default_factory=list)

    @property
    def lacks(self) -> bool:
        """Whether marks are missing: a sheet is open, or nobody has one."""
        return self.sheets == 0 or self.final < self.sheets


@dataclass(slots=True)
class Watch:
    """A round at one moment."""

    challenges: list[Challenge]
    teams: list[TeamRow]
    judges: list[JudgeRow]
    entries: list[EntryRow]
    flags: list[dict[str, Any]]

    def teams_in(self, *standings: str) -> int:
        """How many teams stand so."""
        return sum(1 for one in self.teams if one.standing in standings)


def watch(round_: Round) -> Watch:
    """The round as it is now. Four statements."""
    challenges = list(challenges_of(round_))
    teams = _teams(round_, challenges)
    sheets: Any = Sheet.objects.filter(challenge__round=round_).order_by("judge__name", "judge_id", "pk")
    columns = ("pk", "challenge_id", "group_id", "judge_id", "judge__name", "state", "updated_at", "final_at")
    rows = list(sheets.values(*columns, "flag", "flagged_at", "flag_answered_at"))
    entries = _entries(challenges, teams, rows)
    names = {one.group.pk: one.group for one in teams}
    flags = [one | {"group": names.get(one["group_id"])} for one in rows if one["flag"] and one["flag_answered_at"] is None]
    return Watch(challenges, teams, _judges(rows), entries, flags)


def _teams(round_: Round, challenges: Sequence[Challenge]) -> list[TeamRow]:
    own = Extension.objects.filter(round=round_, group=OuterRef("pk")).values("until")[:1]
    groups = list(entrants_of(round_).annotate(own_until=Subquery(own)))
    rows = {one.pk: TeamRow(one, until=one.own_until) for one in groups}
    cells: dict[tuple[int, int], Cell] = {}
    by_form: Any = Submission.objects.filter(challenge__round=round_)
    for group, task, state, number, at, saved in by_form.values_list(
        "group_id", "challenge_id", "state", "pinned__number", "submitted_at", "draft_saved_at"
    ):
        if state in COUNTING:
            cells[group, task] = Cell("in", number or 0, at)
        elif state == SubmissionState.DRAFT.value and (group, task) not in cells:
            cells[group, task] = Cell("draft", at=saved)
    if any(not spec_of(one).form for one in challenges):
        tries: Any = Attempt.objects.filter(challenge__round=round_).values("group_id", "challenge_id").annotate(n=Count("pk"))
        for one in tries.order_by():
            cells[one["group_id"], one["challenge_id"]] = Cell("in", tries=one["n"])
    for row in rows.values():
        row.cells = [
            cells.get((row.group.pk, one.pk), Cell()) if one.division in {"", row.group.division} else None for one in challenges
        ]
    return list(rows.values())


def _judges(sheets: Iterable[dict[str, Any]]) -> list[JudgeRow]:
    rows: dict[int, JudgeRow] = {}
    for one in sheets:
        row = rows.setdefault(one["judge_id"], JudgeRow(one["judge_id"], one["judge__name"]))
        setattr(row, one["state"], getattr(row, one["state"]) + 1)
        seen = one["updated_at"] or one["final_at"]
        if seen is not None and (row.last is None or seen > row.last):
            row.last = seen
    return sorted(rows.values(), key=lambda row: (-row.to_do, row.name.casefold()))


def _entries(challenges: Sequence[Challenge], teams: Sequence[TeamRow], sheets: Iterable[dict[str, Any]]) -> list[EntryRow]:
    """Everything that is to be judged: what was handed in, or every team where there is nothing to hand in."""
    found: dict[tuple[int, int], EntryRow] = {}
    for number, task in enumerate(challenges):
        if task.format not in MARKED:
            continue
        form = bool(spec_of(task).form)
        for team in teams:
            cell = team.cells[number]
            if cell is not None and (cell.state == "in" or not form):
                found[team.group.pk, task.pk] = EntryRow(team.group, task)
    for one in sheets:
        row = found.get((one["group_id"], one["challenge_id"]))
        if row is None:
            continue
        if one["state"] == SheetState.RECUSED.value:
            row.recused += 1
            continue
        row.sheets += 1
        row.final += one["state"] == SheetState.FINAL.value
        if one["state"] in OPEN:
            row.waits_for.append(one["judge__name"])
    return sorted(found.values(), key=lambda row: (row.sheets > 0, row.final - row.sheets, row.group.name.casefold()))


# --- The whole cycle in numbers -------------------------------------------------------------------------------------------------------


def facts_of(cycle: Cycle, now: datetime, *, rounds: Sequence[Round] | None = None, bounced: int = 0) -> CycleFacts:
    """The cycle as `steps.next_step` takes it. Seven statements at most; `rounds` saves one (annotated with their state)."""
    found = list(rounds_of(cycle, now)) if rounds is None else list(rounds)
    ahead = [one for one in found if one.published_at is None]
    begun = next((one for one in ahead if one.state == "open"), None)
    ended = [one for one in ahead if one.state in {"locked", "closed"}]
    sheets = _sheets(ended)
    runs = _runs(ahead)
    entrants, missing = _entrants(begun) if begun is not None else (0, 0)
    unassigned = _unassigned([one.pk for one in ended])
    formats = _formats(ahead)
    numbers = _numbers(cycle)
    rows = [
        RoundFacts(
            key=one.key,
            name=one.name,
            state=one.state,
            opens_at=one.opens_at,
            ends_at=one.ends_at,
            published=one.published_at is not None,
            undecided=one.gated and one.passed_at is None and one.closed_at is None,
            judged=bool(formats.get(one.pk, set()) & MARKED),
            entrants=entrants if one == begun else 0,
            missing=missing if one == begun else 0,
            unassigned=unassigned.get(one.pk, 0),
            open=sheets.get(one.pk, (0, 0))[0],
            final=sheets.get(one.pk, (0, 0))[1],
            computing=runs.get(one.pk, ("", ""))[0] in AHEAD,
            failed=runs.get(one.pk, ("", ""))[1],
        )
        for one in found
        if not (one.closed_at and one.gated and one.passed_at is None)  # a gate that said no: nothing follows
    ]
    return CycleFacts(cycle.state, now, rows, bounced=bounced, **numbers)


def _numbers(cycle: Cycle) -> dict[str, int]:
    """Four counts in one statement."""
    asked = {
        "registrations": Registration.objects.filter(group__cycle=cycle, state=RegistrationState.PENDING.value),
        "teams": Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value),
        "judges": judges_in(cycle),
        "flags": Sheet.objects.filter(ASKED, challenge__round__cycle=cycle),
    }
    columns: Any = {name: Coalesce(Subquery(_count(rows)), 0) for name, rows in asked.items()}
    row: Any = Cycle.objects.filter(pk=cycle.pk).values(**columns).get()
    return dict(row)


def _count(rows: QuerySet[Any]) -> Any:
    """A subquery that counts rows that have nothing to do with the outer ones."""
    return rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")


def _sheets(rounds: Collection[Round]) -> dict[int, tuple[int, int]]:
    """Round → (sheets open, sheets final)."""
    if not rounds:
        return {}
    rows: Any = Sheet.objects.filter(challenge__round__in=rounds).order_by().values("challenge__round_id")
    counted = rows.annotate(
        open=Count("pk", filter=Q(state__in=sorted(OPEN))), final=Count("pk", filter=Q(state=SheetState.FINAL.value))
    )
    return {one["challenge__round_id"]: (one["open"], one["final"]) for one in counted}


def _runs(rounds: Collection[Round]) -> dict[int, tuple[str, str]]:
    """Round → (state, error) of what was computed last for it."""
    rows = RecomputeRun.objects.filter(round__in=rounds).order_by("pk").values_list("round_id", "state", "error")
    return {
        round_: (state, error if state == RunState.FAILED.value else "") for round_, state, error in rows if round_ is not None
    }


def _entrants(round_: Round) -> tuple[int, int]:
    """How many teams are in the round, and how many of them have nothing handed in."""
    handed = Submission.objects.filter(challenge__round=round_, group=OuterRef("pk"), state__in=COUNTING)
    tried = Attempt.objects.filter(challenge__round=round_, group=OuterRef("pk"))
    groups = entrants_of(round_).annotate(handed=Exists(handed), tried=Exists(tried))
    found = groups.order_by().aggregate(all=Count("pk"), missing=Count("pk", filter=Q(handed=False, tried=False)))
    return found["all"], found["missing"]


def _unassigned(rounds: Collection[int]) -> dict[int, int]:
    """Round → entries that count, are to be judged, and that no judge has."""
    if not rounds:
        return {}
    taken = Sheet.objects.filter(challenge=OuterRef("challenge_id"), group=OuterRef("group_id"))
    entries = Submission.objects.filter(challenge__round__in=rounds, challenge__format__in=sorted(MARKED), state__in=COUNTING)
    free: Any = entries.filter(~Exists(taken.exclude(state=SheetState.RECUSED.value))).order_by()
    return dict(free.values_list("challenge__round_id").annotate(Count("pk")))


def _formats(rounds: Collection[Round]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for round_, kind in Challenge.objects.filter(round__in=rounds).order_by().values_list("round_id", "format").distinct():
        found.setdefault(round_, set()).add(kind)
    return found
