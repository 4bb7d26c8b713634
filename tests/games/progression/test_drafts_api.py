"""Drafts and dry runs over the API: begun, saved with faults, tried, launched, amended; and nobody else finds them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.journal.queries import db_now
from games.progression import actions
from games.progression.drafting import draft_of
from games.progression.models import Draft, Rehearsal
from tests.cast import actor
from tests.factories.cycles import small
from worker.rehearsing import rehearse

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/drafts"


@pytest.fixture
def olga(db):
    return actor("olga", may_launch=True)


@pytest.fixture
def draft(olga):
    return draft_of(actions.draft_cycle(small(), by=olga.user, start=db_now() + timedelta(days=3)))


def test_a_draft_is_begun_saved_and_launched(olga):
    made = olga.api.post(ROOT, {"playbook": "innovation-competition", "name": "Clean air"}, format="json")
    assert made.status_code == 201
    found = made.json()
    assert (found["name"], found["state"], found["revision"]) == ("Clean air", "draft", 1)
    assert {one["where"] for one in found["problems"]} == {"aim", "checks.will", "checks.offer", "checks.networks"}
    address = f"{ROOT}/{found['id']}"
    assert olga.api.post(f"{address}/launch", {}, format="json").status_code == 422
    design = found["design"] | {
        "aim": {"waived": "A first try."},
        "checks": {"will": "Yes.", "offer": "Yes.", "networks": {"waived": "None yet."}},
    }
    kept = olga.api.put(address, {"design": design, "revision": 1}, format="json").json()
    assert (kept["revision"], kept["problems"]) == (2, [])
    launched = olga.api.post(f"{address}/launch", {"reason": "Now."}, format="json")
    assert (launched.status_code, launched.json()["state"]) == (201, "enrolling")
    assert olga.api.get(address).status_code == 404


def test_an_older_revision_overwrites_nothing(olga, draft):
    address = f"{ROOT}/{draft.pk}"
    assert olga.api.put(address, {"design": draft.data, "revision": 1}, format="json").status_code == 200
    refused = olga.api.put(address, {"design": {}, "revision": 1}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "draft_moved")


def test_creating_twice_with_one_key_creates_once(olga):
    for _ in range(2):
        answer = olga.api.post(
            ROOT, {"playbook": "innovation-competition"}, format="json", headers={"Idempotency-Key": "one-and-the-same"}
        )
        assert answer.status_code == 201
    assert Draft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_is_begun_played_and_removed(olga, draft):
    address = f"{ROOT}/{draft.pk}"
    begun = olga.api.post(f"{address}/rehearsal")
    assert (begun.status_code, begun.json()["done"], begun.json()["steps"]) == (202, 0, 8)
    assert rehearse(Rehearsal.objects.get().pk)
    found = olga.api.get(address).json()["rehearsal"]
    assert (found["done"], found["error"]) == (8, "")
    listed = [one["id"] for one in olga.api.get("/api/v1/cycles").json()["results"]]
    assert found["cycle"] not in listed
    assert olga.api.get(f"/api/v1/cycles/{found['cycle']}").json()["rehearsal"] is True
    assert [one["id"] for one in olga.api.get("/api/v1/cycles?rehearsal=true").json()["results"]] == [found["cycle"]]
    assert olga.api.delete(f"{address}/rehearsal").status_code == 204
    assert olga.api.delete(f"{address}/rehearsal").status_code == 404


def test_an_amendment_holds_with_a_reason(olga, draft):
    cycle = actions.launch_draft(draft.cycle, by=olga.user)
    amendment = actions.draft_amendment(cycle, by=olga.user)
    data = amendment.data
    data["rounds"][1]["name"] = "Grand final"
    address = f"{ROOT}/{amendment.pk}"
    saved = olga.api.put(address, {"design": data, "revision": 1}, format="json").json()
    assert [one["path"] for one in saved["changes"]] == ['rounds["final"].name']
    assert olga.api.post(f"{address}/launch", {}, format="json").status_code == 422
    assert olga.api.post(f"{address}/launch", {"reason": "It deserves it."}, format="json").status_code == 201
    cycle.refresh_from_db()
    assert design_of(cycle).round("final").name == "Grand final"


def test_dates_are_moved_and_a_draft_thrown_away(olga, draft):
    start = (db_now() + timedelta(days=60)).isoformat()
    moved = olga.api.post(f"{ROOT}/{draft.pk}/move", {"start": start}, format="json")
    assert moved.json()["design"]["rounds"][0]["opens"] != draft.data["rounds"][0]["opens"]
    assert olga.api.delete(f"{ROOT}/{draft.pk}").status_code == 204
    assert not Cycle.objects.exists()


def test_whoever_may_not_launch_writes_but_does_not_launch(olga, draft):
    helper = actor("helper")

    Membership.objects.create(
        cycle=draft.cycle, person=helper.person, role="organizer", capabilities=["organize"], since=db_now()
    )
    assert helper.api.put(f"{ROOT}/{draft.pk}", {"design": draft.data, "revision": 1}, format="json").status_code == 200
    assert helper.api.post(f"{ROOT}/{draft.pk}/launch", {}, format="json").status_code == 403
    assert helper.api.post(ROOT, {"playbook": "innovation-competition"}, format="json").status_code == 403


@pytest.mark.outsider
@pytest.mark.parametrize("who", ["eve", "visitor"])
def test_outsiders_find_no_draft(cast, draft, who):
    outsider = getattr(cast, who)
    assert outsider.api.get(ROOT).json()["results"] == []
    assert outsider.api.get(f"{ROOT}/{draft.pk}").status_code == 404
    for method, path in (("put", ""), ("delete", ""), ("post", "/launch"), ("post", "/rehearsal"), ("delete", "/rehearsal")):
        answer = getattr(outsider.api, method)(f"{ROOT}/{draft.pk}{path}", {}, format="json")
        assert answer.status_code in {401, 403, 404}
    assert Draft.objects.get().data == draft.data


def test_the_list_takes_as_many_statements_for_many_as_for_few(olga):
    counts = []
    for number in (3, 30):
        for _ in range(number):
            actions.draft_cycle(small(), by=olga.user)
        with CaptureQueriesContext(connection) as sent:
            olga.api.get(f"{ROOT}?limit=200")
        counts.append(len(sent))
    assert counts[0] == counts[1]
