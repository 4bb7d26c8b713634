"""Rubric and ranking: panel values, weighed and combined, become the score of a cell before adjustment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from leaderboards.engine.numbers import Rounding, rounded, total
from leaderboards.engine.outcome import Fate, Folded, JudgeOffsets, Unscored, UsedMark
from leaderboards.engine.panels import PanelRule, fold, panel_rule
from leaderboards.engine.severity import judge_offsets, taken_off
from leaderboards.engine.severity.ratings import Overlap, Rating
from leaderboards.engine.sheets import Marks
from leaderboards.engine.spec import Aggregate, ChallengeSpec, Criterion, Per

type Offsets = Mapping[tuple[str, str], JudgeOffsets]
"""(panel, criterion, or "" for whole sheets) → what is taken off the marks of each judge."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A criterion as the sum needs it: factor, rounding of the product, whether it may be missing, the best possible value."""

    key: str
    optional: bool
    weight: Fraction
    decimals: int | None
    mode: Rounding
    top: Fraction | None

    def product(self, value: Fraction) -> Fraction:
        """Weight x value, rounded where declared."""
        return rounded(value if self.weight == 1 else self.weight * value, self.decimals, self.mode)


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """A panel with its criteria."""

    rule: PanelRule
    per_sheet: bool
    criteria: tuple[Weighed, ...]


@dataclass(slots=True)
class Judged:
    """What the panels make of one group: the score before adjustment, named values, folds; or why there is no score."""

    score: Fraction | None = None
    values: dict[str, Fraction | None] = field(default_factory=dict)
    folds: list[Folded] = field(default_factory=list)
    unscored: Unscored | None = None
    full: bool = True
    parts: list[tuple[Fraction, Fraction]] = field(default_factory=list)


def plans(challenge: ChallengeSpec, mode: Rounding) -> tuple[PanelPlan, ...]:
    """Read the panels of a challenge once."""
    found = []
    for panel in challenge.judges_panels:
        criteria = [one for one in challenge.marked_criteria if challenge.panel_of(one) == panel.key]
        if criteria:
            weighed = tuple(_weighed(challenge, one, mode) for one in criteria)
            found.append(PanelPlan(panel_rule(panel, mode), panel.per is Per.SHEET, weighed))
    return tuple(found)


def _weighed(challenge: ChallengeSpec, one: Criterion, mode: Rounding) -> Weighed:
    top = one.max if challenge.scale is None else challenge.scale
    return Weighed(one.key, one.optional, one.weight, one.decimals, one.rounding or mode, top)


def offsets_of(
    challenge: ChallengeSpec, panels: Sequence[PanelPlan], marks: Mapping[str, Marks]
) -> dict[tuple[str, str], JudgeOffsets]:
    """What panels that adjust for severity take off, from the marks of all groups."""
    mean = challenge.combine is Aggregate.MEAN
    found: dict[tuple[str, str], JudgeOffsets] = {}
    known: dict[bytes, Overlap] = {}
    for plan in panels:
        if not plan.rule.severity:
            continue
        for criterion in [""] if plan.per_sheet else [one.key for one in plan.criteria]:
            rows = {
                group: sheet_values(plan, row, mean=mean) if plan.per_sheet else row[criterion] for group, row in marks.items()
            }
            ratings = [Rating(group, one.judge, one.used) for group, row in rows.items() for one in row if one.used is not None]
            offsets = judge_offsets(plan.rule.key, criterion, ratings, known)
            if offsets is not None:
                found[plan.rule.key, criterion] = offsets
    return found


def judge(challenge: ChallengeSpec, panels: Sequence[PanelPlan], marks: Marks, offsets: Offsets) -> Judged:
    """The score of one group: the sum of weighted criteria, or that divided by the weights of those present."""
    done = Judged()
    mean = challenge.combine is Aggregate.MEAN
    for plan in panels:
        before = len(done.parts)
        if plan.per_sheet:
            _by_sheet(done, plan, marks, offsets, mean=mean)
        else:
            _by_criterion(done, plan, marks, offsets)
        done.values[plan.rule.key] = _combined(done.parts[before:], mean=mean)
    if done.unscored is None:
        done.score = _combined(done.parts, mean=mean)
        if done.score is None:
            done.unscored = Unscored.NO_MARKS
    done.full = done.full and done.score is not None
    return done


