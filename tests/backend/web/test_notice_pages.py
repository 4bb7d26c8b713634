"""The bell, the list behind it, and the page behind the link in every mail."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from games.notices.actions import set_wishes, stop_token
from games.notices.models import Notice
from games.notices.queries import unread_of, wishes_of
from games.notices.rules import Pace, Topic
from tests.cast import Actor, Cast

pytestmark = pytest.mark.django_db


def told(someone: Actor, number: int = 1, **values: object) -> list[Notice]:
    fields = {"topic": "published", "text": "Results: Call", "path": "/cycles/water/"} | values
    start = Notice.objects.count()
    rows = [Notice(person=someone.person, key=f"n{start + one}", **fields) for one in range(number)]
    return Notice.objects.bulk_create(rows)


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def test_the_bell_counts_what_is_new_and_visitors_have_none(cast: Cast, client):
    told(cast.ada, 3, cycle=cast.cycle)
    page = text_of(cast.ada.client, "/")
    assert "Notices, 3 new" in page
    assert '<span class="bell-count" aria-hidden="true" data-bell-count>3</span>' in page
    assert f'data-newest="{Notice.objects.latest("pk").pk}"' in page
    assert '<span class="bell-count" aria-hidden="true" data-bell-count hidden></span>' in text_of(cast.ben.client, "/")
    assert "data-bell" not in text_of(client, "/")
    assert "/notices/" not in text_of(client, "/")
    told(cast.ada, 120)
    assert ">99+<" in text_of(cast.ada.client, "/")


def test_one_sees_ones_own_notices_only(cast: Cast, client):
    (mine,) = told(cast.ada, text="Only for Ada")
    assert "Only for Ada" in text_of(cast.ada.client, "/notices/")
    assert "Only for Ada" not in text_of(cast.eve.client, "/notices/")
    assert cast.eve.client.get(f"/notices/{mine.pk}/").status_code == 404
    assert cast.eve.client.post("/notices/read/", {"notice": mine.pk}).status_code == 302
    assert unread_of(cast.ada.user).waiting == 1
    for path in ("/notices/", f"/notices/{mine.pk}/"):
        assert client.get(path).headers["Location"].startswith("/sign-in/")


@pytest.mark.outsider("new-notices")
def test_a_page_that_stands_open_hears_what_is_new_and_nothing_of_others(cast: Cast, client):
    told(cast.ada, 2, text="Only for Ada")
    answer = cast.ada.client.get("/notices/new/")
    found = answer.json()
    newest = Notice.objects.latest("pk").pk
    assert (found["unread"], found["newest"], len(found["notices"])) == (2, newest, 2)
    assert found["notices"][0] == {"id": newest, "topic": "Results", "text": "Only for Ada", "url": f"/notices/{newest}/"}
    again = cast.ada.client.get("/notices/new/", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["Cache-Control"]) == (304, b"", "private, no-cache")
    assert cast.eve.client.get("/notices/new/").json() == {"unread": 0, "newest": 0, "notices": []}
    assert client.get("/notices/new/").headers["Location"].startswith("/sign-in/")
    told(cast.ada, 300)
    ada = cast.ada.client
    with CaptureQueriesContext(connection) as sent:
        assert len(ada.get("/notices/new/").json()["notices"]) == 5
    assert len(sent) <= 5


def test_following_a_notice_reads_it_and_leads_within_the_site(cast: Cast):
    (mine,), (bad,) = told(cast.ada), told(cast.ada, path="https://evil.example/")
    assert cast.ada.client.get(f"/notices/{mine.pk}/").headers["Location"] == "/cycles/water/"
    assert cast.ada.client.get(f"/notices/{bad.pk}/").headers["Location"] == "/notices/"
    assert unread_of(cast.ada.user).waiting == 0


def test_notices_are_narrowed_to_a_topic_a_cycle_and_what_is_new(cast: Cast):
    told(cast.ada, topic="award", text="Gold", cycle=cast.cycle)
    told(cast.ada, topic="news", text="Room changed")
    client = cast.ada.client
    assert "Gold" not in text_of(client, "/notices/?topic=news")
    assert "Room changed" not in text_of(client, "/notices/?cycle=water")
    assert client.post("/notices/read/", {"next": "/notices/?topic=news"}).headers["Location"] == "/notices/?topic=news"
    assert "Nothing fits" in text_of(client, "/notices/?unread=1")
    assert client.post("/notices/read/", {"next": "https://evil.example/"}).headers["Location"] == "/notices/"
    for strange in ("?topic=none", "?cycle=%00", "?page=x", "?cycle=nowhere"):
        assert client.get(f"/notices/{strange}").status_code == 200


def test_the_list_takes_as_many_statements_for_300_notices_as_for_three(cast: Cast):
    client = cast.ada.client
    told(cast.ada, 3, cycle=cast.cycle)
    with CaptureQueriesContext(connection) as few:
        text_of(client, "/notices/")
    told(cast.ada, 300, cycle=cast.cycle)
    with CaptureQueriesContext(connection) as many:
        text_of(client, "/notices/")
    assert len(few) == len(many) <= 7


def test_the_link_in_a_mail_asks_first_and_stops_with_one_post_that_needs_no_sign_in(cast: Cast):
    outside = Client(enforce_csrf_checks=True)
    path = f"/notices/stop/{stop_token(cast.ada.user.pk, 'published')}/"
    assert "Shall we stop" in text_of(outside, path)
    assert wishes_of(cast.ada.user)[Topic.PUBLISHED] is Pace.NOW
    assert outside.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert outside.post(path).status_code == 200
    assert wishes_of(cast.ada.user)[Topic.PUBLISHED] is Pace.NEVER
    assert "come again" in outside.post(path, {"again": "1"}).content.decode()
    assert wishes_of(cast.ada.user)[Topic.PUBLISHED] is Pace.NOW


def test_the_link_of_a_digest_ends_the_digest_alone(cast: Cast):
    set_wishes(cast.ada.user, {Topic.NEWS: Pace.DAILY, Topic.TEAM: Pace.DAILY})
    Client().post(f"/notices/stop/{stop_token(cast.ada.user.pk, 'digest')}/")
    wished = wishes_of(cast.ada.user)
    assert (wished[Topic.NEWS], wished[Topic.TEAM], wished[Topic.AWARD]) == (Pace.NEVER, Pace.NEVER, Pace.NOW)


def test_a_link_that_is_not_ours_leads_nowhere(client):
    assert client.get("/notices/stop/nonsense/").status_code == 404
    assert client.post("/notices/stop/a:b:c/").status_code == 404
