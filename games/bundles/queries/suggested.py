"""What people would change in the rules of a cycle, as rows. Whose it was stays behind; the team stays where its author would be named."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from games.bundles.suggested_rows import SuggestionRow
from games.bundles.tables import Table
from games.cycles.models import Cycle
from games.suggestions.models import Suggestion


def suggestion_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """suggestions.csv of a cycle."""
    return {"suggestions": Table(list(_rows(cycle, groups)))}


def _rows(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[SuggestionRow]:
    for one in Suggestion.objects.filter(cycle=cycle).order_by("number"):
        yield SuggestionRow(
            one.number,
            one.title,
            one.why,
            one.state,
            _utc(one.at),
            groups.get(one.group_id or 0, "") if one.named else "",
            _json(one.change),
            _json(one.diff),
            _json(one.ruling),
            one.answer,
            _utc(one.decided_at),
            _utc(one.applied_at),
            one.design_number or 0,
        )


def _json(rows: list[Any]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
