"""Who is in a group: joining, leaving, sizes, captaincy, roles in the cycle."""

from typing import Any

import pytest

from games.cycles.models import Decision
from games.errors import Invalid
from games.groups import actions
from games.groups.models import Group, JoinRequest, Membership
from games.groups.queries import captains, members
from games.groups.rules import CodeUnknown, GroupFull, GroupRefused, NameTaken, RegistrationRefused
from games.organizations.actions import invite, take_people
from games.organizations.rules import InvitationRefused, PersonRow, PersonTaken
from tests.cast import Actor, Cast, actor
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.organizations import OrganizationFactory, PersonFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


def team(captain: Actor, **registration: Any) -> Group:
    cycle = CycleFactory(state="enrolling", design=small_design(registration=registration))
    return actions.create_group(cycle, by=captain.user, captain=captain.person, name="Red Herons")


def names(group: Group) -> list[str]:
    return [one.person.name for one in members(group)]


def test_with_the_code_one_joins_as_a_member_who_may_submit():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    membership = actions.join_by_code(f" {group.invite_code.lower()} ", by=ben.user, person=ben.person)
    assert (membership.role, membership.capabilities) == ("member", ["submit"])
    assert actions.join_by_code(group.invite_code, by=ben.user, person=ben.person) == membership


@pytest.mark.parametrize("code", ["", "   ", "NOSUCHCODE"])
def test_a_code_nobody_has_opens_nothing(code):
    ben = actor("ben")
    with pytest.raises(CodeUnknown):
        actions.join_by_code(code, by=ben.user, person=ben.person)


def test_a_renewed_code_replaces_the_old_one():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    old = group.invite_code
    assert actions.renew_code(group, by=ada.user) != old
    with pytest.raises(CodeUnknown):
        actions.join_by_code(old, by=ben.user, person=ben.person)


def test_a_full_group_takes_nobody():
    ada, ben, eve = actor("ada"), actor("ben"), actor("eve")
    group = team(ada, max_members=2)
    actions.join_by_code(group.invite_code, by=ben.user, person=ben.person)
    with pytest.raises(GroupFull, match="at most 2 members"):
        actions.join_by_code(group.invite_code, by=eve.user, person=eve.person)


