"""The only writer of what a Design projects: rounds, challenges, boards. And amendments, by decision."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from games.challenges.models import Challenge
from games.cycles.actions import add_design, locked, needs_reason, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, DecisionKind, digest_of
from games.errors import Conflict, Problem
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.playbooks.expand import merged
from games.playbooks.queries import exact
from games.playbooks.schema import Design, launch_problems, parse_design
from games.progression.correcting import corrected_rounds, fixed_problems
from games.progression.drafting import begun_rounds
from games.progression.rules import (
    AmendRefused,
    LaunchRefused,
    NothingChanged,
    begins,
    dumped,
    ends,
    frozen_problems,
)
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import is_live
from leaderboards.engine.spec import expand_boards
from leaderboards.models import Board
from leaderboards.pages import withdraw

AMENDABLE = frozenset(CycleState) - {CycleState.CLOSED, CycleState.CANCELLED}


@transaction.atomic
def apply_design(
    cycle: Cycle, design: Design, *, by: Any, decision: Decision | None = None, correcting: bool = False
) -> DesignRow:
    """Make `design` the rules of the cycle: a new number, and rounds, challenges and boards as it says.

    A round that has begun keeps its row and its number; only words in it change. Raises AmendRefused when more would change.
    `correcting`: by a change set that was looked at, how results come about may change too; a round it concerns gets the new number.
    """
    held = locked(cycle)
    now = db_now()
    begun = begun_rounds(held, now)
    corrected: list[str] = []
    if held.design_number:
        before = design_of(held)
        problems = (fixed_problems if correcting else frozen_problems)(before, design, begun)
        if problems:
            raise AmendRefused(problems)
        corrected = corrected_rounds(before, design, begun) if correcting else []
    row = add_design(cycle, design, by=by, decision=decision)
    _project_cycle(cycle, design)
    try:
        rounds = _project_rounds(cycle, design, row.number, begun)
        Round.objects.filter(cycle=cycle, key__in=corrected).update(design_number=row.number)
        _project_challenges(design, rounds, begun)
        _project_boards(cycle, design)
    except ProtectedError as error:
        kept = sorted({str(one) for one in error.protected_objects})[:3]
        raise AmendRefused(
            [Problem("", _("something was handed in or published for what would go: {names}", names=", ".join(kept)))]
        ) from None
    if row.number > 1:
        payload = {"number": row.number, "changes": len(row.diff)}
        record(Kind.DESIGN_AMENDED, cycle_id=cycle.pk, by=by, subject=f"design:{row.pk}", payload=payload)
    return row


def _project_cycle(cycle: Cycle, design: Design) -> None:
    cycle.name, cycle.summary = design.cycle.title, design.cycle.summary
    cycle.starts_at, cycle.ends_at = begins(design), ends(design)
    cycle.save(update_fields=["name", "summary", "starts_at", "ends_at"])


def _project_rounds(cycle: Cycle, design: Design, number: int, begun: set[str]) -> dict[str, Round]:
    there = {one.key: one for one in Round.objects.filter(cycle=cycle)}
    wanted = {one.key for one in design.rounds}
    Round.objects.filter(pk__in=[one.pk for key, one in there.items() if key not in wanted]).delete()
    fresh: list[Round] = []
    kept: list[Round] = []
    for position, spec in enumerate(design.rounds, 1):
        row = there.get(spec.key)
        (fresh if row is None else kept).append(row := row or Round(cycle=cycle, key=spec.key))
        row.number, row.name = position, spec.title
        if spec.key not in begun:
            row.design_number, row.gated = number, spec.gate
            row.opens_at, row.closes_at, row.judging_closes_at = spec.opens, spec.closes, spec.judging_closes
    fields = ["number", "name", "design_number", "gated", "opens_at", "closes_at", "judging_closes_at"]
    Round.objects.bulk_update(kept, fields, batch_size=200)
    Round.objects.bulk_create(fresh, batch_size=500)
    return {one.key: one for one in Round.objects.filter(cycle=cycle)}


def _project_challenges(design: Design, rounds: Mapping[str, Round], begun: set[str]) -> None:
    there = {(one.round_id, one.key): one for one in Challenge.objects.filter(round__in=rounds.values())}
    fresh: list[Challenge] = []
    kept: list[Challenge] = []
    wanted: set[tuple[int, str]] = set()
    for position, spec in enumerate(design.challenges, 1):
        for key, round_ in rounds.items():
            if not spec.in_round(key):
                continue
            place = (round_.pk, spec.key)
            wanted.add(place)
            row = there.get(place)
            (fresh if row is None else kept).append(row := row or Challenge(round=round_, key=spec.key))
            row.number, row.name, row.spec = position, spec.title, dumped(spec)
            row.format, row.division = spec.format.value, spec.division or ""
    gone = [one.pk for place, one in there.items() if place not in wanted]
    Challenge.objects.filter(pk__in=gone, round__key__in=[key for key in rounds if key not in begun]).delete()
    Challenge.objects.bulk_update(kept, ["number", "name", "spec", "format", "division"], batch_size=200)
    Challenge.objects.bulk_create(fresh, batch_size=500)


def _project_boards(cycle: Cycle, design: Design) -> None:
    there = {one.key: one for one in Board.objects.filter(scope=cycle.pk)}
    specs = expand_boards(design)
    transaction.on_commit(
        partial(withdraw, *[one.pk for one in there.values()]), robust=True
    )  # some may be gone, or for fewer eyes
    Board.objects.filter(scope=cycle.pk).exclude(key__in=[one.id for one in specs]).delete()
    fresh: list[Board] = []
    kept: list[Board] = []
    for position, spec in enumerate(specs, 1):
        row = there.get(spec.id)
        (fresh if row is None else kept).append(row := row or Board(scope=cycle.pk, key=spec.id))
        row.number, row.name, row.spec = position, spec.title, dumped(spec)
        row.audience, row.live = spec.audience.value, is_live(design, spec)
    Board.objects.bulk_update(kept, ["number", "name", "spec", "audience", "live"], batch_size=200)
    Board.objects.bulk_create(fresh, batch_size=500)


@transaction.atomic
def amend(
    cycle: Cycle,
    changes: Mapping[str, Any] | None = None,
    *,
    by: Any,
    reason: str,
    design: Mapping[str, Any] | None = None,
    correcting: bool = False,
    question: str = "",
) -> DesignRow:
    """Change the rules of a cycle by decision. `changes` are merged into the present rules (tables by key), `design` replaces them.

    `question`: what it answers, such as a suggestion. `correcting` is for change sets alone: see `apply_design`. Raises DesignRefused (faults), LaunchRefused (aim or checks gone),
    AmendRefused (would alter what has begun), NothingChanged.
    """
    needs_reason(reason)
    held = locked(cycle)
    after = amended(held, changes, design=design)
    decision = record_decision(
        held, DecisionKind.AMEND, by=by, reason=reason, value=str(held.design_number + 1), question=question
    )
    row = apply_design(held, after, by=by, decision=decision, correcting=correcting)
    cycle.refresh_from_db()
    return row


def amended(cycle: Cycle, changes: Mapping[str, Any] | None = None, *, design: Mapping[str, Any] | None = None) -> Design:
    """The rules as an amendment would make them; nothing is written. Raises as `amend`, but for what has begun."""
    if cycle.state not in AMENDABLE:
        message = _("The cycle is {state}: its rules stay.", state=cycle.state)
        raise Conflict(message)
    before = design_of(cycle)
    written = exact(design) if design is not None else merged(before.data(), exact(changes or {}))
    after = parse_design(written, start=cycle.starts_at or db_now(), file="")
    if after.cycle.key != before.cycle.key:
        raise AmendRefused([Problem("cycle.key", _('a cycle keeps its key "{cycle}"', cycle=before.cycle.key))])
    missing = launch_problems(after)
    if missing and not launch_problems(before):
        raise LaunchRefused(missing)
    if digest_of(after.data()) == digest_of(before.data()):
        message = _("These changes leave the rules as they are.")
        raise NothingChanged(message)
    return after
