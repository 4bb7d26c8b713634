"""What cycles promised to delete, carried out once a day; and what would be deleted when, for whoever wants to know."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.models import Message
from games.progression.actions.purging import Counts, closed_at, counts_of, purge, purgeable

logger = logging.getLogger(__name__)
CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the retention rule: after how many days, when that is (None while the cycle goes on), what there is now."""

    part: str
    days: int
    due: datetime | None
    counts: Counts

    @property
    def total(self) -> int:
        """How many rows in all."""
        return sum(self.counts.values())


def listed(cycle: Cycle) -> list[Listed]:
    """What will be deleted when, with how much there is now. Nothing is written."""
    since = closed_at(cycle)
    found = []
    for part, days in design_of(cycle).retention.parts.items():
        counts = counts_of(cycle, part)
        if part == CONTACTS:
            counts["mails"] = Message.objects.filter(cycle=cycle).count()
        found.append(Listed(part, days, since + timedelta(days=days) if since else None, counts))
    return found


def carry_out(now: datetime | None = None) -> int:
    """Delete what is due in every cycle. Returns in how many; one that fails is tried again tomorrow, the others go on."""
    moment, done = now or db_now(), 0
    for cycle in purgeable(moment):
        try:
            _one(cycle, moment)
            done += 1
        except Exception:
            logger.exception("retention of %s failed; it is tried again", cycle.key)
    return done


@transaction.atomic
def _one(cycle: Cycle, now: datetime) -> None:
    gone = purge(cycle, now=now)
    if CONTACTS in gone:
        mails, _ = Message.objects.filter(cycle=cycle).delete()
        if mails:
            payload = {"part": "mails", "mails": mails}
            record(Kind.CYCLE_PURGED, cycle_id=cycle.pk, subject=f"cycle:{cycle.pk}", payload=payload, at=now)
    logger.info("retention of %s: %s", cycle.key, gone)
