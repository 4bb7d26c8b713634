"""Settings as a process sees them: a wrong one ends it, an unsafe one is refused, the safe ones are safe."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from backend.connections import database_settings, mailer_settings, redis_database
from backend.env import SettingError

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "LUDUS_PRODUCTION": "yes",
    "LUDUS_SECRET_KEY": "Aq3_9dK-zzY0p4Lw8Xv1Rt6Nb2Mc5Hj7Gf0Ds3Ea9Uo4IiTtW1kQ5",
    "LUDUS_HOSTS": "play.example.org",
    "LUDUS_URL": "https://play.example.org",
    "DATABASE_URL": "postgresql://ludus@localhost/ludus",
    "REDIS_URL": "redis://localhost",
    "EMAIL_URL": "smtp://localhost",
}


UNSAFE = [
    ({"LUDUS_SECRET_KEY": ""}, "ludus.E001"),
    ({"LUDUS_SECRET_KEY": "for-development-only-never-for-production-0123456789"}, "ludus.E001"),
    ({"LUDUS_SECRET_KEY": "short"}, "ludus.E001"),
    ({"LUDUS_DEBUG": "yes"}, "ludus.E002"),
    ({"EMAIL_URL": ""}, "mail.E001"),
    ({"LUDUS_WEB_PROCESSES": "2", "DATABASE_URL": "sqlite:////tmp/ludus-check.sqlite3"}, "ludus.E003"),
]
WHILE_BUSY = 300  # seconds for all checks together, where much else runs
ONE_ON_SQLITE = {"DATABASE_URL": "sqlite:////tmp/ludus-check.sqlite3"}
FORKS = """
import json, os, sys, tempfile
import django
from django.conf import Settings, settings
from django.core.management import call_command, execute_from_command_line

def check(variables):
    os.environ.update(variables)
    del sys.modules["backend.settings"]
    settings._wrapped = Settings("backend.settings")
    execute_from_command_line(["django", "check", "--deploy", "--fail-level", "ERROR"])

django.setup()
call_command("check", deploy=True)  # so that what every check needs is loaded once
for variables in json.loads(sys.argv[1]):
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if not child:
            os.dup2(said.fileno(), 2)
            check(variables)
            sys.exit()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        print(json.dumps([code, said.read()]), flush=True)
"""
"""A process that has loaded Ludus with safe settings; each check runs in a fork of it, which reads the settings anew from other variables."""


def start(*command: str, seconds: int = 60, **variables: str) -> subprocess.CompletedProcess[str]:
    """A fresh process with only these settings."""
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "backend.settings", "LUDUS_LOG_LEVEL": "ERROR", **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=seconds
    )


@cache
def checked(data: Path) -> list[tuple[int, str]]:
    """Exit code and words of Django's checks for each of UNSAFE, then for one web process on SQLite."""
    asked = json.dumps([*(variables for variables, _ in UNSAFE), ONE_ON_SQLITE])
    done = start("-c", FORKS, asked, seconds=WHILE_BUSY, **(SAFE | {"LUDUS_DATA": str(data)}))
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(lines) == len(UNSAFE) + 1, done.stderr
    return [(code, said) for code, said in lines]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LUDUS_WEB_PROCESSES", "many", "LUDUS_WEB_PROCESSES is 'many'; expected a whole number from 1 to 256."),
        (
            "DATABASE_URL",
            "mysql://db/x",
            "DATABASE_URL is 'mysql://db/x'; expected a URL that starts with postgres:// or postgresql:// or sqlite://.",
        ),
        (
            "EMAIL_URL",
            "smtp://",
            "EMAIL_URL is 'smtp://'; expected a host name, as in smtp://user:password@mail.example.org:587?tls=1.",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path, variable, value, sentence):
    done = start("-m", "django", "check", **{"LUDUS_DATA": str(tmp_path), variable: value})
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", sentence)


