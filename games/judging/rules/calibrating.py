"""Calibration: all judges of a panel mark the same anchors first and see how they differ, before the other entries open. Pure."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from games.errors import Invalid
from games.judging.rules.states import CalibrationState, JudgingNotOpen
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import Format

ANCHORS: Final = 3
"""How many anchors are proposed."""
MOST: Final = 20
"""More anchors than this are no calibration: they are the judging."""
REMARK: Final = 5000  # characters


class CalibrationFirst(JudgingNotOpen):
    """The panel calibrates first: this entry opens after that, or the calibration has not begun."""

    code = "calibration_first"


class CalibrationRefused(Invalid):
    """The calibration cannot go on like this. `problems` lists every fault."""

    code = "calibration_refused"


def calibrates(challenge: ChallengeDesign, panel: str) -> bool:
    """Whether a panel of a task can calibrate: judges who mark criteria. Peers, the audience, ranks and pairs have no common scale to find."""
    return challenge.format is Format.RUBRIC and any(one.key == panel and one.who == "judges" for one in challenge.judges_panels)


def check_calibrated(*, wanted: bool, state: str, anchor: bool) -> None:
    """Refuse an entry that opens only after the calibration. `wanted`: the round's rules ask for one; `state`: empty if none was begun."""
    if state == CalibrationState.DONE or (state and anchor):
        return
    if state:
        raise CalibrationFirst(_("Opens after calibration: the anchors come first."))
    if wanted:
        msg = _(
            "This round begins with a calibration, and the organizers have not named its anchor entries yet: nothing is marked before."
        )
        raise CalibrationFirst(msg)


NEXT: Final[Mapping[CalibrationState, CalibrationState]] = {
    CalibrationState.MARKING: CalibrationState.DISCUSSING,
    CalibrationState.DISCUSSING: CalibrationState.DONE,
}


def check_step(state: str, wanted: CalibrationState) -> None:
    """Refuse a step that does not follow: marking → discussing → done."""
    if NEXT.get(CalibrationState(state)) is not wanted:
        msg = _("The calibration is {state}: it cannot become {wanted}.", state=state, wanted=wanted)
        raise CalibrationRefused(msg, where="state")


def spread_over[K](entries: Sequence[K], topics: Mapping[K, str], *, count: int, seed: str) -> list[K]:
    """So many of the entries, from as many topics as there are, by turns; which ones of a topic is drawn by `seed`.

    An entry without a topic counts as one of a topic of its own. Always the same for the same entries and seed.
    """

    def drawn(entry: K) -> str:
        return hashlib.sha256(f"{seed}:{entry}".encode()).hexdigest()

    by_topic: dict[str, list[K]] = {}
    for entry in sorted(entries, key=drawn):
        by_topic.setdefault(topics.get(entry, ""), []).append(entry)
    queues = sorted(by_topic.values(), key=lambda one: (-len(one), drawn(one[0])))
    turns = [entry for turn in range(max(map(len, queues), default=0)) for queue in queues for entry in queue[turn : turn + 1]]
    return turns[: max(count, 0)]


class Apart(NamedTuple):
    """How far the marks on one criterion of one entry lie apart. `range` is the highest less the lowest, `mean` exact."""

    marks: Mapping[int, Fraction]
    low: Fraction
    high: Fraction
    mean: Fraction

    @property
    def range(self) -> Fraction:
        """How far the two ends are apart."""
        return self.high - self.low


def apart(marks: Mapping[int, Fraction]) -> Apart | None:
    """How judges' marks (judge → value) on one criterion differ; None where nobody gave one."""
    if not marks:
        return None
    values = marks.values()
    return Apart(dict(marks), min(values), max(values), sum(values, Fraction(0)) / len(marks))


def from_others(judge: int, marks: Iterable[Mapping[int, Fraction]]) -> Fraction | None:
    """How far a judge's marks lie above (or, below zero, under) the mean of the others', over the criteria that both marked.

    `marks`: one mapping judge → value for each criterion of each anchor, on one scale. None where there is nothing to compare.
    """
    differences = []
    for one in marks:
        others = [value for other, value in one.items() if other != judge]
        if judge in one and others:
            differences.append(one[judge] - sum(others, Fraction(0)) / len(others))
    return sum(differences, Fraction(0)) / len(differences) if differences else None


def numbered(persons: Collection[int], secret: bytes) -> dict[int, int]:
    """Judge → the number under which other judges of the panel know them, 1, 2, …: in an order that tells nothing."""

    def tag(person: int) -> bytes:
        return hmac.digest(secret, str(person).encode(), "sha256")

    return {person: number for number, person in enumerate(sorted(set(persons), key=tag), 1)}
