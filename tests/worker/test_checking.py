"""The nightly self-check: what holds is quiet, what does not is kept, counted, and told to the organizers."""

import json
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string

from games.cycles.models import Cycle
from games.journal.actions import seal_pending
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.actions import react
from games.notices.models import Message
from games.organizations.models import Person
from games.recognition.models import Points
from games.results.actions import publish_boards
from games.results.models import SelfCheck
from leaderboards.models import Snapshot, SnapshotProof
from leaderboards.queries import content_digest
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


def test_a_version_that_was_taken_away_or_made_anew_differs_from_the_journal(cycle: Cycle) -> None:
    """As somebody with the database's password and the key would: what is left holds together."""
    publish_boards(cycle, "call", now=db_now(), reason="Counted again.")
    seal_pending()
    assert check().faults == []
    busy = Snapshot.objects.get(board__key="busy", number=2)
    result = Snapshot.objects.get(board__key="result", number=2)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leaderboards_snapshotproof WHERE snapshot_id IN (%s, %s)", [busy.pk, result.pk])
        cursor.execute("DELETE FROM leaderboards_snapshot WHERE id = %s", [busy.pk])
        rows = [row | {"score": "999"} for row in result.rows]
        digest = content_digest(key="result", rows=rows, design_number=result.design_number, previous=result.previous_digest)
        named = [json.dumps(rows), digest, result.pk]
        cursor.execute("UPDATE leaderboards_snapshot SET rows = %s, digest = %s WHERE id = %s", named)
    found = [(one["board"], one["number"], one["what"]) for one in check().faults]
    assert {("busy", 2, "missing"), ("result", 2, "journal")} <= {*found}
    seal_pending()
    assert {row.kind for row in JournalEntry.objects.order_by("-seal")[:1]} == {Kind.PROOF_BROKEN.value}
    context = {"faults": SelfCheck.objects.latest("pk").faults}
    told = render_to_string("notices/proof.broken.txt", context)
    assert "busy, version 2: it was published, as the journal says, and is not there" in told
    assert "result, version 2: it is not the one that the journal says was published" in told
    assert ("result", 2, "digest") not in found, "its rows have the digest that stands there, and it was signed again"


def test_what_a_dry_run_published_is_nobodys_proof(cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(rehearsal=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leaderboards_snapshotproof")
        cursor.execute("DELETE FROM leaderboards_snapshot")
    assert check().faults == []
