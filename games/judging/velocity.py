"""Who voted from where a moment ago: kept in the cache alone, hashed, for as long as the window lasts. It is nobody's record."""

import logging
from datetime import datetime

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from games.judging.rules.voting import WINDOW

logger = logging.getLogger(__name__)


def seen_from(network: str, *, place: str, person: int, now: datetime) -> set[int]:
    """The people who voted at `place` from this network within the window, this one included. A cache that is down knows of nobody."""
    if not network:
        return set()
    key = "votes:" + salted_hmac("games.judging.votes", f"{place}|{network}", algorithm="sha256").hexdigest()[:32]
    try:
        before: dict[int, datetime] = cache.get(key) or {}
        fresh = {one: at for one, at in before.items() if now - at < WINDOW} | {person: now}
        cache.set(key, fresh, WINDOW.total_seconds())
    except Exception:
        logger.warning("the cache does not answer: votes from one network are not noticed", exc_info=True)
        return set()
    return set(fresh)
