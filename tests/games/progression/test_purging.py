"""What a cycle promised to delete goes when it said so, once; everything that proves its results stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.timezone import now

from games.cycles.actions import change_state
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.groups.models import Group, JoinRequest, Membership, Registration, RegistrationFile
from games.ideas.models import IdeaDraft
from games.journal.actions import seal_pending
from games.journal.models import JournalEntry
from games.journal.queries import broken_links
from games.judging.models import Sheet
from games.notices.models import Message
from games.organizations.models import Invitation, Person
from games.progression.actions import amend
from games.progression.actions.purging import closed_at, counts_of, due_parts, purge
from games.submissions.models import Submission, Upload, Version
from leaderboards.models import Board
from leaderboards.queries import broken_snapshots
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.organizations import PersonFactory
from tests.factories.results import Played, judge_final, water
from worker.retention import carry_out, listed
from worker.steps import settle_now

pytestmark = pytest.mark.django_db
ALL = {"drafts": 10, "files": 20, "contacts": 30, "notes": 40}


@pytest.fixture(autouse=True)
def _empty_storage() -> None:
    """Files of other tests are not ours: the storage outlives a test."""
    for folder in ("logos", "uploads", "exports"):
        if default_storage.exists(folder):
            for name in default_storage.listdir(folder)[1]:
                default_storage.delete(f"{folder}/{name}")


def kept_file(name: str) -> str:
    return default_storage.save(f"uploads/{name}", ContentFile(b"bytes"))


def played(**retention: int) -> Played:
    """The water competition, published, full of what may have to go."""
    story = water(retention=retention)
    story.cycle.refresh_from_db()
    settle_now(story.rounds["call"], by=None)
    judge_final(story)
    aqua, task = story.groups["aqua"], story.challenges["prototype"]
    entry = Submission.objects.create(challenge=task, group=aqua, state="published", draft={"title": "More"}, draft_note="Later.")
    version = Version.objects.create(submission=entry, number=1, digest="a" * 64, at=now(), data={"paper": 1})
    Submission.objects.filter(pk=entry.pk).update(pinned=version)
    Upload.objects.create(submission=entry, field="paper", name="paper.pdf", file=kept_file("one"), size=5, digest="b" * 64)
    never = Submission.objects.create(challenge=task, group=story.groups["brook"], draft={"title": "Half"})
    Upload.objects.create(submission=never, field="paper", name="half.pdf", file=kept_file("two"), size=5, digest="c" * 64)
    person = PersonFactory(email="ada@example.org")
    IdeaDraft.objects.create(cycle=story.cycle, person=person, group=aqua, content={"title": "Half a thought"})
    MembershipFactory(group=aqua, person=person)
    Invitation.objects.create(person=person, digest="d" * 64, expires_at=now())
    registration = Registration.objects.create(group=aqua, answers={"phone": "123"}, asked_at=now())
    RegistrationFile.objects.create(
        registration=registration, field="id", name="id.pdf", file=kept_file("three"), size=5, digest="e" * 64
    )
    JoinRequest.objects.create(group=aqua, person=person, message="My number is 123.")
    Group.objects.filter(pk=aqua.pk).update(invite_code="abc")
    Message.objects.create(to="ada@example.org", cycle=story.cycle, kind="x", key="x", subject="x", body="x")
    sheet = Sheet.objects.filter(challenge=task, group=aqua).first()
    assert sheet is not None
    Sheet.objects.filter(pk=sheet.pk).update(note="Smug.", flag="Copied?", comment="Well done.")
    settle_now(story.rounds["final"], by=None)
    return story


def closed(story: Played) -> Cycle:
    cycle = Cycle.objects.get(pk=story.cycle.pk)
    change_state(cycle, CycleState.CLOSED, by=None, reason="Over.")
    return cycle


def names() -> set[str]:
    return set(default_storage.listdir("uploads")[1])


def test_by_default_everything_is_kept() -> None:
    cycle = closed(played())
    assert carry_out(now() + timedelta(days=36_000)) == 0
    assert (listed(cycle), Submission.objects.filter(state="draft").count(), len(names())) == ([], 1, 3)


def test_nothing_goes_while_the_cycle_goes_on_or_before_its_day() -> None:
    story = played(**ALL)
    assert due_parts(Cycle.objects.get(pk=story.cycle.pk), now() + timedelta(days=1000)) == []
    cycle = closed(story)
    assert closed_at(cycle) is not None
    assert due_parts(cycle, now() + timedelta(days=9)) == []
    assert due_parts(cycle, now() + timedelta(days=21)) == ["drafts", "files"]
    assert purge(cycle, now=now() + timedelta(days=9)) == {}


def test_each_part_goes_on_its_day_and_is_told_in_numbers(django_capture_on_commit_callbacks: Any) -> None:
    cycle = closed(played(**ALL))
    with django_capture_on_commit_callbacks(execute=True):
        carry_out(now() + timedelta(days=11))
    cycle.refresh_from_db()
    assert (names(), cycle.purged_at) == ({"one", "three"}, None)
    assert not Submission.objects.filter(group__key="brook", challenge__key="prototype").exists()
    assert Submission.objects.get(group__key="aqua").draft == {}
    with django_capture_on_commit_callbacks(execute=True):
        carry_out(now() + timedelta(days=41))
    cycle.refresh_from_db()
    assert (names(), cycle.purged_at is not None) == (set(), True)
    upload = Upload.objects.get()
    assert (upload.file.name, upload.name, upload.digest) == ("", "paper.pdf", "b" * 64)
    person = Membership.objects.get(group__key="aqua").person
    assert (person.email, Invitation.objects.count(), Message.objects.count(), RegistrationFile.objects.count()) == ("", 0, 0, 0)
    assert (Registration.objects.get().answers, JoinRequest.objects.get().message) == ({}, "")
    assert not Sheet.objects.exclude(note="", flag="").exists()
    assert Sheet.objects.filter(comment="Well done.").exists()
    told = {entry.payload["part"]: entry.payload for entry in JournalEntry.objects.filter(kind="cycle.purged")}
    assert told == {
        "drafts": {"part": "drafts", "entries": 1, "drafts": 1, "idea_drafts": 1},
        "files": {"part": "files", "files": 1},
        "contacts": {
            "part": "contacts",
            "addresses": 1,
            "invitations": 1,
            "registrations": 1,
            "registration_files": 1,
            "requests": 1,
            "codes": 1,
        },
        "mails": {"part": "mails", "mails": 1},
        "notes": {"part": "notes", "notes": 1},
    }


def test_carried_out_again_it_finds_nothing_and_tells_nothing() -> None:
    cycle = closed(played(**ALL))
    late = now() + timedelta(days=50)
    assert carry_out(late) == 1
    before = JournalEntry.objects.count()
    assert carry_out(late) == 0
    again = purge(Cycle.objects.get(pk=cycle.pk), now=late)
    assert {count for counts in again.values() for count in counts.values()} == {0}
    assert JournalEntry.objects.count() == before


def test_results_hashes_and_the_journal_stay_verifiable() -> None:
    from games.bundles.actions.exporting import bundle_for
    from games.bundles.audience import Audience
    from games.bundles.verify import verify

    cycle = closed(played(**ALL))
    before = verify(bundle_for(cycle, Audience.ORGANIZERS))
    carry_out(now() + timedelta(days=50))
    after = verify(bundle_for(cycle, Audience.ORGANIZERS))
    assert before.compared.total() > 10
    assert (after.compared, after.differences) == (before.compared, ())
    for board in Board.objects.filter(scope=cycle.pk):
        assert broken_snapshots(board) == []
    while seal_pending():
        pass
    assert list(broken_links()) == []


def test_who_has_an_account_or_plays_elsewhere_keeps_the_address() -> None:
    story = played(contacts=1)
    ada = actor("ada2")
    MembershipFactory(group=story.groups["brook"], person=ada.person)
    busy = PersonFactory(email="busy@example.org")
    MembershipFactory(group=story.groups["brook"], person=busy)
    MembershipFactory(person=busy)  # in another cycle, which goes on
    closed(story)
    carry_out(now() + timedelta(days=2))
    kept = set(Person.objects.exclude(email="").values_list("email", flat=True))
    assert {"ada2@example.org", "busy@example.org"} <= kept
    assert "ada@example.org" not in kept


def test_a_cycle_that_was_opened_again_waits_for_its_next_closing() -> None:
    story = played(notes=1)
    cycle = closed(story)
    change_state(cycle, CycleState.RUNNING, by=None, reason="A protest.")
    assert carry_out(now() + timedelta(days=5)) == 0
    assert counts_of(cycle, "notes") == {"notes": 1}


def test_the_list_says_what_will_go_when() -> None:
    story = played(**ALL)
    before = listed(Cycle.objects.get(pk=story.cycle.pk))
    assert [(one.part, one.days, one.due) for one in before] == [(part, days, None) for part, days in ALL.items()]
    cycle = closed(story)
    since = closed_at(cycle)
    assert since is not None
    assert [one.due for one in listed(cycle)] == [since + timedelta(days=days) for days in ALL.values()]
    assert [one.total for one in listed(cycle)] == [3, 2, 7, 1]


def test_the_rule_can_be_amended_until_the_cycle_closes() -> None:
    story = played(notes=5)
    amend(story.cycle, {"retention": {"notes": 9}}, by=None, reason="Judges asked for it.")
    assert due_parts(closed(story), now() + timedelta(days=6)) == []


def test_a_file_whose_bytes_are_gone_is_not_found() -> None:
    story = played(files=1)
    captain = actor("cap")
    MembershipFactory(group=story.groups["aqua"], person=captain.person, capabilities=["captain", "submit"])
    upload = Upload.objects.get(name="paper.pdf")
    path = f"/api/v1/uploads/{upload.pk}/content"
    assert captain.client.get(path).status_code == 200
    closed(story)
    carry_out(now() + timedelta(days=2))
    assert captain.client.get(path).status_code == 404
