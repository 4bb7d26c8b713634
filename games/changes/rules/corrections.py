"""Corrections as plain values, and what they do to the facts of a cycle: in memory, nothing is written. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from leaderboards.engine.facts import Decision, DecisionKind, Facts, Mark, MarkState

OUT: Final = frozenset({DecisionKind.DISQUALIFY.value, DecisionKind.WITHDRAW.value})
"""Kinds of decisions that cost a group its place."""
COUNTING: Final = 1_000_000
"""What a submission that counts has more in its version than one that does not (`results.queries.facts`)."""


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A judge's sheet on an entry, by the keys that the facts use."""

    round: str
    challenge: str
    group: str
    judge: str


@dataclass(frozen=True, slots=True)
class MarkCorrection:
    """One mark gets another value, or is found to be absent."""

    sheet: SheetRef
    criterion: str
    value: Fraction | None
    state: str = MarkState.GIVEN.value


@dataclass(frozen=True, slots=True)
class SheetOut:
    """A sheet no longer counts. `criteria`: what its panel marks."""

    sheet: SheetRef
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetBack:
    """A sheet that was taken out counts again, with these marks: criterion, value, state."""

    sheet: SheetRef
    marks: tuple[tuple[str, Fraction | None, str], ...]


@dataclass(frozen=True, slots=True)
class GroupOut:
    """A group is disqualified as of a round."""

    group: str
    round: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GroupBack:
    """What disqualified a group, or withdrew it, holds no more."""

    group: str


@dataclass(frozen=True, slots=True)
class EntryState:
    """One entry is taken out of the ranking, or counts again. `number`: which of the group's entries to the task."""

    round: str
    challenge: str
    group: str
    number: int
    out: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision that keeps the field of a round that has begun: a group stays in (`advance`), or is not added (`stop`)."""

    kind: str
    round: str
    group: str
    board: str = ""


type Correction = MarkCorrection | SheetOut | SheetBack | GroupOut | GroupBack | EntryState


def applied(facts: Facts, corrections: Iterable[Correction], kept: Iterable[Kept] = ()) -> Facts:
    """The facts as they would be. Later corrections see what earlier ones did; their order matters only where they touch the same thing."""
    for one in corrections:
        facts = _apply(facts, one)
    more = tuple(Decision(one.kind, one.group, round=one.round, board=one.board) for one in kept)
    return replace(facts, decisions=facts.decisions + more) if more else facts


def _apply(facts: Facts, one: Correction) -> Facts:
    match one:
        case MarkCorrection():
            return _with_marks(facts, one.sheet, [(one.criterion, one.value, one.state)])
        case SheetOut():
            return _with_marks(facts, one.sheet, [(key, None, MarkState.RECUSED.value) for key in _marked(facts, one)])
        case SheetBack():
            return _with_marks(facts, one.sheet, one.marks)
        case GroupOut():
            decision = Decision(DecisionKind.DISQUALIFY.value, one.group, round=one.round, reason=one.reason)
            return replace(facts, decisions=(*facts.decisions, decision))
        case GroupBack():
            held = tuple(d for d in facts.decisions if not (d.group == one.group and d.kind in OUT))
            return replace(facts, decisions=held)
        case EntryState():
            return _with_entry(facts, one)


def _of(sheet: SheetRef) -> Callable[[Mark], bool]:
    def mine(mark: Mark) -> bool:
        return (mark.round, mark.challenge, mark.group, mark.judge) == (sheet.round, sheet.challenge, sheet.group, sheet.judge)

    return mine


def _marked(facts: Facts, one: SheetOut) -> list[str]:
    """What the sheet says anything about; of one without marks, everything its panel marks."""
    mine = _of(one.sheet)
    there = [mark.criterion for mark in facts.marks if mark.criterion in one.criteria and mine(mark)]
    return there or list(one.criteria)


def _with_marks(facts: Facts, sheet: SheetRef, marks: Iterable[tuple[str, Fraction | None, str]]) -> Facts:
    """Marks of one sheet set anew; those not named stay."""
    mine, wanted = _of(sheet), {key: (value, state) for key, value, state in marks}
    found = []
    for mark in facts.marks:
        if mark.criterion in wanted and mine(mark):
            value, state = wanted.pop(mark.criterion)
            found.append(replace(mark, value=value, state=state))
        else:
            found.append(mark)
    found += [Mark(sheet.round, sheet.challenge, sheet.group, sheet.judge, key, *said) for key, said in wanted.items()]
    return replace(facts, marks=tuple(found))


def _with_entry(facts: Facts, one: EntryState) -> Facts:
    """An entry's status; `version` says which of several counts, and one that counts comes before those that do not."""
    status, version = ("disqualified", one.number) if one.out else ("submitted", one.number + COUNTING)
    rows = tuple(
        replace(row, status=status, version=version)
        if (row.round, row.challenge, row.group, row.version % COUNTING) == (one.round, one.challenge, one.group, one.number)
        else row
        for row in facts.submissions
    )
    return replace(facts, submissions=rows)


def inverse(facts: Facts, one: Correction) -> list[Correction]:
    """What undoes a correction of these facts, in order. Of a group brought back: that it is disqualified again as of each round it was."""
    match one:
        case MarkCorrection():
            mine = _of(one.sheet)
            was = next((m for m in facts.marks if m.criterion == one.criterion and mine(m)), None)
            return [MarkCorrection(one.sheet, one.criterion, was.value if was else None, was.state if was else "")]
        case SheetOut() | SheetBack():
            mine = _of(one.sheet)
            marks = tuple((m.criterion, m.value, m.state) for m in facts.marks if mine(m))
            return [SheetBack(one.sheet, marks)]
        case GroupOut():
            return [GroupBack(one.group), *_outs(facts, one.group)]
        case GroupBack():
            return [*_outs(facts, one.group)]
        case EntryState():
            return [replace(one, out=not one.out)]


def _outs(facts: Facts, group: str) -> list[Correction]:
    found = [one for one in facts.decisions if one.group == group and one.kind == DecisionKind.DISQUALIFY.value]
    return [GroupOut(group, one.round, one.reason) for one in found]
