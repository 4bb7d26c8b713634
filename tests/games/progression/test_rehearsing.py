"""A dry run: invented people play the whole cycle by the real actions, and nothing of it stays."""

import pytest
from django.apps import apps

from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.notices.models import Message
from games.organizations.models import Person
from games.permissions import access_for, visible
from games.playbooks.queries import library
from games.progression import actions
from games.progression.actions.rehearsing import RehearsalGone, remove_rehearsal, start_rehearsal
from games.progression.drafting import draft_of
from games.progression.models import Rehearsal
from games.recognition.models import Grant
from games.rounds.models import Entrant, Round
from games.submissions.models import Upload
from leaderboards.models import Snapshot
from tests.factories.accounts import UserFactory
from tests.factories.cycles import START, small
from worker import pulse
from worker.rehearsing import rehearse

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]  # whole competitions are played


@pytest.fixture
def org():
    return UserFactory(name="Org")


def everything():
    """How many rows of every model there are, but for the journal, which keeps what happened."""
    models = [one for one in apps.get_models() if one._meta.app_label in {"games", "leaderboards"}]
    return {one.__name__: one._default_manager.count() for one in models if one.__name__ not in {"JournalEntry", "Sealer"}}


def played(org, source=None):
    cycle = actions.draft_cycle(source or small(), by=org, start=START)
    rehearsal = start_rehearsal(cycle, by=org)
    assert rehearse(rehearsal.pk), Rehearsal.objects.get(pk=rehearsal.pk).error
    rehearsal.refresh_from_db()
    return rehearsal


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_goes_from_the_first_entry_to_the_last_award(org):
    rehearsal = played(org)
    cycle = rehearsal.cycle
    assert rehearsal.error == ""
    assert rehearsal.finished_at is not None
    assert (cycle.rehearsal, cycle.public, cycle.series) == (True, False, None)
    assert not Round.objects.filter(cycle=cycle, published_at__isnull=True).exists()
    assert Entrant.objects.filter(round__cycle=cycle, round__key="final").count() == 2
    assert set(Grant.objects.filter(cycle=cycle, award="gold").values_list("state", flat=True)) == {"granted"}
    assert all(one.name.startswith("Invented ") for one in Group.objects.filter(cycle=cycle))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", sorted(library()))
def test_every_playbook_of_the_library_can_be_tried_out(org, key):
    rehearsal = played(org, key)
    assert rehearsal.error == ""
    assert Snapshot.objects.filter(board__scope=rehearsal.cycle_id).exists()


@pytest.mark.django_db(transaction=True)
def test_removing_it_leaves_every_table_as_it_was(org, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cycle = actions.draft_cycle("innovation-competition", by=org, start=START)
    before = everything()
    rehearsal = start_rehearsal(cycle, by=org)
    assert rehearse(rehearsal.pk)
    assert Upload.objects.exists()
    pulse.pulse()
    remove_rehearsal(rehearsal, by=org)
    assert everything() == before
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
    assert JournalEntry.objects.filter(cycle_id=rehearsal.cycle_id).exists()
    with pytest.raises(RehearsalGone):
        remove_rehearsal(rehearsal, by=org)


@pytest.mark.django_db(transaction=True)
def test_its_mails_never_leave(org):
    played(org)
    pulse.pulse()
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_but_its_organizer_finds_it(org):
    rehearsal = played(org)
    mine = Cycle.objects.filter(pk=rehearsal.cycle_id)
    assert visible(access_for(org), "cycle.view", mine).exists()
    assert not visible(access_for(UserFactory()), "cycle.view", mine).exists()
    assert not Person.objects.filter(user__isnull=True).exclude(key__startswith="dry-run-").exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_one_takes_the_place_of_the_first(org):
    first = played(org)
    second = start_rehearsal(first.source, by=org)
    assert list(Rehearsal.objects.all()) == [second]
    assert Cycle.objects.filter(rehearsal=True).count() == 1


def test_it_can_be_tried_before_aim_and_checks_are_written(org):
    cycle = actions.draft_cycle(small(), by=org, start=START)
    draft = draft_of(cycle)
    actions.edit_draft(draft, {**draft.data, "aim": {}, "checks": {}}, by=org)
    assert start_rehearsal(cycle, by=org).steps == 8


@pytest.mark.parametrize("end", [actions.discard_draft, actions.launch_draft])
def test_it_goes_with_the_draft_whatever_becomes_of_that(org, end):
    cycle = actions.draft_cycle(small(), by=org, start=START)
    start_rehearsal(cycle, by=org)
    end(cycle, by=org)
    assert not Cycle.objects.filter(rehearsal=True).exists()
