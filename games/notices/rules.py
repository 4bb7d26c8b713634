"""States of a message, when it is tried again, what a rendered template falls into. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class MessageState(StrEnum):
    """queued → sent; failed after the last try; bounced when the address itself was refused; held for the daily digest."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    HELD = "held"


class Topic(StrEnum):
    """What a notice is about: the rows of a person's settings."""

    INVITATION = "invitation"
    DEADLINE = "deadline"
    ASSIGNED = "assigned"
    FEEDBACK = "feedback"
    PUBLISHED = "published"
    ADVANCED = "advanced"
    AWARD = "award"
    TEAM = "team"
    NEWS = "news"


class Pace(StrEnum):
    """How soon a mail follows: at once, once a day together with others, never."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


class Audience(StrEnum):
    """Who reads an announcement."""

    PUBLIC = "public"
    TEAMS = "teams"
    JUDGES = "judges"


TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LEASE = timedelta(minutes=5)
SUBJECT_LENGTH = 300

# What these mails say is a key to an account: once sent, the outbox forgets it.
SECRET_KINDS = frozenset({"account.confirm", "account.sign_in", "account.password", "person.invited"})
FORGOTTEN = "(Removed after sending: it held a link that opens an account.)"
PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and body of a mail."""

    subject: str
    body: str


def letter_of(text: str) -> Letter:
    """The first line is the subject, the rest the body; line breaks never reach the subject."""
    subject, _, body = text.strip().partition("\n")
    return Letter(subject=" ".join(subject.split())[:SUBJECT_LENGTH], body=body.strip() + "\n")


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries: one minute, doubled each time, at most six hours; None: give up."""
    if tries >= TRIES:
        return None
    return min(LONGEST_WAIT, FIRST_WAIT * int(2 ** (tries - 1)))


def is_permanent(code: int | None) -> bool:
    """Whether an SMTP answer means that this address will never take the mail (RFC 5321: 5yz is permanent)."""
    return code in PERMANENT
