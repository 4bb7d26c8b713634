"""A study between the rounds of the cast: it has begun, and the call is over."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from games.cycles.actions import add_design
from games.groups.models import Group
from games.playbooks.schema import parse_design
from games.submissions.models import Submission, Version
from tests.cast import Cast
from tests.factories.cycles import START, small


def studying(cast: Cast, *, begins: int = 1, ends: int = 5, reads: int = 2) -> Cast:
    """The call closed two days ago, the study began `begins` days ago and ends in `ends` days; the entries are published whole."""
    today = now()
    times = {"begins": (today - timedelta(days=begins)).isoformat(), "ends": (today + timedelta(days=ends)).isoformat()}
    call = {"key": "call", "opens": (today - timedelta(days=20)).isoformat(), "closes": (today - timedelta(days=2)).isoformat()}
    final = {"key": "final", "opens": (today + timedelta(days=6)).isoformat(), "closes": (today + timedelta(days=20)).isoformat()}
    add_design(cast.cycle, parse_design(small(rounds=[call | {"study": times | {"reads": reads}}, final]), start=START), by=None)
    cast.call.opens_at, cast.call.closes_at = today - timedelta(days=20), today - timedelta(days=2)
    cast.call.save(update_fields=["opens_at", "closes_at"])
    cast.publish(cast.call)
    return cast


def entered(cast: Cast, group: Group, **data: Any) -> Submission:
    """An entry of the group in the call, published."""
    made = Submission.objects.create(challenge=cast.concept, group=group, state="published", submitted_at=now())
    made.pinned = Version.objects.create(submission=made, number=1, data=data or {"text": "Clay"}, digest="0" * 64, at=now())
    made.save(update_fields=["pinned"])
    return made
