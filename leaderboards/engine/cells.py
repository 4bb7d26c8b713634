"""Cells: every entrant of a round in every challenge set for it, scored by its format, then adjusted and rounded."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from leaderboards.engine.attempts import Tried, score_attempts
from leaderboards.engine.ballots import count_ballots
from leaderboards.engine.index import DIVISION, Index
from leaderboards.engine.measured import score_measured
from leaderboards.engine.numbers import ZERO, Rounding, rounded
from leaderboards.engine.outcome import Cell, Folded, JudgeOffsets, StepTaken, Unscored
from leaderboards.engine.pairwise import score_pairs
from leaderboards.engine.rubric import judge, offsets_of, plans
from leaderboards.engine.sheets import read_marks
from leaderboards.engine.spec import ChallengeSpec, Format

type Told = dict[tuple[str, str, str, str], JudgeOffsets]
"""(round, challenge, panel, criterion) → what was taken off the marks."""

OUT = {"withdrawn": Unscored.WITHDRAWN, "disqualified": Unscored.DISQUALIFIED}


def cells(
    index: Index,
    challenge: ChallengeSpec,
    round_key: str,
    entrants: Iterable[str],
    mode: Rounding,
    *,
    freeze: int | None = None,
    told: Told | None = None,
) -> list[Cell]:
    """The cells of one (round, challenge); with `freeze`, on attempts before that millisecond only. `told` gets the judges' offsets."""
    unit = (round_key, challenge.key)
    groups = [one for one in entrants if challenge.division is None or index.column(one, DIVISION) == challenge.division]
    out = {key: OUT[one.status] for key, one in index.submissions.get(unit, {}).items() if one.status in OUT}
    taking_part = [group for group in groups if group not in out]
    scored: list[Cell] = []
    finish = Finish(index, challenge, round_key, mode)
    if challenge.format in {Format.RUBRIC, Format.RANKING}:
        panels = plans(challenge, mode)
        marks = read_marks(challenge, index.marks.get(unit, {}), taking_part)
        count_ballots(challenge, marks, index.submissions.get(unit) or taking_part)
        offsets = offsets_of(challenge, panels, marks)
        if told is not None:
            told.update({(*unit, *place): one for place, one in offsets.items()})
        for group in taking_part:
            done = judge(challenge, panels, marks[group], offsets)
            scored.append(finish.cell(group, Tried(done.score, done.values, done.unscored, done.full, 0), done.folds))
    elif challenge.format is Format.PAIRWISE:
        compared = score_pairs(challenge, index.votes.get(unit, ()), taking_part)
        scored += [finish.cell(group, one) for group, one in compared.items()]
    else:
        score = score_measured if challenge.format is Format.MEASURED else score_attempts
        tried = score(challenge, index.attempts.get(unit, {}), taking_part, freeze)
        scored += [finish.cell(group, one) for group, one in tried.items()]
    scored += [Cell(round_key, challenge.key, group, None, unscored=out[group]) for group in groups if group in out]
    return scored


class Finish:
    """Fields, adjustments and the last rounding of a challenge, read once for all its groups."""

    def __init__(self, index: Index, challenge: ChallengeSpec, round_key: str, mode: Rounding) -> None:
        self.challenge = challenge
        self.round = round_key
        self.mode = mode
        self.submissions = index.submissions.get((round_key, challenge.key), {})
        self.steps = [(*step.operation, step.decimals, step.rounding or mode) for step in challenge.adjust]
        self.decimals, self.last_mode = challenge.decimals, challenge.rounding or mode

    def cell(self, group: str, tried: Tried, folds: Sequence[Folded] = ()) -> Cell:
        """The finished cell of a group."""
        score, unscored, values = tried.score, tried.unscored, tried.values
        steps: tuple[StepTaken, ...] = ()
        fields = self._fields(group)
        values.update(fields)
        if score is not None and None in fields.values():
            score, unscored = None, Unscored.FIELD
        if score is not None and self.steps:
            score, steps = self._adjust(score, fields)
        if score is not None:
            score = rounded(score, self.decimals, self.last_mode)
        full = tried.full and score is not None
        return Cell(self.round, self.challenge.key, group, score, values, tuple(folds), steps, unscored, full, tried.pending)

    def _fields(self, group: str) -> dict[str, Fraction | None]:
        if not self.challenge.fields:
            return {}
        submission = self.submissions.get(group)
        given = {} if submission is None else submission.fields
        return {one.key: given.get(one.key, one.default) for one in self.challenge.fields}

    def _adjust(self, score: Fraction, fields: dict[str, Fraction | None]) -> tuple[Fraction, tuple[StepTaken, ...]]:
        taken = []
        for verb, operand, decimals, mode in self.steps:
            amount = operand if isinstance(operand, Fraction) else fields[operand] or ZERO
            if verb == "times":
                score *= amount
            else:
                score += amount if verb == "plus" else -amount
            score = rounded(score, decimals, mode)
            taken.append(StepTaken(verb, operand if isinstance(operand, str) else "", amount, score))
        return score, tuple(taken)
