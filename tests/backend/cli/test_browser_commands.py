"""The commands around the browser: they say when it is missing, and know a whole run from a part."""

import pytest
from click.testing import CliRunner

from backend.cli import chromium as where
from backend.cli.e2e import add_browser_tests, e2e, is_whole_run
from backend.cli.screenshots import SHOTS, screenshots


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(where.shutil, "which", lambda _name: None)


@pytest.mark.parametrize("command", [e2e, screenshots])
def test_without_chromium_the_command_says_what_to_install(no_browser, command):
    answer = CliRunner().invoke(command, [])
    assert answer.exit_code == 1
    assert "apt-get install chromium" in answer.output


def test_a_whole_run_without_chromium_passes_and_says_what_was_left_out(no_browser, capsys):
    assert add_browser_tests() == 0
    assert "browser tests were left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        ((), True),
        (("-n", "2", "-q"), True),
        (("tests/games",), False),
        (("-k", "door"), False),
        (("tests/test_x.py::test_y",), False),
        (("--lf",), False),
    ],
)
def test_a_whole_run_names_no_path_and_selects_nothing(arguments, whole):
    assert is_whole_run(arguments) is whole


def test_an_unknown_picture_is_refused_with_those_there_are(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/somewhere")
    answer = CliRunner().invoke(screenshots, ["--only", "moon"])
    assert answer.exit_code == 2
    assert SHOTS[0].file in answer.output