@pytest.mark.django_db(transaction=True)
def test_people_who_join_at_the_same_moment_never_exceed_the_size():
    group = team(actor("ada"), max_members=3)
    people = [actor(f"racer-{number}") for number in range(5)]
    outcomes = at_once(
        [lambda who=who: actions.join_by_code(group.invite_code, by=who.user, person=who.person) for who in people]
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["GroupFull"] * 3 + ["Membership"] * 2


@pytest.mark.django_db(transaction=True)
def test_somebody_who_joins_two_teams_at_the_same_moment_is_in_one():
    red = team(actor("ada"))
    blue = GroupFactory(cycle=red.cycle, key="blue", name="Blue", invite_code="B1VE000000")
    eve = actor("eve")
    codes = (red.invite_code, blue.invite_code)
    outcomes = at_once([lambda code=code: actions.join_by_code(code, by=eve.user, person=eve.person) for code in codes])
    assert sorted(type(one).__name__ for one in outcomes) == ["GroupRefused", "Membership"]


def test_who_is_in_a_team_joins_no_other():
    ada, ben = actor("ada"), actor("ben")
    red = team(ada)
    blue = actions.create_group(red.cycle, by=ben.user, captain=ben.person, name="Blue")
    with pytest.raises(GroupRefused, match='Ben is in the team "Blue"'):
        actions.join_by_code(red.invite_code, by=ben.user, person=ben.person)
    with pytest.raises(GroupRefused):
        actions.ask_to_join(red, by=ben.user, person=ben.person)
    assert names(blue) == ["Ben"]


def test_the_captain_answers_a_request_once():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    request = actions.ask_to_join(group, by=ben.user, person=ben.person, message=" May I? ")
    assert actions.ask_to_join(group, by=ben.user, person=ben.person) == request
    actions.settle_request(request, accept=True, by=ada.user)
    assert names(group) == ["Ada", "Ben"]
    with pytest.raises(GroupRefused, match="answered before"):
        actions.settle_request(request, accept=False, by=ada.user)


def test_a_refused_request_may_be_made_again():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    actions.settle_request(actions.ask_to_join(group, by=ben.user, person=ben.person), accept=False, by=ada.user)
    again = actions.ask_to_join(group, by=ben.user, person=ben.person)
    assert sorted(JoinRequest.objects.values_list("state", flat=True)) == ["asked", "refused"]
    assert again.state == "asked"


def test_a_request_to_a_group_that_filled_up_stays_open():
    ada, ben, eve = actor("ada"), actor("ben"), actor("eve")
    group = team(ada, max_members=2)
    request = actions.ask_to_join(group, by=ben.user, person=ben.person)
    actions.join_by_code(group.invite_code, by=eve.user, person=eve.person)
    with pytest.raises(GroupFull):
        actions.settle_request(request, accept=True, by=ada.user)
    request.refresh_from_db()
    assert request.state == "asked"


def test_a_captain_hands_over_before_leaving():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    mine = captains(group)[0]
    with pytest.raises(GroupRefused, match="withdraw the team instead"):
        actions.leave(mine, by=ada.user)
    heir = actions.join_by_code(group.invite_code, by=ben.user, person=ben.person)
    with pytest.raises(GroupRefused, match="hand the captaincy over"):
        actions.leave(mine, by=ada.user)
    actions.hand_over(group, to=heir, by=ada.user)
    assert [(one.person.name, one.role) for one in members(group)] == [("Ada", "member"), ("Ben", "captain")]
    assert Decision.objects.get().kind == "role"
    actions.leave(Membership.objects.get(pk=mine.pk), by=ada.user)
    assert names(group) == ["Ben"]


def test_only_a_member_who_can_sign_in_becomes_captain():
    ada, eve = actor("ada"), actor("eve")
    group = team(ada)
    invited, _, _ = actions.invite_member(group, by=ada.user, email="new@example.org")
    with pytest.raises(GroupRefused, match="not accepted the invitation"):
        actions.hand_over(group, to=invited, by=ada.user)
    stranger = MembershipFactory(group=GroupFactory(), person=eve.person)
    with pytest.raises(GroupRefused, match="Only a member"):
        actions.hand_over(group, to=stranger, by=ada.user)


def test_the_only_captain_is_not_removed_others_are():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    member = actions.join_by_code(group.invite_code, by=ben.user, person=ben.person)
    with pytest.raises(GroupRefused, match="only captain"):
        actions.remove_member(captains(group)[0], by=ada.user)
    actions.remove_member(member, by=ada.user)
    assert names(group) == ["Ada"]
    with pytest.raises(GroupRefused, match="ended already"):
        actions.remove_member(member, by=ada.user)


def test_who_was_removed_may_come_back_with_the_code():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    actions.remove_member(actions.join_by_code(group.invite_code, by=ben.user, person=ben.person), by=ada.user)
    actions.join_by_code(group.invite_code, by=ben.user, person=ben.person)
    assert names(group) == ["Ada", "Ben"]


def test_a_new_name_follows_the_rules_and_leaves_the_key():
    ada = actor("ada")
    group = team(ada)
    actions.create_group(group.cycle, by=None, name="Blue")
    with pytest.raises(NameTaken):
        actions.rename(group, name="BLUE", by=ada.user)
    with pytest.raises(RegistrationRefused):
        actions.rename(group, name="x", by=ada.user)
    renamed = actions.rename(group, name="RED herons", by=ada.user)
    assert (renamed.name, renamed.key) == ("RED herons", "red-herons")


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_when_the_cycle_is_over_groups_stay_as_they_are(state):
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    group.cycle.state = state
    group.cycle.save(update_fields=["state"])
    for act in (
        lambda: actions.join_by_code(group.invite_code, by=ben.user, person=ben.person),
        lambda: actions.rename(group, name="Other", by=ada.user),
        lambda: actions.renew_code(group, by=ada.user),
    ):
        with pytest.raises(GroupRefused, match=f"The cycle is {state}"):
            act()


def test_an_invited_member_holds_a_place_until_they_take_it():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada, max_members=2)
    membership, invitation, secret = actions.invite_member(group, by=ada.user, email=" Ben@Example.org ", name="Ben B.")
    assert (membership.person.name, membership.person.email, membership.person.user) == ("Ben B.", "ben@example.org", None)
    with pytest.raises(GroupFull):
        actions.invite_member(group, by=ada.user, email="eve@example.org")
    actions.accept_invitation(secret, by=ben.user)
    membership.person.refresh_from_db()
    assert membership.person.user == ben.user
    assert invitation.next_path == f"/cycles/{group.cycle.key}/teams/red-herons/"


