"""Writes that are kept leave the rows that the framework leaves."""

import uuid
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.transaction import TransactionManagementError
from django.utils.safestring import SafeString

from games.journal.models import JournalEntry
from leaderboards.kept_writes import MANY, KeptInsert, KeptUpdate
from leaderboards.models import Board

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

AT = datetime(2027, 5, 1, 12, 30, tzinfo=UTC)
REST = {"at": AT, "subject": "it's 100 % so", "payload": {"a": [1, None, "ä"], "b": {"c": "1/3"}}}


def entry(**fields: Any) -> JournalEntry:
    return JournalEntry(kind="round.opened", **(REST | fields))


def plain(row: JournalEntry) -> dict[str, Any]:
    found = dict(JournalEntry.objects.filter(pk=row.pk).values().get())
    del found["id"]
    return found


@pytest.mark.parametrize(
    "fields", [{}, {"cycle_id": 1, "group_id": 2**40}, {"actor": uuid.UUID(int=7), "key": "a"}, {"subject": "", "payload": {}}]
)
def test_a_row_is_inserted_as_the_framework_inserts_it(django_assert_num_queries: Any, fields: dict[str, Any]) -> None:
    put, ours = KeptInsert(JournalEntry), entry(**fields)
    put(entry())
    with django_assert_num_queries(1):
        put(ours)
    theirs = JournalEntry.objects.create(kind="round.opened", **(REST | fields | {"key": None}))
    assert plain(ours) == plain(theirs) | {"key": fields.get("key")}
    assert theirs.pk == ours.pk + 1
    assert not ours._state.adding
    ours.refresh_from_db()
    assert ours.payload == (REST | fields)["payload"]


def test_a_second_row_with_the_same_key_is_refused() -> None:
    put = KeptInsert(JournalEntry)
    put(entry(key="once"))
    with pytest.raises(IntegrityError), transaction.atomic():
        put(entry(key="once"))
    assert JournalEntry.objects.filter(key="once").count() == 1
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            put(entry(key="once"))
        with pytest.raises(TransactionManagementError):  # what follows a refusal is refused, as ever
            JournalEntry.objects.exists()
        transaction.set_rollback(True)


def test_rows_that_are_there_are_written_over() -> None:
    put = KeptInsert(Board, unique=("scope", "key"), over=("name",))
    for names in (["A", "B", "C"], ["D"], ["E", "F", "G"]):
        put(*(Board(scope=1, key=f"k{place}", number=place, name=name) for place, name in enumerate(names)))
    assert list(Board.objects.order_by("key").values_list("key", "name")) == [("k0", "E"), ("k1", "F"), ("k2", "G")]


def test_rows_may_be_anything_with_their_attributes() -> None:
    put = KeptInsert(Board, unique=("scope", "key"), over=("name",))
    fields = {one.attname: one.get_default() for one in Board._meta.concrete_fields}
    put(*(SimpleNamespace(**fields | {"scope": 1, "number": ord(key), "key": SafeString(key), "name": "100 %s"}) for key in "ab"))
    assert list(Board.objects.order_by("key").values_list("key", "name")) == [("a", "100 %s"), ("b", "100 %s")]


def test_more_rows_than_are_kept_are_a_mistake() -> None:
    with pytest.raises(ValueError, match=str(MANY)):
        KeptInsert(Board, unique=("scope", "key"), over=("name",))(*(Board(scope=1, key=f"k{n}") for n in range(MANY + 1)))
    with pytest.raises(ValueError, match="one row"):
        KeptInsert(JournalEntry)(entry(), entry())


def test_a_row_is_updated_as_the_framework_updates_it(django_assert_num_queries: Any) -> None:
    ours, other = (JournalEntry.objects.create(kind="round.opened", **REST) for _ in range(2))
    ours.payload, ours.group_id, ours.at, ours.subject = {"new": ["%s"]}, None, AT.replace(hour=1), "not written"
    with django_assert_num_queries(1):
        KeptUpdate(JournalEntry, "payload", "group_id", "at")(ours)
    found = plain(ours)
    assert (found["payload"], found["group_id"], found["at"], found["subject"]) == (
        {"new": ["%s"]},
        None,
        AT.replace(hour=1),
        REST["subject"],
    )
    assert plain(other)["payload"] == REST["payload"]


def test_a_row_that_is_gone_is_told() -> None:
    with pytest.raises(DatabaseError, match="gone"):
        KeptUpdate(JournalEntry, "subject")(JournalEntry(pk=10**9, kind="round.opened", **REST))
