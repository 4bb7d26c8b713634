"""The door: sign up, sign in, links by mail, new passwords. No answer here tells whether an address has an account."""

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from backend.accounts.models import SignInLink, User
from backend.accounts.queries import link_by_secret, user_by_email
from backend.accounts.rules import (
    LINK_LIFE,
    NAME_LENGTH,
    AddressUnconfirmed,
    LinkRefused,
    Purpose,
    SignInRefused,
    WeakPassword,
    clean_email,
    clean_name,
    digest_of,
    new_secret,
    safe_path,
)
from backend.accounts.throttle import check_door, count_failure, forget_failures, may_mail, may_mail_voter
from games.groups.actions import accept_invitation
from games.journal.queries import db_now
from games.notices.actions import tell
from games.notices.actions.outbox import absolute
from games.organizations.actions import checked_email
from games.organizations.queries import invitation_by_secret
from games.organizations.rules import InvitationRefused
from leaderboards import readers
from leaderboards.live import recheck

ADDRESSES = {Purpose.SIGN_IN: "/sign-in/link/", Purpose.PASSWORD: "/password/", Purpose.CONFIRM: "/confirm/"}


def check_password_strength(password: str, *, email: str, name: str) -> None:
    """Raise WeakPassword with every reason why this password will not do."""
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as fault:
        raise WeakPassword(list(fault.messages)) from None


@transaction.atomic
def sign_up(*, email: str, name: str, password: str, network: str, next_path: str = "") -> None:
    """Make an account that waits for its address to be confirmed, and mail the link.

    An address with a confirmed account gets a mail that says so, and the caller the same answer. One that was never confirmed starts
    over with the new name and password: whoever comes first must not keep an address from its owner. Raises Invalid, WeakPassword.
    """
    email, name = clean_email(checked_email(email)), clean_name(name)
    check_password_strength(password, email=email, name=name)
    user = _newcomer(email, name=name, password=password)
    if not may_mail(email, network):
        return
    if user.email_confirmed_at is not None:
        reset = absolute("/password/forgotten/")
        context = {"user": user, "sign_in": absolute("/sign-in/"), "reset": reset}
        key = f"known:{user.pk}:{db_now():%Y%m%d%H%M}"
        tell("account.known", to=user.email, key=key, template="accounts/mail/known.txt", context=context)
        return
    send(user, Purpose.CONFIRM, next_path=next_path)


def _newcomer(email: str, *, name: str, password: str) -> User:
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        try:
            with transaction.atomic():
                return User.objects.create_user(email, password, name=name)
        except IntegrityError:  # signed up twice at the same moment
            user = User.objects.select_for_update().get(email=email)
    known = user.email_confirmed_at is not None or not user.is_active
    spent = User(email=email)
    spent.set_password(password)  # the same work whether or not the address is known: time tells nothing
    if not known:
        user.name, user.password = name, spent.password
        user.save(update_fields=["name", "password"])
        SignInLink.objects.filter(user=user, used_at__isnull=True).update(used_at=db_now())
    return user


def new_link(user: User, purpose: Purpose, *, next_path: str = "") -> str:
    """Make a link that works once; returns its whole address. Only a digest of it is kept."""
    secret = new_secret()
    SignInLink.objects.create(
        user=user,
        digest=digest_of(secret),
        purpose=purpose.value,
        next_path=safe_path(next_path),
        expires_at=db_now() + LINK_LIFE[purpose],
    )
    return absolute(f"{ADDRESSES[purpose]}{secret}/")


@transaction.atomic
def send(user: User, purpose: Purpose, *, next_path: str = "") -> None:
    """Mail a fresh link to the user."""
    link = new_link(user, purpose, next_path=next_path)
    context = {"user": user, "link": link, "life": LINK_LIFE[purpose]}
    kind = f"account.{purpose.value}"
    tell(kind, to=user.email, key=f"link:{digest_of(link)}", template=f"accounts/mail/{purpose.value}.txt", context=context)


def send_link(*, email: str, network: str, purpose: Purpose = Purpose.SIGN_IN, next_path: str = "") -> None:
    """Mail a sign-in or password link if the address has an account that may use it; otherwise do nothing, and look the same."""
    clean = clean_email(email)
    allowed = may_mail(clean, network)
    user = user_by_email(clean)
    if allowed and user is not None and user.is_active:
        send(user, purpose, next_path=next_path)


