"""A web process goes without what it never uses; what it has left of Redis' client works, and nobody else goes without."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from backend.without import OPTIONAL, UNUSED, StandIn, go_without
from tests.habits.house import ROOT

EVERY_VIEW = """
import sys, backend.wsgi
from importlib import import_module
from django.urls import get_resolver
from tests.habits.test_addresses import addresses
for one in addresses(get_resolver().url_patterns): import_module(one.callback.__module__)
"""
REDIS = """
import backend.wsgi
from django.conf import settings
from redis import ConnectionPool, Redis, TimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry
one = Redis.from_url(settings.CACHES["default"]["LOCATION"], retry=Retry(NoBackoff(), 1), decode_responses=True)
with one.pipeline() as pipe:
    print(*pipe.set("without", 1, ex=10).zadd("without-set", {"a": 2}).expire("without-set", 10).execute())
print(one.eval("return redis.call('INCR', KEYS[1])", 1, "without"), one.zrange("without-set", 0, -1, withscores=True))
from django.core.cache import cache
cache.set("without-too", [1], 10)
print(cache.get("without-too"))
"""


def alone(code: str) -> list[str]:
    """What a process of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_web_process_with_every_view_has_no_library_that_it_goes_without():
    left_out = ("yaml.", "uritemplate.", "django.contrib.postgres.", "django.contrib.admin.", "redis.asyncio.")
    real = f"print(*[n for n in sys.modules if n.startswith({left_out!r}) and n not in {UNUSED!r}])"
    stood_in = f"from backend.without import StandIn\nprint([type(sys.modules[n]) is StandIn for n in {UNUSED!r}])"
    none, stands = alone(f"{EVERY_VIEW}\n{real}\n{stood_in}")
    assert none == ""
    assert stands == str([True] * len(UNUSED))


@pytest.mark.skipif(not settings.HAS_REDIS, reason="there is no Redis")
def test_what_is_left_of_the_client_of_redis_works():
    assert urlsplit(settings.CACHES["default"]["LOCATION"]).scheme == "redis"
    first, then, kept = alone(REDIS)
    assert first == "True 1 True"
    assert then == "2 [('a', 2.0)]"
    assert kept == "[1]"


def test_what_a_stand_in_gives_fails_where_it_is_used_and_says_why():
    given = StandIn("redis.asyncio").Redis
    assert isinstance(given, type)
    with pytest.raises(RuntimeError, match=r"redis\.asyncio\.Redis is left out of web processes"):
        given("redis://")
    assert not hasattr(StandIn("redis.asyncio"), "__wrapped__")


def test_a_process_that_has_what_it_needs_keeps_it():
    before = {name: sys.modules.get(name) for name in (*OPTIONAL, *UNUSED)}
    go_without()
    assert {name: sys.modules.get(name) for name in before} == before
    assert not any(isinstance(one, StandIn) for one in before.values())
