"""One's own notices over the API."""

import pytest

from games.notices.models import Notice
from games.notices.queries import unread_of, wishes_of
from games.notices.rules import Pace, Topic
from tests.cast import Cast

pytestmark = pytest.mark.django_db
API = "/api/v1/notices"


def told(cast: Cast, number: int = 3) -> list[Notice]:
    rows = [
        Notice(person=cast.ada.person, cycle=cast.cycle, topic="news" if one else "award", key=f"n{one}", text=f"Told {one}")
        for one in range(number)
    ]
    return Notice.objects.bulk_create(rows)


def test_one_reads_ones_own_and_narrows_them(cast: Cast):
    rows = told(cast)
    api = cast.ada.api
    assert len(api.get(API).json()["results"]) == 3
    assert [one["text"] for one in api.get(f"{API}?topic=award").json()["results"]] == ["Told 0"]
    assert api.post(f"{API}/read", {"notices": [rows[0].pk]}).json() == {"read": 1}
    assert len(api.get(f"{API}?unread=true").json()["results"]) == 2
    assert api.post(f"{API}/read", {}).json() == {"read": 2}
    assert unread_of(cast.ada.user).waiting == 0


@pytest.mark.outsider("notice-list", "notice-detail", "notice-read", "notice-wishes")
def test_nobody_reads_or_marks_what_somebody_else_was_told(cast: Cast):
    (row, *_rest) = told(cast)
    for outsider in (cast.eve, cast.ben, cast.org):
        assert outsider.api.get(API).json()["results"] == []
        assert outsider.api.get(f"{API}/{row.pk}").status_code == 404
        assert outsider.api.post(f"{API}/read", {"notices": [row.pk]}).json() == {"read": 0}
    assert cast.visitor.api.get(f"{API}/wishes").status_code == 401
    assert cast.visitor.api.post(f"{API}/read", {}).status_code == 401
    assert unread_of(cast.ada.user).waiting == 3


def test_wishes_are_read_and_set_by_topic(cast: Cast):
    api = cast.ada.api
    assert api.get(f"{API}/wishes").json()["news"] == "now"
    assert api.post(f"{API}/wishes", {"news": "never", "award": "daily"}).json()["award"] == "daily"
    assert wishes_of(cast.ada.user)[Topic.NEWS] is Pace.NEVER
    assert api.post(f"{API}/wishes", {"news": "hourly"}).status_code == 422
    assert "invitation" not in api.post(f"{API}/wishes", {"invitation": "never"}).json()
