from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.actions import change_state
from games.cycles.queries import cycles_of, design_of
from games.cycles.rules import CycleState
from games.errors import Conflict
from games.groups.models import Group, Membership, Registration
from games.permissions import access_for, allows
from games.progression import actions, queries
from games.progression.rules import LaunchRefused
from games.rounds.models import Round
from tests.factories.accounts import UserFactory
from tests.factories.cycles import START, small
from tests.factories.groups import GroupFactory, MembershipFactory, RegistrationFactory
from tests.factories.organizations import PersonFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def org():
    return UserFactory(name="Org")


@pytest.fixture
def cycle(org):
    cycle = actions.launch(small(), by=org, start=START)
    for key in ("aqua", "brook"):
        group = GroupFactory(cycle=cycle, key=key, name=key.title())
        RegistrationFactory(group=group)
        MembershipFactory(group=group, cycle=cycle, person=PersonFactory(name=key))
    GroupFactory(cycle=cycle, key="cloud", state="withdrawn")
    MembershipFactory(group=None, cycle=cycle, role="judge", capabilities=["judge"])
    return cycle


def test_the_next_cycle_has_the_rules_moved_in_time_with_changes(cycle, org):
    start = datetime(2027, 7, 6, 10, tzinfo=BERLIN)
    after = actions.next_cycle(cycle, by=org, start=start, changes={"cuts": [{"board": "call", "to": "final", "first": 5}]})
    assert (after.key, after.name, after.state, after.predecessor) == ("water-2", "Clean water 2", "enrolling", cycle)
    design = design_of(after)
    assert design.cuts[0].first == 5
    assert design_of(cycle).cuts[0].first == 2
    call = Round.objects.get(cycle=after, key="call")
    assert (call.opens_at, call.closes_at) == (start, start + timedelta(days=14))
    assert list(queries.successors_of(cycle)) == [after]


def test_the_study_between_two_rounds_moves_with_them(org):
    study = {"begins": "+15d", "ends": "+18d", "reads": 2}
    before = actions.launch(small(rounds=[{"key": "call", "study": study}]), by=org, start=START)
    after = actions.next_cycle(before, by=org, start=START + timedelta(days=364))
    held, moved = (design_of(one).round("call") for one in (before, after))
    assert moved.opens == START + timedelta(days=364)
    assert (moved.study.begins - moved.opens, moved.study.ends - moved.opens, moved.study.reads) == (
        held.study.begins - held.opens,
        held.study.ends - held.opens,
        2,
    )


def test_both_stand_in_one_series(cycle, org):
    after = actions.next_cycle(cycle, by=org, start=START + timedelta(days=100))
    third = actions.next_cycle(after, by=org, start=START + timedelta(days=200))
    cycle.refresh_from_db()
    assert cycle.series == after.series == third.series
    assert third.key == "water-3"
    assert list(cycles_of(after.series)) == [cycle, after, third]


def test_active_teams_come_along_with_their_members_and_know_where_they_come_from(cycle, org):
    after = actions.next_cycle(cycle, by=org)
    teams = Group.objects.filter(cycle=after).order_by("key")
    assert [(one.key, one.state, one.predecessor.cycle_id) for one in teams] == [
        ("aqua", "active", cycle.pk),
        ("brook", "active", cycle.pk),
    ]
    assert Membership.objects.filter(cycle=after, group__key="aqua", person__name="aqua", until=None).count() == 1
    assert Registration.objects.filter(group__cycle=after, state="accepted").count() == 2
    codes = set(Group.objects.values_list("invite_code", flat=True))
    assert len(codes) == Group.objects.count()


def test_teams_wait_when_the_terms_have_changed(cycle, org):
    changes = {"registration": {"terms": {"version": "2", "text": "New terms."}}}
    after = actions.next_cycle(cycle, by=org, changes=changes)
    assert set(Group.objects.filter(cycle=after).values_list("state", flat=True)) == {"pending"}
    assert set(Registration.objects.filter(group__cycle=after).values_list("state", "terms_version")) == {("pending", "")}


def test_teams_and_judges_stay_behind_if_so_wished(cycle, org):
    after = actions.next_cycle(cycle, by=org, carry=())
    assert not Group.objects.filter(cycle=after).exists()
    assert list(Membership.objects.filter(cycle=after).values_list("role", flat=True)) == ["organizer"]
    with_judges = actions.next_cycle(after, by=org, key="other", carry={"judges"})
    assert Membership.objects.filter(cycle=with_judges).count() == 1


def test_another_organizer_of_the_last_cycle_organizes_the_next(cycle):
    other = UserFactory(name="Olga", may_launch=True)
    actions.next_cycle(cycle, by=other)
    after = queries.successors_of(cycle).get()
    assert allows(access_for(other), "cycle.organize", after)
    assert Membership.objects.filter(cycle=after, role="organizer").count() == 2
    assert Membership.objects.filter(cycle=after, role="judge").count() == 1


def test_a_next_cycle_without_an_aim_is_refused_and_nothing_is_written(cycle, org):
    with pytest.raises(LaunchRefused, match="measure is missing"):
        actions.next_cycle(cycle, by=org, changes={"aim": {"measure": ""}})
    assert not queries.successors_of(cycle).exists()
    cycle.refresh_from_db()
    assert cycle.series is None


def test_a_cancelled_cycle_has_no_next_one(cycle, org):
    change_state(cycle, CycleState.CANCELLED, by=org, reason="no money")
    with pytest.raises(Conflict, match="has no next one"):
        actions.next_cycle(cycle, by=org)


def test_carrying_many_teams_takes_no_more_statements_than_two(cycle, org):
    with CaptureQueriesContext(connection) as few:
        after = actions.next_cycle(cycle, by=org)
    for n in range(30):
        RegistrationFactory(group=GroupFactory(cycle=after, key=f"t{n}"))
    with CaptureQueriesContext(connection) as many:
        actions.next_cycle(after, by=org)
    assert Group.objects.count() == 3 + 2 + 30 + 32
    assert len(many) <= len(few)
