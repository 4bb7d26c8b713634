"""Values that schemas allow and databases do not: the answer is a refusal, never a fault of ours."""

from typing import Any

import pytest
from django.db import transaction

from tests.backend.api.described import paths
from tests.factories.house import House, full_house

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
SHARES = 4  # side by side, each well within a test's time
STRANGE = ("\x00", str(2**70), "\ud7ff", "-1")


@pytest.fixture
def house() -> House:
    return full_house()


def asked(house: House, method: str, path: str, body: Any) -> int:
    with transaction.atomic():
        status: int = getattr(house.people["org"].api, method)(path, body).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("share", range(SHARES))
def test_strange_values_of_every_parameter_are_refused_or_find_nothing(house: House, share: int) -> None:
    wrong = []
    for path, methods in list(paths().items())[share::SHARES]:
        named = [one["name"] for one in methods.get("get", {}).get("parameters", ()) if one["in"] == "query"]
        address = path.replace("{id}", "1").replace("{cycle}", "1").replace("{key}", "innovation-competition")
        for name in named or [""]:
            for value in STRANGE:
                query = {name: value} | ({"search": value} if "desk" in path else {})
                if (status := asked(house, "get", address, query)) >= 500:
                    wrong.append((path, query, status))
    assert wrong == []


BODIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("post", "/groups/{group}/hand-over", {"to": 2**70}),
    ("post", "/groups/{group}/hand-over", {"to": 2**63}),
    ("post", "/points/replay", {"cycle": 2**63}),
    ("post", "/points/replay", {"cycle": "{cycle}", "design_number": 2**63}),
    ("post", "/points/swap", {"cycle": "{cycle}", "generation": 2**63}),
    ("post", "/runs", {"round": 2**63}),
    ("post", "/runs", {"cycle": -(2**63)}),
    ("post", "/tokens", {"name": "x", "cycles": [2**63], "capabilities": ["\x00"]}),
    ("post", "/rounds/{round}/extend", {"group": 2**63, "until": "2099-01-01T00:00:00Z", "reason": "x"}),
    ("post", "/rounds/{round}/extend", {"until": "9999-12-31T23:59:59Z", "reason": "x"}),
    ("post", "/rounds/{round}/extend", {"until": "0001-01-01T00:00:00+14:00", "reason": "x"}),
    ("post", "/cycles/{cycle}/register", {"name": "x", "answers": {"a": "\x00"}}),
    ("post", "/cycles/{cycle}/invite", {"email": "a@example.org", "role": "x" * 100}),
    ("post", "/cycles/{cycle}/amend", {"changes": {"cycle": {"name": "\x00"}}, "reason": "x"}),
    ("post", "/cycles/{cycle}/amend", {"changes": {"rounds": [{"key": "call", "opens": "+99999999d"}]}, "reason": "x"}),
    ("post", "/cycles/{cycle}/next", {"start": "9999-12-31T23:59:59Z"}),
    ("post", "/cycles", {"playbook": "a@99999999999999999999"}),
    ("post", "/cycles", {"playbook": "innovation-competition", "start": "9999-12-31T23:59:59Z"}),
    ("post", "/playbooks", {"toml": "a = 1e999999"}),
    ("post", "/playbooks", {"design": {"playbook": {"key": "x", "name": "\x00"}}}),
    ("put", "/submissions/{entry}/numbers", {"numbers": {"cost": "1e400"}, "reason": "x"}),
    ("put", "/submissions/{entry}/numbers", {"numbers": {"cost": "1/0"}, "reason": "x"}),
    ("post", "/cycles/{cycle}/attempts", {"round": "call", "challenge": "essay", "group": "team-1", "value": "9" * 60}),
    ("post", "/cycles/{cycle}/decisions", {"kind": "award", "group": "team-1", "value": "9" * 300, "reason": "x"}),
    ("post", "/cycles/{cycle}/assignments", {"csv": "round,challenge\n\x01,\ud7ff"}),
)


def test_strange_bodies_are_refused_or_taken(house: House) -> None:
    entry = house.open.challenge.submissions.get(group=house.open.groups[0])
    known = {"group": house.open.groups[0].pk, "cycle": house.open.cycle.pk, "round": house.open.round.pk, "entry": entry.pk}
    for method, path, body in BODIES:
        filled = {key: value.format(**known) if value == "{cycle}" else value for key, value in body.items()}
        assert asked(house, method, ROOT + path.format(**known), filled) < 500, (path, body)
