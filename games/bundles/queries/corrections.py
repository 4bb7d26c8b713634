"""Appeals and corrections of a cycle, as rows. Ids stay behind: a sheet is named by its judge and entry."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from games.bundles.rows import AppealRow, ChangeRow
from games.changes.models import Appeal, ChangeSet
from games.cycles.models import Cycle

IDS: Final = frozenset({"sheet", "person", "submission"})


def appeal_rows(groups: Mapping[int, str], numbers: Mapping[int, int]) -> Iterator[AppealRow]:
    """Every appeal, in order. `numbers`: id → what it is called here (`appeal_numbers`)."""
    rows = Appeal.objects.filter(pk__in=numbers).select_related("round", "challenge").order_by("pk")
    for one in rows:
        if one.group_id in groups:
            challenge = one.challenge.key if one.challenge else ""
            yield AppealRow(
                numbers[one.pk],
                one.round.key,
                challenge,
                groups[one.group_id],
                one.text,
                one.state,
                one.answer,
                one.at.astimezone(UTC),
                _utc(one.answered_at),
            )


def appeal_numbers(cycle: Cycle, groups: Mapping[int, str]) -> dict[int, int]:
    """Id of an appeal → 1, 2, …"""
    ids = Appeal.objects.filter(round__cycle=cycle, group__in=groups).order_by("pk").values_list("pk", flat=True)
    return {pk: number for number, pk in enumerate(ids, 1)}


def change_rows(
    cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str], numbers: Mapping[int, int]
) -> Iterator[ChangeRow]:
    """Every correction: a row for each change, one without kind where there is none. Previews are computed, not kept.

    What concerns a group that no bundle holds stays behind.
    """
    there = set(groups.values())
    for one in ChangeSet.objects.filter(cycle=cycle).defer("preview").prefetch_related("changes").order_by("number"):
        head = (
            one.number,
            one.state,
            one.reason,
            numbers.get(one.appeal_id or 0, 0),
            one.made_at.astimezone(UTC),
            _utc(one.settled_at),
            one.settled_reason,
        )
        changes = sorted(one.changes.all(), key=lambda change: change.position)
        changes = [change for change in changes if change.target.get("group") in {None, *there}]
        for change in changes:
            target = {name: value for name, value in change.target.items() if name not in IDS}
            if "person" in change.target:
                target["judge"] = people.get(change.target["person"], target.get("judge", ""))
            yield ChangeRow(*head, change.position, change.kind, _json(target), _json(change.before), _json(change.after))
        if not changes:
            yield ChangeRow(*head)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
