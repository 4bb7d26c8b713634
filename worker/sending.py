"""A task on its way to a worker: one message as Celery itself would write it, pushed by one command to Redis. Celery is not needed for it.

Processes that serve people send tasks and run none, so they are spared Celery and what it brings along (eight megabytes).
`tests/worker/test_sending.py` compares every byte with what Celery sends.
"""

import base64
import json
import os
import socket
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

BETWEEN: Final = "\x06\x16"
"""Between the name of a queue and a priority: each priority is a list of its own."""
STEPS: Final = (0, 3, 6, 9)


@cache
def _broker() -> redis.Redis:
    options = settings.ONE_TRY
    return redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=options["socket_connect_timeout"],
        socket_timeout=options["socket_timeout"],
        retry=Retry(NoBackoff(), 1),  # a connection that was cut is made anew
    )


def send(
    task: str,
    arguments: tuple[Any, ...],
    *,
    countdown: float | None = None,
    expires: float | None = None,
    priority: int = 0,
    headers: Mapping[str, str],
) -> None:
    """Queue a task by its full name. `countdown`, `expires`: seconds from now. Raises redis.RedisError when the broker cannot be reached."""
    number = str(uuid.uuid4())
    now = datetime.now(UTC)
    times = {"eta": _at(now, countdown), "expires": _at(now, expires)}
    message = {
        "body": base64.b64encode(_body(arguments)).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": _headers(number, task, arguments) | times | dict(headers),
        "properties": {
            "correlation_id": number,
            "reply_to": "",
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": settings.CELERY_TASK_DEFAULT_QUEUE},
            "priority": priority,
            **({} if expires is None else {"expiration": str(int(expires * 1000))}),
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }
    _broker().lpush(key_of(priority), json.dumps(message))


def hold(name: str, seconds: float) -> bool:
    """Take this name for so long; false while somebody has it. Raises redis.RedisError when the broker cannot be reached."""
    return bool(_broker().set(f"{settings.PREFIX}held:{name}", b"1", nx=True, px=int(seconds * 1000)))


def let_go(name: str) -> None:
    """The name is free again. Raises redis.RedisError when the broker cannot be reached."""
    _broker().delete(f"{settings.PREFIX}held:{name}")


def _headers(number: str, task: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "lang": "py",
        "task": task,
        "id": number,
        "shadow": None,
        "group": None,
        "group_index": None,
        "retries": 0,
        "timelimit": [None, None],
        "root_id": number,
        "parent_id": None,
        "argsrepr": repr(arguments),
        "kwargsrepr": "{}",
        "origin": f"gen{os.getpid()}@{socket.gethostname()}",
        "ignore_result": True,
        "replaced_task_nesting": 0,
        "stamped_headers": None,
        "stamps": {},
    }


def key_of(priority: int) -> str:
    """The list in which tasks of a priority wait."""
    step = max(one for one in STEPS if one <= priority)
    return f"{settings.PREFIX}{settings.CELERY_TASK_DEFAULT_QUEUE}" + (f"{BETWEEN}{step}" if step else "")


def _body(arguments: tuple[Any, ...]) -> bytes:
    return json.dumps([arguments, {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]).encode()


def _at(now: datetime, seconds: float | None) -> str | None:
    return None if seconds is None else (now + timedelta(seconds=seconds)).isoformat()
