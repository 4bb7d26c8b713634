"""The door, the links, the tokens, the desk."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.utils.timezone import now

from backend import settings as production
from backend.accounts import actions
from backend.accounts.models import ApiToken, SignInLink, User
from backend.accounts.queries import token_by_secret, users
from backend.accounts.rules import (
    AddressUnconfirmed,
    DoorLocked,
    LastOwner,
    LinkRefused,
    Purpose,
    SignInRefused,
    WeakPassword,
    digest_of,
)
from games.errors import Conflict, Invalid
from games.journal.models import JournalEntry
from games.notices.models import Message
from tests.cast import Cast
from tests.factories.accounts import PASSWORD, SECRET, ApiTokenFactory, SignInLinkFactory, UserFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db
HOME = "192.0.2.1"
NEW = "another calm evening"


def sign_up(email: str = "ada@example.org", *, name: str = "Ada", password: str = PASSWORD) -> None:
    actions.sign_up(email=email, name=name, password=password, network=HOME)


def mailed() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("kind", "to"))


def secret_in(message: Message | None) -> str:
    assert message is not None
    found = re.search(r"/([\w-]{43})/", message.body)
    assert found is not None
    return found[1]


def last_secret() -> str:
    return secret_in(Message.objects.order_by("pk").last())


def test_passwords_are_hashed_with_argon2_in_production():
    assert production.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_who_signs_up_gets_in_after_confirming_the_address():
    sign_up(" Ada@Example.org ")
    with pytest.raises(AddressUnconfirmed):
        actions.verify(email="ada@example.org", password=PASSWORD, network=HOME)
    actions.confirm(secret_in(Message.objects.first()))
    assert actions.verify(email="ADA@example.org", password=PASSWORD, network=HOME).name == "Ada"


def test_a_password_is_never_kept_as_it_is():
    sign_up()
    user = User.objects.get()
    assert identify_hasher(user.password)
    assert PASSWORD not in user.password


@pytest.mark.parametrize("password", ["short", "1234567890123", "password1234", "ada@example.org"])
def test_a_weak_password_is_refused_with_reasons(password):
    with pytest.raises(WeakPassword) as refusal:
        sign_up(password=password)
    assert refusal.value.problems
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.org"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(Invalid):
        sign_up(email)


def test_signing_up_with_a_known_address_changes_nothing_and_tells_its_owner():
    user = UserFactory(email="ada@example.org")
    sign_up("ADA@example.org", name="Mallory", password=NEW)
    user.refresh_from_db()
    assert user.name == "Ada"
    assert user.check_password(PASSWORD)
    assert mailed() == [("account.known", "ada@example.org")]


def test_an_address_that_was_never_confirmed_starts_over_and_old_links_die():
    sign_up(name="Mallory", password=NEW)
    old = last_secret()
    sign_up()
    with pytest.raises(LinkRefused):
        actions.confirm(old)
    actions.confirm(last_secret())
    with pytest.raises(SignInRefused):
        actions.verify(email="ada@example.org", password=NEW, network=HOME)


def test_a_sign_in_link_on_an_unconfirmed_account_kills_the_password_somebody_set():
    sign_up(password=NEW)
    actions.send_link(email="ada@example.org", network=HOME)
    link = actions.sign_in_by_link(last_secret())
    assert not link.user.has_usable_password()
    assert link.user.email_confirmed_at is not None


@pytest.mark.django_db(transaction=True)
def test_signing_up_twice_at_once_makes_one_account():
    outcomes = at_once([sign_up] * 3)
    assert outcomes == [None] * 3
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_wrong_address_and_wrong_password_read_alike(email):
    UserFactory(email="ada@example.org")
    with pytest.raises(SignInRefused) as refusal:
        actions.verify(email=email, password="wrong", network=HOME)
    assert refusal.value.message == "That address and password do not go together."


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_after_five_wrong_passwords_the_door_is_locked_also_for_the_right_one(email):
    UserFactory(email="ada@example.org")
    for _ in range(5):
        with pytest.raises(SignInRefused):
            actions.verify(email=email, password="wrong", network=HOME)
    with pytest.raises(DoorLocked) as locked:
        actions.verify(email=email, password=PASSWORD, network=HOME)
    assert 50 <= locked.value.retry_after <= 60


def test_from_another_network_the_owner_still_gets_in():
    user = UserFactory(email="ada@example.org")
    for _ in range(5):
        with pytest.raises(SignInRefused):
            actions.verify(email=user.email, password="wrong", network="203.0.113.9")
    assert actions.verify(email=user.email, password=PASSWORD, network=HOME) == user


def test_a_right_password_forgets_the_wrong_ones():
    user = UserFactory(email="ada@example.org")
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                actions.verify(email=user.email, password="wrong", network=HOME)
        actions.verify(email=user.email, password=PASSWORD, network=HOME)


def test_one_network_that_tries_many_addresses_has_to_wait():
    for number in range(50):
        with pytest.raises(SignInRefused):
            actions.verify(email=f"p{number}@example.org", password="wrong", network=HOME)
    with pytest.raises(DoorLocked):
        actions.verify(email="fresh@example.org", password="wrong", network=HOME)


def test_with_the_cache_down_people_still_get_in(monkeypatch):
    from django.core.cache import cache

    def down(*args, **kwargs):
        raise ConnectionError

    for verb in ("get_many", "add", "incr", "set", "delete_many"):
        monkeypatch.setattr(cache, verb, down, raising=False)
    user = UserFactory()
    with pytest.raises(SignInRefused):
        actions.verify(email=user.email, password="wrong", network=HOME)
    assert actions.verify(email=user.email, password=PASSWORD, network=HOME) == user
    monkeypatch.undo()


def test_a_link_signs_in_once():
    user = UserFactory()
    actions.send_link(email=user.email, network=HOME, next_path="/cycles/water/")
    secret = last_secret()
    link = actions.sign_in_by_link(secret)
    assert (link.user, link.next_path) == (user, "/cycles/water/")
    with pytest.raises(LinkRefused):
        actions.sign_in_by_link(secret)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_gets_in():
    SignInLinkFactory(secret="x")
    outcomes = at_once([lambda: actions.sign_in_by_link("x")] * 3)
    assert sorted(type(one).__name__ for one in outcomes) == ["LinkRefused", "LinkRefused", "SignInLink"]


@pytest.mark.parametrize(
    "changes", [{"expires_at": now()}, {"used_at": now()}, {"purpose": "password"}, {"user__is_active": False}]
)
def test_a_link_that_ran_out_was_used_or_is_for_something_else_opens_nothing(changes):
    SignInLinkFactory(secret="x", **changes)
    with pytest.raises(LinkRefused):
        actions.sign_in_by_link("x")


def test_only_a_digest_of_a_link_is_kept():
    user = UserFactory()
    address = actions.new_link(user, Purpose.SIGN_IN)
    secret = address.rstrip("/").rpartition("/")[2]
    assert SignInLink.objects.get().digest == digest_of(secret)


@pytest.mark.parametrize("email", ["nobody@example.org", "suspended@example.org", "not an address"])
def test_asking_for_a_link_without_an_account_does_nothing_and_says_nothing(email):
    UserFactory(email="suspended@example.org", is_active=False)
    actions.send_link(email=email, network=HOME)
    assert mailed() == []


def test_nobody_is_flooded_with_links():
    user = UserFactory()
    for _ in range(9):
        actions.send_link(email=user.email, network=HOME)
    assert len(mailed()) == 3


def test_a_new_password_by_link_ends_other_links_and_keeps_the_link_when_too_weak():
    user = UserFactory()
    other = actions.new_link(user, Purpose.SIGN_IN).rstrip("/").rpartition("/")[2]
    actions.send_link(email=user.email, network=HOME, purpose=Purpose.PASSWORD)
    secret = last_secret()
    with pytest.raises(WeakPassword):
        actions.set_password(secret, password="short")
    actions.set_password(secret, password=NEW)
    assert actions.verify(email=user.email, password=NEW, network=HOME) == user
    for spent in (lambda: actions.set_password(secret, password=PASSWORD), lambda: actions.sign_in_by_link(other)):
        with pytest.raises(LinkRefused):
            spent()
    with pytest.raises(LinkRefused):
        actions.set_password("no-such-secret", password=NEW)


def test_a_token_is_shown_once_and_found_by_its_digest():
    user = UserFactory()
    row, secret = actions.create_token(user, name="Laptop", capabilities=["submit", "judge", "submit"])
    assert row.capabilities == ["judge", "submit"]
    assert secret.startswith(row.hint)
    assert secret not in str(vars(ApiToken.objects.get()))
    found = token_by_secret(secret, now=now())
    assert found is not None
    assert found.user == user


def test_a_token_is_for_cycles_one_is_in_and_capabilities_there_are(cast: Cast):
    row, _ = actions.create_token(cast.ada.user, name="x", cycles=[cast.cycle.pk])
    assert row.cycles == [cast.cycle.pk]
    with pytest.raises(Invalid) as refusal:
        actions.create_token(cast.eve.user, name="x", cycles=[cast.cycle.pk, 999_999], capabilities=["fly"])
    assert [one.where for one in refusal.value.problems] == ["cycles", "cycles", "capabilities"]


def test_nobody_collects_tokens_without_end():
    user = UserFactory()
    for _ in range(50):
        actions.create_token(user, name="x")
    with pytest.raises(Conflict, match="50 tokens"):
        actions.create_token(user, name="x")


@pytest.mark.parametrize("changes", [{"revoked_at": now()}, {"expires_at": now()}, {"user__is_active": False}])
def test_a_dead_token_opens_nothing(changes):
    ApiTokenFactory(**changes)
    assert token_by_secret(SECRET, now=now()) is None


def test_a_revoked_token_is_dead_at_once():
    token = ApiTokenFactory()
    actions.revoke_token(token)
    assert token_by_secret(SECRET, now=now()) is None


def test_the_last_use_of_a_token_is_noted_to_the_minute():
    token, start = ApiTokenFactory(), now()
    for seconds in (0, 30, 61):
        token.refresh_from_db()
        actions.note_use(token, now=start + timedelta(seconds=seconds))
    token.refresh_from_db()
    assert token.last_used_at == start + timedelta(seconds=61)


def test_a_suspended_user_is_out_everywhere_and_the_journal_knows_who_did_it():
    owner, user = UserFactory(is_superuser=True), UserFactory()
    token = ApiTokenFactory(user=user)
    link = SignInLinkFactory(user=user, secret="x")
    actions.suspend(user, by=owner)
    token.refresh_from_db()
    link.refresh_from_db()
    assert token.revoked_at is not None
    assert link.used_at is not None
    with pytest.raises(SignInRefused):
        actions.verify(email=user.email, password=PASSWORD, network=HOME)
    (entry,) = JournalEntry.objects.all()
    assert (entry.kind, entry.actor, entry.subject, entry.payload) == (
        "account.changed",
        owner.pseudonym,
        f"user:{user.pk}",
        {"change": "suspended"},
    )
    actions.restore(user, by=owner)
    assert actions.verify(email=user.email, password=PASSWORD, network=HOME) == user


def test_the_desk_is_never_left_alone():
    owner, other = UserFactory(is_superuser=True), UserFactory(is_superuser=True)
    with pytest.raises(LastOwner):
        actions.suspend(owner, by=owner)
    actions.suspend(other, by=owner)
    with pytest.raises(LastOwner):
        actions.suspend(owner, by=other)


def test_launching_is_allowed_and_forbidden_again():
    owner, user = UserFactory(is_superuser=True), UserFactory()
    for allowed in (True, True, False):
        actions.allow_launching(user, allowed=allowed, by=owner)
        user.refresh_from_db()
        assert user.may_launch is allowed
    assert [one.payload["change"] for one in JournalEntry.objects.order_by("pk")] == ["may_launch", "may_not_launch"]


def test_the_desk_sends_a_reset():
    user = UserFactory()
    actions.send_reset(user, by=UserFactory(is_superuser=True))
    assert mailed() == [("account.password", user.email)]


@pytest.mark.parametrize("known", [True, False])
def test_an_owner_is_made_and_gets_a_link_in(known):
    if known:
        UserFactory(email="root@example.org", is_active=False)
    user, link = actions.make_owner("Root@Example.org")
    assert (user.email, user.is_superuser, user.may_launch, user.is_active) == ("root@example.org", True, True, True)
    assert actions.sign_in_by_link(link.rstrip("/").rpartition("/")[2]).user == user


def test_the_desk_finds_people_by_name_or_address():
    UserFactory(email="ada@example.org", name="Ada")
    UserFactory(email="ben@example.org", name="Ben")
    assert [one.name for one in users("ADA")] == ["Ada"]
    assert users().count() == 2


def test_who_leaves_is_forgotten_and_the_journal_still_holds(cast: Cast):
    from games.groups.actions import rename
    from games.journal.actions import seal_pending
    from games.journal.queries import broken_links
    from games.organizations.models import Person

    ada = cast.ada.user
    actions.create_token(ada, name="x")
    actions.send_link(email=ada.email, network=HOME)
    rename(cast.red, name="Scarlet", by=ada)
    seal_pending()
    actions.forget(ada, by=ada)
    seal_pending()
    assert not User.objects.filter(email="ada@example.org").exists()
    person = Person.objects.get(pk=cast.ada.person.pk)
    assert (person.name, person.email, person.user) == ("Somebody who left", "", None)
    assert not Message.objects.filter(to="ada@example.org").exists()
    assert not ApiToken.objects.exists()
    assert not cast.red.memberships.filter(until__isnull=True).exists()
    assert list(broken_links()) == []


def test_the_last_owner_does_not_leave():
    owner = UserFactory(is_superuser=True)
    with pytest.raises(LastOwner):
        actions.forget(owner, by=owner)
