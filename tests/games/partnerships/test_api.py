"""Joining forces over the API: proposed, answered, withdrawn; who is outside finds what is agreed and no secret; few statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.partnerships.models import Partner, Partnership
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.partnerships import between_rounds, joint, merged, proposed
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


def body(cast: Cast, **changes: Any) -> dict[str, Any]:
    parts = [{"group": cast.red.pk, "basis_points": 6_000}, {"group": cast.blue.pk, "basis_points": 4_000}]
    return {"kind": "merger", "lead": cast.red.pk, "partners": parts, "note": "Come!"} | changes


def sent(cast: Cast, **changes: Any) -> Any:
    return cast.ada.api.post(f"{API}/groups/{cast.red.pk}/partnerships", body(cast, **changes), format="json")


def test_two_teams_merge_over_the_api(cast: Cast):
    between_rounds(cast)
    made = sent(cast, name="All Herons")
    assert made.status_code == 201
    told = made.json()
    assert [(one["group_key"], one["basis_points"], one["answer"]) for one in told["partners"]] == [
        ("red", 6_000, "agreed"),
        ("blue", 4_000, "asked"),
    ]
    path = f"{API}/partnerships/{told['id']}"
    again = cast.ada.api.post(f"{path}/answer", {"agree": True}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "partnership_refused")
    done = cast.ben.api.post(f"{path}/answer", {"agree": True}, format="json").json()
    assert (done["state"], done["name"], done["note"]) == ("agreed", "All Herons", "Come!")
    assert cast.visitor.api.get(f"{API}/groups/{cast.blue.pk}").json()["state"] == "merged"
    assert cast.visitor.api.get(path).json()["note"] == ""


def test_a_joint_entry_names_its_task_and_is_withdrawn(cast: Cast):
    missing = sent(cast, kind="joint")
    assert (missing.status_code, missing.json()["code"]) == (422, "partnership_invalid")
    made = sent(cast, kind="joint", challenge=cast.concept.pk).json()
    assert (made["round_key"], made["challenge_key"]) == ("call", "concept")
    assert cast.ben.api.post(f"{API}/partnerships/{made['id']}/withdraw", {}, format="json").json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([["red", 6_000], ["blue", 3_999]], 422, "partnership_invalid"),
        ([["red", 10_000], ["blue", 0]], 422, "invalid"),
        ([["red", 5_000], ["red", 5_000]], 422, "partnership_invalid"),
        ([["red", 10_000]], 422, "partnership_invalid"),
        ([["blue", 5_000], ["nobody", 5_000]], 404, "not_found"),
    ],
)
def test_a_split_that_is_not_whole_is_refused(cast: Cast, parts: list[Any], status: int, code: str):
    between_rounds(cast)
    ids = {"red": cast.red.pk, "blue": cast.blue.pk, "nobody": 999_999}
    refused = sent(cast, partners=[{"group": ids[key], "basis_points": points} for key, points in parts])
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert not Partnership.objects.exists()


def test_sent_twice_with_one_key_it_is_proposed_once(cast: Cast):
    between_rounds(cast)
    for _ in range(2):
        headers = {"Idempotency-Key": "one"}
        path = f"{API}/groups/{cast.red.pk}/partnerships"
        assert cast.ada.api.post(path, body(cast), format="json", headers=headers).status_code == 201
    assert Partnership.objects.count() == 1


@pytest.mark.outsider
def test_what_is_proposed_is_between_the_teams(cast: Cast):
    between_rounds(cast)
    made = proposed(cast, note="Secret")
    path = f"{API}/partnerships/{made.pk}"
    for other in (cast.judith, cast.eve, cast.visitor):
        assert other.api.get(path).status_code == 404
        assert other.api.get(f"{API}/partnerships").json()["results"] == []
        assert other.api.post(f"{path}/answer", {"agree": True}, format="json").status_code in {401, 404}
    assert cast.org.api.get(path).json()["note"] == "Secret"
    assert cast.org.api.post(f"{path}/answer", {"agree": True}, format="json").status_code == 403
    assert cast.ben.api.post(f"{API}/groups/{cast.red.pk}/partnerships", body(cast), format="json").status_code == 403
    cast.blue.memberships.update(capabilities=["submit"])
    assert cast.ben.api.post(f"{path}/answer", {"agree": True}, format="json").status_code == 403


@pytest.mark.outsider
def test_with_whom_a_sealed_entry_is_handed_in_is_told_once_its_round_is_out(cast: Cast):
    made = joint(cast)
    path = f"{API}/partnerships/{made.pk}"
    for other in (cast.judith, cast.visitor):
        assert other.api.get(path).status_code == 404
    cast.publish(cast.call)
    assert cast.visitor.api.get(path).json()["state"] == "agreed"


def test_the_list_is_narrowed_and_takes_as_many_statements_for_thirty_as_for_three(cast: Cast):
    between_rounds(cast)
    merged(cast)

    def found(**query: Any) -> list[int]:
        return [one["number"] for one in cast.org.api.get(f"{API}/partnerships", query).json()["results"]]

    assert found(cycle=cast.cycle.pk, kind="merger", state="agreed", group=cast.blue.pk) == [1]
    assert found(kind="joint") == found(group=999_999) == []
    counts, client = [], cast.org.api
    for many in (3, 30):
        for number in range(Partnership.objects.count() + 1, many + 1):
            team = GroupFactory(cycle=cast.cycle)
            one = Partnership.objects.create(
                cycle=cast.cycle, number=number, kind="merger", lead=team, proposed_at=cast.call.opens_at
            )
            Partner.objects.create(partnership=one, group=team, basis_points=5_000, answer="agreed")
        client.get(f"{API}/partnerships")
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{API}/partnerships").status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12
