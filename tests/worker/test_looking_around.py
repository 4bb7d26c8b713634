"""The clock looks around: in cycles that run, and one that fails stops no other."""

import pytest

from games.cycles.models import Cycle
from games.recognition.actions import watching as acting
from games.recognition.models import WatchFlag
from games.recognition.queries.watching import Suspect
from games.recognition.rules.watching import FlagKind
from tests.cast import Cast
from tests.factories.cycles import CycleFactory
from worker import watching

pytestmark = pytest.mark.django_db


def test_every_cycle_that_runs_is_looked_at_and_one_that_fails_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, over = CycleFactory.create(key="broken"), CycleFactory.create(key="over", state="closed")

    def found(cycle: Cycle, _now: object) -> list[Suspect]:
        if cycle.pk == broken.pk:
            raise RuntimeError("on purpose")
        return [Suspect(FlagKind.MOTION, f"{cast.red.pk}:2027-03-01", (cast.red.pk,), {})]

    monkeypatch.setattr(acting, "suspects_in", found)
    assert watching.look_around() == 1
    assert WatchFlag.objects.get().cycle == cast.cycle
    assert not WatchFlag.objects.filter(cycle=over).exists()
    assert watching.look_around() == 0
