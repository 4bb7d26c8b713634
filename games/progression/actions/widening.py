"""The ladder of a round: its rules say when others see more of it than at publication. It only ever widens, and never before it is published."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.journal.queries import db_now
from games.playbooks.rules import Visibility
from games.rounds.actions import show_more
from games.rounds.models import Round
from games.rounds.rules import Widening, has_opened, next_widening, widens, widest_due

GONE: Final = (CycleState.CANCELLED.value, CycleState.DRAFT.value)


def widen_due(now: datetime | None = None) -> list[Round]:
    """Rounds whose time to show more has come, in whatever state their cycles are but cancelled. Run it as often as you like."""
    now = now or db_now()
    due = Round.objects.filter(widens_at__lte=now, published_at__isnull=False).exclude(cycle__state__in=GONE)
    return _each(due.select_related("cycle").order_by("pk"), now)


def widen_after(cycle: Cycle, now: datetime | None = None) -> list[Round]:
    """Something happened in a cycle that may let others see more: a round opened, or the cycle was closed."""
    rounds = Round.objects.filter(cycle=cycle, published_at__isnull=False).exclude(visibility=Visibility.FORKABLE.value)
    return _each(rounds.exclude(cycle__state__in=GONE).select_related("cycle").order_by("number"), now or db_now())


def _each(rounds: Iterable[Round], now: datetime) -> list[Round]:
    return [one for one in rounds if widen_by_rules(one, now)]


@transaction.atomic
def widen_by_rules(round_: Round, now: datetime) -> bool:
    """Show as much of a published round as its rules say by now, and note when to look again. Whether others see more than before."""
    cycle = locked(round_.cycle)
    held = Round.objects.get(pk=round_.pk)
    held.cycle = cycle
    steps = steps_of(held)
    then = next_widening(steps, now)
    if held.widens_at != then:
        held.widens_at = then
        held.save(update_fields=["widens_at"])
    if held.published_at is None:
        return False
    wanted = widest_due(steps, now, _happened(held, now))
    if wanted is None or not widens(Visibility(held.visibility), wanted):
        return False
    show_more(held, wanted)
    round_.visibility = held.visibility
    return True


def steps_of(round_: Round) -> list[Widening]:
    """The ladder of the rules it ran under. That a study begins is a time too."""
    spec = design_of(round_.cycle, round_.design_number).round(round_.key)
    if spec is None:
        return []
    study = spec.study.begins if spec.study is not None else None
    return [
        Widening(one.to, study if one.on == "study" else one.begins, "" if one.on == "study" else one.on or "")
        for one in spec.widens
    ]


def _happened(round_: Round, now: datetime) -> list[str]:
    found = ["closed"] if round_.cycle.state == CycleState.CLOSED.value else []
    after = Round.objects.filter(cycle=round_.cycle_id, number__gt=round_.number).order_by("number").first()
    return [*found, "next_round"] if after is not None and has_opened(after.clock, now) else found
