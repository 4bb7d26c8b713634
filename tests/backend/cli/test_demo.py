"""The real ``./run demo``, in a data folder of its own: it gets ready, others find it, it ends whole."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.cli.demo import choose_port, show_progress, throw_away
from backend.cli.demo_mail import MailPrinter
from backend.services.ports import free_port
from backend.services.supervisor import PartFailed
from tests.backend.services.processes import left_after, marked, wait_for_file

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 90  # with every example to load, on a busy machine


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for this file: the examples are loaded once, and a second start finds them."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(data: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """A demo on SQLite with its own Valkey, ready; whatever is left of it is killed at the end."""
    unset = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "LUDUS_PREFIX"}
    env = {name: value for name, value in os.environ.items() if name not in unset} | {"LUDUS_DATA": str(data)}
    port = free_port()
    command = [sys.executable, "-m", "backend.cli", "demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            wait_for_file(data / "running.json", READY_SECONDS)
            yield process, data, port
        finally:
            for pid in marked(f"LUDUS_DATA={data}"):
                os.kill(pid, signal.SIGKILL)


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    whole = [sys.executable, "-m", "backend.cli", *arguments]
    return subprocess.run(
        whole, cwd=ROOT, env=env | {"LUDUS_DATA": str(data)}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.timeout(240)
def test_the_demo_serves_others_join_it_and_sigterm_ends_it_whole(demo):
    process, data, port = demo
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/") as answer:
        assert json.load(answer) == {"database": "up"}
    running = json.loads((data / "running.json").read_text())
    joined = command(data, "manage", "shell", "-v", "0", "-c", "from django.conf import settings; print(settings.REDIS_URL)")
    assert joined.stdout.strip() == running["env"]["REDIS_URL"]
    second = command(data, "demo")
    assert second.returncode == 1
    assert f"A demo is running already in {data}: process {process.pid}" in second.stderr
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    [ready] = [line for line in output.splitlines() if line.startswith("Ludus is ready")]
    assert f"http://127.0.0.1:{port}" in ready
    assert left_after(f"LUDUS_DATA={data}", 2) == {}
    assert not (data / "running.json").exists()


@pytest.mark.timeout(240)
def test_when_the_worker_dies_the_whole_demo_ends_and_says_why(demo):
    process, data, _ = demo
    workers = [pid for pid, line in marked(f"LUDUS_DATA={data}").items() if "worker.app worker" in line]
    os.kill(min(workers), signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "worker ended with code -9." in output
    assert left_after(f"LUDUS_DATA={data}", 2) == {}


def test_a_taken_port_is_refused_with_another_to_try(monkeypatch):
    monkeypatch.setattr("backend.cli.demo.answers", lambda port: port < 8003)
    assert choose_port(None) == 8003
    assert choose_port(9000) == 9000
    with pytest.raises(PartFailed, match=r"^Port 8001 is taken\. Choose another: \./run demo --port 8002$"):
        choose_port(8001)
    monkeypatch.setattr("backend.cli.demo.answers", lambda _: True)
    with pytest.raises(PartFailed, match="8000 to 8019 are all taken"):
        choose_port(None)


def test_fresh_throws_away_only_what_the_demo_made(tmp_path):
    for name in ("ludus.sqlite3", "ludus.sqlite3-wal", "mine.txt", "uploads/a", "logs/web.log"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    throw_away(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_progress_is_silent_when_there_is_nothing_to_do(capsys):
    show_progress("examples", 0, 0)
    assert capsys.readouterr().out == ""
    show_progress("Chopin 2025", 1, 4)
    assert capsys.readouterr().out == "  1/4 Chopin 2025\n"


def test_each_mail_is_printed_once(tmp_path, capsys):
    (tmp_path / "old.log").write_text("from yesterday")
    printer = MailPrinter(tmp_path)
    (tmp_path / "new.log").write_text("Subject: your link")
    printer.print_new()
    printer.print_new()
    assert capsys.readouterr().out.count("Subject: your link") == 1
    with (tmp_path / "new.log").open("a") as file:
        file.write("\nand another")
    printer.print_new()
    printed = capsys.readouterr().out
    assert "and another" in printed
    assert "your link" not in printed
