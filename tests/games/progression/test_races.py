"""Two at the same moment: one wins, nothing is done twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.errors import GameError
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.progression import actions
from games.rounds.models import Extension, Round
from tests.factories.accounts import UserFactory
from tests.factories.cycles import small
from tests.factories.groups import GroupFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[int], object], times: int = 3) -> list[object]:
    """What each of several threads got: the result, or the code of the refusal."""
    start = Barrier(times)

    def one(number: int) -> object:
        try:
            start.wait()
            return act(number)
        except GameError as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.fixture
def cycle() -> Iterator[Cycle]:
    start = (db_now() - timedelta(days=17)).replace(microsecond=0)
    return actions.launch(small(), by=UserFactory(name="Org"), start=start)


def test_a_key_is_launched_once():
    user = UserFactory(name="Org")
    answers = at_once(lambda _: actions.launch(small(cycle={"key": "race"}), by=user).key)
    assert sorted(map(str, answers)) == ["cycle_key_taken", "cycle_key_taken", "race"]
    assert Cycle.objects.count() == 1


def test_a_gate_is_decided_once(cycle):
    final = Round.objects.get(key="final")
    answers = at_once(lambda n: actions.pass_gate(final, ("go", "no_go", "go")[n], by=None, reason="x").key)
    assert sorted(map(str, answers)) == ["final", "gate_refused", "gate_refused"]
    assert Decision.objects.filter(kind="gate").count() == 1


def test_several_clocks_tell_once(cycle):
    at_once(lambda _: actions.settle_round_states())
    told = list(JournalEntry.objects.filter(kind__startswith="round.").order_by("id").values_list("kind", flat=True))
    assert told == ["round.opened", "round.locked"]
    assert Cycle.objects.get().state == "running"


def test_a_round_is_published_once(cycle):
    actions.settle_round_states()
    call = Round.objects.get(key="call")
    at_once(lambda _: actions.publish_round(call, by=None).key)
    assert Decision.objects.filter(kind="publish").count() == JournalEntry.objects.filter(kind="round.published").count() == 1


def test_amendments_follow_one_another(cycle):
    names = ("Pitch", "Finale", "Encore")
    rows = at_once(
        lambda n: (
            actions.amend(Cycle.objects.get(), {"rounds": [{"key": "final", "name": names[n]}]}, by=None, reason="name").number
        )
    )
    assert sorted(map(int, map(str, rows))) == [2, 3, 4]
    last = DesignRow.objects.get(number=4)
    assert Round.objects.get(key="final").name == last.data["rounds"][1]["name"]
    assert Cycle.objects.get().design_number == 4


def test_two_extensions_of_one_group_leave_the_later_or_refuse(cycle):
    group, call = GroupFactory(cycle=cycle), Round.objects.get(key="call")
    now = db_now()
    at_once(lambda n: actions.extend(call, now + timedelta(days=n + 1), by=None, reason="ill", group=group).number)
    assert Extension.objects.get().until == now + timedelta(days=3)
