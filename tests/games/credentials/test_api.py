"""Credentials over the API: who reads, who asks, who takes back; anybody verifies."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.credentials.models import Credential
from tests.cast import Cast
from tests.factories.credentials import given, issued, own
from tests.factories.groups import GroupFactory

pytestmark = pytest.mark.django_db
API = "/api/v1"


def listed(someone: Any) -> list[str]:
    return [one["name"] for one in someone.api.get(f"{API}/credentials").json()["results"]]


@pytest.mark.outsider("credential-list", "credential-detail", "credential-revoke", "credential-give-up")
def test_those_of_groups_are_seen_by_all_and_those_of_persons_by_whom_they_name(cast: Cast) -> None:
    grant = given(cast.red)
    team, mine = issued(grant), own(grant, cast.ada)
    assert [listed(one) for one in (cast.ada, cast.org, cast.ben, cast.eve, cast.visitor)] == [
        *[["Red Herons", "Ada Lovelace"]] * 2,
        *[["Red Herons"]] * 3,
    ]
    assert cast.eve.api.get(f"{API}/credentials/{mine.pk}").status_code == 404
    assert cast.eve.api.post(f"{API}/credentials/{mine.pk}/give-up").status_code == 404
    assert cast.eve.api.post(f"{API}/credentials/{team.pk}/revoke", {"reason": "x"}).status_code == 403
    cast.red.rank_hidden = True
    cast.red.save(update_fields=["rank_hidden"])
    assert [len(listed(one)) for one in (cast.ada, cast.org, cast.ben, cast.eve)] == [2, 2, 0, 0]


@pytest.mark.outsider("group-credentials-credentials")
def test_a_member_asks_and_nobody_else(cast: Cast) -> None:
    given(cast.red)
    address, asked = f"{API}/groups/{cast.red.pk}/credentials", {"source": "grant", "key": "gold"}
    for someone in (cast.ben, cast.eve):
        assert someone.api.post(address, asked).status_code == 403
    assert cast.visitor.api.post(address, asked).status_code == 401
    assert cast.ada.api.post(address, {**asked, "key": "silver"}).status_code == 404
    made = cast.ada.api.post(address, {**asked, "name": "Augusta"}, headers={"Idempotency-Key": "one"})
    assert (made.status_code, made.json()["name"], made.json()["personal"]) == (201, "Augusta", True)
    again = cast.ada.api.post(address, {**asked, "name": "Augusta"}, headers={"Idempotency-Key": "one"})
    assert (again.json(), Credential.objects.count()) == (made.json(), 1)
    twice = cast.ada.api.post(address, {**asked, "name": "Ada"})
    assert (twice.status_code, twice.json()["code"]) == (409, "credential_exists")
    assert cast.ada.api.post(address, asked).json()["personal"] is False
    bad = cast.ada.api.post(f"{API}/credentials/{made.json()['id']}/give-up")
    assert (bad.status_code, bad.json()["state"]) == (200, "revoked")


def test_organizers_take_one_back_with_a_reason(cast: Cast) -> None:
    row = issued(given(cast.red))
    address = f"{API}/credentials/{row.pk}/revoke"
    assert cast.org.api.post(address, {"reason": ""}).status_code in {400, 422}
    done = cast.org.api.post(address, {"reason": "A slip."})
    assert (done.json()["state"], done.json()["reason"]) == ("revoked", "A slip.")
    assert cast.org.api.post(address, {"reason": "Again."}).status_code == 409


def test_anybody_verifies_a_badge(cast: Cast) -> None:
    row = issued(given(cast.red))

    def verdict(token: str) -> Any:
        return cast.visitor.api.post(f"{API}/credentials/verify", {"token": token}).json()

    assert verdict(row.token) == {
        "verdict": "valid",
        "public_id": str(row.public_id),
        "name": "Red Herons",
        "title": "Gold",
        "revoked_at": None,
        "reason": "",
    }
    assert verdict(row.token[:-4] + "AAAA")["verdict"] == "altered"
    assert verdict("x.y.z")["verdict"] == "unknown"


def test_many_cost_as_many_statements_as_few(cast: Cast) -> None:
    counts = []
    for many in (3, 27):
        for _ in range(many):
            group = GroupFactory(cycle=cast.cycle)
            Credential.objects.create(
                cycle=cast.cycle,
                group=group,
                source="grant",
                key="gold",
                title="Gold",
                state="issued",
                asked_at=cast.call.opens_at,
            )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert cast.org.api.get(f"{API}/credentials").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
