"""A scene that is kept is the scene that was built: the same rows, for each test its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.timezone import now

from games.cycles.models import Cycle, Design
from games.cycles.queries import design_of
from games.groups.models import Group
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.kept import kept

pytestmark = pytest.mark.django_db
built: list[str] = []


@pytest.fixture(autouse=True)
def _on_any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.factories.kept.OLDEST", timedelta(hours=1))


@kept
def pond(name: str = "Pond", *, more: object = None) -> tuple[Cycle, Group]:
    built.append(name)
    cycle = CycleFactory.create(
        name=name,
        logo=ContentFile(name.encode(), name="logo.svg"),
        summary="100 %s 'ö'; \\",
        design=small_design(cycle={"name": name}),
    )
    return cycle, Group.objects.create(cycle=cycle, key="frogs", name="Frogs")


@contextmanager
def a_test() -> Iterator[None]:
    """What a test does with the database is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> list[dict[str, object]]:
    return [*Cycle.objects.values(), *Design.objects.values(), *Group.objects.values()]


def asked(name: str, times: int) -> list[list[dict[str, object]]]:
    """What is in the database each time."""
    built.clear()
    found = []
    for _ in range(times):
        with a_test():
            pond(name)
            found.append(rows())
    return found


def test_it_is_built_twice_and_then_there_as_it_was():
    _, second, third, fourth = asked("Once", 4)
    assert len(second) == 3
    assert second == third == fourth
    assert built == ["Once", "Once"]


def test_what_one_test_changes_the_next_does_not_find():
    asked("Changed", 2)
    with a_test():
        cycle, group = pond("Changed")
        cycle.name = "Other"
        cycle.save()
        assert Group.objects.create(cycle=cycle, key="toads", name="Toads").pk > group.pk
        assert group.cycle is cycle
    with a_test():
        cycle, _ = pond("Changed")
        assert (cycle.name, Cycle.objects.get().name, Group.objects.count()) == ("Changed", "Changed", 1)
        assert design_of(Cycle.objects.get()).cycle.name == "Changed"
    assert built == ["Changed"] * 2


def test_its_files_are_there_though_somebody_took_them_away():
    asked("Filed", 2)
    for name in default_storage.listdir("logos")[1]:
        default_storage.delete(f"logos/{name}")
    cycle, _ = pond("Filed")
    assert (cycle.logo.read(), built) == (b"Filed", ["Filed"] * 2)


def test_numbers_go_on_from_it_where_somebody_set_them_back():
    asked("Back", 2)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('games_group', 'id'), 1, false)")
    cycle, group = pond("Back")
    assert all(Group.objects.create(cycle=cycle, key=str(n), name=f"Toads {n}").pk > group.pk for n in range(group.pk + 2))


def test_where_something_is_already_and_for_no_plain_arguments_it_is_built():
    asked("Beside", 2)
    with a_test():
        CycleFactory.create()
        pond("Beside")
        assert Cycle.objects.count() == 2
    for _ in range(3):
        with a_test():
            pond("Beside", more=object())
    assert built == ["Beside"] * 6


def test_at_another_time_it_is_built_again():
    asked("Later", 2)
    with a_test(), time_machine.travel(now() + timedelta(days=1)):
        pond("Later")
    assert built == ["Later"] * 3


@pytest.mark.django_db(transaction=True)
def test_where_transactions_are_real_it_is_built():
    built.clear()
    for _ in range(3):
        pond("Real")
    assert built == ["Real"] * 3
