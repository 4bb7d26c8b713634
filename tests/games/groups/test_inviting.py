"""Many people invited at once: the plan that is shown is what is done, all or nothing."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from games.cycles.models import Decision
from games.errors import Invalid
from games.groups import actions
from games.groups.guests import Fate, plan_guests
from games.groups.models import Group, Membership
from games.groups.rules import GroupRefused
from games.journal.models import JournalEntry
from games.organizations.guests import Guest
from games.organizations.models import Invitation, Person
from games.organizations.rules import InvitedOften
from tests.cast import Cast
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.organizations import InvitationFactory, OrganizationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def guest(row, email, **cells):
    return Guest(row, cells.pop("name", ""), email, **cells)


def planned(cast, *guests, role="judge"):
    return plan_guests(cast.cycle, guests, role=role, now=now())


def fates(plan):
    return [one.fate for one in plan.rows]


def test_judges_are_invited_each_with_a_place_a_link_and_a_decision(cast: Cast):
    guests = [guest(1, "noor@example.org", name="Noor"), guest(2, "odile.roy@example.org")]
    assert fates(planned(cast, *guests)) == [Fate.INVITE, Fate.INVITE]
    done = actions.invite_guests(cast.cycle, guests, role="judge", by=cast.org.user)
    assert done == (2, 2, 0)
    held = Membership.objects.filter(role="judge", person__user=None).order_by("pk")
    assert [one.person.name for one in held] == ["Noor", "Odile Roy"]
    assert Invitation.objects.filter(accepted_at=None, expires_at__gt=now()).count() == 2
    assert list(Decision.objects.values_list("kind", "value")) == [("role", "judge")] * 2
    assert JournalEntry.objects.filter(kind="person.invited").count() == 2


def test_a_list_makes_teams_and_the_first_of_each_leads_it_unless_another_does(cast: Cast):
    guests = [
        guest(1, "a@example.org", team="Grey Seals"),
        guest(2, "b@example.org", team="grey  seals"),
        guest(3, "c@example.org", team="White Storks"),
        guest(4, "d@example.org", team="White Storks", role="captain"),
        guest(5, "e@example.org", team="Red Herons"),
    ]
    assert fates(planned(cast, *guests)) == [Fate.INVITE] * 5
    assert actions.invite_guests(cast.cycle, guests, role="judge", by=cast.org.user) == (5, 5, 2)
    roles = {
        one.person.email[0]: (one.group.name, one.role)
        for one in Membership.objects.exclude(person__email__contains="ada").filter(group__isnull=False, person__user=None)
    }
    assert roles == {
        "a": ("Grey Seals", "captain"),
        "b": ("Grey Seals", "member"),
        "c": ("White Storks", "member"),
        "d": ("White Storks", "captain"),
        "e": ("Red Herons", "member"),
    }
    paths = set(Invitation.objects.values_list("next_path", flat=True))
    assert paths == {f"/cycles/water/teams/{key}/" for key in ("grey-seals", "white-storks", "red")}


def test_who_is_known_is_recognised(cast: Cast):
    actions.invite_guests(cast.cycle, [guest(1, "noor@example.org")], role="judge", by=cast.org.user)
    guests = [
        guest(1, "noor@example.org"),
        guest(2, "JUDITH@example.org".lower()),
        guest(3, "ada@example.org"),
        guest(4, "noor@example.org", role="organizer"),
        guest(5, "noor@example.org"),
        guest(6, "eve@example.org"),
    ]
    plan = planned(cast, *guests)
    assert fates(plan) == [Fate.HERE, Fate.HERE, Fate.APPOINT, Fate.ADD, Fate.TWICE, Fate.INVITE]  # eve has no part in this cycle
    assert actions.invite_guests(cast.cycle, guests, role="judge", by=cast.org.user) == (1, 3, 0)
    assert Membership.objects.filter(person=cast.ada.person, role="judge", until=None).exists()
    assert Person.objects.filter(email="noor@example.org").count() == 1


def test_a_link_that_has_run_out_is_sent_again(cast: Cast):
    actions.invite_guests(cast.cycle, [guest(1, "noor@example.org")], role="judge", by=cast.org.user)
    Invitation.objects.update(expires_at=now())
    assert fates(planned(cast, guest(1, "noor@example.org"))) == [Fate.AGAIN]
    assert actions.invite_guests(cast.cycle, [guest(1, "noor@example.org")], role="judge", by=cast.org.user) == (1, 0, 0)


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"role": "jester"}, "role", '"jester" is no role'),
        ({"role": "member"}, "team", "In which team?"),
        ({"role": "judge", "team": "Red Herons"}, "team", "belongs to no team"),
        ({"team": "x"}, "team", "letters"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(cast: Cast, cells, column, says):
    plan = planned(cast, guest(7, "noor@example.org", **cells))
    assert [one.where for one in plan.problems] == [f"row 7, {column}"]
    assert says in plan.problems[0].message
    assert fates(plan) == [Fate.FAULTY]


def test_nobody_enters_for_two_teams(cast: Cast):
    plan = planned(cast, guest(1, "ada@example.org", team="Blue Herons"))
    assert '"Red Herons" already' in plan.problems[0].message
    plan = planned(cast, guest(1, "x@example.org", team="Blue Herons"), guest(2, "x@example.org", team="Red Herons"))
    assert plan.problems[0].where == "row 2, team"


def test_with_one_fault_nothing_is_done(cast: Cast):
    before = Person.objects.count(), Group.objects.count(), Membership.objects.count()
    guests = [guest(1, "a@example.org", team="Grey Seals"), guest(2, "b@example.org", role="jester")]
    with pytest.raises(Invalid) as refusal:
        actions.invite_guests(cast.cycle, guests, role="judge", by=cast.org.user)
    assert [one.where for one in refusal.value.problems] == ["row 2, role"]
    assert (Person.objects.count(), Group.objects.count(), Membership.objects.count()) == before


def test_hundreds_are_planned_in_as_many_statements_as_one(cast: Cast, django_assert_max_num_queries):
    from games.cycles.queries import design_of

    design_of(cast.cycle)
    with django_assert_max_num_queries(7):
        plan = planned(cast, *(guest(n, f"a{n}@example.org", team=f"Team {n // 4}") for n in range(400)))
    assert plan.count(Fate.INVITE) == 400


def test_an_invitation_is_sent_again_and_withdrawn(cast: Cast):
    actions.invite_guests(cast.cycle, [guest(1, "nor@example.org")], role="judge", by=cast.org.user)
    membership = Membership.objects.select_related("person", "cycle", "group").get(person__email="nor@example.org")
    first = Invitation.objects.get()
    actions.invite_again(membership, by=cast.org.user, email="noor@example.org")
    first.refresh_from_db()
    assert first.expires_at <= now()
    membership.refresh_from_db()
    actions.withdraw_invitation(membership, by=cast.org.user)
    assert not Membership.objects.filter(person__email="noor@example.org", until=None).exists()
    assert not Invitation.objects.filter(expires_at__gt=now()).exists()


def test_the_same_mail_does_not_go_out_twice_at_once_nor_many_times_a_day(cast: Cast):
    actions.invite_guests(cast.cycle, [guest(1, "noor@example.org")], role="judge", by=cast.org.user)
    membership = Membership.objects.select_related("person", "cycle", "group").get(person__email="noor@example.org")

    def again(**more):
        return actions.invite_again(membership, by=cast.org.user, **more)

    with pytest.raises(InvitedOften, match="a moment ago"):
        again()
    Invitation.objects.update(created_at=now() - timedelta(minutes=11))
    again()
    for number in range(3):
        again(email=f"noor{number}@example.org")  # mended addresses do not wait
    with pytest.raises(InvitedOften, match="within a day"):
        again(email="noor@example.org")
    membership.refresh_from_db()
    actions.withdraw_invitation(membership, by=cast.org.user)
    plan = planned(cast, guest(1, "noor2@example.org"))
    assert [one.where for one in plan.problems] == ["row 1, email"]
    Invitation.objects.update(created_at=now() - timedelta(days=2))
    assert fates(planned(cast, guest(1, "noor2@example.org"))) == [Fate.AGAIN]


def test_a_list_does_not_tell_who_waits_in_cycles_of_others(cast: Cast):
    theirs = CycleFactory()
    waiting = PersonFactory(user=None, email="nor@example.org", name="Nor Known Elsewhere")
    MembershipFactory(cycle=theirs, group=None, person=waiting, role="judge", capabilities=["judge"])
    InvitationFactory(person=waiting)
    plan = planned(cast, guest(1, "nor@example.org"), guest(2, "eve@example.org"), guest(3, "nobody@example.org"))
    assert [(one.fate, one.person) for one in plan.rows] == [(Fate.INVITE, None)] * 3
    assert actions.invite_guests(cast.cycle, [guest(1, "nor@example.org")], role="judge", by=cast.org.user) == (1, 1, 0)
    held, _, _ = actions.invite_to_role(cast.cycle, role="judge", by=cast.org.user, email="nor@example.org")
    joined, _, _ = actions.invite_member(cast.red, by=cast.ada.user, email="nor@example.org")
    assert held.person == joined.person != waiting
    assert held.person.name == "Nor"
    assert Invitation.objects.filter(person=waiting, expires_at__gt=now()).exists()  # theirs still lets in


def test_who_waits_in_a_cycle_of_others_keeps_the_address(cast: Cast):
    """Else an organizer could have the link to a place in somebody else's cycle sent to themselves."""
    house = OrganizationFactory()
    cast.cycle.organization = house
    cast.cycle.save(update_fields=["organization"])
    theirs = CycleFactory(organization=house)
    waiting = PersonFactory(organization=house, user=None, email="nor@example.org")
    MembershipFactory(cycle=theirs, group=None, person=waiting, role="organizer", capabilities=["organize"])
    actions.invite_guests(cast.cycle, [guest(1, "nor@example.org")], role="judge", by=cast.org.user)
    membership = Membership.objects.select_related("person", "cycle", "group").get(person=waiting, cycle=cast.cycle)
    with pytest.raises(GroupRefused, match="invited this person too"):
        actions.invite_again(membership, by=cast.org.user, email="org@example.org")
    Invitation.objects.update(created_at=now() - timedelta(minutes=11))
    actions.invite_again(membership, by=cast.org.user, email="Nor@example.org")
    MembershipFactory(cycle=theirs, group=None, person=cast.org.person, role="organizer", capabilities=["organize"])
    actions.invite_again(membership, by=cast.org.user, email="noor@example.org")
    waiting.refresh_from_db()
    assert waiting.email == "noor@example.org"


def test_who_has_come_is_not_withdrawn(cast: Cast):
    membership = Membership.objects.get(person=cast.judith.person)
    with pytest.raises(GroupRefused, match="come already"):
        actions.withdraw_invitation(membership, by=cast.org.user)


def test_a_role_is_changed_by_two_decisions_with_one_reason(cast: Cast):
    membership = Membership.objects.get(person=cast.judith.person)
    with pytest.raises(Invalid):
        actions.change_role(membership, role="organizer", by=cast.org.user, reason="")
    actions.change_role(membership, role="organizer", by=cast.org.user, reason="She steers now.")
    assert list(Membership.objects.filter(person=cast.judith.person, until=None).values_list("role", flat=True)) == ["organizer"]
    assert set(Decision.objects.values_list("reason", flat=True)) == {"She steers now."}
