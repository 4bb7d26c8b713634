"""Credit: who was built upon hears how much came back, and for which idea."""

from itertools import groupby
from typing import Any

from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of
from games.recognition.models import Credit
from games.recognition.queries.credit import arrived


def on_points_changed(entry: JournalEntry) -> int:
    """To each team that was built upon in what was read now: one notice, whatever came together. Other rules of points tell nothing."""
    cycle = Cycle.objects.filter(pk=entry.cycle_id or 0).first()
    said = entry.payload
    if cycle is None or "after" not in said:
        return 0
    rows = arrived(cycle, said["generation"], after=said["after"], until=said["seal"])
    told = 0
    for _, found in groupby(rows, key=lambda row: row.points.group_id):
        told += _tell(cycle, list(found), key=f"credit:{cycle.pk}:{said['seal']}")
    return told


def _tell(cycle: Cycle, rows: list[Credit], *, key: str) -> int:
    """`rows`: of one team."""
    group: Group | None = rows[0].points.group
    assert group is not None, "credit is a team's"
    ideas: dict[str, None] = {}
    for row in rows:
        ideas |= {line.to.title: None for line in row.lines.all()}
    context: dict[str, Any] = {
        "cycle": cycle,
        "group": group,
        "amount": sum(row.points.amount for row in rows),
        "ideas": list(ideas),
        "link": absolute(f"/cycles/{cycle.key}/credit/"),
    }
    return tell_all("credit.came", members_of([group.pk]), key=key, context=context, cycle_id=cycle.pk)


HANDLERS = {Kind.POINTS_CHANGED: on_points_changed}
