"""Counts failures and mails in the cache, so that all web processes know of them. A cache that is down lets people in and says so in the log."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.core.cache import cache

from backend.accounts.rules import (
    MAIL_WINDOW,
    MAILS_PER_ADDRESS,
    MAILS_PER_NETWORK,
    PER_ADDRESS,
    PER_NETWORK,
    VOTERS_PER_NETWORK,
    DoorLocked,
    Lock,
)

logger = logging.getLogger(__name__)


def _key(kind: str, *parts: str) -> str:
    """Addresses and networks are hashed: the cache is no register of who tried to sign in."""
    return f"door:{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:32]}"


def _locks(email: str, network: str) -> list[tuple[str, Lock]]:
    return [(_key("address", email, network), PER_ADDRESS), (_key("network", network), PER_NETWORK)]


def _or[T](default: T, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Exception:
        logger.warning("the cache does not answer: sign-in is not throttled", exc_info=True)
        return default


def check_door(email: str, network: str, *, now: datetime) -> None:
    """Raise DoorLocked while this address from this network, or the whole network, has to wait."""
    keys = [f"{key}:until" for key, _ in _locks(email, network)]
    held: dict[str, datetime] = _or({}, lambda: cache.get_many(keys))
    until = max(held.values(), default=now)
    if until > now:
        raise DoorLocked(until, now=now)


def count_failure(email: str, network: str, *, now: datetime) -> None:
    """A wrong password: count it, and shut the door when there were too many."""
    for key, lock in _locks(email, network):
        failures = _count(key, lock.memory)
        shut = lock.shut_for(failures)
        if shut:
            _or(None, partial(cache.set, f"{key}:until", now + shut, shut.total_seconds()))


def forget_failures(email: str, network: str) -> None:
    """The password was right: the address starts afresh. The network's count stays, or one good account would open it for a thousand tries."""
    key = _key("address", email, network)
    _or(None, lambda: cache.delete_many([key, f"{key}:until"]))


def may_mail(email: str, network: str) -> bool:
    """Whether another mail may go to this address on a request from this network; counts the request."""
    address = _count(_key("mail", email), MAIL_WINDOW)
    asked = _count(_key("mails", network), MAIL_WINDOW)
    return address <= MAILS_PER_ADDRESS and asked <= MAILS_PER_NETWORK


def may_mail_voter(email: str, network: str) -> bool:
    """The same for those who want to vote: a whole hall asks from one network, and is counted apart from everybody else."""
    address = _count(_key("mail", email), MAIL_WINDOW)
    asked = _count(_key("voters", network), MAIL_WINDOW)
    return address <= MAILS_PER_ADDRESS and asked <= VOTERS_PER_NETWORK


def _count(key: str, memory: timedelta) -> int:
    def ask() -> int:
        if cache.add(key, 1, memory.total_seconds()):
            return 1
        try:
            return int(cache.incr(key))
        except ValueError:  # ran out between the two calls
            cache.set(key, 1, memory.total_seconds())
            return 1

    return _or(0, ask)
