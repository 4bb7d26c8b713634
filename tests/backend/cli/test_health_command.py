"""`./run health PART`, as a container's probe asks it."""

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli.health import PATIENCE, health
from backend.services import measuring
from backend.services.ports import free_port


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LUDUS_DATA", str(tmp_path))
    return tmp_path


def ask(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(health, list(arguments))
    return done.exit_code, done.output.strip()


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_a_part_works_as_long_as_it_gives_signs_of_work(data, part):
    assert ask(part) == (1, f"{part} does not run here")
    folder = Path(measuring.prepare(data, part)[measuring.VARIABLE])
    assert ask(part) == (1, f"{part} has done nothing for {PATIENCE[part]:.0f} seconds")
    (folder / measuring.WORKED).touch()
    assert ask(part) == (0, f"{part} works")
    long_ago = time.time() - PATIENCE[part] - 5
    os.utime(folder / measuring.WORKED, (long_ago, long_ago))
    assert ask(part)[0] == 1


def test_what_works_on_another_machine_does_not_count_here(data, monkeypatch):
    monkeypatch.setattr(measuring.socket, "gethostname", lambda: "elsewhere")
    folder = Path(measuring.prepare(data, "worker")[measuring.VARIABLE])
    (folder / measuring.WORKED).touch()
    monkeypatch.undo()
    monkeypatch.setenv("LUDUS_DATA", str(data))
    assert ask("worker") == (1, "worker does not run here")


@pytest.mark.parametrize("part", ["web", "live"])
def test_a_server_that_does_not_answer_is_not_well(data, part):
    code, said = ask(part, "--port", str(free_port()))
    assert code == 1
    assert "refused" in said
