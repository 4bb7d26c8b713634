"""Launching from the command line."""

import json

import pytest
import tomli_w
from click.testing import CliRunner

from backend.cli.app import cli
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.playbooks.actions import post_playbook
from games.playbooks.queries import library
from tests.factories.accounts import UserFactory
from tests.factories.cycles import small

pytestmark = pytest.mark.django_db
GIVEN = (
    '--set aim={measure="solutions in use",baseline=0,target=3,date="+98d"}',
    "--set checks.will=yes",
    "--set checks.offer=yes",
    "--set checks.networks.waived=none",
)


def run(*arguments):
    return CliRunner().invoke(cli, arguments)


def given():
    return [part for one in GIVEN for part in one.split(" ", 1)]


def test_playbooks_lists_the_library():
    shown = run("playbooks")
    assert shown.exit_code == 0
    assert all(f"{one.label} " in shown.output for one in library().values())
    assert [row["key"] for row in json.loads(run("playbooks", "--json").output)] == [one.label for one in library().values()]


@pytest.mark.parametrize("key", sorted(library()))
def test_a_playbook_shows_its_rules_in_words(key):
    shown = run("playbooks", key)
    assert shown.exit_code == 0
    assert "\nBoard " in shown.output
    assert json.loads(run("playbooks", key, "--json").output)["playbook"]["key"] == key


@pytest.mark.parametrize("key", sorted(library()))
def test_every_playbook_of_the_library_is_launched(key):
    owner = UserFactory(is_superuser=True)
    shown = run("launch", key, "--key", "first", "--name", "The first", "--start", "2027-03-01", *given(), "--json")
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    cycle = Cycle.objects.get()
    assert (told["key"], told["name"], cycle.created_by) == ("first", "The first", owner)
    assert design_of(cycle).aim.target == 3
    again = run("next", "first", "--start", "2027-09-01T09:00+02:00")
    assert again.exit_code == 0, again.output
    assert Cycle.objects.get(key="first-2").predecessor == cycle


def test_a_launch_that_lacks_everything_names_everything(tmp_path):
    shown = run("launch", min(library()))
    assert shown.exit_code == 1
    for name in ("measure", "baseline", "target", "date", "will", "offer", "networks"):
        assert name in shown.stderr
    assert not Cycle.objects.exists()


def test_a_file_is_launched_and_another_merged_into_it(tmp_path):
    (tmp_path / "cycle.toml").write_text(tomli_w.dumps(small()))
    (tmp_path / "more.toml").write_text('[cycle]\nname = "From a file"\n')
    shown = run(
        "launch", str(tmp_path / "cycle.toml"), "--changes", str(tmp_path / "more.toml"), "--set", "registration.capacity=7"
    )
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("From a file is launched: cycle water, design 1, enrolling.")
    assert design_of(Cycle.objects.get()).registration.capacity == 7


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["launch"], 2),
        (["launch", "calls", "--start", "tomorrow"], 2),
        (["launch", "calls", "--set", "aim"], 2),
        (["launch", "calls", "--by", "nobody@example.org"], 1),
        (["launch", "no-such-playbook"], 1),
        (["playbooks", "no-such-playbook"], 1),
        (["next", "no-such-cycle"], 1),
    ],
)
def test_wrong_usage_is_2_and_a_refusal_1(arguments, code):
    post_playbook(small(playbook={"key": "calls"}), by=None)
    assert run(*arguments).exit_code == code