def _combined(parts: Sequence[tuple[Fraction, Fraction]], *, mean: bool) -> Fraction | None:
    """Sum of (weight, weighted value), or that divided by the weights; nothing of nothing."""
    if not parts:
        return None
    value = total([weighted for _, weighted in parts])
    if not mean:
        return value
    weights = total([weight for weight, _ in parts])
    return value / weights if weights else None


def _by_criterion(done: Judged, plan: PanelPlan, marks: Marks, offsets: Offsets) -> None:
    """Fold the judges criterion by criterion."""
    rule = plan.rule
    for one in plan.criteria:
        folded = fold(rule, taken_off(marks[one.key], offsets.get((rule.key, one.key))))
        value = folded.value
        weighted = None if value is None else one.product(value)
        done.folds.append(Folded(rule.key, one.key, folded.marks, folded.centre, value, weighted))
        done.values[one.key] = value
        done.values[f"{one.key}.points"] = weighted
        if weighted is not None:
            done.parts.append((one.weight, weighted))
            done.full = done.full and one.top is not None and value == _top(one.top, plan, folded.marks)
        elif not one.optional:
            done.unscored = done.unscored or folded.unscored
            done.full = False


def _top(top: Fraction, plan: PanelPlan, marks: Sequence[UsedMark]) -> Fraction:
    """The best possible value of a criterion: a sum adds up as many bests as there are marks in it."""
    return top * sum(mark.used is not None for mark in marks) if plan.rule.sums else top


def sheet_values(plan: PanelPlan, marks: Marks, *, mean: bool) -> list[UsedMark]:
    """Each judge's sheet as one number, by the rule of the criteria; a sheet without any mark keeps the fate of its last."""
    sheets: dict[str, list[tuple[Fraction, Fraction]]] = {}
    empty: dict[str, UsedMark] = {}
    for one in plan.criteria:
        for mark in marks[one.key]:
            if mark.used is None:
                empty[mark.judge] = mark
            else:
                sheets.setdefault(mark.judge, []).append((one.weight, one.product(mark.used)))
    rows = [
        UsedMark(key, value, value, Fate.COUNTED)
        for key, parts in sheets.items()
        if (value := _combined(parts, mean=mean)) is not None
    ]
    rows += [UsedMark(key, None, None, mark.fate) for key, mark in empty.items() if key not in sheets]
    return sorted(rows, key=lambda row: row.judge)


def _by_sheet(done: Judged, plan: PanelPlan, marks: Marks, offsets: Offsets, *, mean: bool) -> None:
    """Make each judge's sheet one number by the criteria's rule, then fold the sheets."""
    rule = plan.rule
    weight = Fraction(0)
    for one in plan.criteria:
        weight += one.weight if any(mark.used is not None for mark in marks[one.key]) else 0
        _show_criterion(done, plan, one, marks[one.key])
    folded = fold(rule, taken_off(sheet_values(plan, marks, mean=mean), offsets.get((rule.key, ""))))
    done.folds.append(Folded(rule.key, "", folded.marks, folded.centre, folded.value, folded.value))
    if folded.value is not None:
        done.parts.append((weight, folded.value * weight if mean else folded.value))
    elif not all(one.optional for one in plan.criteria):
        done.unscored = done.unscored or folded.unscored


def _show_criterion(done: Judged, plan: PanelPlan, one: Weighed, marks: Sequence[UsedMark]) -> None:
    """A criterion inside sheets counts only through them; its own value is the plain fold of its marks, for tie chains and for show."""
    used = [mark.used for mark in marks if mark.used is not None]
    value = rounded(plan.rule.combine(used), plan.rule.decimals, plan.rule.mode) if used else None
    weighted = None if value is None else one.product(value)
    done.folds.append(Folded(plan.rule.key, one.key, tuple(marks), None, value, weighted))
    done.values[one.key] = value
    done.values[f"{one.key}.points"] = weighted
    done.full = done.full and (value == one.top or (value is None and one.optional))