def test_an_invitation_works_once_and_for_one():
    ada, ben, eve = actor("ada"), actor("ben"), actor("eve")
    _, _, secret = actions.invite_member(team(ada), by=ada.user, email="ben@example.org")
    actions.accept_invitation(secret, by=ben.user)
    assert actions.accept_invitation(secret, by=ben.user).person.user == ben.user
    with pytest.raises(InvitationRefused):
        actions.accept_invitation(secret, by=eve.user)
    with pytest.raises(InvitationRefused):
        actions.accept_invitation("no-such-secret", by=eve.user)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_place_at_the_same_moment_one_gets_it():
    ada, ben, eve = actor("ada"), actor("ben"), actor("eve")
    _, _, secret = actions.invite_member(team(ada), by=ada.user, email="somebody@example.org")
    outcomes = at_once([lambda who=who: actions.accept_invitation(secret, by=who.user) for who in (ben, eve)])
    assert sorted(type(one).__name__ for one in outcomes) == ["Invitation", "InvitationRefused"]


def test_inviting_again_ends_the_earlier_link():
    ada, ben = actor("ada"), actor("ben")
    group = team(ada)
    membership, _, first = actions.invite_member(group, by=ada.user, email="ben@example.org")
    _, second = invite(membership.person, by=ada.user)
    with pytest.raises(InvitationRefused):
        actions.accept_invitation(first, by=ben.user)
    actions.accept_invitation(second, by=ben.user)
    with pytest.raises(PersonTaken):
        invite(membership.person, by=ada.user)


def test_who_claims_an_imported_place_in_their_own_team_is_in_it_once():
    ada = actor("ada")
    group = team(ada)
    school = OrganizationFactory()
    person = take_people(school, [PersonRow("p1", "Ada L.", "ada@school.example")], by=None)["p1"]
    MembershipFactory(group=group, cycle=group.cycle, person=person, capabilities=["follow"], role="coach")
    _, secret = invite(person, by=None)
    actions.accept_invitation(secret, by=ada.user)
    (membership,) = members(group)
    assert (membership.person, membership.capabilities) == (ada.person, ["submit", "captain", "follow"])


def test_a_place_in_a_second_team_is_refused_and_nothing_is_claimed():
    ada = actor("ada")
    group = team(ada)
    other = GroupFactory(cycle=group.cycle, key="blue", name="Blue")
    person = PersonFactory(organization=OrganizationFactory(), email="ada@school.example")
    MembershipFactory(group=other, cycle=other.cycle, person=person)
    _, secret = invite(person, by=None)
    with pytest.raises(GroupRefused, match='in the team "Red Herons"'):
        actions.accept_invitation(secret, by=ada.user)
    person.refresh_from_db()
    assert person.user is None


def test_organizers_appoint_a_judge_by_decision_and_dismiss_with_a_reason(cast: Cast):
    membership = actions.appoint(cast.cycle, cast.eve.person, role="judge", by=cast.org.user)
    assert (membership.group, membership.capabilities) == (None, ["judge"])
    assert actions.appoint(cast.cycle, cast.eve.person, role="judge", by=cast.org.user) == membership
    actions.dismiss(membership, by=cast.org.user, reason="Moved away.")
    assert list(Decision.objects.values_list("kind", "question", "value", "other")) == [
        ("role", "appoint", "judge", "eve"),
        ("role", "dismiss", "judge", "eve"),
    ]
    assert cast.cycle.pk not in cast.eve.access.cycles


@pytest.mark.parametrize("role", ["captain", "member", "nonsense", ""])
def test_a_role_in_a_group_is_none_for_the_cycle(cast: Cast, role):
    with pytest.raises(Invalid, match="expected organizer, judge, follower"):
        actions.appoint(cast.cycle, cast.eve.person, role=role, by=cast.org.user)


def test_the_last_organizer_stays(cast: Cast):
    (mine,) = Membership.objects.filter(person=cast.org.person)
    with pytest.raises(GroupRefused, match="appoint another one first"):
        actions.dismiss(mine, by=cast.org.user, reason="Tired.")
    actions.appoint(cast.cycle, cast.eve.person, role="organizer", by=cast.org.user)
    actions.dismiss(mine, by=cast.org.user, reason="Tired.")
    assert cast.cycle.pk in cast.eve.access.cycles


def test_a_judge_is_invited_by_address(cast: Cast):
    membership, _, secret = actions.invite_to_role(
        cast.cycle, role="judge", by=cast.org.user, email="dr@example.org", name="Dr. No"
    )
    actions.accept_invitation(secret, by=cast.eve.user)
    membership.person.refresh_from_db()
    assert membership.person.user == cast.eve.user
    assert "judge" in cast.eve.access.cycles[cast.cycle.pk]


def test_whoever_launched_is_the_first_organizer():
    org = actor("org")
    cycle = CycleFactory(design=small_design())
    first = actions.found(cycle, by=org.user)
    assert first.capabilities == ["organize"]
    assert actions.found(cycle, by=org.user) == first
