"""What creates is done once, however often it is sent with the same key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.utils.timezone import now

from games.groups.models import Group
from tests.factories.cycles import small
from tests.factories.groups import MembershipFactory
from tests.factories.house import House, full_house

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
type Asked = tuple[str, str, dict[str, Any]]


def _launched(_: House) -> Asked:
    return "org", "/cycles", {"design": small(cycle={"key": "launched", "name": "Launched"}), "start": now().isoformat()}


# What is made -> who asks, where, with which body.
CREATING: dict[str, Callable[[House], Asked]] = {
    "games.Organization": lambda _: ("org", "/organizations", {"name": "Herons"}),
    "games.Playbook": lambda _: ("org", "/playbooks", {"design": small(playbook={"key": "walks"})}),
    "games.Cycle": _launched,
    "games.Group": lambda h: ("eve", f"/cycles/{_enrolling(h)}/register", {"name": "Late Herons"}),
    "games.Invitation": lambda h: ("org", f"/cycles/{h.open.cycle.pk}/invite", {"email": "new@example.org", "role": "judge"}),
    "games.Membership": lambda h: ("ada", f"/groups/{h.open.groups[0].pk}/invite", {"email": "new@example.org"}),
    "games.JoinRequest": lambda h: ("eve", f"/groups/{h.open.groups[0].pk}/ask", {"message": "May I?"}),
    "games.Version": lambda h: ("ada", f"/submissions/{_entry(h)}/versions", {"data": {"title": "On rivers"}}),
    "games.Panelist": lambda h: ("org", f"/cycles/{h.open.cycle.pk}/panelists", _seat(h)),
    "games.ConflictOfInterest": lambda h: ("org", f"/cycles/{h.open.cycle.pk}/conflicts", _conflict(h)),
    "games.Decision": lambda h: ("org", f"/cycles/{h.open.cycle.pk}/decisions", _decision()),
    "games.Extension": lambda h: ("org", f"/rounds/{h.open.round.pk}/extend", _more_time(h)),
    "games.RecomputeRun": lambda h: ("org", "/runs", {"cycle": h.open.cycle.pk}),
}


def _entry(house: House) -> int:
    return house.open.challenge.submissions.get(group=house.open.groups[0]).pk


def _enrolling(house: House) -> int:
    type(house.open.cycle).objects.filter(pk=house.open.cycle.pk).update(state="enrolling")
    return house.open.cycle.pk


def _seat(house: House) -> dict[str, Any]:
    fresh = MembershipFactory.create(cycle=house.open.cycle, group=None, role="judge", capabilities=["judge"])
    return {"challenge": house.open.challenge.pk, "person": fresh.person_id, "panel": "jury"}


def _conflict(house: House) -> dict[str, Any]:
    return {"person": house.people["judith"].person.pk, "group": "team-3", "reason": "A cousin."}


def _decision() -> dict[str, Any]:
    return {"kind": "stop", "group": "team-1", "round": "call", "reason": "They moved away."}


def _more_time(house: House) -> dict[str, Any]:
    fresh = Group.objects.create(cycle=house.open.cycle, key="fresh", name="Fresh")
    return {"group": fresh.pk, "until": "2099-01-01T00:00:00Z", "reason": "illness"}


@pytest.fixture
def house() -> House:
    return full_house()


@pytest.mark.parametrize("made", CREATING)
def test_the_same_request_with_the_same_key_creates_once(house: House, made: str) -> None:
    who, path, body = CREATING[made](house)
    rows = apps.get_model(made)._default_manager
    before, api = rows.count(), house.people[who].api
    first = api.post(ROOT + path, body, headers={"Idempotency-Key": "k-1"})
    assert first.status_code in {201, 202}, first.json()
    after = rows.count()
    assert after > before
    again = api.post(ROOT + path, body, headers={"Idempotency-Key": "k-1"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert rows.count() == after
    other = api.post(ROOT + path, body | {"reason": "another body"}, headers={"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
