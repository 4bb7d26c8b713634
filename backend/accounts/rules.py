"""Secrets, how long they are good for, when a door locks. Pure; errors of the door live here too."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from games.errors import Conflict, GameError, Invalid, NotAllowed, Problem, TooMany
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

TOKEN_PREFIX = "ludus_"  # noqa: S105 -- says whose token it is, so that secret scanners recognise a leaked one
HINT_LENGTH = 12
TOKEN_LIFE = timedelta(days=90)
TOKEN_LONGEST = timedelta(days=366)
NAME_LENGTH = 200
PATH_LENGTH = 500
TOKEN_SEEN_EVERY = timedelta(minutes=1)


class Purpose(StrEnum):
    """What a link by mail is for."""

    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105 -- a purpose, not a secret
    CONFIRM = "confirm"


LINK_LIFE = {
    Purpose.SIGN_IN: timedelta(minutes=30),
    Purpose.PASSWORD: timedelta(hours=1),
    Purpose.CONFIRM: timedelta(days=3),
}


class LinkState(StrEnum):
    """Whether a link still opens its door."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"


class LinkRefused(Conflict):
    """The link was used, has run out, or never existed: all three read alike."""

    code = "link_refused"

    def __init__(self) -> None:
        super().__init__(_("This link was used already or has run out. Ask for a new one."))


class SignInRefused(GameError):
    """Wrong address or password, or suspended: the answer does not tell which."""

    code = "sign_in_refused"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("That address and password do not go together."), where="password")


class AddressUnconfirmed(NotAllowed):
    """The password was right, but the address was never confirmed. A new link is on its way."""

    code = "address_unconfirmed"

    def __init__(self) -> None:
        super().__init__(_("Confirm your address first: we have just sent you the link again."))


class DoorLocked(TooMany):
    """Too many wrong passwords. `until` says when to try again."""

    code = "door_locked"

    def __init__(self, until: datetime, *, now: datetime) -> None:
        self.until = until
        seconds = max(1, round((until - now).total_seconds()))
        minutes = -(-seconds // 60)
        wait = ngettext("a minute", "{minutes} minutes", minutes, minutes=minutes)
        message = _("Too many tries. Wait {wait}, until {until:%H:%M} UTC, or ask for a sign-in link.", wait=wait, until=until)
        super().__init__(message, retry_after=seconds)


class WeakPassword(Invalid):
    """The password is refused, with every reason."""

    code = "weak_password"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons), where="password", problems=[Problem("password", reason) for reason in reasons])


class LastOwner(Conflict):
    """The instance would be left without anybody who may open its desk."""

    code = "last_owner"


def new_secret() -> str:
    """A fresh secret of 256 bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """A fresh API token."""
    return TOKEN_PREFIX + new_secret()


def digest_of(secret: str) -> str:
    """SHA-256 in hex: what is stored. The secret has 256 random bits, so neither salt nor slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def clean_email(value: str) -> str:
    """The address as it is stored and looked up: no spaces around it, normal form, lower case."""
    return unicodedata.normalize("NFKC", value).strip().lower()


def clean_name(value: str) -> str:
    """The name without control signs and doubled spaces. Raises Invalid when nothing, or too much, is left."""
    kept = "".join(sign for sign in unicodedata.normalize("NFC", value) if unicodedata.category(sign)[0] != "C" or sign == " ")
    name = " ".join(kept.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        message = _("A name of 1 to {name_length} letters is needed.", name_length=NAME_LENGTH)
        raise Invalid(message, where="name")
    return name


def link_state(*, used_at: datetime | None, expires_at: datetime, now: datetime) -> LinkState:
    """Whether the link still opens its door at `now`; at the moment it expires it no longer does."""
    if used_at is not None:
        return LinkState.USED
    return LinkState.EXPIRED if expires_at <= now else LinkState.GOOD


def token_expiry(wanted: datetime | None, *, now: datetime) -> datetime:
    """When a new token ends: as wished, at most a year from now; without a wish in 90 days."""
    expires = now + TOKEN_LIFE if wanted is None else wanted
    if expires <= now:
        message = _("A token has to end in the future.")
        raise Invalid(message, where="expires_at")
    if expires > now + TOKEN_LONGEST:
        message = _("A token ends after {days} days at the latest.", days=TOKEN_LONGEST.days)
        raise Invalid(message, where="expires_at")
    return expires


def safe_path(value: str) -> str:
    """`value` if it is a path on this site, else nothing: a link must not lead people elsewhere."""
    parts = urlsplit(value)
    plain = value.startswith("/") and not value.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    clean = plain and "\\" not in value and not any(unicodedata.category(sign)[0] == "C" for sign in value)
    return value if clean and len(value) <= PATH_LENGTH else ""


@dataclass(frozen=True, slots=True)
class Lock:
    """How many failures one key (address and network, or network alone) may have, and how long it then stays shut."""

    free: int
    first: timedelta
    longest: timedelta
    memory: timedelta

    def shut_for(self, failures: int) -> timedelta:
        """Nothing up to `free` failures; then `first`, doubled by each further one, never above `longest`."""
        beyond = failures - self.free
        if beyond < 0:
            return timedelta(0)
        return min(self.longest, self.first * int(2 ** min(beyond, 20)))


PER_ADDRESS = Lock(free=5, first=timedelta(minutes=1), longest=timedelta(minutes=30), memory=timedelta(hours=1))
PER_NETWORK = Lock(free=50, first=timedelta(minutes=1), longest=timedelta(minutes=30), memory=timedelta(hours=1))
MAILS_PER_ADDRESS = 3
MAILS_PER_NETWORK = 30
VOTERS_PER_NETWORK = 600  # a hall full of people behind one address, while a vote is open
MAIL_WINDOW = timedelta(minutes=15)
