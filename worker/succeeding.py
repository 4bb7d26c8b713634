"""At the end of a cycle it is looked back on; at the launch of the next one its teams begin with what was adopted to be tested."""

from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.retrospectives import actions
from games.retrospectives.queries import waiting


def look_back_at_the_end(entry: JournalEntry) -> None:
    """A cycle closed: its retrospective is asked for. A dry run and an imported past need none."""
    cycle = Cycle.objects.filter(pk=entry.cycle_id or 0, rehearsal=False, design_number__gt=0).first()
    if entry.payload.get("to") == CycleState.CLOSED.value and cycle is not None and cycle.state == CycleState.CLOSED.value:
        actions.ask(cycle)


def begin_with_what_was_adopted(entry: JournalEntry) -> None:
    """A cycle was launched, or a team came in: if the cycle before decided that the winner's idea is tested, its teams plan that."""
    cycle = Cycle.objects.filter(pk=entry.cycle_id or 0).first()
    if cycle is not None:
        actions.plan_adopted(cycle)


def write(pk: int) -> None:
    """Write a retrospective that was asked for."""
    actions.look_back(pk)


def to_write() -> list[int]:
    """What the clock finds: asked for, and written by nobody."""
    return waiting(db_now())