def test_a_safe_production_starts(tmp_path):
    done = start("-m", "django", "check", "--deploy", "--fail-level", "ERROR", **(SAFE | {"LUDUS_DATA": str(tmp_path)}))
    assert done.returncode == 0, done.stderr
    assert "WARNINGS" not in done.stderr, done.stderr


@pytest.mark.timeout(WHILE_BUSY + 20)
@pytest.mark.parametrize(("number", "code"), [(number, code) for number, (_, code) in enumerate(UNSAFE)])
def test_an_unsafe_production_is_refused(tmp_path_factory, number, code):
    ended, said = checked(tmp_path_factory.getbasetemp())[number]
    assert ended == 1
    assert code in said


@pytest.mark.timeout(WHILE_BUSY + 20)
def test_one_web_process_on_sqlite_is_fine(tmp_path_factory):
    ended, said = checked(tmp_path_factory.getbasetemp())[-1]
    assert ended == 0, said


def test_production_without_redis_is_refused(tmp_path):
    done = start("-m", "django", "check", **(SAFE | {"LUDUS_DATA": str(tmp_path), "REDIS_URL": ""}))
    assert (done.returncode, done.stderr.strip()) == (1, "REDIS_URL is not set; expected redis://host:6379 in production.")


def test_production_is_strict_about_browsers(tmp_path):
    code = """
import json, django
from django.conf import settings
django.setup()
from django.test import Client
answer = Client(headers={"host": "play.example.org"}).get("/health/", secure=True)
print(json.dumps({**answer.headers, "hasher": settings.PASSWORD_HASHERS[0], "cookies": settings.SESSION_COOKIE_SECURE}))
"""
    done = start("-c", code, **(SAFE | {"LUDUS_DATA": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}))
    headers = json.loads(done.stdout.splitlines()[-1])
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["hasher"].endswith("Argon2PasswordHasher")
    assert headers["cookies"] is True


def test_sqlite_takes_the_write_lock_first(tmp_path):
    settings = database_settings(f"sqlite:///{tmp_path}/x.sqlite3", pool_size=8)
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in settings["OPTIONS"]["init_command"]


def test_postgresql_is_pooled_unless_told_otherwise():
    pooled = database_settings("postgresql://u:p%40ss@h:6432/n", pool_size=5)
    assert (pooled["PASSWORD"], pooled["PORT"], pooled["NAME"]) == ("p@ss", 6432, "n")
    assert pooled["OPTIONS"]["pool"]["max_size"] == 5
    assert pooled["CONN_MAX_AGE"] == 0
    assert "pool" not in database_settings("postgresql://h/n", pool_size=0)["OPTIONS"]


def test_a_database_needs_a_name():
    with pytest.raises(SettingError, match="ends with the name of the database"):
        database_settings("postgresql://u@h", pool_size=0)


def test_redis_databases_keep_host_and_password():
    assert redis_database("rediss://:secret@h:1/0?ssl_cert_reqs=none", 2) == "rediss://:secret@h:1/2?ssl_cert_reqs=none"


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://ada:s%40x@mail.example.org", 587, False, True),
        ("smtp://ada:s%40x@mail.example.org:25?tls=0", 25, False, False),
        ("smtps://ada:s%40x@mail.example.org", 465, True, False),
    ],
)
def test_a_mail_url_says_how_to_talk(url, port, ssl, tls):
    options = mailer_settings(url)["OPTIONS"]
    assert (options["port"], options["use_ssl"], options["use_tls"]) == (port, ssl, tls)
    assert (options["host"], options["username"], options["password"]) == ("mail.example.org", "ada", "s@x")


@pytest.mark.parametrize(("url", "backend"), [("console:", "console"), ("file:///tmp/m", "filebased"), ("memory:", "locmem")])
def test_other_mailers_are_named_by_their_scheme(url, backend):
    assert mailer_settings(url)["BACKEND"] == f"django.core.mail.backends.{backend}.EmailBackend"
