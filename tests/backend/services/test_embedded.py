"""The embedded services are real: they start, answer, and are used only when no address is given."""

import os
import tarfile
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import redis

from backend.services import postgres, valkey
from backend.services.embedded import provide_redis, throw_away_database, throw_away_folder
from backend.services.ports import answers, free_port, wait_until
from backend.services.supervisor import PartFailed, Supervisor


def test_valkey_answers_and_keeps_nothing():
    with throw_away_folder() as folder, Supervisor() as house:
        url = valkey.start(house, log=folder / "valkey.log")
        with redis.Redis.from_url(url) as client:
            assert client.set("a", "b") is True
            assert client.config_get("save")["save"] == ""
            assert client.config_get("bind")["bind"] == "127.0.0.1"


def test_a_redis_that_is_set_is_used_as_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:1")
    with Supervisor() as house:
        assert provide_redis(house, logs=tmp_path) == {"REDIS_URL": "redis://elsewhere:1"}
        assert house.parts == []


def test_without_any_valkey_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(PartFailed, match=r"^No Valkey for this machine: install redis-server"):
        valkey.binary()


def test_redis_server_from_the_path_is_second_in_line(monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("shutil.which", {"redis-server": "/usr/bin/redis-server"}.get)
    assert valkey.binary() == "/usr/bin/redis-server"


def test_a_kept_cluster_remembers_and_a_stale_pid_file_does_not_fool_us():
    with throw_away_folder() as folder:
        data = folder / "kept"
        with Supervisor() as house:
            url = postgres.start(house, data=data, durable=True, log=folder / "log")
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
                assert connection.execute("SHOW fsync").fetchone() == ("on",)
        (data / "postmaster.pid").write_text("999999999\n" + "\n" * 6 + "ready\n")
        with Supervisor() as house:
            url = postgres.start(house, data=data, durable=True, log=folder / "log")
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_database_for_one_run_leaves_no_file():
    with throw_away_folder() as folder:
        with Supervisor() as house:
            url = throw_away_database(house, "postgresql", folder=folder)["DATABASE_URL"]
            with psycopg.connect(url) as connection:
                assert connection.execute("SHOW fsync").fetchone() == ("off",)
                assert connection.info.server_version >= 150000
        assert (folder / "postgres" / "PG_VERSION").exists()
    assert not folder.exists()


def test_unpacking_at_the_same_moment_gives_one_whole_folder(tmp_path):
    source = tmp_path / "source" / "postgresql-0.0"
    (source / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (source / "bin" / name).write_text(name * 10_000)
    archive = tmp_path / "postgresql-0.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(source, arcname=source.name)
    cache = tmp_path / "cache"
    cache.mkdir()
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: postgres.unpack(archive, cache), range(8)))
    assert folders == {cache / "postgresql-0.0" / "bin"}
    assert [path.name for path in cache.iterdir()] == ["postgresql-0.0"]
    assert (cache / "postgresql-0.0" / "bin" / "initdb").read_text() == "initdb" * 10_000
    assert (cache / "postgresql-0.0").stat().st_mode & 0o777 == 0o755


def test_a_broken_archive_leaves_nothing_behind(tmp_path):
    archive = tmp_path / "postgresql-0.0.tar.gz"
    archive.write_bytes(b"not a tar")
    cache = tmp_path / "cache"
    cache.mkdir()
    with pytest.raises(tarfile.ReadError):
        postgres.unpack(archive, cache)
    assert list(cache.iterdir()) == []


def test_a_cluster_that_cannot_be_made_says_why(tmp_path):
    with throw_away_folder() as folder:
        (folder / "full").mkdir()
        (folder / "full" / "something").write_text("here already")
        with pytest.raises(PartFailed, match=r"(?s)could not be set up in .*full.*not empty"):
            postgres.initialize(postgres.programs(), folder / "full", postgres.unprivileged(), durable=False)


def test_the_cache_follows_xdg_for_an_ordinary_user(monkeypatch, tmp_path):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert postgres.cache_folder() == tmp_path / "ludus"


def test_a_free_port_answers_nobody():
    assert not answers(free_port())


def test_waiting_ends_when_the_process_is_gone():
    assert wait_until(lambda: False, alive=lambda: False, seconds=60) is False
    assert wait_until(lambda: False, alive=lambda: True, seconds=0.1) is False
    assert wait_until(lambda: True, alive=lambda: True, seconds=1) is True


def test_nothing_of_ours_runs_as_root():
    account = postgres.unprivileged()
    assert (account is None) == (os.geteuid() != 0)
    assert account is None or account.uid != 0
