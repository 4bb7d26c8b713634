"""Corrections over the API: an organizer prepares, looks, applies or cancels; nobody else learns of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.changes.models import ChangeSet
from games.recognition.actions import give_grant, verify
from games.recognition.models import Grant
from tests.factories.changes import Told, told
from tests.flows.story import the_worker_works
from worker import correcting

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def story() -> Told:
    return told()


def marked(story: Told, value: str = "5", **more: Any) -> dict[str, Any]:
    return {"kind": "mark", "sheet": story.sheet("brook").pk, "criterion": "impact", "value": value} | more


def begin(story: Told, *changes: dict[str, Any], key: str = "k", **more: Any) -> Any:
    body = {"reason": "Read wrongly.", "changes": list(changes)} | more
    path = f"{API}/cycles/{story.played.cycle.pk}/change-sets"
    return story.org.api.post(path, body, format="json", headers={"Idempotency-Key": key})


def test_a_correction_from_its_draft_to_its_publication(story: Told) -> None:
    made = begin(story, marked(story))
    assert made.status_code == 201, made.json()
    found = made.json()
    assert (found["number"], found["state"], found["preview"], found["stamp"]) == (1, "draft", {}, "")
    assert found["changes"][0]["before"] == {"value": "4", "state": ""}
    the_worker_works()
    correcting.look_at(found["id"])
    shown = story.org.api.get(f"{API}/change-sets/{found['id']}").json()
    assert [one["key"] for one in shown["preview"]["boards"]] == ["result", "call"]
    done = story.org.api.post(f"{API}/change-sets/{found['id']}/apply", {"stamp": shown["stamp"]}, format="json")
    assert (done.status_code, done.json()["state"]) == (200, "applied")
    the_worker_works()
    assert story.org.api.get(f"{API}/runs/{done.json()['run']}").json()["state"] == "done"
    reasons = [one["reason"] for one in story.eve.api.get(f"{API}/snapshots?cycle={story.played.cycle.pk}").json()["results"]]
    assert "Correction 1: Read wrongly." in reasons


def test_sent_twice_it_is_prepared_once(story: Told) -> None:
    first, again = begin(story, marked(story)), begin(story, marked(story))
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert ChangeSet.objects.count() == 1


def test_what_was_not_looked_at_is_not_applied(story: Told) -> None:
    pk = begin(story, marked(story)).json()["id"]
    early = story.org.api.post(f"{API}/change-sets/{pk}/apply", {"stamp": "x"}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "changes_refused")
    correcting.look_at(pk)
    other = story.org.api.post(f"{API}/change-sets/{pk}/apply", {"stamp": "x"}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "facts_changed")


def test_a_draft_is_said_anew_looked_at_again_and_cancelled(story: Told) -> None:
    pk = begin(story, marked(story)).json()["id"]
    correcting.look_at(pk)
    body = {"reason": "Read very wrongly.", "changes": [marked(story, "3")]}
    anew = story.org.api.put(f"{API}/change-sets/{pk}/changes", body, format="json").json()
    assert (anew["reason"], anew["changes"][0]["after"]["value"], anew["preview"]) == ("Read very wrongly.", "3", {})
    correcting.look_at(pk)
    assert story.org.api.post(f"{API}/change-sets/{pk}/look").json()["preview"] == {}
    gone = story.org.api.post(f"{API}/change-sets/{pk}/cancel", {"reason": "No."}, format="json")
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert story.org.api.post(f"{API}/change-sets/{pk}/carry-on").json()["code"] == "changes_refused"


def test_grants_that_stay_are_named(story: Told) -> None:
    gold = Grant.objects.get(award="gold")
    give_grant(verify(gold, by=None), by=None)
    three = [marked(story, "5", sheet=story.sheet("brook", judge, "prototype").pk, criterion="evidence") for judge in (0, 2)]
    pk = begin(story, *three[:1], marked(story)).json()["id"]
    correcting.look_at(pk)
    shown = story.org.api.get(f"{API}/change-sets/{pk}").json()
    assert [one["grant"] for one in shown["preview"]["awards"] if one["to_take_back"]] == [gold.pk]
    story.org.api.post(f"{API}/change-sets/{pk}/apply", {"stamp": shown["stamp"], "leave": [gold.pk]}, format="json")
    gold.refresh_from_db()
    assert gold.state == "granted"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"value": "9"}, 422, "changes_invalid"),
        ({"sheet": 2**62}, 404, "not_found"),
        ({"kind": "guess"}, 422, None),
        ({"kind": "disqualify", "round": "call"}, 422, "changes_invalid"),
        ({"kind": "rule", "changes": {"cycle": {"mark_decimals": 1}}}, 422, "changes_invalid"),
        ({"kind": "rule", "changes": {"boards": "none"}}, 422, None),
        ({"kind": "reinstate", "group": 2**62}, 404, "not_found"),
    ],
)
def test_what_is_no_correction_is_refused(story: Told, change: dict[str, Any], status: int, code: str | None) -> None:
    answer = begin(story, marked(story, **change))
    assert answer.status_code == status, answer.json()
    assert code is None or answer.json()["code"] == code
    assert not ChangeSet.objects.exists()


def test_sheets_groups_and_appeals_of_other_cycles_are_not_there(story: Told) -> None:
    other = told()
    assert begin(story, marked(other)).status_code == 404
    assert begin(story, {"kind": "reinstate", "group": other.played.groups["aqua"].pk}, key="b").status_code == 404
    entry = other.played.challenges["prototype"].submissions.get().pk
    assert begin(story, {"kind": "disqualify", "submission": entry}, key="c").status_code == 404


def test_nobody_but_organizers_knows_of_corrections(story: Told) -> None:
    pk = begin(story, marked(story)).json()["id"]
    correcting.look_at(pk)
    for someone in (story.ada, story.ben, story.judith, story.eve):
        assert someone.api.get(f"{API}/change-sets").json()["results"] == []
        assert someone.api.get(f"{API}/change-sets/{pk}").status_code == 404
        for verb in ("look", "apply", "cancel", "carry-on"):
            assert someone.api.post(f"{API}/change-sets/{pk}/{verb}", {"reason": "x", "stamp": "x"}).status_code == 404
        path = f"{API}/cycles/{story.played.cycle.pk}/change-sets"
        assert someone.api.post(path, {"reason": "x"}, format="json").status_code in {403, 404}
    assert ChangeSet.objects.get().state == "draft"


def test_a_list_takes_as_many_statements_for_thirty_as_for_three(story: Told) -> None:
    client = story.org.api

    def read() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{API}/change-sets?cycle={story.played.cycle.pk}&limit=100").status_code == 200
        return len(statements)

    ChangeSet.objects.bulk_create(ChangeSet(cycle=story.played.cycle, number=number, reason="x") for number in range(1, 4))
    read()
    few = read()
    ChangeSet.objects.bulk_create(ChangeSet(cycle=story.played.cycle, number=number, reason="x") for number in range(4, 31))
    assert read() == few <= 6, "no previews, no changes"
