"""Addresses and forms that no person writes: pages answer them as what is not there, never with a fault of ours."""

import pytest

from games.notices.models import Notice
from tests.factories.results import water

pytestmark = pytest.mark.django_db

NOWHERE = (
    "/cycles/%00/",
    "/cycles/x/boards/%00/",
    "/cycles/%00/logo/",
    "/embed/cycles/%00/boards/%00/",
    "/series/%00/",
    "/cycles/%00/calendar.ics",
    "/invitations/%00/",
    "/notices/stop/%00/",
    "/api/v1/cycles/%00",
)
NUMBERS = ("²", "9" * 40, "9" * 5000, "\0", "-1", "x")


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_that_no_database_takes_is_not_there(cast, path):
    assert cast.visitor.client.get(path).status_code == 404


def test_strange_questions_to_a_board_break_nothing(cast):
    cycle, client = water().cycle, cast.visitor.client
    for asked in ("side", "group", "sort", "bracket", "page", "q"):
        for value in ("%00", "9" * 5000, "%C2%B2", "-1", "%FF"):
            assert client.get(f"/cycles/{cycle.key}/boards/main/?{asked}={value}").status_code in {200, 404}


@pytest.mark.parametrize("number", NUMBERS)
def test_strange_numbers_in_forms_break_nothing(cast, number):
    desk = f"/cycles/{cast.cycle.key}/desk"
    assert cast.ada.client.post("/notices/read/", {"notice": number}).status_code == 302
    for do, name in (("end", "member"), ("captain", "member"), ("answer", "request")):
        sent = {"do": do, name: number}
        assert cast.ada.client.post(f"/cycles/{cast.cycle.key}/teams/red/", sent).status_code == 404
    assert cast.org.client.post(f"{desk}/judging/conflicts/", {"do": "take_back", "row": number}).status_code == 404
    assert cast.org.client.post(f"{desk}/rounds/call/remind/", {"what": "entries", "who": number}).status_code == 302


def test_a_notice_that_is_none_marks_no_other_as_read(cast):
    notice = Notice.objects.create(
        person=cast.ada.person, topic="news", key="x", text="News", path="/", created_at=cast.ada.access.now
    )
    cast.ada.client.post("/notices/read/", {"notice": "²"})
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.django_db(transaction=True)
def test_a_sign_that_no_database_takes_is_refused_in_a_form_that_did_not_look(cast):
    path = f"/cycles/{cast.cycle.key}/desk/rounds/call/more-time/"
    sent = {"group": "red\0", "until": "2030-01-01T00:00", "reason": "x"}
    assert cast.org.client.post(path, sent).status_code in {302, 400}  # SQLite takes it, and finds no such team
