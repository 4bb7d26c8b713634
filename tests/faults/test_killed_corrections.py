"""A correction whose worker is killed at any step of its publication ends as one that nobody disturbed; a lost preview is computed again."""

import signal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache as kept

from games.changes import actions
from games.changes.actions import Wanted
from games.changes.models import ChangeSet
from games.changes.rules import ChangeKind
from games.cycles.models import Cycle
from games.journal.models import JournalEntry
from games.judging.models import Mark, PastSheet, Sheet
from games.recognition.actions import give_grant, verify
from games.recognition.models import Grant
from games.results.models import RecomputeRun
from games.results.rules import Step
from tests.factories.results import Played, judge_final, water
from tests.faults.test_killed_workers import dying, state
from tests.worker.processes import until
from worker import correcting
from worker.steps import do_step, settle_now
from worker.waking import publish

pytestmark = pytest.mark.timeout(480)


def corrected() -> tuple[Played, ChangeSet]:
    """Both rounds are published, gold and the money are granted; brook's marks were too low, aqua's first judge should not have marked."""
    played = water()
    settle_now(played.rounds["call"], by=None)
    judge_final(played)
    settle_now(played.rounds["final"], by=None)
    for grant in Grant.objects.filter(cycle=played.cycle, award__in=["gold", "money"], group__isnull=False):
        give_grant(verify(grant, by=None), by=None)
    cycle = Cycle.objects.get(pk=played.cycle.pk)
    changes = [
        Wanted(ChangeKind.MARK, sheet=sheet(played, "brook", 0, "prototype"), criterion="evidence", value=5),
        Wanted(ChangeKind.MARK, sheet=sheet(played, "brook", 0, "concept"), criterion="impact", value=5),
        Wanted(ChangeKind.RECUSE, sheet=sheet(played, "cloud", 1, "concept")),
        Wanted(ChangeKind.DISQUALIFY, group=played.groups["delta"], round="final"),
    ]
    draft = actions.prepare(cycle, reason="Read wrongly.", by=None, changes=changes)
    assert correcting.look_at(draft.pk)
    draft.refresh_from_db()
    return played, actions.apply(draft, by=None, stamp=draft.stamp)


def sheet(played: Played, group: str, judge: int, challenge: str) -> Sheet:
    return Sheet.objects.select_related("challenge__round__cycle", "group", "judge").get(
        challenge=played.challenges[challenge], group=played.groups[group], judge=played.judges[judge]
    )


def end(cycle_id: int) -> dict[str, Any]:
    """Everything a correction leaves, without ids and times."""
    sheets = Sheet.objects.filter(challenge__round__cycle=cycle_id)
    return state(cycle_id) | {
        "sheets": sorted(sheets.values_list("group__key", "judge__key", "state", "revision", "reason")),
        "marks": sorted(
            Mark.objects.filter(sheet__in=sheets).values_list("sheet__group__key", "criterion", "value", "state"), key=str
        ),
        "past": sorted(PastSheet.objects.filter(sheet__in=sheets).values_list("sheet__group__key", "revision", "reason")),
        "settled": JournalEntry.objects.filter(cycle_id=cycle_id, kind="changes.settled").count(),
        "reasons": sorted(Grant.objects.filter(cycle=cycle_id).values_list("award", "state", "reason", "proof")),
    }


@cache
def undisturbed() -> dict[str, Any]:
    played, done = corrected()
    while do_step(done.run_id or 0):
        pass
    found = end(played.cycle.pk)
    assert found["settled"] == 1
    assert {
        (award, group): cents for award, group, _, cents, state_ in found["grants"] if (award, state_) == ("money", "granted")
    }
    return found


@pytest.mark.django_db(transaction=True)
def test_a_correction_whose_worker_is_killed_at_every_step_ends_the_same(tmp_path: Path) -> None:
    played, done = corrected()
    with dying(tmp_path / "log", *Step, "none"):
        until(lambda: RecomputeRun.objects.get(pk=done.run_id).state == "done", 400, between=lambda: publish("tick"))
    assert (tmp_path / "log").read_text().splitlines() == [f"{step} {-signal.SIGKILL}" for step in Step]
    assert end(played.cycle.pk) == undisturbed()


@pytest.mark.django_db
def test_nothing_is_applied_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last act of applying fails: the sheets, the decisions and the grants are as they were, and no run waits."""
    from games.changes.actions import applying

    def broken(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(applying, "_record", broken)
    with pytest.raises(KeyboardInterrupt):
        corrected()
    assert not PastSheet.objects.exists()
    assert not Grant.objects.filter(state="revoked").exists()
    assert not JournalEntry.objects.filter(kind__in=["sheet.corrected", "sheet.recused"]).exists()
    assert not RecomputeRun.objects.filter(kind="settle", state="waiting").exists()
    assert ChangeSet.objects.get().state == "draft"


@pytest.mark.django_db
def test_a_preview_whose_worker_died_is_computed_by_another() -> None:
    played = water()
    settle_now(played.rounds["call"], by=None)
    cycle = Cycle.objects.get(pk=played.cycle.pk)
    change = Wanted(ChangeKind.MARK, sheet=sheet(played, "brook", 0, "concept"), criterion="impact", value=5)
    draft = actions.prepare(cycle, reason="x", by=None, changes=[change])
    kept.add(f"changes:{draft.pk}:taken", 1, 120)  # the one who dies
    assert not correcting.look_at(draft.pk)
    kept.delete(f"changes:{draft.pk}:taken")  # its time is over
    assert correcting.waiting() == [draft.pk]
    assert correcting.look_at(draft.pk)
