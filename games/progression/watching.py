"""A round while it runs: who has handed in what, how far each judge is, which entries lack marks, what judges ask. Reads only.

Four statements for any number of teams, judges and entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, OuterRef, Subquery

from games.challenges.models import Challenge
from games.challenges.queries import challenges_of, spec_of
from games.groups.models import Group
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.rounds.models import Extension, Round
from games.rounds.queries import entrants_of
from games.submissions.models import Attempt, Submission
from games.submissions.rules import COUNTS, SubmissionState

COUNTING: Final = [one.value for one in COUNTS]
MARKED: Final = frozenset({"rubric", "ranking"})
OPEN: Final = frozenset({SheetState.ASSIGNED.value, SheetState.DRAFT.value})


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
