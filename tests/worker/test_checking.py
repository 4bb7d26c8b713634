"""The nightly self-check: what holds is quiet, what does not is kept, counted, and told to the organizers."""

from typing import Any

import pytest
from django.db import connection

from games.cycles.models import Cycle
from games.journal.actions import seal_pending
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions import react
from games.notices.models import Message
from games.organizations.models import Person
from games.recognition.models import Points
from games.results.models import SelfCheck
from leaderboards.models import Snapshot, SnapshotProof
from tests.factories.groups import MembershipFactory
from tests.games.bundles.test_kept import played, published
from worker.checking import check

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle() -> Cycle:
    return published(played())


def test_what_was_published_and_left_alone_holds(cycle: Cycle) -> None:
    found = check()
    assert (found.snapshots, found.recomputed, found.faults) == (2, 2, [])
    assert not JournalEntry.objects.filter(kind=Kind.PROOF_BROKEN.value).exists()


def test_a_changed_row_is_told_to_the_organizers_by_its_board_and_version(cycle: Cycle, django_user_model: Any) -> None:
    person = Person.objects.create(key="olga", name="Olga", email="olga@example.org")
    person.user = django_user_model.objects.create_user(email="olga@example.org", password="x", name="Olga")
    person.save()
    MembershipFactory(group=None, cycle=cycle, person=person, role="organizer", capabilities=["organize"])
    made = Snapshot.objects.get(board__key="busy")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboards_snapshot SET rows = %s WHERE id = %s", ["[]", made.pk])
    found = check()
    assert [(one["board"], one["number"], one["what"]) for one in found.faults][:2] == [
        ("busy", 1, "digest"),
        ("busy", 1, "root"),
    ]
    seal_pending()
    entry = JournalEntry.objects.get(kind=Kind.PROOF_BROKEN.value)
    assert entry.payload["check"] == SelfCheck.objects.get().pk
    react(entry.pk)
    (mail,) = Message.objects.filter(kind="proof.broken")
    assert "busy, version 1: its rows are not those that were published" in mail.body


def test_facts_changed_behind_a_version_are_found_by_computing_it_anew(cycle: Cycle) -> None:
    Points.objects.filter(cycle=cycle).update(amount=7)
    found = check()
    assert {(one["board"], one["what"]) for one in found.faults} == {("busy", "recomputed")}


def test_what_was_never_signed_is_signed_that_night(cycle: Cycle) -> None:
    SnapshotProof.objects.all().delete()
    assert check().faults == []
    assert SnapshotProof.objects.count() == 2


def test_a_house_whose_key_was_withdrawn_hears_of_it(cycle: Cycle) -> None:
    from games.credentials.actions import withdraw_key
    from games.credentials.queries import present_key

    SnapshotProof.objects.all().delete()
    withdraw_key(present_key().kid, by=None, reason="stolen")
    assert {one["what"] for one in check().faults} == {"unsigned"}


def test_a_cycle_whose_facts_were_deleted_as_promised_is_not_computed(cycle: Cycle) -> None:
    JournalEntry.objects.create(kind=Kind.CYCLE_PURGED.value, cycle_id=cycle.pk, at=cycle.created_at)
    assert check().recomputed == 0
