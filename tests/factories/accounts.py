"""Users, tokens and links for tests."""

from datetime import UTC, datetime, timedelta

import factory
from django.utils.timezone import now

from backend.accounts.models import ApiToken, SignInLink, User
from backend.accounts.rules import digest_of

PASSWORD = "a calm evening by the river"
SECRET = "ludus_a-token-that-only-tests-know"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """Somebody who can sign in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.LazyAttribute(lambda one: one.email.partition("@")[0].title())
    password = factory.django.Password(PASSWORD)
    email_confirmed_at = datetime(2026, 1, 1, tzinfo=UTC)


class ApiTokenFactory(factory.django.DjangoModelFactory[ApiToken]):
    """A token whose secret is `secret` (default SECRET)."""

    class Meta:
        model = ApiToken

    class Params:
        secret = SECRET

    user = factory.SubFactory(UserFactory)
    name = "script"
    digest = factory.LazyAttribute(lambda one: digest_of(one.secret))
    hint = factory.LazyAttribute(lambda one: one.secret[:12])
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=1))


class SignInLinkFactory(factory.django.DjangoModelFactory[SignInLink]):
    """A link whose secret is `secret`."""

    class Meta:
        model = SignInLink

    class Params:
        secret = "a-link-that-only-tests-know"

    user = factory.SubFactory(UserFactory)
    digest = factory.LazyAttribute(lambda one: digest_of(one.secret))
    purpose = "sign_in"
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=30))
