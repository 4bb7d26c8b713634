"""A sign that workers and the clock are there: each tick that was done leaves its time in the cache."""

import time
from typing import Final

from django.core.cache import cache

KEY: Final = "clock:ticked"
KEEP: Final = 24 * 3600


def ticked() -> None:
    """A worker did what the clock asks for each second."""
    cache.set(KEY, time.time(), KEEP)


def since_tick() -> float | None:
    """Seconds since then; None if nobody knows: never, not for a day, or the cache is away."""
    then: float | None = cache.get(KEY)
    return None if then is None else max(0.0, time.time() - then)
