"""Groups, memberships, registrations and join requests for tests."""

import factory
from django.utils.timezone import now

from games.groups.models import Group, JoinRequest, Membership, Registration
from tests.factories.cycles import CycleFactory
from tests.factories.organizations import PersonFactory


class GroupFactory(factory.django.DjangoModelFactory[Group]):
    """A team that takes part."""

    class Meta:
        model = Group

    cycle = factory.SubFactory(CycleFactory)
    key = factory.Sequence(lambda n: f"team-{n}")
    name = factory.Sequence(lambda n: f"Team {n}")
    invite_code = factory.Sequence(lambda n: f"{n:010d}")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A member who may submit. Give `group` (and `cycle=group.cycle`), or `group=None` and a `cycle` for a cycle-wide role."""

    class Meta:
        model = Membership

    group = factory.SubFactory(GroupFactory)
    cycle = factory.LazyAttribute(lambda one: one.group.cycle)
    person = factory.SubFactory(PersonFactory)
    role = "member"
    capabilities = factory.LazyFunction(lambda: ["submit"])
    since = factory.LazyFunction(now)


class RegistrationFactory(factory.django.DjangoModelFactory[Registration]):
    class Meta:
        model = Registration

    group = factory.SubFactory(GroupFactory)
    state = "accepted"
    asked_at = factory.LazyFunction(now)


class JoinRequestFactory(factory.django.DjangoModelFactory[JoinRequest]):
    class Meta:
        model = JoinRequest

    group = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(PersonFactory)
