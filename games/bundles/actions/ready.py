"""The zip that everybody may have: written once for a state of the cycle, kept in the cache, without the files of entries."""

import hashlib
from typing import Final

from django.core.cache import cache

from games.bundles.actions.exporting import export_files
from games.bundles.audience import Audience
from games.bundles.rules import ExportBusy
from games.bundles.writer import zipped
from games.cycles.models import Cycle
from games.groups.queries import withheld
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.progression.drafting import begun_rounds
from leaderboards.engine.language import gettext as _

KEEP: Final = 3600
PAUSE: Final = 10  # seconds in which a cycle is written anew at most once, whoever asks


def public_zip(cycle: Cycle) -> bytes:
    """What is public of a cycle, ready from the cache while nothing has happened. Raises ExportBusy where it would be written too often."""
    place = f"bundle:{cycle.pk}:{_stamp(cycle)}"
    ready: bytes | None = cache.get(place)
    if ready is not None:
        return ready
    if not cache.add(f"bundle:{cycle.pk}:writing", 1, PAUSE):
        message = _("This bundle is being written for somebody else. Ask again in {pause} seconds.", pause=PAUSE)
        raise ExportBusy(message, retry_after=PAUSE)
    written = zipped(export_files(cycle, audience=Audience.PUBLIC, files=False))
    cache.set(place, written, KEEP)
    return written


def _stamp(cycle: Cycle) -> str:
    """What the zip rests on: everything that happened, the rounds that have begun, the names that are kept back."""
    last = JournalEntry.objects.filter(cycle_id=cycle.pk).order_by("-pk").values_list("pk", flat=True).first()
    parts = [last, cycle.design_number, sorted(begun_rounds(cycle, db_now())), sorted(withheld(cycle).items())]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]
