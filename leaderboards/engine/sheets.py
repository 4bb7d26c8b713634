"""Sheets: raw marks become countable ones: what was recused, not marked or on an incomplete sheet leaves; scale; points by rank."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from leaderboards.engine.facts import Mark, MarkState
from leaderboards.engine.outcome import Fate, UsedMark
from leaderboards.engine.places import place_points
from leaderboards.engine.spec import ChallengeSpec, Criterion, Format, Incomplete, Panel

type Marks = dict[str, list[UsedMark]]
"""The marks of one group by criterion, each list in order of judges."""


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """What a mark on a criterion means: which value is none, and how it is scaled. `known` remembers the values seen: marks repeat."""

    key: str
    not_marked: Fraction | None
    start: Fraction
    stretch: Fraction | None
    known: dict[tuple[int, int], tuple[Fraction | None, Fate]] = field(default_factory=dict)

    def read(self, mark: Mark) -> UsedMark:
        """The mark with its first fate."""
        value = mark.value
        if value is None or mark.state:
            return UsedMark(mark.judge, value, None, Fate.RECUSED if mark.state == MarkState.RECUSED else Fate.ABSENT)
        ratio = value.as_integer_ratio()
        if ratio not in self.known:
            self.known[ratio] = self._meaning(value)
        return UsedMark(mark.judge, value, *self.known[ratio])

    def _meaning(self, value: Fraction) -> tuple[Fraction | None, Fate]:
        if value == self.not_marked:
            return None, Fate.NOT_MARKED
        return value if self.stretch is None else (value - self.start) * self.stretch, Fate.COUNTED


def criterion_rule(challenge: ChallengeSpec, criterion: Criterion) -> CriterionRule:
    """Read a criterion; with `scale` marks from min to max go to 0 to scale."""
    stretch, start = None, Fraction(0)
    if challenge.scale is not None and criterion.min is not None and criterion.max is not None:
        stretch, start = challenge.scale / (criterion.max - criterion.min), criterion.min
    return CriterionRule(criterion.key, criterion.not_marked, start, stretch)


def read_marks(challenge: ChallengeSpec, marks: Mapping[str, Sequence[Mark]], groups: Iterable[str]) -> dict[str, Marks]:
    """The countable marks of each group: empty ones gone, scaled, incomplete sheets out, points by rank."""
    rules = {one.key: criterion_rule(challenge, one) for one in challenge.marked_criteria}
    sheets = {group: _read_group(rules, marks.get(group, ())) for group in groups}
    for panel in challenge.judges_panels:
        criteria = [one for one in challenge.marked_criteria if challenge.panel_of(one) == panel.key]
        required = [one.key for one in criteria if not one.optional]
        if challenge.incomplete is Incomplete.IGNORE and len(criteria) > 1 and required:
            for sheet in sheets.values():
                _leave_out_incomplete(sheet, [one.key for one in criteria], required)
        if panel.points is not None:
            for one in criteria:
                _to_points(panel, one.key, sheets, low=challenge.format is Format.RANKING)
    return sheets


def _read_group(rules: Mapping[str, CriterionRule], marks: Iterable[Mark]) -> Marks:
    sheet: Marks = {key: [] for key in rules}
    for mark in marks:
        rule = rules.get(mark.criterion)
        if rule is not None:
            sheet[mark.criterion].append(rule.read(mark))
    for row in sheet.values():
        row.sort(key=_judge)
    return sheet


def _judge(mark: UsedMark) -> str:
    return mark.judge


def _leave_out_incomplete(sheet: Marks, criteria: Collection[str], required: Collection[str]) -> None:
    """A sheet without a required criterion does not count at all."""
    seen: dict[str, int] = defaultdict(int)
    judges = set()
    for key in criteria:
        for mark in sheet[key]:
            judges.add(mark.judge)
            if mark.fate is Fate.COUNTED and key in required:
                seen[mark.judge] += 1
    out = {judge for judge in judges if seen[judge] < len(required)}
    if out:
        for key in criteria:
            sheet[key] = [
                mark._replace(used=None, fate=Fate.INCOMPLETE) if mark.fate is Fate.COUNTED and mark.judge in out else mark
                for mark in sheet[key]
            ]


def _to_points(panel: Panel, criterion: str, sheets: Mapping[str, Marks], *, low: bool) -> None:
    """Turn each judge's order of the groups into points; groups a judge ranks equal share the mean (oracle O-BORDA)."""
    orders: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for group, sheet in sheets.items():
        for mark in sheet[criterion]:
            if mark.used is not None:
                orders[mark.judge][group] = mark.used
    points = {judge: place_points(panel.points or "borda", order, low=low) for judge, order in orders.items()}
    for group, sheet in sheets.items():
        sheet[criterion] = [
            mark if mark.used is None else mark._replace(used=points[mark.judge][group]) for mark in sheet[criterion]
        ]
