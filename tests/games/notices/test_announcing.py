"""Announcements reach their audience and nobody else; reminders reach those who are behind, once a day."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from games.errors import Conflict, Invalid
from games.journal.models import JournalEntry
from games.judging import actions as judging
from games.judging.models import Sheet
from games.notices import actions
from games.notices.announcements import announcements_of, shown
from games.notices.models import Announcement, Message, Notice
from games.permissions import visible
from games.rounds.actions import extend
from games.rounds.models import Round
from games.submissions import actions as submissions
from tests.cast import Cast
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, locked_scene, people, sheet_for
from tests.factories.organizations import PersonFactory
from tests.factories.submissions import entry, move, scene

pytestmark = pytest.mark.django_db


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("to", flat=True))


def names(*found):
    return sorted(f"{name}@example.org" for name in found)


def announce(cast, audience="public", **changes):
    values = {"title": "Doors open at nine", "text": "Bring **tea**."} | changes
    return actions.make_announcement(cast.cycle, audience=audience, by=cast.org.user, **values)


@pytest.mark.parametrize(
    ("audience", "hear", "read"),
    [
        ("public", ("ada", "ben", "judith", "org"), {"ada", "ben", "judith", "org", "eve", "visitor"}),
        ("teams", ("ada", "ben"), {"ada", "ben", "org"}),
        ("judges", ("judith",), {"judith", "org"}),
    ],
)
def test_an_announcement_is_heard_and_read_by_its_audience(cast: Cast, audience, hear, read):
    made, count = announce(cast, audience)
    assert told("news") == names(*hear)
    assert count == len(hear)
    assert set(Notice.objects.values_list("topic", flat=True)) == {"news"}
    rows = announcements_of(cast.cycle)
    assert {one.name for one in cast.everybody() if visible(one.access, "announcement.view", rows).exists()} == read
    assert shown(rows)[0]["html"].strip() == "<p>Bring <strong>tea</strong>.</p>"
    assert JournalEntry.objects.get(kind="announcement.made").subject == f"announcement:{made.pk}"


def test_in_a_cycle_that_is_not_public_outsiders_read_nothing(cast: Cast):
    announce(cast)
    cast.cycle.public = False
    cast.cycle.save()
    assert not visible(cast.eve.access, "announcement.view", announcements_of(cast.cycle)).exists()


def test_withdrawn_it_is_gone_for_everybody_but_organizers_and_the_record(cast: Cast):
    made, _ = announce(cast)
    for _ in range(2):
        actions.withdraw_announcement(made, by=cast.org.user)
    rows = announcements_of(cast.cycle)
    assert {one.name for one in cast.everybody() if visible(one.access, "announcement.view", rows).exists()} == {"org"}
    assert shown(rows) == []
    assert not Notice.objects.exists()
    assert JournalEntry.objects.filter(kind="announcement.withdrawn").count() == 1


@pytest.mark.parametrize("changes", [{"title": "  "}, {"title": "x" * 201}, {"text": "x" * 20_001}, {"audience": "everybody"}])
def test_what_cannot_be_announced_is_refused(cast: Cast, changes):
    with pytest.raises(Invalid):
        announce(cast, **changes)
    assert not Announcement.objects.exists()


def test_a_dry_run_tells_nobody_anything(cast: Cast):
    cast.cycle.rehearsal = True
    cast.cycle.save()
    assert announce(cast)[1] == 0
    round_ = Round.objects.select_related("cycle").get(pk=cast.call.pk)
    assert actions.remind_entries(round_, by=cast.org.user).people == 0
    assert not Message.objects.exists()
    assert not Notice.objects.exists()


def test_a_draft_tells_nobody_anything(cast: Cast):
    cast.cycle.state = "draft"
    with pytest.raises(Conflict):
        announce(cast)


# --- Reminders ------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def writing():
    call = scene(groups=2)
    return call, people(call)


def test_only_teams_that_are_behind_are_reminded_once_a_day(writing):
    call, who = writing
    entry(call, call.groups[0])
    submissions.save_draft(
        submission=submissions.open_entry(challenge=call.challenge, group=call.groups[1], by=None), data={"title": "x"}, by=None
    )
    assert actions.remind_entries(call.round, by=who.org.user) == (1, 0, 0)
    assert told("remind.entry") == names("ben")
    assert actions.remind_entries(call.round, by=who.org.user) == (0, 1, 0)
    assert told("remind.entry") == names("ben")
    Message.objects.update(key="yesterday")
    Notice.objects.update(key="yesterday")
    assert actions.remind_entries(call.round, by=who.org.user) == (1, 0, 0)


def test_chosen_teams_alone_are_reminded_and_those_nobody_can_write_to_are_counted(writing):
    call, who = writing
    assert actions.remind_entries(call.round, by=who.org.user, groups=[call.groups[0].pk]) == (1, 0, 0)
    assert told("remind.entry") == names("ada")
    third = call.groups[1].__class__.objects.create(cycle=call.cycle, key="team-3", name="Team 3")
    MembershipFactory(group=third, person=PersonFactory(name="Imported"))
    assert actions.remind_entries(call.round, by=who.org.user, groups=[third.pk]) == (0, 0, 1)


def test_after_the_end_only_who_has_more_time_is_reminded_with_its_own_end(writing):
    call, who = writing
    until = now() + timedelta(days=2)
    extend(call.round, until, by=who.org.user, reason="Storm.", group=call.groups[1])
    move(call.round, closes=-60)
    assert actions.remind_entries(Round.objects.get(), by=who.org.user) == (1, 0, 0)
    assert told("remind.entry") == names("ben")
    assert f"{until:%-d %B}" in Message.objects.get(kind="remind.entry").body


def test_judges_with_open_sheets_are_reminded_and_nobody_else():
    call = locked_scene(groups=2)
    who = people(call)
    sheet_for(call, who.judith.person, call.groups[0])
    assert actions.remind_marks(call.round, by=who.org.user, judges=[who.ada.person.pk]) == (0, 0, 0)
    assert actions.remind_marks(call.round, by=who.org.user) == (1, 0, 0)
    assert actions.remind_marks(call.round, by=who.org.user) == (0, 1, 0)
    assert told("remind.marks") == names("judith")
    judging.finalize(sheet=Sheet.objects.get(), marks=MARKS, comment="Well.", by=None)
    assert actions.remind_marks(call.round, by=who.org.user) == (0, 0, 0)
    assert JournalEntry.objects.filter(kind="people.reminded").count() == 1
