"""Addresses and forms that no person writes: pages answer them as what is not there, never with a fault of ours."""

import pytest
from django.db import connection

from games.cycles.models import Cycle
from games.notices.actions.wishes import stop_token
from games.notices.models import Notice
from games.playbooks.queries import presets
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


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_end_of_time_break_nothing(cast, day):
    cast.org.user.may_launch = True
    cast.org.user.save()
    client = cast.org.client
    playbook = presets()[0].key
    assert client.post("/launch/", {"playbook": playbook, "name": "Far", "start": day}).status_code == 302
    assert client.post("/launch/", {"playbook": playbook, "name": "Near", "start": "2027-01-01"}).status_code == 302
    made = Cycle.objects.get(name="Near")
    assert client.post(f"/launch/{made.pk}/move/", {"start": f"{day}T12:00"}).status_code == 302
    for page in ("more-time", "steer"):
        sent = {"group": "red", "act": "extend", "until": f"{day}T23:59", "reason": "x"}
        assert client.post(f"/cycles/{cast.cycle.key}/desk/rounds/call/{page}/", sent).status_code == 302


def test_a_link_that_ends_mails_of_somebody_who_is_gone_does_nothing(cast):
    token = stop_token(10**6, "news")
    assert cast.visitor.client.post(f"/notices/stop/{token}/").status_code == 200
    connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_a_sign_that_no_database_takes_is_refused_in_a_form_that_did_not_look(cast):
    path = f"/cycles/{cast.cycle.key}/desk/rounds/call/more-time/"
    sent = {"group": "red\0", "until": "2030-01-01T00:00", "reason": "x"}
    assert cast.org.client.post(path, sent).status_code in {302, 400}  # SQLite takes it, and finds no such team


def test_a_copy_that_would_begin_at_the_end_of_time_is_refused_in_words(cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    sent = {"what": "rules", "start": "9999-12-31T23:59"}
    assert cast.org.client.post(f"/cycles/{cast.cycle.key}/desk/settings/out/clone/", sent).status_code in {302, 422}
