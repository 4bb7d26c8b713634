"""A cycle in a few numbers, as `steps.next_step` takes it. Reads only, in four statements whatever there is in the cycle."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Registration
from games.groups.rules import GroupState, RegistrationState
from games.judging.models import Sheet
from games.judging.queries import ASKED, judges_in
from games.judging.rules import OPEN_SHEETS, SheetState
from games.judging.seating import MARKED
from games.progression.steps import CycleFacts, RoundFacts
from games.results.models import RecomputeRun
from games.results.rules import RunState
from games.rounds.models import Round
from games.rounds.queries import entrants_of, rounds_of
from games.submissions.models import Attempt, Submission
from games.submissions.queries import counting

OPEN: Final = [one.value for one in OPEN_SHEETS]
AHEAD: Final = [RunState.WAITING.value, RunState.RUNNING.value]


def facts_of(cycle: Cycle, now: datetime, *, also: Mapping[str, QuerySet[Any]] | None = None) -> CycleFacts:
    """The cycle in numbers. `also`: what slices above count into it, such as `bounced`: one number for each set of rows."""
    design = design_of(cycle)
    judged = [one for one in design.challenges if one.format.value in MARKED]
    found = [one for one in _rounds(cycle, now) if not (one.closed_at and one.gated and one.passed_at is None)]
    ahead = [one for one in found if one.published_at is None]
    begun = next((one for one in ahead if one.state == "open"), None)
    entrants, missing = _entrants(begun) if begun is not None else (0, 0)
    runs = _runs(ahead)
    rows = [
        RoundFacts(
            key=one.key,
            name=one.name,
            state=one.state,
            opens_at=one.opens_at,
            ends_at=one.ends_at,
            published=one.published_at is not None,
            undecided=one.gated and one.passed_at is None and one.closed_at is None,
            judged=any(task.in_round(one.key) for task in judged),
            entrants=entrants if one is begun else 0,
            missing=missing if one is begun else 0,
            unassigned=one.n_free,
            open=one.n_open,
            final=one.n_final,
            computing=runs.get(one.pk, ("", ""))[0] in AHEAD,
            failed=runs.get(one.pk, ("", ""))[1],
        )
        for one in found
    ]
    return CycleFacts(cycle.state, now, rows, **_numbers(cycle, also or {}))


def _rounds(cycle: Cycle, now: datetime) -> list[Any]:
    """The rounds with their state, and sheets open, final, entries without a judge."""
    sheets = Sheet.objects.filter(challenge__round=OuterRef("pk"))
    taken = Sheet.objects.filter(challenge=OuterRef("challenge_id"), group=OuterRef("group_id"))
    entries = counting(Submission.objects.filter(challenge__round=OuterRef("pk"), challenge__format__in=MARKED))
    free = entries.filter(~Exists(taken.exclude(state=SheetState.RECUSED.value)))
    columns = {
        "n_open": _count(sheets.filter(state__in=OPEN)),
        "n_final": _count(sheets.filter(state=SheetState.FINAL.value)),
        "n_free": _count(free),
    }
    found = list(rounds_of(cycle, now).annotate(**columns))
    for one in found:
        one.cycle = cycle
    return found


def _count(rows: QuerySet[Any]) -> Any:
    """How many rows, as a column of a statement about something else."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _numbers(cycle: Cycle, also: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Registrations that wait, teams, judges, flags, and what else is asked, in one statement."""
    asked = {
        "registrations": Registration.objects.filter(group__cycle=cycle, state=RegistrationState.PENDING.value),
        "teams": Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value),
        "judges": judges_in(cycle),
        "flags": Sheet.objects.filter(ASKED, challenge__round__cycle=cycle),
        **also,
    }
    row: Any = Cycle.objects.filter(pk=cycle.pk).values(**{name: _count(rows) for name, rows in asked.items()}).get()
    return dict(row)


def _runs(rounds: Collection[Round]) -> dict[int, tuple[str, str]]:
    """Round → (state, error) of what was computed last for it."""
    rows = RecomputeRun.objects.filter(round__in=rounds).order_by("pk").values_list("round_id", "state", "error")
    return {
        round_: (state, error if state == RunState.FAILED.value else "") for round_, state, error in rows if round_ is not None
    }


def _entrants(round_: Round) -> tuple[int, int]:
    """How many teams are in the round, and how many of them have nothing handed in."""
    handed = counting(Submission.objects.filter(challenge__round=round_, group=OuterRef("pk")))
    tried = Attempt.objects.filter(challenge__round=round_, group=OuterRef("pk"))
    groups = entrants_of(round_).annotate(handed=Exists(handed), tried=Exists(tried))
    found = groups.order_by().aggregate(all=Count("pk"), missing=Count("pk", filter=Q(handed=False, tried=False)))
    return found["all"], found["missing"]
