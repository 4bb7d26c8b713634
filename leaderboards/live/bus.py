"""How a change reaches every live process: one Redis channel. Without Redis (the command line, some tests) it stays in this process.

Redis forgets what nobody hears: whoever listens compares versions with the database after each gap (`hub`).
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import Any, Final

import redis
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as Once

logger = logging.getLogger(__name__)

QUIET: Final = 5.0  # seconds without trying after Redis failed
SILENCE: Final = 15.0  # seconds after which the connection has to prove that it is alive
ANSWER: Final = 5.0  # seconds it has for that
SLOWEST: Final = 5.0  # seconds between two tries to connect

type Hear = Callable[[bytes], None]

_here: dict[Hear, asyncio.AbstractEventLoop] = {}
_sender: dict[str, Any] = {"client": None, "quiet_until": 0.0}


def channel() -> str:
    """The one channel of this house."""
    return f"{settings.PREFIX}live"


def publish(data: bytes) -> bool:
    """Say it to all live processes. False if that cannot be done now: tried once, and after a failure not for a while."""
    if not settings.LIVE_REDIS_URL:
        _say_here(data)
        return True
    if time.monotonic() < _sender["quiet_until"]:
        return False
    if _sender["client"] is None:
        _sender["client"] = redis.Redis.from_url(
            settings.LIVE_REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1, retry=Once(NoBackoff(), 1)
        )
    try:
        _sender["client"].publish(channel(), data)
    except redis.RedisError as error:
        _sender["quiet_until"] = time.monotonic() + QUIET
        logger.warning("watchers of boards were not told (%s); live processes look for themselves", error)
        return False
    return True


def _say_here(data: bytes) -> None:
    for hear, loop in list(_here.items()):
        try:
            loop.call_soon_threadsafe(hear, data)
        except RuntimeError:  # that loop is closed
            _here.pop(hear, None)


async def listen(hear: Hear, joined: Callable[[], None], lost: Callable[[], None]) -> None:
    """Hear everything, for ever: `joined` once each subscription stands, `lost` when one broke; tried again, ever more slowly."""
    if not settings.LIVE_REDIS_URL:
        await _listen_here(hear, joined)
    tries = 0
    while True:
        try:
            await _subscription(hear, joined)
        except Exception as error:  # noqa: BLE001 -- whatever it was: watchers must not be left without
            tries = 0 if isinstance(error, _Broken) else tries + 1
            logger.warning("live messages are not heard (%s); watchers are kept up to date from the database", error)
            lost()
        await asyncio.sleep(min(SLOWEST, 0.1 * 2**tries) * random.uniform(0.5, 1))


class _Broken(redis.ConnectionError):
    """A subscription that stood has ended."""


async def _listen_here(hear: Hear, joined: Callable[[], None]) -> None:
    _here[hear] = asyncio.get_running_loop()
    joined()
    try:
        await asyncio.Event().wait()
    finally:
        _here.pop(hear, None)


async def _subscription(hear: Hear, joined: Callable[[], None]) -> None:
    """One connection until it breaks: it is never renewed silently, since what was said meanwhile would be missed."""
    client = Redis.from_url(
        settings.LIVE_REDIS_URL,
        client_name=channel(),
        socket_connect_timeout=2,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
    )
    stood = False
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(client.aclose)
        pubsub = client.pubsub()
        stack.push_async_callback(pubsub.aclose)
        await pubsub.subscribe(channel())
        try:
            while True:
                said = await pubsub.get_message(timeout=SILENCE)
                if said is None:
                    await pubsub.ping()
                    said = await pubsub.get_message(timeout=ANSWER)
                if said is None:
                    raise redis.TimeoutError("no answer")
                if said["type"] == "subscribe":
                    stood = True
                    joined()
                elif said["type"] == "message":
                    hear(said["data"])
        except (redis.RedisError, OSError) as error:
            if stood:
                raise _Broken(str(error)) from error
            raise
