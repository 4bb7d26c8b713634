"""Attempts and automatic checks: who solved when, after how many rejections, and what a solve is worth."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from leaderboards.engine.facts import Attempt
from leaderboards.engine.numbers import total
from leaderboards.engine.outcome import Unscored
from leaderboards.engine.places import place_points
from leaderboards.engine.spec import ChallengeSpec, Format, Keep, Worth

MINUTE_MS: Final = 60_000
HINT: Final = "hint"


@dataclass(slots=True)
class Tries:
    """One group's attempts at one challenge, read in order of time."""

    solved_at: int | None = None
    rejected: int = 0
    pending: int = 0
    hints: Fraction = Fraction(0)
    judged: list[tuple[bool, Fraction | None]] = field(default_factory=list)
    """Whether each was accepted, and its points: where the format is automatic, which alone asks for them."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the attempts make of one group: the score before adjustment, named values, pending attempts."""

    score: Fraction | None
    values: dict[str, Fraction | None]
    unscored: Unscored | None
    full: bool
    pending: int


def read_tries(challenge: ChallengeSpec, attempts: Iterable[Attempt], freeze: int | None) -> Tries:
    """Read attempts in order of time. From the freeze on, and without verdict, an attempt is pending; ignored verdicts never count.

    Where the format is attempts, nothing counts after the first accepted one.
    """
    tries = Tries()
    for attempt in attempts:
        if tries.solved_at is not None and challenge.format is Format.ATTEMPTS:
            break
        if not attempt.verdict or (freeze is not None and attempt.at_ms >= freeze):
            tries.pending += 1
        elif attempt.verdict == HINT:
            tries.hints += attempt.value or 0
        elif attempt.verdict not in challenge.ignored:
            _judged(challenge, tries, attempt)
    return tries


def _judged(challenge: ChallengeSpec, tries: Tries, attempt: Attempt) -> None:
    accepted = attempt.verdict in challenge.accepted
    if challenge.format is Format.AUTOMATIC:
        tries.judged.append((accepted, attempt.value))
    if accepted and tries.solved_at is None:
        tries.solved_at = attempt.at_ms
    elif not accepted and tries.solved_at is None:
        tries.rejected += 1


def worth(challenge: ChallengeSpec, solves: int) -> Fraction:
    """What the challenge is worth after so many solves: fixed, or falling on a parabola or a line to its minimum (oracle O-CTFD)."""
    rule = challenge.worth
    if not isinstance(rule, Worth):
        return rule
    later = max(solves - 1, 0)
    if rule.function == "linear":
        value = rule.initial - rule.decay * later
    else:
        decay = rule.decay or Fraction(1)
        value = (rule.minimum - rule.initial) / (decay * decay) * later * later + rule.initial
    return max(Fraction(math.ceil(value)), rule.minimum)


def score_attempts(
    challenge: ChallengeSpec, attempts: Mapping[str, Iterable[Attempt]], groups: Sequence[str], freeze: int | None
) -> dict[str, Tried]:
    """Score every group: all of them together, because falling worth and first-solve bonus depend on the others."""
    tries = {group: read_tries(challenge, attempts.get(group, ()), freeze) for group in groups}
    solved = {group: Fraction(one.solved_at) for group, one in tries.items() if one.solved_at is not None}
    value = worth(challenge, len(solved))
    bonus = place_points(challenge.first, solved, low=True) if challenge.first else {}
    score = _automatic if challenge.format is Format.AUTOMATIC else _attempted
    return {group: score(challenge, one, value, bonus.get(group, Fraction(0))) for group, one in tries.items()}


def _attempted(challenge: ChallengeSpec, tries: Tries, value: Fraction, bonus: Fraction) -> Tried:
    """A group without attempts has 0 solved and 0 penalty. Minutes are whole, rounded down; penalty only if solved."""
    values = _values(challenge, tries, whole=True)
    points = value + bonus if tries.solved_at is not None else Fraction(0)
    return Tried(points - tries.hints, values, None, tries.solved_at is not None, tries.pending)


def _automatic(challenge: ChallengeSpec, tries: Tries, value: Fraction, bonus: Fraction) -> Tried:
    """The check's own points count where an attempt has them, else the worth of a solve; `keep` says which attempt. None: no score."""
    values = _values(challenge, tries, whole=False)
    points = [given if given is not None else (value if accepted else Fraction(0)) for accepted, given in tries.judged]
    if not points:
        return Tried(None, values, Unscored.NO_ATTEMPT, full=False, pending=tries.pending)
    kept = {Keep.BEST: max(points), Keep.LATEST: points[-1], Keep.FIRST: points[0], Keep.IMPROVEMENT: points[-1] - points[0]}
    return Tried(kept[challenge.keep] + bonus - tries.hints, values, None, tries.solved_at is not None, tries.pending)


def _values(challenge: ChallengeSpec, tries: Tries, *, whole: bool) -> dict[str, Fraction | None]:
    """solved, penalty, rejected, last (minutes of the accepted attempt; None without one)."""
    values: dict[str, Fraction | None] = {
        "rejected": Fraction(tries.rejected),
        "solved": Fraction(0),
        "penalty": Fraction(0),
        "last": None,
    }
    if tries.solved_at is not None:
        minutes = Fraction(tries.solved_at // MINUTE_MS) if whole else Fraction(tries.solved_at, MINUTE_MS)
        values["solved"] = Fraction(1)
        values["penalty"] = total((minutes, challenge.penalty * tries.rejected))
        values["last"] = minutes
    return values
