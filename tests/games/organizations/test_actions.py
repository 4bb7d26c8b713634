"""Organizations, own persons, imports, invitations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.errors import Conflict, Invalid
from games.organizations.actions import accept, create_organization, invite, person_for, take_people, waiting_person
from games.organizations.models import Invitation, Person
from games.organizations.queries import digest_of, invitation_secret
from games.organizations.rules import InvitationRefused, KeyTaken, PersonRow, PersonTaken
from tests.cast import actor
from tests.factories.accounts import UserFactory
from tests.factories.organizations import InvitationFactory, OrganizationFactory, PersonFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


def test_an_organization_gets_a_key_from_its_name_and_keeps_it_for_itself():
    assert create_organization(" Gymnasium  am See ", by=None).key == "gymnasium-am-see"
    with pytest.raises(KeyTaken):
        create_organization("gymnasium am see", by=None)


def test_a_user_has_one_own_person():
    user = UserFactory(name="Ada")
    assert person_for(user) == person_for(user)
    assert person_for(user).name == "Ada"


@pytest.mark.django_db(transaction=True)
def test_a_user_who_comes_twice_at_once_has_one_own_person():
    user = UserFactory()
    assert len({one.pk for one in at_once([lambda: person_for(user)] * 4)}) == 1


def test_who_claimed_an_invited_place_still_gets_an_own_person():
    user = UserFactory()
    claimed = waiting_person("x@example.org")
    _, secret = invite(claimed, by=None)
    accept(secret, by=user)
    assert person_for(user) != claimed
    assert Person.objects.filter(user=user).count() == 2


def test_an_import_writes_new_people_updates_unclaimed_and_leaves_claimed_alone():
    school, ada = OrganizationFactory(), actor("ada")
    PersonFactory(organization=school, key="p1", name="Old", email="old@example.org")
    PersonFactory(organization=school, key="p2", name="Mine", user=ada.user)
    PersonFactory(key="p3", name="Another organization's")
    rows = [PersonRow("p1", "New"), PersonRow("p2", "Theirs"), PersonRow("p3", "Third", "third@example.org")]
    found = take_people(school, rows, by=None)
    assert {key: (one.name, one.email) for key, one in found.items()} == {
        "p1": ("New", "old@example.org"),
        "p2": ("Mine", ""),
        "p3": ("Third", "third@example.org"),
    }
    assert {one.organization for one in found.values()} == {school}


def test_an_import_twice_is_the_same_as_once():
    school = OrganizationFactory()
    rows = [PersonRow(f"p{number}", f"Person {number}") for number in range(3)]
    first = take_people(school, rows, by=None)
    assert take_people(school, rows, by=None) == first


def test_an_import_takes_as_many_statements_for_a_hundred_as_for_one():
    school = OrganizationFactory()
    counts = []
    for size in (1, 100):
        with CaptureQueriesContext(connection) as caught:
            take_people(school, [PersonRow(f"{size}-{number}", "x") for number in range(size)], by=None)
        counts.append(sum("SAVEPOINT" not in one["sql"] for one in caught))
    assert counts == [2, 2]


def test_the_secret_of_an_invitation_can_be_derived_again_and_is_not_kept():
    invitation, secret = invite(PersonFactory(email="ada@example.org"), by=None)
    again = Invitation.objects.get(pk=invitation.pk)
    assert invitation_secret(again) == secret
    assert again.digest == digest_of(secret)
    assert secret not in str(vars(again))


def test_without_an_address_nobody_is_invited():
    with pytest.raises(Conflict, match="No address is known"):
        invite(PersonFactory(), by=None)
    with pytest.raises(Invalid, match="e-mail address"):
        invite(PersonFactory(), by=None, email="not an address")


def test_an_expired_invitation_lets_nobody_in():
    from django.utils.timezone import now

    InvitationFactory(secret="late", expires_at=now())
    with pytest.raises(InvitationRefused):
        accept("late", by=UserFactory())


def test_a_place_somebody_has_taken_is_not_taken_again():
    person = PersonFactory(email="ada@example.org")
    InvitationFactory(person=person, secret="open")
    Person.objects.filter(pk=person.pk).update(user=UserFactory())
    with pytest.raises(PersonTaken):
        accept("open", by=UserFactory())
    assert Invitation.objects.get().accepted_at is None


def test_the_same_address_waits_once_in_an_organization():
    school = OrganizationFactory()
    first = waiting_person("Ada@Example.org", organization=school)
    assert waiting_person("ada@example.org", organization=school) == first
    assert waiting_person("ada@example.org", organization=None) != first
