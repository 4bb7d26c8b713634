"""Rows of teams that joined forces, with their cells read."""

from datetime import datetime
from typing import NamedTuple

Extra = tuple[str, ...]


class PartnerRow(NamedTuple):
    """A team of a partnership, with what its partnership says: the same in each of its rows. `lead`: the team that goes on, or hands in."""

    number: int
    kind: str
    state: str
    lead: str
    group: str
    basis_points: int
    answer: str
    proposed: datetime | None = None
    settled: datetime | None = None
    answered: datetime | None = None
    round: str = ""
    challenge: str = ""
    name: str = ""
    note: str = ""
    extra: Extra = ()
