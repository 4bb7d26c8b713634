"""Organizations, people and invitations for tests."""

from datetime import timedelta

import factory
from django.utils.timezone import now

from games.organizations.models import Invitation, Organization, Person
from games.organizations.queries import digest_of


class OrganizationFactory(factory.django.DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    key = factory.Sequence(lambda n: f"organization-{n}")
    name = factory.Sequence(lambda n: f"Organization {n}")


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    """Somebody unclaimed, unless `user` is given."""

    class Meta:
        model = Person

    key = factory.Sequence(lambda n: f"p-{n}")
    name = factory.Sequence(lambda n: f"Person {n}")


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """An open invitation whose secret is `secret`."""

    class Meta:
        model = Invitation

    class Params:
        secret = "an-invitation-that-only-tests-know"

    person = factory.SubFactory(PersonFactory)
    digest = factory.LazyAttribute(lambda one: digest_of(one.secret))
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
