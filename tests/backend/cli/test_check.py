"""``./run check``: what it finds it shows, and says so by its exit code."""

import pytest
from click.testing import CliRunner

from backend.cli import check
from backend.cli.app import cli


@pytest.fixture
def two_steps(monkeypatch):
    repaired = []
    found = {"good": "", "bad": "line one\nline two"}
    steps = [
        check.Step(name, f"about {name}", lambda name=name: found[name], lambda name=name: repaired.append(name) or "")
        for name in found
    ]
    monkeypatch.setattr(check, "steps", lambda: steps)
    return repaired


def test_anything_found_is_shown_and_exits_with_1(two_steps):
    shown = CliRunner().invoke(cli, ["check"])
    assert shown.exit_code == 1
    lines = shown.output.splitlines()
    assert lines[0].split() == ["ok", "good", "0.0", "s", "about", "good"]
    assert lines[1].split()[:2] == ["no", "bad"]
    assert [line.strip() for line in lines[2:4]] == ["line one", "line two"]
    assert lines[-1].startswith("1 of 2 checks found something")
    assert two_steps == []


def test_nothing_found_exits_with_0(two_steps):
    shown = CliRunner().invoke(cli, ["check", "good"])
    assert shown.exit_code == 0
    assert "all 1 checks passed" in shown.output


def test_fix_repairs_only_what_was_named(two_steps):
    CliRunner().invoke(cli, ["check", "--fix", "bad"])
    assert two_steps == ["bad"]


def test_an_unknown_check_is_wrong_usage(two_steps):
    shown = CliRunner().invoke(cli, ["check", "tea"])
    assert shown.exit_code == 2
    assert "There is no check 'tea'; there are: good, bad" in shown.output


def test_a_command_is_silent_when_it_succeeds_and_tells_when_it_fails():
    assert check.module("this")() == ""
    assert "No module named nowhere" in check.module("nowhere")()


def test_a_stale_schema_is_noticed(monkeypatch, tmp_path):
    (tmp_path / "v1.py").touch()
    monkeypatch.setattr(check, "SCHEMA", tmp_path / "schema.yml")
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "current_schema", lambda: "openapi: 3.1.1")
    assert check.stale_schema() == "schema.yml is stale: ./run check --fix schema\n"
    check.write_schema()
    assert check.stale_schema() == ""
