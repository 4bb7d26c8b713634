"""Plans of who judges what and details of panelists, over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.judging import actions
from games.judging.models import AssignmentPlan, ConflictOfInterest, Panelist, Sheet
from tests.factories.judging import People, judge, locked_scene, people
from tests.factories.submissions import Scene, without_designs
from worker.planning import work_out

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def call() -> Scene:
    return locked_scene(groups=4)


@pytest.fixture
def who(call: Scene) -> People:
    found = people(call)
    for one in (found.judith.person, judge(call, "Marek"), judge(call, "Noor")):
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    return found


def test_a_plan_is_asked_for_followed_and_applied(call: Scene, who: People):
    api, path = who.org.api, f"{API}/challenges/{call.challenge.pk}"
    asked = api.post(f"{path}/plans", {"per_entry": 2, "seed": 3})
    assert (asked.status_code, asked.json()["state"], asked.json()["asked"]["seed"]) == (201, "waiting", 3)
    plan = f"{API}/plans/{asked.json()['id']}"
    assert api.post(f"{plan}/apply").json()["code"] == "plan_refused"
    work_out(asked.json()["id"])
    found: dict[str, Any] = api.get(plan).json()
    assert (found["state"], found["percent"], len(found["found"]["give"])) == ("ready", 100, 8)
    assert "found" not in api.get(f"{API}/plans", {"state": "ready"}).json()["results"][0]
    assert api.post(f"{plan}/apply").json()["state"] == "applied"
    assert Sheet.objects.count() == 8
    assert api.post(f"{plan}/drop").status_code == 409
    assert api.post(f"{path}/plans", {"per_entry": 9}).json()["errors"][0]["where"] == "per_entry"
    assert api.post(f"{path}/plans", {"panel": "nobody"}).status_code == 422


def test_gaps_and_third_readers_are_asked_for(call: Scene, who: People):
    api, path = who.org.api, f"{API}/challenges/{call.challenge.pk}"
    work_out(api.post(f"{path}/plans", {"per_entry": 2, "at_once": True}).json()["id"])
    assert Sheet.objects.count() == 8
    seat = Panelist.objects.get(person=who.judith.person)
    assert api.post(f"{API}/panelists/{seat.pk}/leave").json()["left_at"] is not None
    gaps = api.post(f"{path}/plans", {"gaps": True, "at_once": True}).json()
    assert work_out(gaps["id"]).state == "applied"
    assert not Sheet.objects.filter(judge=who.judith.person).exists()
    assert api.post(f"{API}/panelists/{seat.pk}/rejoin").json()["left_at"] is None
    third = api.post(f"{path}/third-reader", {"panel": "jury", "group": "team-1"})
    assert work_out(third.json()["id"]).state == "applied"
    assert Sheet.objects.filter(group=call.group).count() == 3
    assert api.post(f"{path}/third-reader", {"panel": "jury", "group": "nobody"}).status_code == 422
    assert api.post(f"{API}/plans/{api.post(f'{path}/plans', {'per_entry': 1}).json()['id']}/drop").json()["state"] == "dropped"


def test_a_third_reader_is_chosen_among_those_who_are_free(call: Scene, who: People):
    api, path, asked = who.org.api, f"{API}/challenges/{call.challenge.pk}", {"panel": "jury", "group": "team-1"}
    marek, noor = (Panelist.objects.get(person__name=name).person for name in ("Marek", "Noor"))
    actions.assign(cycle=call.cycle, wanted=[actions.Wanted(call.challenge, call.group, who.judith.person, "jury")], by=None)
    for group in call.groups[1:]:
        actions.assign(cycle=call.cycle, wanted=[actions.Wanted(call.challenge, group, marek, "jury")], by=None)
    readers = api.get(f"{path}/readers", asked).json()
    assert [(one["name"], one["sheets"], one["seated"]) for one in readers] == [("Noor", 0, True), ("Marek", 3, True)]
    assert api.post(f"{path}/third-reader", asked | {"judge": who.judith.person.pk}).json()["code"] == "assignment_refused"
    assert api.post(f"{path}/third-reader", asked | {"judge": who.eve.person.pk}).status_code == 422
    plan = api.post(f"{path}/third-reader", asked | {"judge": noor.pk}).json()
    assert (plan["state"], plan["asked"]["aim"], plan["asked"]["group"]) == ("applied", "third", call.group.pk)
    assert Sheet.objects.filter(group=call.group, judge=noor, state="assigned").exists()
    again = api.post(f"{path}/third-reader", asked | {"judge": noor.pk})
    assert (again.status_code, again.json()["code"]) == (422, "assignment_refused")
    assert [one["name"] for one in api.get(f"{path}/readers", asked).json()] == ["Marek"]


def test_what_is_known_of_a_panelist_is_changed(call: Scene, who: People):
    seat = Panelist.objects.get(person=who.judith.person)
    path = f"{API}/panelists/{seat.pk}"
    changed = who.org.api.patch(path, {"max_load": 5, "chair": True, "topics": ["water"]}, format="json").json()
    assert (changed["max_load"], changed["chair"], changed["topics"]) == (5, True, ["water"])
    assert who.org.api.patch(path, {"max_load": None}, format="json").json()["max_load"] is None
    assert who.org.api.patch(path, {"max_load": 0}, format="json").status_code == 422
    said = who.judith.api.put(f"{path}/expertise", {"topics": ["soil"], "languages": ["fr"]}, format="json").json()
    assert (said["topics"], said["languages"], said["chair"]) == (["soil"], ["fr"], True)
    assert who.judith.api.patch(path, {"max_load": 1}, format="json").status_code == 403
    cycle = f"{API}/cycles/{call.cycle.pk}/panels"
    assert who.org.api.put(cycle, {"csv": "judge,max_load\njudith,4\n"}, format="json").json() == {"seats": 1}
    refused = who.org.api.put(cycle, {"csv": "judge,max_load\njudith,4\neve,2\n"}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "row 3")


@pytest.mark.outsider(
    "plan-list",
    "plan-detail",
    "plan-apply",
    "plan-drop",
    "planning-plans",
    "planning-third-reader",
    "planning-readers",
    "panelist-detail",
    "panelist-leave",
    "panelist-rejoin",
    "panelist-expertise",
    "judging-panels",
)
def test_eve_is_refused(call: Scene, who: People):
    plan = AssignmentPlan.objects.create(challenge=call.challenge, panel="jury", state="ready")
    seat = Panelist.objects.get(person=who.judith.person)
    one, task, panelist = f"{API}/plans/{plan.pk}", f"{API}/challenges/{call.challenge.pk}", f"{API}/panelists/{seat.pk}"
    for outsider in (who.eve, who.ada):
        api = outsider.api
        assert api.get(f"{API}/plans").json()["results"] == []
        answers = [
            api.get(one),
            api.post(f"{one}/apply"),
            api.post(f"{one}/drop"),
            api.post(f"{task}/plans", {"per_entry": 1}),
            api.post(f"{task}/third-reader", {"panel": "jury", "group": "team-1"}),
            api.get(f"{task}/readers", {"panel": "jury", "group": "team-1"}),
            api.patch(panelist, {"chair": True}, format="json"),
            api.post(f"{panelist}/leave"),
            api.post(f"{panelist}/rejoin"),
            api.put(f"{panelist}/expertise", {"topics": [], "languages": []}, format="json"),
            api.put(f"{API}/cycles/{call.cycle.pk}/panels", {"csv": "judge\n"}, format="json"),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert who.judith.api.post(f"{one}/apply").status_code == 404


@pytest.mark.parametrize("listed", ["plans", "concerns", "conflicts"])
def test_a_list_takes_as_many_statements_for_many_as_for_one(call: Scene, who: People, listed: str):
    counts = []
    for size in (1, 4):
        for group in call.groups[:size]:
            AssignmentPlan.objects.create(challenge=call.challenge, panel="jury")
            ConflictOfInterest.objects.get_or_create(person=who.judith.person, group=group, defaults={"source": "team"})
            actions.raise_concern(group=group, words="x", by=None)
        client = who.org.api
        client.get(f"{API}/{listed}")
        with CaptureQueriesContext(connection) as statements:
            rows = client.get(f"{API}/{listed}").json()["results"]
        assert len(rows) >= size
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 6
