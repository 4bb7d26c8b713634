"""A dry run: the rules as they are written, launched beside, played by invented people, looked at, removed without a trace."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import F, Model, QuerySet

from games.challenges.models import Challenge
from games.cycles.actions import locked
from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.errors import NotFound
from games.groups.models import Group, JoinRequest, Membership, Registration
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import ConflictOfInterest, Mark, Panelist, Sheet, Vote
from games.organizations.models import Person
from games.playbooks.schema import Design, parse_design
from games.progression.actions import playing
from games.progression.actions.launch import begin
from games.progression.actions.succession import moved
from games.progression.drafting import rehearsal_of
from games.progression.models import Draft, Rehearsal
from games.progression.rules import DraftRefused
from games.recognition.models import Grant, Points, PointsCursor, PointsTotal
from games.results.models import ChallengeScore, ExternalResult, RecomputeRun
from games.rounds.models import Entrant, Extension, Round
from games.submissions.models import Attempt, Submission, Upload
from leaderboards.engine.language import gettext as _
from leaderboards.models import Board, Snapshot, Standing

LEAD: Final = timedelta(days=1)
"""The rounds of a dry run are planned for later, and each is opened by decision: so the dates never stand in the way."""
LEASE: Final = timedelta(minutes=2)
SOON: Final = timedelta(seconds=1)
REASON: Final = "Dry run"


class Step(NamedTuple):
    """What is played next: people, entries, marks, results, awards; of which round."""

    kind: str
    round: str = ""


class RehearsalGone(NotFound):
    """The dry run was removed."""

    code = "rehearsal_gone"


def steps_of(design: Design) -> list[Step]:
    """The whole play in order. Each step is done once, and may be begun again if its process died."""
    found = [Step("people")]
    for one in design.rounds:
        found += [Step(kind, one.key) for kind in ("entries", "marks", "results")]
    return [*found, Step("awards")]


@transaction.atomic
def start_rehearsal(cycle: Cycle, *, by: Any) -> Rehearsal:
    """Launch a copy of the rules as they are written now, for a dry run; one that was there before is removed. A worker plays it.

    Raises DesignRefused while the rules cannot be read; aim and checks may still be missing.
    """
    source = locked(cycle)
    if source.rehearsal:
        message = _("This is a dry run already.")
        raise DraftRefused(message)
    before = rehearsal_of(source)
    if before is not None:
        remove_rehearsal(before, by=by)
    draft = Draft.objects.filter(cycle=source).first()
    data = draft.data if draft is not None else design_of(source).data()
    design = _for_play(parse_design(data, start=source.starts_at or db_now(), file=""), source)
    copy = Cycle.objects.create(
        key=design.cycle.key, name=design.cycle.title, playbook=source.playbook, public=False, rehearsal=True, created_by=by
    )
    begin(copy, design, by=by, reason=REASON)
    return Rehearsal.objects.create(cycle=copy, source=source, steps=len(steps_of(design)), asked_by=by)


def _for_play(design: Design, source: Cycle) -> Design:
    """The same rules with an open door and dates to come."""
    data: dict[str, Any] = moved(design, db_now() + LEAD)
    table = {**data["cycle"], "key": _key(source), "name": f"Dry run: {design.cycle.title}"[:300]}
    table.pop("series", None)
    door = {
        name: value
        for name, value in data.get("registration", {}).items()
        if name not in {"opens", "closes", "capacity", "approval"}
    }
    return parse_design({**data, "cycle": table, "registration": door}, file="")


def _key(source: Cycle) -> str:
    number = Cycle.objects.filter(key__startswith=f"dry-run-{source.pk}").count()
    return f"dry-run-{source.pk}" + (f"-{number + 1}" if number else "")


def next_step(rehearsal: Rehearsal) -> Step | None:
    """What is played next; None at the end."""
    steps = steps_of(design_of(rehearsal.cycle))
    return steps[rehearsal.done] if rehearsal.done < len(steps) else None


def take_rehearsal(pk: int) -> Rehearsal | None:
    """Hold the dry run for one step, if nobody else does. It is given back by `step_done` or `step_failed`, or by time."""
    now = db_now()
    open_ = Rehearsal.objects.filter(pk=pk, finished_at__isnull=True, error="")
    if not open_.exclude(held_until__gt=now).update(held_until=now + LEASE):
        return None
    return Rehearsal.objects.select_related("cycle", "asked_by").get(pk=pk)


@transaction.atomic
def play(rehearsal: Rehearsal, step: Step) -> None:
    """One step by the real actions, all or nothing. `results` is not among them: whoever has the pipeline plays that."""
    cycle, by = locked(rehearsal.cycle), rehearsal.asked_by
    if not cycle.rehearsal:
        message = _("Only a dry run is played by invented people.")
        raise DraftRefused(message)
    {
        "people": lambda: playing.people(cycle, by=by),
        "entries": lambda: playing.entries(Round.objects.get(cycle=cycle, key=step.round), by=by),
        "marks": lambda: playing.marks(Round.objects.get(cycle=cycle, key=step.round), by=by),
        "awards": lambda: playing.awards(cycle, by=by),
    }[step.kind]()
    step_done(rehearsal)


def step_done(rehearsal: Rehearsal) -> None:
    """One step on; at the end the dry run is finished."""
    rows = Rehearsal.objects.filter(pk=rehearsal.pk)
    rows.filter(done=rehearsal.done).update(done=F("done") + 1, held_until=None)
    rows.filter(done__gte=F("steps"), finished_at__isnull=True).update(finished_at=db_now())
    rehearsal.refresh_from_db(fields=["done", "finished_at", "held_until"])


def give_back(rehearsal: Rehearsal) -> None:
    """Let go of the step without having done it: it is tried again soon."""
    Rehearsal.objects.filter(pk=rehearsal.pk).update(held_until=db_now() + SOON)


def step_failed(rehearsal: Rehearsal, error: str) -> None:
    """The play stands still, and says why: what stops a dry run would have stopped the cycle."""
    Rehearsal.objects.filter(pk=rehearsal.pk).update(error=error[:5000] or "It stopped.", held_until=None)


@transaction.atomic
def remove_rehearsal(rehearsal: Rehearsal, *, by: Any) -> None:
    """Delete everything of a dry run: its cycle, invented people, entries, files, standings, even its snapshots. The journal keeps ids."""
    cycle = Cycle.objects.select_for_update(no_key=True).filter(pk=rehearsal.cycle_id, rehearsal=True).first()
    if cycle is None:
        message = _("This dry run was removed before.")
        raise RehearsalGone(message)
    people = list(Person.objects.filter(key__startswith=playing.person_key(cycle, "")).values_list("pk", flat=True))
    _delete_files(cycle)
    Submission.objects.filter(challenge__round__cycle=cycle).update(pinned=None)
    for rows in _rows(cycle):
        rows.delete()
    Person.objects.filter(pk__in=people, user__isnull=True).delete()
    payload: Mapping[str, object] = {"rehearsal": True}
    record(Kind.CYCLE_DISCARDED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)
    cycle.delete()


def _rows(cycle: Cycle) -> list[QuerySet[Any]]:
    """Everything that hangs on the cycle, what refers before what is referred to."""
    of_board: list[type[Model]] = [Standing, Snapshot]
    of_challenge: list[type[Model]] = [Vote, Sheet, Panelist, ChallengeScore, Attempt]
    in_cycle: list[type[Model]] = [Grant, PointsTotal, PointsCursor, RecomputeRun, ExternalResult]
    return [
        # A published state is frozen for everybody but the one who throws the whole dry run away.
        *(QuerySet(model).filter(board__scope=cycle.pk) for model in of_board),
        QuerySet(Board).filter(scope=cycle.pk),
        *(QuerySet(model).filter(cycle=cycle) for model in in_cycle),
        QuerySet(Points).filter(cycle=cycle, reverses__isnull=False),
        QuerySet(Points).filter(cycle=cycle),
        QuerySet(Mark).filter(sheet__challenge__round__cycle=cycle),
        *(QuerySet(model).filter(challenge__round__cycle=cycle) for model in of_challenge),
        QuerySet(ConflictOfInterest).filter(group__cycle=cycle),
        QuerySet(Submission).filter(challenge__round__cycle=cycle),
        QuerySet(Entrant).filter(round__cycle=cycle),
        QuerySet(Extension).filter(round__cycle=cycle),
        QuerySet(Challenge).filter(round__cycle=cycle),
        QuerySet(Round).filter(cycle=cycle),
        QuerySet(JoinRequest).filter(group__cycle=cycle),
        QuerySet(Registration).filter(group__cycle=cycle),
        QuerySet(Membership).filter(cycle=cycle),
        QuerySet(Group).filter(cycle=cycle),
        QuerySet(DesignRow).filter(cycle=cycle),
        QuerySet(Decision).filter(cycle=cycle),
        QuerySet(Rehearsal).filter(cycle=cycle),
    ]


def _delete_files(cycle: Cycle) -> None:
    """The files go when the rows are gone for good."""
    files = [one.file for one in Upload.objects.filter(submission__challenge__round__cycle=cycle) if one.file.name]

    def gone() -> None:
        for file in files:
            file.storage.delete(str(file.name))

    transaction.on_commit(gone)
