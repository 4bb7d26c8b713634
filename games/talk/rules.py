"""Words and limits of talk: kinds of threads, who is called by name, how long a reply may take, how much one person says in an hour. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from games.errors import Conflict, Invalid, TooMany
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext


class ThreadKind(StrEnum):
    """What a thread is for."""

    TALK = "talk"  # said about an idea
    QUESTION = "question"  # the asker accepts one answer
    BARRIER = "barrier"  # what holds a group up: the asker marks what helped
    ASK = "ask"  # put to the groups that adopted an idea, with a reply clock


class Verdict(StrEnum):
    """What organizers decided about something said."""

    HIDDEN = "hidden"
    LEFT = "left"


class TalkInvalid(Invalid):
    """What was said cannot be taken as it is."""

    code = "talk_invalid"


class TalkRefused(Conflict):
    """The state of things does not allow it: the cycle is over, it is settled already, it is one's own."""

    code = "talk_refused"


class TooMuchTalk(TooMany):
    """So much was said in the last hour that others shall have their turn."""

    code = "too_much_talk"


TITLE: Final = 200
TEXT: Final = 10_000
WHY: Final = 2_000
HOUR: Final = timedelta(hours=1)
THREADS: Final = ((HOUR, 20), (timedelta(days=1), 60))
"""So many threads a team opens within a time."""
POSTS_AN_HOUR: Final = 20
REPORTS_AN_HOUR: Final = 10
THANKS_AN_HOUR: Final = 60
REMIND_BEFORE: Final = timedelta(days=1)
ASKED: Final = 12
"""So many groups are asked at most: those that adopted last."""
CALLED: Final = 10
"""So many are called by name in one post at most."""
ON_BOARD: Final = frozenset({ThreadKind.BARRIER, ThreadKind.QUESTION})
"""Kinds that stand on the board of a cycle."""
ON_IDEA: Final = frozenset({ThreadKind.TALK, ThreadKind.QUESTION, ThreadKind.ASK})
ONE_ANSWER: Final = frozenset({ThreadKind.QUESTION, ThreadKind.ASK})
"""Kinds of which one answer is accepted; of a barrier everything that helped is marked, and talk needs no answer."""
_NAME: Final = re.compile(r"(?<![\w@./-])@(\w[\w-]*(?:\.\w[\w-]*)*)")


def cleaned_title(title: str) -> str:
    """The title in one line. Raises TalkInvalid when it says nothing or too much."""
    clean = " ".join(title.split())
    if not clean:
        raise TalkInvalid(_("Say in one line what it is about."), where="title")
    return _fits(clean, TITLE, "title")


def cleaned_text(text: str, *, where: str = "text", most: int = TEXT, empty: str = "") -> str:
    """The text without blanks around it. Raises TalkInvalid when it says nothing or too much."""
    clean = text.replace("\r\n", "\n").strip()
    if not clean:
        raise TalkInvalid(empty or _("Write something first."), where=where)
    return _fits(clean, most, where)


def _fits(text: str, most: int, where: str) -> str:
    if len(text) > most:
        message = _("At most {most:,} characters: this has {count:,}.", most=most, count=len(text))
        raise TalkInvalid(message, where=where)
    if "\0" in text:
        raise TalkInvalid(_("No null character, please."), where=where)
    return text


def names_in(text: str) -> list[str]:
    """The keys that a text calls with @, each once, in order, at most `CALLED`. An address of a mail calls nobody."""
    return list(dict.fromkeys(_NAME.findall(text)))[:CALLED]


def check_rate(said: int, most: int, first: datetime | None, now: datetime) -> None:
    """Refuse when `most` or more were said in the last hour; `first`: when the oldest of them was. Raises TooMuchTalk with how long to wait."""
    if said < most:
        return
    wait = max(HOUR - (now - (first or now)), timedelta(minutes=1))
    minutes = -(-int(wait.total_seconds()) // 60)
    message = ngettext(
        "That is {most} within an hour. Others shall have their turn: go on in {minutes} minute.",
        "That is {most} within an hour. Others shall have their turn: go on in {minutes} minutes.",
        minutes,
        most=most,
        minutes=minutes,
    )
    raise TooMuchTalk(message, retry_after=wait.total_seconds())


def median_reply(spans: Iterable[timedelta]) -> Fraction | None:
    """The median of times to a first reply, in hours; None without any."""
    found = sorted(spans)
    if not found:
        return None
    middle = len(found) // 2
    among = found[middle : middle + 1] if len(found) % 2 else found[middle - 1 : middle + 1]
    return Fraction(sum(among, timedelta()) // timedelta(seconds=1), 3600 * len(among))
