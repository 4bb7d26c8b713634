"""Appeals and corrections, brought in after what they are about: drafts go on here, the others are the record."""

import json
from typing import Any

from games.bundles.actions.landing import Landing
from games.bundles.rows import ChangeRow
from games.changes.models import Appeal, Change, ChangeSet
from games.judging.models import Sheet
from games.rounds.models import Round
from games.submissions.models import Submission

BATCH = 1000


def load_appeals(landing: Landing) -> None:
    """Appeals with their answers and times."""
    rows = landing.bundle.tables.appeals.rows
    if not rows:
        return
    rounds = dict(Round.objects.filter(cycle=landing.cycle).values_list("key", "pk"))
    made = Appeal.objects.bulk_create(
        [
            Appeal(
                round_id=rounds[row.round],
                challenge_id=landing.challenges[row.round, row.challenge] if row.challenge else None,
                group_id=landing.groups[row.group],
                text=row.text,
                state=row.state,
                answer=row.answer,
                answered_at=row.answered,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    for appeal, row in zip(made, rows, strict=True):
        appeal.at = row.at or landing.now
        landing.appeals[row.number] = appeal.pk
    Appeal.objects.bulk_update(made, ["at"], batch_size=BATCH)


def load_changes(landing: Landing) -> None:
    """Corrections and their changes; a draft is previewed anew."""
    rows: dict[int, list[ChangeRow]] = {}
    for row in landing.bundle.tables.changes.rows:
        rows.setdefault(row.number, []).append(row)
    if not rows:
        return
    sets = ChangeSet.objects.bulk_create([_set(landing, each[0]) for each in rows.values()], batch_size=BATCH)
    for one, each in zip(sets, rows.values(), strict=True):
        one.made_at = each[0].at or landing.now
    ChangeSet.objects.bulk_update(sets, ["made_at"], batch_size=BATCH)
    ids = _Ids(landing)
    Change.objects.bulk_create(
        [
            Change(
                change_set=one,
                position=row.position,
                kind=row.kind,
                target=ids.found(json.loads(row.target)),
                before=json.loads(row.before),
                after=json.loads(row.after),
            )
            for one, each in zip(sets, rows.values(), strict=True)
            for row in each
            if row.kind
        ],
        batch_size=BATCH,
    )


def _set(landing: Landing, row: ChangeRow) -> ChangeSet:
    return ChangeSet(
        cycle=landing.cycle,
        number=row.number,
        reason=row.reason,
        state=row.state,
        appeal_id=landing.appeals.get(row.appeal),
        settled_at=row.settled,
        settled_reason=row.settled_reason,
    )


class _Ids:
    """The ids behind the names in a target."""

    def __init__(self, landing: Landing) -> None:
        self.landing = landing
        tasks = landing.challenges.values()
        sheets = Sheet.objects.filter(challenge__in=tasks).values_list("challenge_id", "group_id", "panel", "judge_id", "pk")
        self.sheets: dict[tuple[Any, ...], int] = {tuple(place): pk for *place, pk in sheets}
        entries = Submission.objects.filter(challenge__in=tasks).values_list("challenge_id", "group_id", "number", "pk")
        self.entries: dict[tuple[Any, ...], int] = {tuple(place): pk for *place, pk in entries}

    def found(self, target: dict[str, Any]) -> dict[str, Any]:
        """The target with the ids it has here."""
        unit = (target.get("round", ""), target.get("challenge", ""))
        task, group = self.landing.challenges.get(unit), self.landing.groups.get(target.get("group", ""))
        judge = self.landing.people.get(target.get("judge", ""))
        if judge is None and "panel" in target:
            target = target | {"person": 0, "sheet": 0}
        elif judge is not None:
            target = target | {"person": judge.pk, "sheet": self.sheets.get((task, group, target["panel"], judge.pk), 0)}
        if "number" in target:
            target = target | {"submission": self.entries.get((task, group, target["number"]), 0)}
        return target