@transaction.atomic
def send_voter_link(*, email: str, network: str, next_path: str = "") -> None:
    """Mail a sign-in link to who wants to vote. An address without an account gets one that only such links open: it is confirmed by using it.

    Call it only where a vote is open. The caller's answer is always the same. Raises Invalid for what is no address.
    """
    clean = clean_email(checked_email(email))
    if not may_mail_voter(clean, network):
        return
    user = user_by_email(clean)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(clean, name=clean_name(clean.partition("@")[0][:NAME_LENGTH]))
        except IntegrityError:  # asked twice at the same moment
            user = User.objects.get(email=clean)
    if user.is_active:
        send(user, Purpose.SIGN_IN, next_path=next_path)


def verify(*, email: str, password: str, network: str) -> User:
    """The user with this address and password. Raises DoorLocked (with `until`), SignInRefused, AddressUnconfirmed."""
    clean, now = clean_email(email), db_now()
    check_door(clean, network, now=now)
    user = authenticate(None, username=clean, password=password)
    if not isinstance(user, User):
        count_failure(clean, network, now=now)
        raise SignInRefused
    forget_failures(clean, network)
    if user.email_confirmed_at is None:
        if may_mail(clean, network):
            send(user, Purpose.CONFIRM)
        raise AddressUnconfirmed
    return user


def _use(secret: str, purpose: Purpose) -> SignInLink:
    """Spend a link: one conditional UPDATE, so of two people who press at once one gets in. Raises LinkRefused.

    The condition names columns of the link alone: with a join the UPDATE would select first, and both would get in.
    """
    now = db_now()
    good = SignInLink.objects.filter(digest=digest_of(secret), purpose=purpose.value, used_at__isnull=True, expires_at__gt=now)
    spent = good.update(used_at=now)
    link = link_by_secret(secret) if spent else None
    if link is None or not link.user.is_active:
        raise LinkRefused
    return link


@transaction.atomic
def confirm(secret: str) -> SignInLink:
    """The address is the user's: the account opens. Returns the link, spent. Raises LinkRefused."""
    link = _use(secret, Purpose.CONFIRM)
    if link.user.email_confirmed_at is None:
        link.user.email_confirmed_at = db_now()
        link.user.save(update_fields=["email_confirmed_at"])
    return link


@transaction.atomic
def sign_in_by_link(secret: str) -> SignInLink:
    """Spend a sign-in link; the caller signs `link.user` in. Raises LinkRefused.

    On an account that was never confirmed the password may be somebody else's, who typed this address: it no longer opens anything.
    """
    link = _use(secret, Purpose.SIGN_IN)
    if link.user.email_confirmed_at is None:
        link.user.email_confirmed_at = db_now()
        link.user.set_unusable_password()
        link.user.save(update_fields=["email_confirmed_at", "password"])
        _sessions_end(link.user)
    return link


@transaction.atomic
def set_password(secret: str, *, password: str) -> SignInLink:
    """Set a new password by a link; other links and all sessions of the user end. Raises LinkRefused, WeakPassword (the link stays good)."""
    known = link_by_secret(secret)
    if known is None:
        raise LinkRefused
    check_password_strength(password, email=known.user.email, name=known.user.name)
    link = _use(secret, Purpose.PASSWORD)
    user, now = link.user, db_now()
    user.set_password(password)
    user.email_confirmed_at = user.email_confirmed_at or now
    user.save(update_fields=["password", "email_confirmed_at"])
    SignInLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
    _sessions_end(user)
    return link


def _sessions_end(user: User) -> None:
    """They end with the password: so does what was remembered of whoever read with them, and what their open windows hear."""

    def tell_boards() -> None:
        readers.changed([user.pk])
        recheck(user_ids=[user.pk])

    transaction.on_commit(tell_boards)


@transaction.atomic
def enter_by_invitation(secret: str) -> User:
    """Take an invited place with the account of the address it was mailed to, made if there is none; the caller signs the user in.

    Whoever holds the link reads that mailbox: it proves as much as a sign-in link. Raises InvitationRefused, PersonTaken, LinkRefused
    (suspended), GroupRefused.
    """
    waiting = invitation_by_secret(secret)
    if waiting is None or waiting.accepted_at is not None:
        raise InvitationRefused
    email = clean_email(waiting.person.email)
    user = user_by_email(email)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email, name=waiting.person.name[:NAME_LENGTH])
        except IntegrityError:  # pressed twice
            user = User.objects.get(email=email)
    if not user.is_active:
        raise LinkRefused
    if user.email_confirmed_at is None:
        user.email_confirmed_at = db_now()
        user.set_unusable_password()
        user.save(update_fields=["email_confirmed_at", "password"])
        _sessions_end(user)
    accept_invitation(secret, by=user)
    return user
