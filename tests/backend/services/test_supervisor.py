"""Real processes: whatever ends the supervisor or one of its parts, nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.services.supervisor import PartFailed, Supervisor
from tests.backend.services.processes import left_after, marked, wait_for_file

ROOT = Path(__file__).resolve().parents[3]
# A house of three parts; one of them has a child of its own that ignores polite signals.
HOUSE = """
import pathlib, sys
from backend.cli.app import Stopped, PartFailed
from backend.services.supervisor import Supervisor
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
stubborn = [sys.executable, "-c", '''
import signal, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
time.sleep(600)''']
try:
    with Supervisor() as house:
        parts = [house.start("base", sleep, base=True), house.start("first", sleep), house.start("second", stubborn)]
        pathlib.Path(sys.argv[1]).write_text(" ".join(str(part.process.pid) for part in parts))
        house.watch()
except Stopped:
    sys.exit(0)
except PartFailed as failure:
    print(failure)
    sys.exit(1)
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int], str]]:
    """The supervisor's process, the ids of its parts, and the mark that all of them carry."""
    mark = f"LUDUS_TEST_MARK={tmp_path}"
    env = dict(os.environ) | {"LUDUS_TEST_MARK": str(tmp_path), "PYTHONPATH": str(ROOT)}
    started = tmp_path / "started"
    process = subprocess.Popen([sys.executable, "-c", HOUSE, str(started)], env=env, stdout=subprocess.PIPE, text=True)
    parts = [int(pid) for pid in wait_for_file(started).split()]
    deadline = time.monotonic() + 10
    while len(marked(mark)) < 6 and time.monotonic() < deadline:  # supervisor, watchdog, three parts, one grandchild
        time.sleep(0.05)
    assert len(marked(mark)) == 6
    with process:
        yield process, parts, mark
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)


def test_when_one_part_dies_all_are_ended_and_it_is_named(house):
    process, parts, mark = house
    os.kill(parts[1], signal.SIGKILL)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "first ended with code -9." in output
    assert left_after(mark, 1) == {}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_with_exit_code_0(house, number):
    process, _, mark = house
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    assert left_after(mark, 1) == {}


def test_even_when_the_supervisor_is_killed_nothing_is_left(house):
    process, _, mark = house
    process.kill()
    process.wait(timeout=10)
    assert left_after(mark, 12) == {}


def test_services_end_after_those_who_use_them(tmp_path):
    order = tmp_path / "order"
    program = "import pathlib, signal, sys, time\ndef end(*_):\n  open(sys.argv[1], 'a').write(sys.argv[2] + ' ')\n  sys.exit()\n"
    program += "signal.signal(signal.SIGTERM, end)\npathlib.Path(sys.argv[1] + sys.argv[2]).write_text('up')\ntime.sleep(600)"
    with Supervisor() as house:
        house.start("base", [sys.executable, "-c", program, str(order), "base"], base=True)
        house.start("user", [sys.executable, "-c", program, str(order), "user"])
        wait_for_file(Path(f"{order}base"))
        wait_for_file(Path(f"{order}user"))
    assert order.read_text().split() == ["user", "base"]


def test_the_end_of_the_log_is_shown_when_a_part_fails(tmp_path):
    log = tmp_path / "log"
    with Supervisor() as house:
        house.start("broken", [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"], log=log)
        with pytest.raises(PartFailed, match=r"broken ended with code 3\.\nno such table"):
            house.watch()
