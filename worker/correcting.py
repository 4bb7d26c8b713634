"""What a correction would move, computed here and kept with its draft. The row is the queue: a draft without a preview waits for one."""

import logging
from typing import Final

from django.core.cache import cache
from django.db.models import Exists, OuterRef

from games.changes import actions
from games.changes.models import Change, ChangeSet
from games.changes.queries.looking import look
from games.changes.rules import ChangeSetState
from games.errors import GameError
from games.recognition.queries import point_facts
from leaderboards.engine.language import gettext_noop

logger = logging.getLogger(__name__)
PATIENCE: Final = 120  # seconds: then another worker tries
AGAIN: Final = 10  # seconds: a message that was lost


def waiting() -> list[int]:
    """Drafts that say something and have no preview, each told once in a while. For the clock."""
    said = Change.objects.filter(change_set=OuterRef("pk"))
    rows = ChangeSet.objects.filter(Exists(said), state=ChangeSetState.DRAFT.value, previewed_at__isnull=True)
    return [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if cache.add(f"changes:{pk}:asked", 1, AGAIN)]


def look_at(pk: int) -> bool:
    """Compute and keep the preview of a draft, once: another worker that was told too leaves it alone. Returns whether one was kept."""
    if not cache.add(f"changes:{pk}:taken", 1, PATIENCE):
        return False
    try:
        row = ChangeSet.objects.select_related("cycle").filter(pk=pk, state=ChangeSetState.DRAFT.value).first()
        if row is None or row.previewed_at is not None or not row.changes.exists():
            return False
        return _look_at(row)
    finally:
        cache.delete(f"changes:{pk}:taken")


def _look_at(row: ChangeSet) -> bool:
    try:
        return actions.keep_preview(row, look(row, points=point_facts(row.cycle)))
    except GameError as refusal:
        return actions.keep_failure(row, refusal.message)
    except Exception:
        logger.exception("the preview of change set %s failed", row.pk)
        return actions.keep_failure(row, gettext_noop("Something broke on our side. Please try again."))
