"""Redis may be away: what it kept is computed, what it should keep is lost, and nobody is refused."""

import time
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.test import Client

from backend import cache as patient
from backend.cache import PatientCache
from backend.connections import redis_database
from games.journal.queries import db_now
from leaderboards.models import Board
from tests.factories.results import Played, water
from tests.worker.test_reactions import dead_port, silent_port
from worker.steps import recompute_now

OPTIONS = {"OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}}


@pytest.fixture(params=["dead", "silent"])
def away(request: pytest.FixtureRequest) -> Any:
    """A cache whose server refuses, or accepts and never answers."""
    if request.param == "dead":
        yield PatientCache(f"redis://127.0.0.1:{dead_port()}/1", OPTIONS)
    else:
        with silent_port() as port:
            yield PatientCache(f"redis://127.0.0.1:{port}/1", OPTIONS)


def test_without_a_server_nothing_is_found_and_nobody_is_refused(away: PatientCache) -> None:
    assert away.get("a") is None
    assert away.get("a", "other") == "other"
    assert away.get_many(["a", "b"]) == {}
    assert away.add("a", 1) is True
    away.set("a", 1)
    away.delete_many(["a"])
    assert away.set_many({"a": 1}) == ["a"]
    assert (away.delete("a"), away.touch("a"), away.has_key("a")) == (False, False, False)
    with pytest.raises(ValueError, match="not found"):
        away.incr("a")
    away.clear()


def test_what_is_cleared_is_ours_alone() -> None:
    """Others share the server: another instance, or tests that run beside."""
    if not django_settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    place = django_settings.CACHES["default"]
    ours, theirs = (
        PatientCache(place["LOCATION"], place | {"KEY_PREFIX": f"{django_settings.PREFIX}{name}"}) for name in ("a", "b")
    )
    for one in (ours, theirs):
        one.set_many({f"key-{number}": number for number in range(1_500)})
    ours.clear()
    assert ours.get_many(["key-0", "key-1499"]) == {}
    assert theirs.get_many(["key-0", "key-1499"]) == {"key-0": 0, "key-1499": 1499}


def test_a_server_that_failed_is_left_alone_for_a_while(away: PatientCache, monkeypatch: pytest.MonkeyPatch) -> None:
    away.get("a")
    monkeypatch.setattr(type(away), "_cache", property(lambda _self: pytest.fail("it is asked again too soon")))
    begun = time.monotonic()
    assert [away.get("a") for _ in range(1000)] == [None] * 1000
    assert time.monotonic() - begun < 1


def test_a_probe_is_told_the_truth(away: PatientCache) -> None:
    with pytest.raises(Exception):  # noqa: B017 -- whatever the client says
        away.ping()


def test_what_was_kept_is_found_again_when_the_server_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    if not django_settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    here = PatientCache(redis_database(django_settings.REDIS_URL, 1), {"KEY_PREFIX": django_settings.PREFIX})
    here.set("patient", 5, 60)
    monkeypatch.setitem(patient._away_until, here._place, time.monotonic() + 60)
    assert here.get("patient") is None
    monkeypatch.delitem(patient._away_until, here._place)
    assert here.get("patient") == 5
    assert here.incr("patient") == 6
    assert here._cache.get_client("patient", write=True) is here._cache.get_client(), "one client asks everything"
    assert here.delete("patient")


def live(played: Played) -> Board:
    played.rounds["call"].published_at, played.rounds["call"].visibility = db_now(), "scores"
    played.rounds["call"].save(update_fields=["published_at", "visibility"])
    Board.objects.filter(pk=played.board("call").pk).update(live=True)
    return played.board("call")


@pytest.mark.django_db
def test_boards_are_read_without_redis(away: PatientCache, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    """Pages and API answer the same with a server as without."""
    played = water()
    board = live(played)
    recompute_now(played.cycle)
    page = f"/cycles/{played.cycle.key}/boards/{board.key}/"
    addresses = [f"/api/v1/boards/{board.pk}/standings", page, f"{page}rows/", f"/cycles/{played.cycle.key}/"]
    with_it = [client.get(address) for address in addresses]
    monkeypatch.setattr(caches._connections, "default", away)  # type: ignore[attr-defined]
    assert caches["default"] is away
    without = [client.get(address) for address in addresses]
    assert [one.status_code for one in with_it] == [one.status_code for one in without] == [200] * 4
    assert [one.json()["rows"] for one in with_it[::2][:1]] == [one.json()["rows"] for one in without[::2][:1]]
    assert len(without[0].json()["rows"]) == 6
