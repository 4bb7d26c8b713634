"""Writing observations: record a measured value, correct it, take it back. What was told before stays in the record."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group, Membership
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.models import Observation
from games.learning.rules.measuring import (
    AIM,
    ObservationInvalid,
    ObservationRefused,
    check_day,
    checked_source,
    in_millionths,
)
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _


@transaction.atomic
def record_observation(
    *, cycle: Cycle, value: object, period: date, note: str, by: Any, measure: str = AIM, group: Group | None = None
) -> Observation:
    """Write down what was measured on a day, and where the number comes from. `measure` aim: the cycle's own.

    Raises ObservationInvalid for a value, day or source that is none, ObservationRefused when the cycle has no aim to measure or
    another value of the day stands (correct that one).
    """
    held = locked(cycle)
    _check_measured(held, measure, group)
    return _written(
        Observation(cycle=held, measure=measure, group=group, by=person_of(held, by, group)),
        Kind.OBSERVATION_RECORDED,
        value=value,
        period=period,
        note=note,
        by=by,
    )


@transaction.atomic
def correct_observation(
    observation: Observation, *, value: object, note: str, by: Any, period: date | None = None
) -> Observation:
    """Replace a value by another one, also of another day. The old row stays, with when it was replaced.

    Raises what `record_observation` raises, and ObservationRefused when it was replaced before.
    """
    old = _standing(observation)
    old.replaced_at = db_now()
    old.save(update_fields=["replaced_at"])
    new = Observation(cycle=old.cycle, measure=old.measure, group=old.group, by=person_of(old.cycle, by, old.group))
    return _written(new, Kind.OBSERVATION_CORRECTED, value=value, period=period or old.period, note=note, by=by, replaces=old.pk)


@transaction.atomic
def withdraw_observation(observation: Observation, *, by: Any) -> Observation:
    """Take a value back that should not be there. It stays in the record. Raises ObservationRefused when it was replaced before."""
    old = _standing(observation)
    old.replaced_at = db_now()
    old.save(update_fields=["replaced_at"])
    _journal(Kind.OBSERVATION_CORRECTED, old, by=by, replaces=old.pk)
    return old


def person_of(cycle: Cycle, by: Any, group: Group | None = None) -> Person | None:
    """As whom the user acts in the cycle, or in one of its groups."""
    if getattr(by, "pk", None) is None:
        return None
    held = Membership.objects.filter(cycle=cycle, person__user=by, until__isnull=True).select_related("person").order_by("pk")
    found = (held.filter(group=group).first() if group is not None else None) or held.first()
    return found.person if found is not None else None


def _check_measured(cycle: Cycle, measure: str, group: Group | None) -> None:
    if cycle.state == CycleState.DRAFT.value or not cycle.design_number:
        raise ObservationRefused(_("The cycle is not launched: there is nothing to measure yet."))
    if measure == AIM and not design_of(cycle).aim.measure:
        raise ObservationRefused(_("The rules of this cycle name no measure of an aim."), where="measure")
    if group is not None and group.cycle_id != cycle.pk:
        raise ObservationInvalid(_("The team is of another cycle."), where="group")


def _standing(observation: Observation) -> Observation:
    """The row, locked and fresh. Raises ObservationRefused when it was replaced."""
    held = Observation.objects.select_for_update(of=("self",), no_key=True).select_related("cycle", "group")
    row = held.get(pk=observation.pk)
    if row.replaced_at is not None:
        raise ObservationRefused(_("This value was replaced already: correct the one that stands."))
    return row


def _written(new: Observation, kind: Kind, *, value: object, period: date, note: str, by: Any, replaces: int = 0) -> Observation:
    now = db_now()
    check_day(period, now, design_of(new.cycle).cycle.timezone)
    new.value, new.period, new.note, new.at = in_millionths(value), period, checked_source(note), now
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        raise ObservationRefused(_("A value of this day is there already: correct that one."), where="period") from None
    _journal(kind, new, by=by, replaces=replaces)
    return new


def _journal(kind: Kind, one: Observation, *, by: Any, replaces: int = 0) -> None:
    """The act without its words."""
    payload = {"measure": one.measure, "period": one.period.isoformat(), **({"replaces": replaces} if replaces else {})}
    record(kind, cycle_id=one.cycle_id, by=by, group_id=one.group_id, subject=f"observation:{one.pk}", payload=payload)
