"""Acts that come without end: what waits gets its turn all the same."""

from typing import Any

import pytest

from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.results.models import RecomputeRun
from tests.factories.results import water
from worker import pulse, reactions

pytestmark = pytest.mark.django_db


def test_a_pulse_ends_and_hands_out_while_acts_go_on_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    played = water()
    told: list[tuple[Any, ...]] = []
    for module in ("worker.waking", "worker.reactions", "worker.pulse"):
        monkeypatch.setattr(f"{module}.publish", lambda *asked, countdown=None: told.append(asked) or True)

    def again(entry: JournalEntry) -> None:
        record(Kind.SHEET_FINALIZED, cycle_id=entry.cycle_id)

    monkeypatch.setitem(reactions.FLOW, Kind.SHEET_FINALIZED, (reactions.refresh, again))  # type: ignore[arg-type]
    record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
    pulse.pulse()
    run = RecomputeRun.objects.get()
    assert told[-2:] == [("work", run.pk), ("pulse",)], "the run comes before the next pulse"


def test_without_a_broker_a_pulse_does_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    played = water()
    monkeypatch.setattr("worker.pulse.publish", lambda *_asked, countdown=None: False)
    monkeypatch.setattr(pulse, "ROUNDS", 1)
    for _ in range(5):
        record(Kind.SHEET_FINALIZED, cycle_id=played.cycle.pk)
    pulse.pulse()
    assert not JournalEntry.objects.filter(seal__isnull=True).exists()
    assert RecomputeRun.objects.count() == 1
