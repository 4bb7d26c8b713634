"""Measured challenges: replay in order of time; which attempt of a group counts, and the list of records across groups."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from leaderboards.engine.attempts import Tried
from leaderboards.engine.facts import Attempt
from leaderboards.engine.outcome import Unscored
from leaderboards.engine.spec import Better, ChallengeSpec, Keep

WITHDRAWN: Final = "withdrawn"
REBASE: Final = "rebase"
PENDING: Final = "pending"


class Record(NamedTuple):
    """An attempt that beat the standing best."""

    attempt: Attempt
    value: Fraction


class Standing(NamedTuple):
    """A group's entries that stand, oldest first, and how many attempts are pending."""

    entries: tuple[Fraction, ...]
    pending: int


def score_measured(
    challenge: ChallengeSpec, attempts: Mapping[str, Iterable[Attempt]], groups: Sequence[str], freeze: int | None
) -> dict[str, Tried]:
    """Score every group by the attempt that `keep` names; no standing attempt, no score."""
    return {group: _score(challenge, standing(challenge, attempts.get(group, ()), freeze)) for group in groups}


def _score(challenge: ChallengeSpec, found: Standing) -> Tried:
    if not found.entries:
        return Tried(None, {}, Unscored.NO_ATTEMPT, full=False, pending=found.pending)
    low = challenge.better is Better.LOW
    first, latest = found.entries[0], found.entries[-1]
    kept = {
        Keep.BEST: min(found.entries) if low else max(found.entries),
        Keep.LATEST: latest,
        Keep.FIRST: first,
        Keep.IMPROVEMENT: first - latest if low else latest - first,
    }
    return Tried(kept[challenge.keep], {}, None, full=False, pending=found.pending)


def counts(challenge: ChallengeSpec, attempt: Attempt) -> bool:
    """Whether an attempt is a valid measurement: it has a value, and its verdict is empty or accepted."""
    return attempt.value is not None and (not attempt.verdict or attempt.verdict in challenge.accepted)


def standing(challenge: ChallengeSpec, attempts: Iterable[Attempt], freeze: int | None) -> Standing:
    """Replay one group's attempts. `withdrawn` takes its entries off (only those of its value, if it names one); `rebase` re-measures the best."""
    entries: list[Fraction] = []
    pending = 0
    best = min if challenge.better is Better.LOW else max
    for attempt in attempts:
        value = attempt.value
        if attempt.verdict == PENDING or (freeze is not None and attempt.at_ms >= freeze):
            pending += 1
        elif attempt.verdict == WITHDRAWN:
            entries = [] if value is None else [entry for entry in entries if entry != value]
        elif attempt.verdict == REBASE and value is not None:
            if entries:
                entries[entries.index(best(entries))] = value
        elif value is not None and counts(challenge, attempt):
            entries.append(value)
    return Standing(tuple(entries), pending)


def records(challenge: ChallengeSpec, attempts: Iterable[Attempt], freeze: int | None = None) -> list[Record]:
    """Attempts of all groups, in order of time, that beat the standing best; an equal value does not. `rebase` sets the standing best."""
    found: list[Record] = []
    best: Fraction | None = None
    low = challenge.better is Better.LOW
    for attempt in attempts:
        value = attempt.value
        if value is None or (freeze is not None and attempt.at_ms >= freeze):
            continue
        if attempt.verdict == REBASE:
            best = value
        elif counts(challenge, attempt) and (best is None or (value < best if low else value > best)):
            found.append(Record(attempt, value))
            best = value
    return found
