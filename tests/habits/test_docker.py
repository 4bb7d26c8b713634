"""The image and the compose file agree with the house: parts, settings, folders."""

import re

import pytest
import yaml

from backend.cli.documented import settings_read
from backend.cli.serve import PARTS
from tests.habits.house import PACKAGES, ROOT

DOCKER = ROOT / "docker"
COMPOSE_ONLY = {"LUDUS_SITE", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


@pytest.fixture
def compose():
    return yaml.safe_load((DOCKER / "compose.yml").read_text(encoding="utf-8"))


def test_every_part_of_the_house_is_a_service(compose):
    served = {service["command"][1] for service in compose["services"].values() if service.get("command", [""])[0] == "serve"}
    assert served == set(PARTS)
    assert {"proxy", "postgres", "redis"} < set(compose["services"])


def test_only_web_brings_the_database_up_to_date(compose):
    migrating = {
        name
        for name, s in compose["services"].items()
        if s.get("command", [""])[0] == "serve" and "--no-migrate" not in s["command"]
    }
    assert migrating == {"web"}


def test_every_variable_of_the_example_is_a_setting():
    named = set(re.findall(r"^(\w+)=", (DOCKER / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named - settings_read() == COMPOSE_ONLY
    assert {"LUDUS_SECRET_KEY", "LUDUS_HOSTS", "LUDUS_URL", "EMAIL_URL"} <= named


def test_the_proxy_sends_sockets_to_live_and_the_rest_to_web():
    text = (DOCKER / "Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"path /ws/\*\s+reverse_proxy @live live:8001\s+reverse_proxy web:8000", text)


def test_the_image_holds_every_package_and_runs_as_nobody_special():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert all(f"COPY {package} {package}" in text for package in PACKAGES)
    assert text.count("FROM ") == 2
    assert re.search(r"^USER ludus$", text, flags=re.MULTILINE)
    assert "--require-hashes -r requirements/prod.txt" in text
