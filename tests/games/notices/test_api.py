"""Announcements and reminders over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.notices.models import Announcement, Message
from tests.cast import Cast
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


def keyed(client, path, body, key="k"):
    return client.post(f"{API}{path}", body, format="json", headers={"Idempotency-Key": key})


@pytest.mark.outsider("announcing-announcements", "announcement-list", "announcement-detail", "announcement-withdraw")
def test_organizers_announce_and_withdraw_and_only_the_audience_reads(cast: Cast):
    made = keyed(cast.org.api, f"/cycles/{cast.cycle.pk}/announcements", {"title": "Doors open", "audience": "teams"})
    assert made.status_code == 201
    assert Message.objects.filter(kind="news").count() == 2
    path = f"{API}/announcements?cycle={cast.cycle.pk}"
    for one in cast.everybody():
        rows = one.api.get(path).json()["results"]
        assert [row["title"] for row in rows] == (["Doors open"] if one.name in {"ada", "ben", "org"} else []), one.name
    withdraw = f"/announcements/{made.json()['id']}/withdraw"
    for someone in (cast.eve, cast.judith):
        assert keyed(someone.api, withdraw, {}).status_code == 404
    assert keyed(cast.ada.api, withdraw, {}).status_code == 403
    assert keyed(cast.org.api, withdraw, {}).json()["withdrawn_at"] is not None
    assert cast.ada.api.get(path).json()["results"] == []


def test_what_cannot_be_announced_is_a_problem_with_its_field(cast: Cast):
    answer = keyed(cast.org.api, f"/cycles/{cast.cycle.pk}/announcements", {"title": " ", "audience": "public"})
    assert answer.status_code in {400, 422}
    assert not Announcement.objects.exists()


@pytest.mark.outsider("reminding-remind")
def test_organizers_remind_and_nobody_else_does(cast: Cast):
    path = f"/rounds/{cast.call.pk}/remind"
    for someone in (cast.eve, cast.ada, cast.judith):
        assert keyed(someone.api, path, {"what": "entries"}).status_code == 403
    assert keyed(cast.org.api, path, {"what": "entries", "groups": [cast.red.pk]}).json() == {
        "people": 1,
        "before": 0,
        "silent": 0,
    }
    assert keyed(cast.org.api, path, {"what": "entries"}, key="two").json() == {"people": 1, "before": 1, "silent": 0}
    cast.assign(cast.judith, cast.red)
    assert keyed(cast.org.api, path, {"what": "marks"}, key="three").json() == {"people": 1, "before": 0, "silent": 0}
    assert keyed(cast.org.api, path, {"what": "lunch"}, key="four").status_code in {400, 422}


def test_a_list_of_announcements_takes_as_many_statements_for_many_as_for_one(cast: Cast):

    counts = []
    for number in (1, 30):
        for _ in range(number):
            Announcement.objects.create(cycle=cast.cycle, title="News")
        with CaptureQueriesContext(connection) as sent:
            assert cast.eve.api.get(f"{API}/announcements").status_code == 200
        counts.append(len(without_designs(sent)))
    assert counts[0] == counts[1]
