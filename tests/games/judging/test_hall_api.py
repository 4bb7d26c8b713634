"""The hall over the API: organizers set it up, judges walk it, outsiders find nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.judging import actions as judging
from games.judging.models import Pitch, Stand
from tests.factories.groups import GroupFactory
from tests.factories.judging import People, bearer, locked_scene, people
from tests.factories.submissions import ESSAY, Scene, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def call() -> Scene:
    return locked_scene(ESSAY, groups=3)


@pytest.fixture
def who(call: Scene) -> People:
    found = people(call)
    judging.add_panelist(challenge=call.challenge, panel="jury", person=found.judith.person, by=None)
    judging.assign_all(challenge=call.challenge, by=None)
    return found


@pytest.fixture
def round_(call: Scene, who: People) -> str:
    """The address of the round, its groups at tables 1 to 3."""
    path = f"{API}/rounds/{call.round.pk}"
    assert who.org.api.post(f"{path}/number-stands", {}).json() == {"count": 3}
    return path


def test_organizers_place_groups_by_list_and_table(call: Scene, who: People, round_: str) -> None:
    api = who.org.api
    placed = {"tables": [{"group": call.groups[0].key, "number": 9, "location": "Aula"}, {"group": call.groups[1].key}]}
    assert api.put(f"{round_}/stands", placed).json() == {"count": 2}
    rows = api.get(f"{API}/stands", {"round": call.round.pk}).json()["results"]
    assert [(one["number"], one["label"], one["location"]) for one in rows] == [
        (2, "Team 2", ""),
        (3, "Team 3", ""),
        (9, "Team 1", "Aula"),
    ]
    refused = api.put(f"{round_}/stands", {"csv": "table,group\n3,team-1\n4,nobody\n"})
    assert (refused.status_code, refused.json()["code"]) == (422, "tables_refused")
    assert [one["where"] for one in refused.json()["errors"]] == ["row 2", "row 3"]
    assert api.delete(f"{API}/stands/{rows[0]['id']}").status_code == 204
    assert Stand.objects.count() == 2


def test_a_judge_is_sent_from_table_to_table(call: Scene, who: People, round_: str) -> None:
    api = who.judith.api
    first = api.post(f"{round_}/next-stand").json()
    assert (first["stand"]["number"], first["stand"]["busy_with"]["name"], len(first["sheets"])) == (1, "Judith", 1)
    second = api.post(f"{round_}/next-stand").json()["stand"]
    assert second["number"] == 2
    path = f"{API}/stands/{second['id']}"
    assert api.post(f"{path}/stay").status_code == 200
    assert api.post(f"{path}/absent").json()["absent_at"] is not None
    assert api.post(f"{path}/back").json()["absent_at"] is None
    assert api.post(f"{path}/visit").json()["number"] == 2
    assert api.post(f"{path}/leave").status_code == 200
    Stand.objects.update(absent_at=timezone.now())
    nowhere = api.post(f"{round_}/next-stand").json()
    assert (nowhere["stand"], sorted(nowhere["absent"])) == (None, [1, 2, 3])


def test_a_group_says_that_it_is_back_and_sees_its_own_table_alone(call: Scene, who: People, round_: str) -> None:
    stand = Stand.objects.get(group=call.groups[0])
    stand.busy_with, stand.absent_at = who.judith.person, timezone.now()
    stand.save()
    [mine] = who.ada.api.get(f"{API}/stands").json()["results"]
    assert (mine["id"], mine["busy_with"]) == (stand.pk, None)
    assert who.ada.api.post(f"{API}/stands/{stand.pk}/back").json()["absent_at"] is None
    assert who.ben.api.post(f"{API}/stands/{stand.pk}/absent").status_code == 404
    assert who.ada.api.post(f"{API}/stands/{stand.pk}/visit").status_code == 403
    assert who.ada.api.post(f"{round_}/next-stand").status_code == 404
    assert who.judith.api.put(f"{round_}/stands", {"tables": []}).status_code == 403


def test_a_blind_round_tells_judges_numbers() -> None:
    call = locked_scene(ESSAY, groups=2, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    judging.add_panelist(challenge=call.challenge, panel="jury", person=who.judith.person, by=None)
    judging.assign_all(challenge=call.challenge, by=None)
    who.org.api.post(f"{API}/rounds/{call.round.pk}/number-stands", {})
    [row, *_] = who.judith.api.get(f"{API}/stands").json()["results"]
    assert row["group"] is None
    assert row["label"].startswith("Entry")
    assert who.judith.api.post(f"{API}/rounds/{call.round.pk}/next-stand").json()["stand"]["group"] is None
    assert who.org.api.get(f"{API}/stands").json()["results"][0]["group"]["name"] == "Team 1"


SCHEDULE = {"start": "2026-05-01T10:00:00+02:00", "minutes": 5, "rest": 1, "rooms": [{"panel": "jury", "rooms": ["Aula"]}]}


def test_a_schedule_is_made_seen_moved_shifted_and_taken_back(call: Scene, who: People, round_: str) -> None:
    api = who.org.api
    assert api.put(f"{round_}/pitches", SCHEDULE).json() == {"count": 3, "leaving": []}
    rows = api.get(f"{API}/pitches", {"round": call.round.pk}).json()["results"]
    assert [(one["starts_at"], one["room"], one["label"]) for one in rows] == [
        ("2026-05-01T08:00:00Z", "Aula", "Team 1"),
        ("2026-05-01T08:06:00Z", "Aula", "Team 2"),
        ("2026-05-01T08:12:00Z", "Aula", "Team 3"),
    ]
    moved = api.post(f"{API}/pitches/{rows[0]['id']}/move", {"room": "Aula", "starts_at": "2026-05-01T08:06:00Z"})
    assert moved.json()["starts_at"] == "2026-05-01T08:06:00Z"
    taken = api.post(f"{API}/pitches/{rows[0]['id']}/move", {"room": "Aula", "starts_at": "2026-05-01T08:10:00Z"})
    assert (taken.status_code, taken.json()["code"]) == (409, "hall_refused")
    assert api.post(f"{round_}/shift-pitches", {"since": "2026-05-01T08:06:00Z", "minutes": 10}).json() == {"count": 2}
    assert [one["label"] for one in who.ada.api.get(f"{API}/pitches").json()["results"]] == ["Team 1"]
    assert len(who.judith.api.get(f"{API}/pitches").json()["results"]) == 3
    assert who.ada.api.put(f"{round_}/pitches", SCHEDULE).status_code == 403
    refused = api.put(f"{round_}/pitches", SCHEDULE | {"rooms": []})
    assert (refused.status_code, refused.json()["code"]) == (422, "pitches_refused")
    assert api.delete(f"{round_}/pitches").status_code == 204
    assert not Pitch.objects.exists()


@pytest.mark.outsider("stand-list", "stand-detail", "stand-absent", "pitch-list", "pitch-detail", "hall-next-stand")
def test_somebody_outside_finds_no_hall(call: Scene, who: People, round_: str) -> None:
    call.cycle.public = False
    call.cycle.save()
    stand = Stand.objects.all()[0]
    who.org.api.put(f"{round_}/pitches", SCHEDULE)
    pitch = Pitch.objects.all()[0]
    assert who.eve.api.get(f"{API}/stands").json()["results"] == []
    for number in (call.round.pk, 987_654):
        assert who.eve.api.get(f"{API}/stands", {"round": number}).json()["results"] == []
    assert who.eve.api.get(f"{API}/pitches").json()["results"] == []
    for path in (f"/stands/{stand.pk}", f"/pitches/{pitch.pk}"):
        assert who.eve.api.get(f"{API}{path}").status_code == 404
    for path in (f"/stands/{stand.pk}/absent", f"/stands/{stand.pk}/visit", f"/pitches/{pitch.pk}/move"):
        assert who.eve.api.post(f"{API}{path}", {"room": "x", "starts_at": "2026-05-01T08:06:00Z"}).status_code == 404
    assert who.eve.api.post(f"{round_}/next-stand").status_code == 404
    assert who.eve.api.post(f"{round_}/number-stands", {}).status_code == 404


@pytest.mark.parametrize("more", [0, 40])
def test_lists_take_the_same_few_statements(call: Scene, who: People, round_: str, more: int) -> None:
    for number in range(more):
        group = GroupFactory(cycle=call.cycle, key=f"more-{number}", name=f"More {number}")
        Stand.objects.create(round=call.round, group=group, number=100 + number)
        at = timezone.now() + timedelta(minutes=number)
        Pitch.objects.create(round=call.round, group=group, panel="jury", room="A", starts_at=at, minutes=1)
    headers = bearer(who.org)
    client = type(who.org.api)()
    for path in ("stands", "pitches"):
        client.get(f"{API}/{path}", **headers)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{API}/{path}", **headers).status_code == 200
        assert len(without_designs(statements)) <= 4, without_designs(statements)
