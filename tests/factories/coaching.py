"""Office hours in the cycle of the cast: two booked by each team, an expert who offers times."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import now

from games.coaching.models import Slot
from games.cycles.actions import add_design
from games.playbooks.schema import parse_design
from tests.cast import Actor, Cast, actor
from tests.factories.cycles import START, small
from tests.factories.groups import MembershipFactory

ROLES = [
    {"key": "organizer", "capabilities": ["organize"]},
    {"key": "judge", "capabilities": ["judge"]},
    {"key": "expert", "name": "Expert", "capabilities": ["advise"]},
    {"key": "captain", "capabilities": ["captain", "submit"]},
    {"key": "member", "capabilities": ["submit"]},
]


def advising(cast: Cast, **hours: Any) -> Actor:
    """The rules have office hours (two for each team unless `hours` says otherwise); the expert who offers them."""
    text = small(roles=ROLES, office_hours={"quota": 2} | hours)
    add_design(cast.cycle, parse_design(text, start=START), by=None)
    expert = actor("xenia")
    MembershipFactory(cycle=cast.cycle, group=None, person=expert.person, role="expert", capabilities=["advise"])
    return expert


def slot(cast: Cast, expert: Actor, *, hours: float = 48, minutes: int = 20, at: datetime | None = None, **values: Any) -> Slot:
    """A time the expert offers, so many hours from now."""
    starts = at or now() + timedelta(hours=hours)
    number = Slot.objects.filter(cycle=cast.cycle).count() + 1
    told = {"number": number, "starts_at": starts, "ends_at": starts + timedelta(minutes=minutes), "offered_at": now()}
    return Slot.objects.create(cycle=cast.cycle, expert=expert.person, **told | values)
