"""Who sits where, for organizers: panels with what each judge has to do, and the entries they are to mark."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q

from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import Problem
from games.groups.models import Group
from games.judging.models import Panelist, Sheet
from games.judging.queries import judges_in
from games.judging.rules import OPEN_SHEETS, SheetState
from games.judging.rules.plans import usual_each
from games.organizations.models import Person
from games.rounds.queries import entrants_of
from games.submissions.models import Submission
from games.submissions.queries import counting
from leaderboards.engine.language import gettext as _

MARKED: Final = ("rubric", "ranking")


@dataclass(slots=True)
class Seat:
    """A judge on a panel of a task, with sheets by state."""

    panelist: Panelist
    assigned: int = 0
    draft: int = 0
    final: int = 0
    recused: int = 0

    @property
    def whole(self) -> int:
        """Sheets that are, or were, to be marked."""
        return self.assigned + self.draft + self.final


@dataclass(slots=True)
class Table:
    """A panel of a task with its judges. `entries` are to be marked; `free` of them have no judge on this panel, `thin` fewer than `usual`.

    `peers`: teams judge teams on it.
    """

    challenge: Challenge
    panel: str
    peers: bool = False
    seats: list[Seat] = field(default_factory=list)
    entries: int = 0
    free: int = 0
    thin: int = 0
    usual: int = 0

    @property
    def here(self) -> int:
        """Judges who have not dropped out."""
        return sum(1 for seat in self.seats if seat.panelist.left_at is None)


def judges_of(cycle: Cycle) -> list[Person]:
    """Everybody who judges in the cycle, by name."""
    return list(Person.objects.filter(pk__in=judges_in(cycle).values("person_id")).order_by("name", "pk"))


def judges_known(cycle: Cycle) -> list[Person]:
    """The judges whom the teams of a cycle may know: all, if a round of it names them; else nobody."""
    return judges_of(cycle) if any(one.judges_named for one in design_of(cycle).rounds) else []


def tables_of(cycle: Cycle) -> list[Table]:
    """Every panel of every task that people mark, in the order of rounds; an audience has no seats. Four statements."""
    tasks = Challenge.objects.filter(round__cycle=cycle, format__in=MARKED).select_related("round__cycle")
    tables: dict[tuple[int, str], Table] = {}
    for task in tasks.order_by("round__number", "number", "pk"):
        for panel in spec_of(task).judges_panels:
            if panel.who != "audience":
                tables[task.pk, panel.key] = Table(task, panel.key, peers=panel.who == "peers")
    seats: dict[tuple[int, str, int], Seat] = {}
    for one in Panelist.objects.filter(challenge__round__cycle=cycle).select_related("person").order_by("person__name", "pk"):
        if table := tables.get((one.challenge_id, one.panel)):
            seats[one.challenge_id, one.panel, one.person_id] = seat = Seat(one)
            table.seats.append(seat)
    sheets: Any = Sheet.objects.filter(challenge__round__cycle=cycle).order_by()
    for task_id, panel, judge, state, count in sheets.values_list("challenge_id", "panel", "judge_id", "state").annotate(
        n=Count("pk")
    ):
        if (task_id, panel, judge) in seats:
            setattr(seats[task_id, panel, judge], state, count)
    _count_entries(cycle, tables)
    return list(tables.values())


def _count_entries(cycle: Cycle, tables: dict[tuple[int, str], Table]) -> None:
    """How many entries each panel has, and how many of them nobody on it marks, or fewer than most: two statements, counted here."""
    entries = counting(Submission.objects.filter(challenge__round__cycle=cycle, challenge__format__in=MARKED))
    there = {(task, group) for task, group in entries.values_list("challenge_id", "group_id")}
    seats = Panelist.objects.filter(challenge=OuterRef("challenge_id"), panel=OuterRef("panel"), person=OuterRef("judge_id"))
    gone = Exists(seats.filter(left_at__isnull=False)) & Q(state__in=[state.value for state in OPEN_SHEETS])
    live: Any = Sheet.objects.filter(challenge__round__cycle=cycle).exclude(state=SheetState.RECUSED.value).exclude(gone)
    rows = live.order_by().values_list("challenge_id", "panel", "group_id").annotate(n=Count("pk"))
    marked = {(task, panel, group): count for task, panel, group, count in rows}
    for (task_id, panel), table in tables.items():
        own = [marked.get((task_id, panel, group), 0) for task, group in there if task == task_id]
        table.entries, table.free = len(own), own.count(0)
        table.usual = usual_each(own) if any(own) else 0
        table.thin = sum(1 for one in own if 0 < one < table.usual)


def entries_to_mark(challenge: Challenge, **known: Exists) -> list[Group]:
    """The groups whose entry in the task is to be marked, by name: what counts, or everybody in the round where nothing is handed in.

    `known`: what else is to be known of each, under its name.
    """
    groups = entrants_of(challenge.round).annotate(**known)
    if spec_of(challenge).form:
        groups = groups.filter(pk__in=counting(Submission.objects.filter(challenge=challenge)).values("group_id"))
    if challenge.division:
        groups = groups.filter(division=challenge.division)
    return list(groups.order_by("name", "pk"))


# --- Named in tables ----------------------------------------------------------------------------------------------------------------------


def tasks_by_place(cycle: Cycle) -> dict[tuple[str, str], Challenge]:
    """(key of the round, key of the task) → task."""
    rows = Challenge.objects.filter(round__cycle=cycle).select_related("round__cycle").order_by("pk")
    return {(one.round.key, one.key): one for one in rows}


def judges_by_key(cycle: Cycle) -> dict[str, list[Person]]:
    """Key of a person → who judges in the cycle under it: people of several organizations may share one."""
    found: dict[str, list[Person]] = {}
    for person in Person.objects.filter(pk__in=judges_in(cycle).values("person_id")):
        found.setdefault(person.key, []).append(person)
    return found


def task_named(
    of_round: str, key: str, tasks: dict[tuple[str, str], Challenge], where: str, problems: list[Problem]
) -> Challenge | None:
    """The task that a row means, an empty cell being the only one; if there is none or several, that is added to `problems`."""
    fitting = [one for (at, task), one in tasks.items() if of_round in {"", at} and key in {"", task}]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{at}/{task}" for at, task in tasks) or _("none")
    said = _("no such one") if not fitting else _("several fit")
    problems.append(
        Problem(
            where,
            _(
                'challenge "{key}" in round "{of_round}": {said}; known: {known}',
                key=key,
                of_round=of_round,
                said=said,
                known=known,
            ),
        )
    )
    return None


def judge_named(key: str, judges: dict[str, list[Person]], where: str, problems: list[Problem]) -> Person | None:
    """The judge that a row means; if there is none or several, that is added to `problems`."""
    found = judges.get(key, [])
    if len(found) == 1:
        return found[0]
    problems.append(Problem(where, f'"{key}" {(_("is no judge of this cycle") if not found else _("names several judges"))}'))
    return None
