"""``./run test`` itself: real services, pytest's exit code, nothing left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.services.processes import left_after

ROOT = Path(__file__).resolve().parents[3]
INNER = """
import os
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

@pytest.mark.django_db
def test_inner():
    cache.set("a", 1)
    print("vendor", connection.vendor, settings.HAS_REDIS, cache.get("a"), settings.PREFIX)
    assert os.environ.get("INNER") != "fail"
"""


def run(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    test = tmp_path / "test_inner.py"
    unset = {"DATABASE_URL", "REDIS_URL", "LUDUS_TEST_DATABASE", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in unset and "PYTEST" not in name}
    env |= {"LUDUS_TEST_MARK": str(tmp_path), **variables}
    test.write_text(INNER)
    command = [sys.executable, "-m", "backend.cli", "test", *arguments, "-q", "-s", "-c", str(ROOT / "pyproject.toml"), str(test)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=110)


@pytest.mark.parametrize(("flags", "vendor"), [((), "postgresql"), (("--sqlite",), "sqlite")])
def test_the_suite_gets_the_database_it_asked_for_and_a_real_cache(tmp_path, flags, vendor):
    done = run(tmp_path, *flags)
    assert f"vendor {vendor} True 1 test-one-main-" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("1 passed")
    assert left_after(f"LUDUS_TEST_MARK={tmp_path}", 2) == {}


def test_a_failing_test_fails_the_command(tmp_path):
    done = run(tmp_path, "--sqlite", INNER="fail")
    assert done.returncode == 1
    assert "1 failed" in done.stdout.splitlines()[-1]
