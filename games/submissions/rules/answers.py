"""Answers that a machine checks: flags, numbers, quizzes. Secrets are compared in constant time."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from games.errors import Conflict, Invalid, TooMany
from games.playbooks.schema import ChallengeDesign, FlagAnswer, NumberAnswer, QuizAnswer
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

REJECTED: Final = "WA"
HINT: Final = "hint"
SPECIAL: Final = (HINT, "withdrawn", "rebase")  # verdicts that are no tries
TRIED: Final = frozenset({"attempts", "measured", "automatic"})
VERDICT_LENGTH: Final = 20
MAX_ANSWER: Final = 20_000
RATE: Final = 10  # attempts of one group at one challenge
RATE_WINDOW: Final = timedelta(minutes=1)


class AnswerRefused(Invalid):
    """The answer cannot be read as what was asked for."""

    code = "answer_refused"


class AlreadySolved(Conflict):
    """The group has solved it; another try would not count."""

    code = "already_solved"


class TooFast(TooMany):
    """Too many tries in a short time."""

    code = "too_fast"


class Judgement(NamedTuple):
    """What the check says: a verdict, and points where the check gives its own (a quiz)."""

    verdict: str
    value: Fraction | None = None


def judge(challenge: ChallengeDesign, answer: str) -> Judgement:
    """Check an answer against the Design. A quiz is answered with JSON: question key → choice, or list of choices."""
    match challenge.answer:
        case FlagAnswer() as flag:
            return Judgement(_verdict(challenge, right=_flag(flag, answer)))
        case NumberAnswer() as number:
            return Judgement(_verdict(challenge, right=_number(number, answer)))
        case QuizAnswer() as quiz:
            return _quiz(challenge, quiz, answer)
        case None:
            msg = _("This challenge has no answer to check against.")
            raise AnswerRefused(msg, where="answer")


def _verdict(challenge: ChallengeDesign, *, right: bool) -> str:
    return challenge.accepted[0] if right else REJECTED


def _flag(flag: FlagAnswer, answer: str) -> bool:
    given = _folded(answer, case=flag.case)
    right = False
    for value in flag.values:  # all of them, so that the time tells nothing
        right |= hmac.compare_digest(_folded(value, case=flag.case).encode(), given.encode())
    for written in flag.hashes:
        __, salt, expected = written.split(":")
        right |= hmac.compare_digest(hashlib.sha256(f"{salt}{given}".encode()).hexdigest(), expected)
    return right


def _folded(text: str, *, case: bool) -> str:
    return text.strip() if case else text.strip().casefold()


def _number(spec: NumberAnswer, answer: str) -> bool:
    try:
        given = numbers.parse(answer.strip().replace(",", "."))
    except ValueError as error:
        raise AnswerRefused(str(error), where="answer") from None
    tolerance = abs(spec.value) * spec.tolerance if spec.relative else spec.tolerance
    return abs(given - spec.value) <= tolerance


def _quiz(challenge: ChallengeDesign, quiz: QuizAnswer, answer: str) -> Judgement:
    chosen = _choices(answer)
    known = {question.key for question in quiz.questions}
    if strange := sorted(chosen.keys() - known):
        msg = _('"{strange}" is not a question; known: {names}', strange=strange[0], names=", ".join(sorted(known)))
        raise AnswerRefused(msg, where="answer")
    right = [question for question in quiz.questions if chosen.get(question.key, frozenset()) == frozenset(question.correct)]
    solved = len(right) == len(quiz.questions) if quiz.full_marks else bool(right)
    return Judgement(_verdict(challenge, right=solved), numbers.total(question.points for question in right))


def _choices(answer: str) -> dict[str, frozenset[str]]:
    msg = _('expected JSON like {"question": "choice"} or {"question": ["choice", "choice"]}')
    try:
        read = json.loads(answer)
    except (ValueError, RecursionError):
        raise AnswerRefused(msg, where="answer") from None
    if not isinstance(read, dict):
        raise AnswerRefused(msg, where="answer")
    chosen: dict[str, frozenset[str]] = {}
    for key, value in read.items():
        parts: Sequence[object] = value if isinstance(value, list) else [value]
        if not all(isinstance(part, str) for part in parts):
            raise AnswerRefused(msg, where=f"answer.{key}")
        chosen[key] = frozenset(str(part) for part in parts)
    return chosen
