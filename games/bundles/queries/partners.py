"""Who joined forces in a cycle, as rows."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from games.bundles.partner_rows import PartnerRow
from games.bundles.tables import Table
from games.cycles.models import Cycle
from games.partnerships.queries import partnerships_in


def partner_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """partners.csv of a cycle."""
    return {"partners": Table(list(_rows(cycle, groups)))}


def _rows(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[PartnerRow]:
    for one in partnerships_in(cycle).order_by("number"):
        partners = list(one.partners.all())
        if any(row.group_id not in groups for row in partners):
            continue
        place = (one.challenge.round.key, one.challenge.key) if one.challenge else ("", "")
        for row in partners:
            times = (_utc(one.proposed_at), _utc(one.settled_at), _utc(row.answered_at))
            team = (groups[one.lead_id], groups[row.group_id], row.basis_points, row.answer)
            yield PartnerRow(one.number, one.kind, one.state, *team, *times, *place, one.name, one.note)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
