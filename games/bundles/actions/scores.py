"""Very many marks of one panel at once, for sheets that wait: judged on paper, or elsewhere. Everything or nothing, into the same journal."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Subquery

from games.bundles.actions.pour import Texts, pour, pour_texts
from games.challenges.models import Challenge
from games.cycles.actions import locked
from games.errors import Problem
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Mark, Sheet
from games.judging.queries import seat_of, sitting_of
from games.judging.queries.deciding import entry_of, judgeable, with_facts
from games.judging.rules import OPEN_SHEETS, Given, MarksRefused, SheetState, check_marks, check_seat, check_sitting
from games.judging.rules.marks import Scaled, criteria_of
from games.playbooks.schema import ChallengeDesign
from games.submissions.queries import rules_of

AT_ONCE: Final = 5000
TOLD: Final = 100
MARK: Final = ("sheet_id", "criterion", "value", "state", "comment")
ENTRY: Final = ("kind", "cycle_id", "actor", "group_id", "subject", "payload", "channel", "at", "previous_hash", "hash")
CHANNEL: Final = "import"


class ScoreRow(NamedTuple):
    """A mark as it was brought: keys of the group, the judge and the criterion, and its value as text."""

    group: str
    judge: str
    criterion: str
    value: str


class _Open(NamedTuple):
    """A sheet that waits: its id, group, judge, and the version that it judges."""

    pk: int
    group: int
    judge: int
    state: str
    judged: int | None


@transaction.atomic
def import_scores(*, challenge: Challenge, panel: str, rows: Sequence[ScoreRow], by: Any) -> int:
    """Make the sheets final that these marks fill. Returns how many. Three statements that write, whatever their number.

    Each sheet must wait for its judge (assigned, or begun) and be filled whole. Raises MarksRefused with the first hundred faults, by
    number of the row; why nobody may mark in this round now; and nothing is written then.
    """
    locked(challenge.round.cycle)
    design, spec = rules_of(challenge)
    _expect_open(challenge, panel, spec)
    problems: list[Problem] = []
    filled = _filled(rows, _waiting(challenge, panel), _Marks(spec, panel, design.mark_decimals), spec, panel, problems)
    if problems:
        raise MarksRefused(problems[0].message, where=problems[0].where, problems=problems[:TOLD])
    if filled:
        _write(challenge, panel, filled, by, db_now())
    return len(filled)


def _expect_open(challenge: Challenge, panel: str, spec: ChallengeDesign) -> None:
    """May anybody mark in this round now? Asked of one sheet as if its judge did; who may mark what is asked of each."""
    sheets = Sheet.objects.filter(challenge=challenge, panel=panel, state__in=OPEN_SHEETS)
    row: Any = with_facts(judgeable(sheets).select_related("challenge__round__cycle", "judge")).order_by("pk").first()
    if row is not None:
        check_seat(seat_of(row), judge=row.judge.key, group="this group", panel=panel)
        check_sitting(sitting_of(row, spec))


def _waiting(challenge: Challenge, panel: str) -> dict[tuple[str, str], _Open]:
    """(key of the group, key of the judge) → a sheet that waits, locked; without those that their judges must not fill."""
    sheets = Sheet.objects.filter(challenge=challenge, panel=panel, state__in=OPEN_SHEETS)
    rows = judgeable(sheets).select_for_update(of=("self",), no_key=True).order_by("pk")
    judged = rows.annotate(judged=Subquery(entry_of().values("pinned_id")[:1]))
    found = judged.values_list("group__key", "judge__key", "pk", "group_id", "judge_id", "state", "judged")
    return {(group, judge): _Open(*cells) for group, judge, *cells in found.iterator(AT_ONCE)}


class _Marks:
    """Values as they are stored; the same value on the same criterion is checked once."""

    def __init__(self, spec: ChallengeDesign, panel: str, decimals: int) -> None:
        self.spec, self.panel, self.decimals = spec, panel, decimals
        self.known: dict[tuple[str, str], Scaled | str] = {}

    def scaled(self, criterion: str, value: str) -> Scaled | str:
        """The mark, or what is wrong with it."""
        found = self.known.get((criterion, value))
        if found is None:
            try:
                [found] = check_marks(self.spec, self.panel, [Given(criterion, value)], decimals=self.decimals)
            except MarksRefused as refused:
                found = refused.message
            self.known[criterion, value] = found
        return found


def _filled(
    rows: Iterable[ScoreRow],
    waiting: Mapping[tuple[str, str], _Open],
    marks: _Marks,
    spec: ChallengeDesign,
    panel: str,
    problems: list[Problem],
) -> dict[_Open, dict[str, Scaled]]:
    """Sheet → its marks by criterion. What is wrong with a row goes to the problems."""
    filled: defaultdict[_Open, dict[str, Scaled]] = defaultdict(dict)
    for number, (group, judge, criterion, value) in enumerate(rows, 1):
        sheet, mark = waiting.get((group, judge)), marks.scaled(criterion, value)
        if sheet is None:
            problems.append(Problem(f"row {number}", f'no sheet of "{judge}" on "{group}" waits on this panel', "unknown"))
        elif isinstance(mark, str):
            problems.append(Problem(f"row {number}", mark))
        elif criterion in filled[sheet]:
            problems.append(Problem(f"row {number}", f'"{criterion}" is marked twice by "{judge}" on "{group}"'))
        else:
            filled[sheet][criterion] = mark
    needed = frozenset(one.key for one in criteria_of(spec, panel) if not one.optional)
    names = {sheet.pk: place for place, sheet in waiting.items()} if any(needed - one.keys() for one in filled.values()) else {}
    for sheet, given in filled.items():
        if missing := sorted(needed - given.keys()):
            group, judge = names[sheet.pk]
            problems.append(Problem(f"{group}, {judge}", f"no mark on {', '.join(missing)}", "required"))
        if sheet.judged is None and spec.form:
            problems.append(Problem(f"sheet {sheet.pk}", "nothing was handed in that could be judged"))
    return dict(filled)


def _write(challenge: Challenge, panel: str, filled: Mapping[_Open, Mapping[str, Scaled]], by: Any, now: datetime) -> None:
    """Marks, sheets, and an entry of the journal for each sheet; drafts of the same sheets go."""
    round_ = challenge.round
    for some in batched([sheet.pk for sheet in filled if sheet.state == SheetState.DRAFT.value], AT_ONCE):
        Mark.objects.filter(sheet__in=some).delete()
    final = {
        "state": SheetState.FINAL.value,
        "design_number": round_.design_number,
        "updated_at": now,
        "final_at": now,
        "revision": F("revision") + 1,
    }
    for some in batched((sheet.pk for sheet in filled), AT_ONCE):
        version = Subquery(entry_of().values("pinned_id")[:1])
        Sheet.objects.filter(pk__in=some).update(version_id=version, **final)
    texts = Texts()
    pour_texts(Mark, MARK, ((str(sheet.pk), texts.of(mark)) for sheet, marks in filled.items() for mark in marks.values()))
    *others, last = filled
    told = {"round": round_.key, "challenge": challenge.key, "panel": panel, "design": round_.design_number}
    begun = json.dumps(told)[:-1]
    actor = getattr(by, "pseudonym", None)
    kind = (Kind.SHEET_FINALIZED.value, round_.cycle_id, None if actor is None else _uuid(actor))
    pour(
        JournalEntry,
        ENTRY,
        ((*kind, one.group, f"sheet:{one.pk}", f"{begun}{_said_last(one)}", CHANNEL, now, "", "") for one in others),
    )
    record(  # the last one wakes whoever listens
        Kind.SHEET_FINALIZED,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=last.group,
        subject=f"sheet:{last.pk}",
        payload=_said(told, last),
        at=now,
        channel=CHANNEL,
    )


def _said_last(sheet: _Open) -> str:
    """The end of what `_said` gives, as JSON."""
    return f', "judge": {sheet.judge}, "version_id": {"null" if sheet.judged is None else sheet.judged}}}'


def _uuid(actor: UUID) -> str:
    """As the column keeps it."""
    return actor.hex if connection.vendor == "sqlite" else str(actor)


def _said(told: Mapping[str, Any], sheet: _Open) -> dict[str, Any]:
    return {**told, "judge": sheet.judge, "version_id": sheet.judged}
