"""The command line as a person meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli.app import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[3]


def test_help_lists_every_command_under_a_heading():
    shown = CliRunner().invoke(cli, ["help"])
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert all(any(line.startswith(f"  {name} ") for line in lines) for name in COMMANDS)
    assert "Start here:" in lines


def test_help_of_a_command_shows_what_it_takes():
    shown = CliRunner().invoke(cli, ["help", "demo"])
    assert shown.exit_code == 0
    assert "--postgres" in shown.output


def test_an_unknown_command_is_wrong_usage_and_the_nearest_is_named():
    shown = CliRunner().invoke(cli, ["dmeo"])
    assert shown.exit_code == 2
    assert "There is no command 'dmeo'. Did you mean 'demo'?" in shown.output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_loads_without_django_and_says_what_it_does(name):
    code = f"import sys; from backend.cli.app import cli; print(cli.get_command(None, {name!r}).get_short_help_str(90)); print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    about, django = done.stdout.splitlines()
    assert len(about) > 10
    assert django == "False"
