"""An analysis of comparisons as plain JSON, the way it is kept beside those of other panels; and which lines it is asked about."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from leaderboards.engine.facts import Vote
from leaderboards.engine.names import challenges_of
from leaderboards.engine.numbers import text
from leaderboards.engine.pairwise.analysis import Analysis, EntryAnalysis, JudgeAnalysis
from leaderboards.engine.pairwise.stopping import Advice
from leaderboards.engine.spec import BoardSpec, ChallengeSpec, CutSpec, Scoring, board_rounds, expand_boards

VERSION: Final = "1"  # goes up when the same votes would give another analysis
METHOD: Final = "pairwise"
USUAL: Final = (1, 3)  # lines to look at where nothing says which count
DIGITS: Final = 6


def number(value: float | None) -> str:
    """At most six decimals, "" for what cannot be told."""
    if value is None or not math.isfinite(value):
        return ""
    written = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written


def lines_of(scoring: Scoring, round_key: str, challenge: ChallengeSpec, entries: int) -> tuple[int, ...]:
    """The last places above a line that these comparisons alone decide: where prizes and cuts of a board of nothing else end."""
    first = next(iter(expand_boards(scoring)), None)
    found: set[int] = set()
    for board in expand_boards(scoring):
        if not _alone(scoring, board, round_key, challenge):
            continue
        for cut in scoring.cuts:
            if cut.board == board.id:
                found.update(_ends(cut, challenge, entries))
        for award in scoring.awards:
            if award.places is not None and (award.board or (first.id if first else "")) == board.id:
                found.update((award.places[0] - 1, award.places[1]))
    return tuple(sorted(one for one in found or USUAL if 0 < one < entries))


def _alone(scoring: Scoring, board: BoardSpec, round_key: str, challenge: ChallengeSpec) -> bool:
    rounds = [one.key for one in board_rounds(scoring, board)]
    return rounds == [round_key] and [one.key for one in challenges_of(scoring, round_key, board)] == [challenge.key]


def _ends(cut: CutSpec, challenge: ChallengeSpec, entries: int) -> Iterator[int]:
    if isinstance(cut.first, dict):
        if challenge.division in cut.first:
            yield cut.first[challenge.division]
    elif cut.first is not None:
        yield cut.first
    elif cut.share is not None:
        yield math.ceil(cut.share * entries)


def digest(votes: Iterable[Vote], entries: Iterable[str], lines: Iterable[int]) -> str:
    """What an analysis rests on, as one name: the same again needs no computation."""
    whole = hashlib.sha256(repr((VERSION, sorted(entries), tuple(lines))).encode(errors="surrogatepass"))
    for one in votes:
        whole.update(
            f"{one.judge}\x1f{one.a}\x1f{one.b}\x1f{one.outcome}\x1f{one.count}\x1f{one.ranking}\x1e".encode(
                errors="surrogatepass"
            )
        )
    return whole.hexdigest()


def body_of(found: Analysis, entries: Sequence[str]) -> dict[str, Any]:
    """The analysis as JSON. Beside what every panel tells, `pairs` has the comparisons themselves and the advice."""
    compared = {one.group: one.compared for one in found.entries}
    return {
        "method": METHOD,
        "applied": True,
        "why": "",
        "components": len(found.parts),
        "reliability": number(found.reliability),
        "warnings": [],
        "entries": [_entry(one) for one in found.entries],
        "judges": [_judge(one) for one in found.judges],
        "outliers": [],
        "pairs": {
            "verdicts": found.verdicts,
            "entries": len(entries),
            "judges": len(found.judges),
            "parts": [len(part) for part in found.parts],
            "separation": number(found.separation),
            "reliability_by": found.reliability_by,
            "coverage": _coverage([compared.get(key, Fraction(0)) for key in entries]),
            **_advice(found.advice),
        },
    }


def _entry(one: EntryAnalysis) -> dict[str, Any]:
    return {
        "group": one.group,
        "n": number(float(one.compared)),
        "raw": number(float(one.won / one.compared)) if one.compared else "",
        "adjusted": text(one.strength),
        "se": number(one.se),
        "place": one.place,
        "low": one.low,
        "high": one.high,
        "top": {str(count): number(chance) for count, chance in one.top.items()},
        "tied_with": list(one.tied_with),
    }


def _judge(one: JudgeAnalysis) -> dict[str, Any]:
    return {
        "judge": one.judge,
        "n": one.votes,
        "ties": one.ties,
        "skipped": one.skipped,
        "agreement": number(one.agreement),
        "left": number(one.left),
        "flags": list(one.flags),
    }


def _coverage(compared: Sequence[Fraction]) -> list[list[int]]:
    """[comparisons, how many entries have so many], rounded down, from none on."""
    counts: dict[int, int] = {}
    for one in compared:
        counts[int(one)] = counts.get(int(one), 0) + 1
    return [[number_, counts[number_]] for number_ in sorted(counts)]


def _advice(one: Advice) -> dict[str, Any]:
    return {
        "stop": one.stop,
        "reason": one.reason,
        "least": number(one.least),
        "mean": number(one.mean),
        "to_go": one.to_go,
        "in_time": one.in_time,
        "boundaries": [
            {
                "place": line.place,
                "above": line.above,
                "below": line.below,
                "chance": number(line.chance),
                "decided": line.decided,
            }
            for line in one.boundaries
        ],
    }
