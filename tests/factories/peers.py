"""Teams of two schools on a published board: one climbs, the other falls."""

from typing import Any

from django.utils.timezone import now

from games.cycles.actions import add_design
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.organizations.models import Organization
from leaderboards.models import Board, Snapshot


def matching(cycle: Cycle) -> None:
    """The rules of the cycle match peers."""
    add_design(cycle, design_of(cycle).model_copy(update={"peers": True}), by=None)
    cycle.refresh_from_db()


def of_school(group: Group, key: str) -> Group:
    """The group is of this school."""
    group.organization = Organization.objects.get_or_create(key=key, defaults={"name": key.title()})[0]
    group.save(update_fields=["organization"])
    return group


def row(key: str, place: int) -> dict[str, Any]:
    """A row of a board as a snapshot keeps it."""
    told = {
        "entry": key,
        "name": key,
        "rank": place,
        "place": str(place),
        "line": 0,
        "bracket": "",
        "score": "",
        "status": "ranked",
    }
    return told | {"keys": [], "values": {}}


def published(cycle: Cycle, key: str, *orders: list[str], audience: str = "public", number: int = 1) -> Board:
    """A board of the cycle, published once for each order of the keys of groups, the first on top."""
    board, _ = Board.objects.get_or_create(
        scope=cycle.pk, key=key, defaults={"number": number, "name": "Call", "audience": audience}
    )
    for count, order in enumerate(orders, start=1):
        rows = [row(one, place) for place, one in enumerate(order, start=1)]
        Snapshot.objects.create(board=board, number=count, design_number=1, rows=rows, digest=str(count) * 64, published_at=now())
    return board
