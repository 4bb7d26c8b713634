"""Why a group moved between two published versions of a board: from the snapshots, the points ledger and the journal, exact to the point."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, NamedTuple

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.queries import sealed
from games.journal.rules import Kind
from games.judging.models import Sheet
from games.playbooks.schema import Design
from games.recognition.models import Points
from games.recognition.queries.crediting import paid_back, worked_on
from games.recognition.queries.moments import earned_between, earned_by, editions_at
from leaderboards.engine.spec import BoardSpec, Credited, Rows, Source
from leaderboards.engine.whys import Others, Part, PartKind, Row, crossings, round_parts, score_change, with_rest
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Snapshot

LINES: Final = 200
"""So many acts are told one by one; more are summed by their rule."""
ACTS: Final = (
    Kind.SUBMISSION_RECEIVED,
    Kind.SUBMISSION_WITHDRAWN,
    Kind.SUBMISSION_DISQUALIFIED,
    Kind.ATTEMPT_JUDGED,
    Kind.SHEET_FINALIZED,
    Kind.SHEET_CORRECTED,
    Kind.APPEAL_ANSWERED,
)
"""What in the journal of a group may change its score."""


class Act(NamedTuple):
    """An entry of the journal about the group, between the two versions. It says that something happened, not what was marked."""

    seal: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """Two versions, our row in each, what our change of score is made of, and who crossed us. `acts`: for the group and organizers."""

    earlier: Snapshot
    later: Snapshot
    was: Row
    now: Row
    parts: tuple[Part, ...]
    others: Others
    acts: tuple[Act, ...] = ()

    @property
    def change(self) -> Fraction:
        """Points won or lost."""
        return score_change(self.was, self.now)


def why(cycle: Cycle, earlier: Snapshot, later: Snapshot, keys: Collection[str], *, group: str | None = None) -> Why | None:
    """Why the group that stands under one of `keys` moved; None where it does not stand in both versions.

    `group`: its key, if whoever asks may read what its journal says of it. At most five statements: three of points, one of acts, one
    for rules that are not kept yet.
    """
    was, now = _own(earlier.rows, keys), _own(later.rows, keys)
    if was is None or now is None:
        return None
    parts = tuple(_parts(cycle, earlier, later, was, now))
    acts = tuple(_acts(cycle, group, earlier, later)) if group is not None else ()
    return Why(earlier, later, was, now, parts, crossings(earlier.rows, later.rows, was, now), acts)


def _own(rows: Sequence[Row], keys: Collection[str]) -> Row | None:
    return next((row for row in rows if row["entry"] in keys and not row["line"]), None)


def _parts(cycle: Cycle, earlier: Snapshot, later: Snapshot, was: Row, now: Row) -> list[Part]:
    rules = _rules(cycle, later)
    if rules is None or rules[1].rows is Rows.RECORDS:
        return with_rest([], score_change(was, now))
    if rules[1].source is not Source.ROUNDS:
        return with_rest(_earned(cycle, rules[1], earlier, later, {was["entry"], now["entry"]}), score_change(was, now))
    before = _rules(cycle, earlier) if earlier.design_number != later.design_number else None
    return round_parts(was, now, rules, before)


def _rules(cycle: Cycle, snapshot: Snapshot) -> tuple[Design, BoardSpec] | None:
    design = design_of(cycle, snapshot.design_number)
    spec = find_board(design, snapshot.board.key)
    return None if spec is None else (design, spec)


def _earned(cycle: Cycle, spec: BoardSpec, earlier: Snapshot, later: Snapshot, keys: Collection[str]) -> list[Part]:
    """The points that were earned or taken back in between by the rules of the later version, act by act; by rule where they are many.

    Where others were in force at the earlier one, what they make of all that was done by then is a part of its own.
    """
    if earlier.as_of is None or later.as_of is None:
        return []
    then, now = editions_at(cycle, earlier.published_at, later.published_at)
    between = _counted(spec, earned_between(cycle, now, earlier.as_of, later.as_of, keys))
    found = list(between.order_by("seal", "pk").values_list("rule", "amount", "seal", "at"))
    parts = [Part(PartKind.POINTS, rule, Fraction(amount), seal=seal, at=at) for rule, amount, seal, at in found]
    if len(found) > LINES:
        sums: dict[str, int] = {}
        for rule, amount, *_ in found:
            sums[rule] = sums.get(rule, 0) + amount
        parts = [Part(PartKind.POINTS, rule, Fraction(amount)) for rule, amount in sums.items()]
    if then == now:
        return parts
    both = _counted(spec, earned_by(cycle, (then, now), earlier.as_of, keys))
    sums = both.aggregate(**{name: Coalesce(Sum("amount", filter=one.among), 0) for name, one in (("old", then), ("new", now))})
    return [Part(PartKind.RULES, "", Fraction(sums["new"] - sums["old"])), *parts]


def _counted(spec: BoardSpec, rows: QuerySet[Points]) -> QuerySet[Points]:
    """Of these points those that the board counts."""
    if spec.source is not Source.CREDIT:
        return rows
    return paid_back(rows) if spec.who is Credited.ORIGINATORS else worked_on(rows)


def _acts(cycle: Cycle, group: str, earlier: Snapshot, later: Snapshot) -> list[Act]:
    """What was done in between; of sheets only those of rounds that were out by the later version. One statement."""
    itself = Group.objects.filter(cycle=cycle, key=group)
    out = Sheet.objects.filter(group__in=itself, challenge__round__published_at__lte=later.published_at)
    named = out.annotate(subject=Concat(Value("sheet:"), Cast("pk", CharField()))).filter(subject=OuterRef("subject"))
    rows = sealed(cycle.pk).filter(group_id__in=itself.values("pk"), kind__in=[kind.value for kind in ACTS])
    between = rows.filter(
        ~Q(subject__startswith="sheet:") | Exists(named), at__gt=earlier.published_at, at__lte=later.published_at
    )
    return [Act(seal or 0, kind, at) for seal, kind, at in between.values_list("seal", "kind", "at")[:LINES]]
