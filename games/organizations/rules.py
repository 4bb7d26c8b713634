"""Keys of people and organizations, how imported people meet known ones, when an invitation is good. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from games.errors import Conflict, Invalid, TooMany
from leaderboards.engine.language import gettext as _

INVITATION_LIFE = timedelta(days=14)
AGAIN_AFTER = timedelta(minutes=10)
INVITED_A_DAY = 5
"""How soon a mail with a link may follow another to the same address, and how many one person gets within a day."""
NAME_LENGTH = 300
KEY_LENGTH = 100
_NOT_KEY = re.compile(r"[^\w]+")


class InvitationState(StrEnum):
    """Whether an invitation still lets somebody in."""

    GOOD = "good"
    ACCEPTED = "accepted"
    EXPIRED = "expired"


class InvitationRefused(Conflict):
    """The invitation was used, has run out, or never existed: all three read alike."""

    code = "invitation_refused"

    def __init__(self) -> None:
        super().__init__(_("This invitation was used already or has run out. Ask whoever sent it for a new one."))


class InvitedOften(TooMany):
    """The person has had a mail a moment ago, or as many as somebody may get in a day."""

    code = "invited_often"

    def __init__(self, name: str, *, lately: bool = False) -> None:
        minutes = int(AGAIN_AFTER.total_seconds() / 60)
        soon = _(
            "A mail to {name} went out a moment ago. Another one may follow after {minutes} minutes.", name=name, minutes=minutes
        )
        often = _(
            "{name} has had {invited_a_day} invitations within a day. The next may go out tomorrow.",
            name=name,
            invited_a_day=INVITED_A_DAY,
        )
        super().__init__(soon if lately else often, retry_after=(AGAIN_AFTER if lately else timedelta(days=1)).total_seconds())


class PersonTaken(Conflict):
    """The place the invitation is for belongs to somebody already."""

    code = "person_taken"

    def __init__(self) -> None:
        super().__init__(_("This person is known to us under another account already."))


class KeyTaken(Conflict):
    """An organization with this key exists."""

    code = "key_taken"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a list of people has it: `key` is unique in the organization, `email` may be empty."""

    key: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A person already in the organization."""

    name: str
    email: str
    claimed: bool


def merged(row: PersonRow, known: Known | None) -> PersonRow | None:
    """What to write for an imported row: the row itself, or None when there is nothing to change.

    A person who has an account keeps name and address: an import never writes over what somebody says of themselves. An empty
    address never deletes a known one.
    """
    if known is None:
        return row
    if known.claimed:
        return None
    wanted = PersonRow(key=row.key, name=row.name or known.name, email=row.email or known.email)
    return None if (wanted.name, wanted.email) == (known.name, known.email) else wanted


def invitation_state(*, accepted_at: datetime | None, expires_at: datetime, now: datetime) -> InvitationState:
    """Whether the invitation still lets somebody in; at the moment it expires it no longer does."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    return InvitationState.EXPIRED if expires_at <= now else InvitationState.GOOD


def key_from(name: str) -> str:
    """A key made from a name: lower case, words joined by hyphens, letters of every script kept; "x" when nothing is left.

    Names equal without regard to case and form give equal keys.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _NOT_KEY.sub("-", folded).strip("-_")[: KEY_LENGTH - 10].strip("-_") or "x"


def clean_name(name: str, *, where: str = "name") -> str:
    """The name without control signs and doubled spaces. Raises Invalid when nothing, or too much, is left."""
    kept = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C" or sign.isspace())
    clean = " ".join(kept.split())
    if not 1 <= len(clean) <= NAME_LENGTH:
        message = _("A name of 1 to {name_length} letters is needed.", name_length=NAME_LENGTH)
        raise Invalid(message, where=where)
    return clean


def name_from_email(email: str) -> str:
    """What to call somebody of whom only an address is known: the part before the @."""
    return email.partition("@")[0].replace(".", " ").replace("_", " ").strip().title() or email
