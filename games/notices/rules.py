"""What people are told about, how soon by mail, when a mail is tried again, what a rendered template falls into. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leaderboards.engine.language import gettext as _


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
    TALK = "talk"
    NEWS = "news"
    WINS = "wins"


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
DIGEST_KIND = "digest"
DIGEST_HOUR = time(7)
TEXT_LENGTH = 300
FORGOTTEN = "(Removed after sending: it held a link that opens an account.)"
PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and body of a mail."""

    subject: str
    body: str


def letter_of(text: str) -> Letter:
    """The first line is the subject, the rest the body; line breaks never reach the subject."""
    subject, __, body = text.strip().partition("\n")
    return Letter(subject=" ".join(subject.split())[:SUBJECT_LENGTH], body=body.strip() + "\n")


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries: one minute, doubled each time, at most six hours; None: give up."""
    if tries >= TRIES:
        return None
    return min(LONGEST_WAIT, FIRST_WAIT * int(2 ** (tries - 1)))


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "person.invited": Topic.INVITATION,
        "deadline.entry": Topic.DEADLINE,
        "deadline.marks": Topic.DEADLINE,
        "remind.entry": Topic.DEADLINE,
        "remind.marks": Topic.DEADLINE,
        "remind.words": Topic.DEADLINE,
        "sheet.assigned": Topic.ASSIGNED,
        "sheet.third": Topic.ASSIGNED,
        "deliberation.opened": Topic.ASSIGNED,
        "deliberation.closed": Topic.ASSIGNED,
        "calibration.begun": Topic.ASSIGNED,
        "calibration.discussed": Topic.ASSIGNED,
        "calibration.done": Topic.ASSIGNED,
        "feedback.available": Topic.FEEDBACK,
        "reply.thanks": Topic.FEEDBACK,
        "reply.question": Topic.FEEDBACK,
        "reply.answer": Topic.FEEDBACK,
        "reply.used": Topic.FEEDBACK,
        "round.published": Topic.PUBLISHED,
        "group.advanced": Topic.ADVANCED,
        "group.stopped": Topic.ADVANCED,
        "grant.granted": Topic.AWARD,
        "credential.revoked": Topic.AWARD,
        "group.registered": Topic.TEAM,
        "group.settled": Topic.TEAM,
        "join.asked": Topic.TEAM,
        "join.settled": Topic.TEAM,
        "submission.received": Topic.TEAM,
        "glass.broken": Topic.TEAM,
        "proof.broken": Topic.TEAM,
        "judges.missing": Topic.TEAM,
        "conflict.said": Topic.TEAM,
        "conflict.answered": Topic.TEAM,
        "appeal.made": Topic.TEAM,
        "appeal.answered": Topic.TEAM,
        "appeal.withdrawn": Topic.TEAM,
        "changes.applied": Topic.PUBLISHED,
        "changes.sheet": Topic.ASSIGNED,
        "hall.team": Topic.TEAM,
        "hall.judge": Topic.ASSIGNED,
        "tests.silent": Topic.TEAM,
        "partners.proposed": Topic.TEAM,
        "partners.settled": Topic.TEAM,
        "ideas.merge": Topic.TALK,
        "ideas.merged": Topic.TALK,
        "talk.asked": Topic.TALK,
        "talk.called": Topic.TALK,
        "talk.said": Topic.TALK,
        "talk.helped": Topic.TALK,
        "talk.waiting": Topic.TALK,
        "talk.reported": Topic.TALK,
        "talk.hidden": Topic.TALK,
        "talk.appealed": Topic.TALK,
        "talk.judged": Topic.TALK,
        "hours.booked": Topic.ASSIGNED,
        "hours.cancelled": Topic.ASSIGNED,
        "hours.withdrawn": Topic.TEAM,
        "hours.noted": Topic.TEAM,
        "hours.nudged": Topic.TEAM,
        "hours.soon": Topic.DEADLINE,
        "peers.asked": Topic.TALK,
        "peers.answered": Topic.TALK,
        "follow.news": Topic.TALK,
        "suggestion.made": Topic.TALK,
        "suggestion.decided": Topic.TALK,
        "suggestion.applied": Topic.TALK,
        "study.begun": Topic.TEAM,
        "news": Topic.NEWS,
        "win.found": Topic.WINS,
        "badge.earned": Topic.WINS,
        "quest.finished": Topic.WINS,
        "goal.reached": Topic.WINS,
        "credit.came": Topic.WINS,
        "wins.weekly": Topic.WINS,
        "flag.raised": Topic.TEAM,
    }
)

OFTEN = frozenset({Topic.TALK, Topic.WINS})
"""Topics of which there may be very much within an hour."""

ALWAYS = SECRET_KINDS | {"glass.broken"}
"""Mails that are sent at once whatever anybody wishes: keys to an account, and that sealed work was opened."""

# An invitation holds a key that works once: it is mailed at once, whatever anybody wishes.
CHOSEN = tuple(topic for topic in Topic if topic is not Topic.INVITATION)


def topic_of(kind: str) -> Topic | None:
    """What a kind of mail is about; None: mails of the door (account.*) and digests, which are no news themselves."""
    return TOPICS.get(kind)


def state_for(kind: str, pace: Pace) -> MessageState | None:
    """How a mail of this kind begins under this wish: queued, held for the digest, or None: there is none."""
    if kind in ALWAYS or topic_of(kind) is None or pace is Pace.NOW:
        return MessageState.QUEUED
    return MessageState.HELD if pace is Pace.DAILY else None


def path_of(link: str) -> str:
    """Where a link leads on this site: its path and what follows, without the host."""
    parts = urlsplit(link)
    rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    return f"{parts.path}{rest}"[:500]


def zone_of(name: str) -> ZoneInfo:
    """A time zone by name; UTC for a name that is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def digest_due(now: datetime, zone: str) -> datetime:
    """When the next digest goes out to somebody in `zone`: at seven in the morning there. `now` is aware; so is the answer."""
    here = now.astimezone(zone_of(zone))
    today = datetime.combine(here.date(), DIGEST_HOUR, tzinfo=here.tzinfo)
    return today if today > here else datetime.combine(here.date() + timedelta(days=1), DIGEST_HOUR, tzinfo=here.tzinfo)


