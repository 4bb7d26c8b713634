"""`./run` in a folder without .venv: two at once set it up once, and one that was killed keeps nobody waiting."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UV = """#!/bin/sh
[ "$1" = --version ] && exit 0
echo begin >>installs
sleep "${SLOW:-2}"
echo end >>installs
"""
"""Stands for the one that installs: it takes its time, and says so."""
TOOLS = ("sh", "dirname", "cmp", "cp", "cat", "mkdir", "rm", "sleep")


@pytest.fixture(params=["flock", "folder"])
def house(request, tmp_path):
    """A fresh clone with a command line that says hello; on a system with flock, and on one without."""
    found = tmp_path / "clone"
    (found / "backend" / "cli").mkdir(parents=True)
    (found / "backend" / "cli" / "__main__.py").write_text("print('hello')")
    (found / "lock.txt").write_text("# nothing\n")
    shutil.copy(ROOT / "run", found / "run")
    (found / ".venv" / "bin").mkdir(
        parents=True
    )  # with an interpreter that fits: making one takes long, and is not what is asked here
    (found / ".venv" / "bin" / "python").symlink_to(sys.executable)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "uv").write_text(UV)
    (tools / "uv").chmod(0o755)
    for name in (*TOOLS, *(["flock"] if request.param == "flock" else [])):
        where = shutil.which(name)
        if where is None:
            pytest.skip(f"there is no {name} here")
        (tools / name).symlink_to(where)
    return found


@contextmanager
def started(house, **more):
    """`./run` on its way, in a group of its own; whatever is left of it goes at the end."""
    env = {"PATH": str(house.parent / "bin"), "LUDUS_LOCK": "lock.txt", "HOME": os.environ["HOME"]} | more
    command = ["/bin/sh", str(house / "run")]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def said(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out, err


def ran(house):
    with started(house) as process:
        return said(process)


def installs(house):
    return (house / "installs").read_text().split()


def ended(house, number):
    """Begin a long set-up, and end it by a signal."""
    with started(house, SLOW="90") as process:
        until = time.monotonic() + 60
        while not (house / "installs").exists():
            assert time.monotonic() < until, "it has not begun"
            time.sleep(0.05)
        os.killpg(process.pid, number)
        process.communicate(timeout=60)
        assert process.returncode != 0


def test_two_at_once_set_it_up_once(house):
    with started(house) as one, started(house) as other:
        told = [said(one), said(other)]
    assert [out for out, _ in told] == ["hello\n", "hello\n"]
    assert installs(house) == ["begin", "end"]
    assert sorted("waiting for it" in err for _, err in told) == [False, True]
    assert ran(house) == ("hello\n", ""), "and then nothing is left to do"


def test_one_that_was_killed_keeps_nobody_waiting(house):
    ended(house, signal.SIGKILL)
    out, err = ran(house)
    assert out == "hello\n"
    assert "setting up .venv" in err
    assert installs(house) == ["begin", "begin", "end"]


def test_one_that_is_interrupted_leaves_no_lock(house):
    ended(house, signal.SIGINT)
    assert not (house / ".venv.busy.d").exists()
    assert "waiting" not in ran(house)[1]
