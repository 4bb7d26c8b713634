"""The image and the compose file agree with the house: parts, settings, folders, commands."""

import re
import shlex

import pytest
import yaml
from click.testing import CliRunner

from backend.cli import parts
from backend.cli.app import COMMANDS, cli
from backend.cli.documented import settings_read
from backend.cli.serve import PARTS
from tests.habits.house import PACKAGES, ROOT

DOCKER = ROOT / "docker"
COMPOSE_ONLY = {"LUDUS_SITE", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


@pytest.fixture
def compose():
    return yaml.safe_load((DOCKER / "compose.yml").read_text(encoding="utf-8"))


@pytest.fixture
def dockerfile():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    return re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")


def served(compose):
    return {name: s for name, s in compose["services"].items() if s.get("command", [""])[0] == "serve"}


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|m)", text).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


def test_every_part_of_the_house_is_a_service(compose):
    assert {service["command"][1] for service in served(compose).values()} == set(PARTS)
    assert {"proxy", "postgres", "redis"} < set(compose["services"])


def test_only_web_brings_the_database_up_to_date_and_the_others_wait_for_it(compose):
    migrating = {name for name, s in served(compose).items() if "--no-migrate" not in s["command"]}
    assert migrating == {"web"}
    others = {name: s for name, s in served(compose).items() if name != "web"}
    assert all(s["depends_on"]["web"] == {"condition": "service_healthy"} for s in others.values())


def test_every_command_is_one_of_ours_and_takes_these_options(compose):
    commands = [s["command"] for s in served(compose).values()]
    commands += [s["healthcheck"]["test"][4:] for s in served(compose).values()]
    for command in commands:
        assert command[0] in COMMANDS
        checked = CliRunner().invoke(cli, [*command, "--help"])
        assert (checked.exit_code, "No such option" in checked.output) == (0, False), command


def test_every_part_is_looked_after_and_has_time_to_end(compose):
    for name, service in served(compose).items():
        assert service["healthcheck"]["test"] == ["CMD", "python", "-m", "backend.cli", "health", service["command"][1]], name
        assert seconds(service["stop_grace_period"]) > parts.ENDING
        assert service["restart"] == "unless-stopped"
    assert all("healthcheck" in compose["services"][name] for name in ("postgres", "redis"))


def test_nobody_may_write_into_the_image_and_everybody_shares_the_data(compose):
    for service in served(compose).values():
        assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"])
        assert service["volumes"] == ["ludus:/data"]
    named = {volume.partition(":")[0] for s in compose["services"].values() for volume in s.get("volumes", [])}
    assert {name for name in named if "/" not in name} == set(compose["volumes"])


def test_the_dump_in_the_image_is_as_new_as_the_server(compose, dockerfile):
    server = int(re.fullmatch(r"postgres:(\d+)", compose["services"]["postgres"]["image"]).group(1))
    client = int(re.search(r"postgresql-client-(\d+)", dockerfile).group(1))
    assert client >= server


def test_every_variable_of_the_example_is_a_setting():
    named = set(re.findall(r"^(\w+)=", (DOCKER / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named - settings_read() == COMPOSE_ONLY
    assert {"LUDUS_SECRET_KEY", "LUDUS_HOSTS", "LUDUS_URL", "EMAIL_URL"} <= named


def test_every_variable_that_is_set_anywhere_is_a_setting(compose, dockerfile):
    ours = {name for s in served(compose).values() for name in s["environment"]}
    ours |= {
        word.partition("=")[0] for line in re.findall(r"^ENV (.*)$", dockerfile, flags=re.MULTILINE) for word in shlex.split(line)
    }
    assert ours - settings_read() == {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE"}


def test_the_proxy_sends_sockets_to_live_and_the_rest_to_web_and_keeps_metrics_to_itself():
    text = (DOCKER / "Caddyfile").read_text(encoding="utf-8")
    found = dict(re.findall(r"handle ?(\S*) \{\s+(\w+ \S+)\s+\}", text))
    assert found == {"/metrics": "respond 404", "/ws/*": "reverse_proxy live:8001", "": "reverse_proxy web:8000"}


def test_the_image_holds_every_package_and_runs_as_nobody_special(dockerfile):
    assert all(f"COPY {package} {package}" in dockerfile for package in PACKAGES)
    assert dockerfile.count("FROM ") == 2
    assert re.search(r"^USER ludus$", dockerfile, flags=re.MULTILINE)
    assert "--require-hashes -r requirements/prod.txt" in dockerfile


def test_what_is_copied_is_there_and_reaches_the_builder(dockerfile):
    sources = [
        word for line in re.findall(r"^COPY (?!--from)(.*)$", dockerfile, flags=re.MULTILINE) for word in line.split()[:-1]
    ]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    assert set(sources) <= allowed