def digest_day(now: datetime, zone: str) -> date:
    """The day whose digest it is, where the person is."""
    return now.astimezone(zone_of(zone)).date()


def digest_letter(letters: Iterable[Letter]) -> Letter:
    """Several letters as one: their subjects on top, each again whole below."""
    every = list(letters)
    if len(every) == 1:
        return every[0]
    subject = _("{subject} and {count} more", subject=every[0].subject, count=len(every) - 1)
    contents = "\n".join(f"- {one.subject}" for one in every)
    bodies = "\n\n".join(f"{one.subject}\n{'-' * min(len(one.subject), 72)}\n\n{one.body.strip()}" for one in every)
    return Letter(subject=subject[:SUBJECT_LENGTH], body=f"{contents}\n\n\n{bodies}\n")


# --- Deadlines ------------------------------------------------------------------------------------------------------------------------

WARNINGS = (timedelta(hours=4), timedelta(hours=48))


def warning_due(begins: datetime | None, ends: datetime, now: datetime) -> timedelta | None:
    """Which warning before `ends` is due at `now`: the nearest one that has come, unless there was less time than that from the start."""
    if ends <= now:
        return None
    for before in WARNINGS:
        if now >= ends - before:
            return before if begins is None or begins <= ends - before else None
    return None


# --- The hall -------------------------------------------------------------------------------------------------------------------------

QUIET, QUIET_NEAR, NEAR = timedelta(minutes=10), timedelta(minutes=1), timedelta(hours=3)


def hall_is_quiet(changed: datetime, pitch: datetime | None, now: datetime) -> bool:
    """Whether a change in the hall is told now: nothing was changed for ten minutes, or for one if the next `pitch` is near."""
    near = pitch is not None and pitch - now <= NEAR
    return now - changed >= (QUIET_NEAR if near else QUIET)


def is_permanent(code: int | None) -> bool:
    """Whether an SMTP answer means that this address will never take the mail (RFC 5321: 5yz is permanent)."""
    return code in PERMANENT
