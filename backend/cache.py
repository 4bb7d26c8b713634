"""The cache, where Redis may go away: then nothing is found, nothing is kept, and whoever asks computes. Nobody is refused for it.

Redis holds nothing that cannot be made again. After a failure it is left alone for QUIET seconds, so that a server that accepts and
never answers costs one request its patience, not every one.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import batched
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUIET: Final = 2.0
AT_ONCE: Final = 1000  # keys
_away_until: dict[str, float] = {}


class _OneClient(RedisCacheClient):
    """Django's for one server, which makes a client with each call: a table of answers filled anew to ask one thing."""

    _one: Any = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The same each time: a client keeps nothing but its pool of connections."""
        if self._one is None:
            self._one = super().get_client(key, write=write)
        return self._one


class PatientCache(RedisCache):
    """Django's, but an error is a miss: `get` gives the default, `add` says yes (whoever wanted to be alone goes on), writes are lost."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient
        self._place = str(server)

    def _or[T](self, default: T, ask: Callable[[], T]) -> T:
        if time.monotonic() < _away_until.get(self._place, 0.0):
            return default
        try:
            return ask()
        except (RedisError, OSError) as error:
            _away_until[self._place] = time.monotonic() + QUIET
            logger.warning("the cache is away (%s): everything is computed", error)
            return default

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What is kept, else the default."""
        return self._or(default, lambda: super(PatientCache, self).get(key, default, version))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """What is kept of these."""
        wanted = list(keys)
        return self._or({}, lambda: super(PatientCache, self).get_many(wanted, version) if wanted else {})

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep it, if that can be done."""
        self._or(None, lambda: super(PatientCache, self).set(key, value, timeout, version))

    def set_many(self, data: Mapping[Any, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Keep them; the keys that could not be kept."""
        return self._or(list(data), lambda: super(PatientCache, self).set_many(dict(data), timeout, version))

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether it was not there. True without a server: a lock here spares work, it guards nothing."""
        return self._or(True, lambda: super(PatientCache, self).add(key, value, timeout, version))

    def touch(self, key: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether it is there, and kept longer now."""
        return self._or(False, lambda: super(PatientCache, self).touch(key, timeout, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether it is there."""
        return self._or(False, lambda: super(PatientCache, self).has_key(key, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Whether it was there. A server that went away forgets everything, or is asked again when it is back: versions tell old from new."""
        return self._or(False, lambda: super(PatientCache, self).delete(key, version))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Forget them."""
        wanted = list(keys)
        self._or(None, lambda: super(PatientCache, self).delete_many(wanted, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The number after adding. Raises ValueError if there is none, as without a server."""
        found: int | None = self._or(None, lambda: super(PatientCache, self).incr(key, delta, version))
        if found is None:
            message = f"Key '{key}' not found"
            raise ValueError(message)
        return found

    def clear(self) -> None:
        """Forget everything of ours, and nothing of others who share the server: Django's would empty it."""

        def ours() -> None:
            client = self._cache.get_client(None, write=True)
            for keys in batched(client.scan_iter(f"{self.key_prefix}:*", count=AT_ONCE), AT_ONCE):
                client.delete(*keys)

        self._or(None, ours)

    def ping(self) -> None:
        """Asked by probes: raises while the server does not answer, also while it is left alone."""
        self._cache.get_client(None, write=False).ping()
