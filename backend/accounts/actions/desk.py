"""The desk of the instance: who may be here, who may launch cycles, who owns it. Each act is in the journal."""

from django.db import transaction

from backend.accounts.actions.door import new_link, send
from backend.accounts.models import ApiToken, SignInLink, User
from backend.accounts.queries import user_by_email
from backend.accounts.rules import LastOwner, Purpose, clean_email
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import checked_email
from leaderboards import readers
from leaderboards.engine.language import gettext as _


def _journal(user: User, change: str, *, by: User | None, channel: str = "web") -> None:
    payload = {"change": change}
    record(Kind.ACCOUNT_CHANGED, cycle_id=None, by=by, subject=f"user:{user.pk}", payload=payload, channel=channel)


@transaction.atomic
def suspend(user: User, *, by: User) -> None:
    """Keep somebody out: no sign-in, open sessions end, tokens and links are dead. Raises LastOwner for the last owner and for oneself."""
    owners = list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk"))
    if user.pk == by.pk or [one.pk for one in owners] == [user.pk]:
        message = _("The desk needs somebody: nobody suspends themselves, or the last owner.")
        raise LastOwner(message)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return
    user.is_active = False
    now = db_now()
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
    SignInLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
    _journal(user, "suspended", by=by)
    transaction.on_commit(lambda: readers.changed([user.pk]))


@transaction.atomic
def restore(user: User, *, by: User) -> None:
    """Let a suspended user in again. Tokens stay dead: new ones are made when needed."""
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        _journal(user, "restored", by=by)


@transaction.atomic
def allow_launching(user: User, *, allowed: bool, by: User) -> None:
    """Say whether the user may launch cycles here."""
    if User.objects.filter(pk=user.pk).exclude(may_launch=allowed).update(may_launch=allowed):
        user.may_launch = allowed
        _journal(user, "may_launch" if allowed else "may_not_launch", by=by)


@transaction.atomic
def send_reset(user: User, *, by: User) -> None:
    """Mail the user a link to set a new password."""
    send(user, Purpose.PASSWORD)
    _journal(user, "reset_sent", by=by)


@transaction.atomic
def make_owner(email: str) -> tuple[User, str]:
    """The user with this address, made if needed, owns the instance and may launch cycles; returns also a link that signs in once."""
    clean = clean_email(checked_email(email))
    user = user_by_email(clean)
    if user is None:
        user = User.objects.create_superuser(clean)
    now = db_now()
    user.is_active = user.is_staff = user.is_superuser = user.may_launch = True
    user.email_confirmed_at = user.email_confirmed_at or now
    user.save(update_fields=["is_active", "is_staff", "is_superuser", "may_launch", "email_confirmed_at"])
    _journal(user, "owner", by=None, channel="command")
    return user, new_link(user, Purpose.SIGN_IN)
