"""The feedback contract: what a round promises to those who enter, on what, and what may be said about it afterwards. Pure."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

from games.errors import Conflict, Invalid
from games.judging.rules.marks import criteria_of
from games.playbooks.schema import ChallengeDesign
from games.playbooks.schema.tasks import RoundDesign
from leaderboards.engine.spec import Criterion, Format

SHEETED: Final = frozenset({Format.RUBRIC, Format.RANKING})
"""Formats in which people write sheets, so that there is a place for words."""
REPLY: Final = 5000  # characters


class Promise(StrEnum):
    """What words are promised on: nothing, each entry, each criterion of each entry."""

    NOTHING = ""
    ENTRY = "entry"
    CRITERION = "criterion"


class FeedbackMissing(Conflict):
    """Feedback was promised and is not written yet. `problems` names each entry, criterion and who could write it."""

    code = "feedback_missing"


class ReplyRefused(Conflict):
    """Nothing (more) can be said about this feedback now."""

    code = "reply_refused"


class WordsRefused(Invalid):
    """These words cannot be taken: they are missing, too long, or have no place on the sheet."""

    code = "words_refused"


def promise_of(spec: RoundDesign | None) -> Promise:
    """What the Design of a round promises."""
    return Promise(spec.feedback_on) if spec is not None and spec.feedback else Promise.NOTHING


def writes_words(challenge: ChallengeDesign) -> bool:
    """Whether anybody writes on entries of this task at all: not where a machine judges, pairs are compared or an audience votes."""
    return challenge.format in SHEETED and any(panel.who != "audience" for panel in challenge.judges_panels)


def promised_criteria(challenge: ChallengeDesign, panel: str = "") -> tuple[Criterion, ...]:
    """The criteria on which words are owed: those that judges must mark. Optional ones, peers and the audience promise nothing."""
    judged = [one.key for one in challenge.judges_panels if one.who == "judges" and panel in {"", one.key}]
    return tuple(one for key in judged for one in criteria_of(challenge, key) if not one.optional)


def without_words(wanted: Iterable[Criterion], written: Collection[str]) -> tuple[Criterion, ...]:
    """Those of the criteria on which nothing is written."""
    return tuple(one for one in wanted if one.key not in written)


def is_said(words: str) -> bool:
    """Whether words say anything."""
    return bool(words.strip())
