"""Those who play, judge and organize do their work in pages; those outside find nothing there."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.models import Cycle, Decision
from games.judging import actions as judging
from games.judging.models import Sheet
from games.results.models import RecomputeRun
from tests.cast import actor
from tests.factories.groups import MembershipFactory, RegistrationFactory
from tests.factories.judging import judge, locked_scene, sheet_for
from tests.factories.submissions import scene, without_designs

pytestmark = pytest.mark.django_db


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- Judges ---------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk():
    """Two entries behind a deadline, judith with a sheet on each; eve is outside."""
    call = locked_scene(groups=2)
    judith, eve = actor("judith"), actor("eve")
    MembershipFactory(group=None, cycle=call.cycle, person=judith.person, role="judge", capabilities=["judge"])
    sheets = [sheet_for(call, judith.person, group) for group in call.groups]
    return call, judith, eve, sheets


def test_a_judge_marks_sheet_after_sheet(desk):
    _call, judith, _eve, sheets = desk
    client = judith.client
    assert "2 sheets to mark now" in words(client.get("/desk/"))
    text = words(client.get("/desk/sheets/"))
    assert "<strong>0</strong> of 2 final" in text
    assert "Team 1" in text
    first, second = (f"/desk/sheets/{sheet.pk}/" for sheet in sheets)
    assert "On water" in words(client.get(first))
    assert client.post(first, {"mark-impact": "4", "save": "draft"}).url == first
    assert 'value="4" checked' in words(client.get(first))
    marks = {"mark-impact": "4", "mark-novelty": "3,5", "comment": "Well said.", "save": "final"}
    assert client.post(first, marks).url == second
    assert client.post(second, marks).url == "/desk/sheets/"
    assert set(Sheet.objects.values_list("state", flat=True)) == {"final"}
    assert "changes only when an organizer opens it again" in words(client.get(first))


@pytest.mark.parametrize("size", [3, 30])
def test_the_desk_tells_what_is_marked_now_from_what_opens_later_and_when(size):
    call = scene(groups=size)
    judith = actor("judith")
    MembershipFactory(group=None, cycle=call.cycle, person=judith.person, role="judge", capabilities=["judge"])
    for group in call.groups:
        sheet_for(call, judith.person, group)
    client = judith.client
    text = words(client.get("/desk/"))
    assert f"{size} sheets to mark once entries are in" in text
    assert "Can be marked in" in text
    assert f"{call.round.closes_at:%Y-%m-%dT%H:%M}" in text
    assert "to mark now" not in text
    with CaptureQueriesContext(connection) as sent:
        client.get("/desk/")
    assert len(without_designs(sent)) == 8


def test_a_mark_out_of_bounds_stays_in_its_field_beside_the_fault(desk):
    _call, judith, _eve, sheets = desk
    answer = judith.client.post(f"/desk/sheets/{sheets[0].pk}/", {"mark-impact": "9", "comment": "So good", "save": "final"})
    text = words(answer)
    assert answer.status_code == 422
    assert 'value="9"' in text
    assert "outside 1 to 5" in text
    assert "So good" in text


def test_a_sheet_is_given_back_with_a_reason(desk):
    _call, judith, _eve, sheets = desk
    path = f"/desk/sheets/{sheets[0].pk}/recuse/"
    judith.client.post(path, {"reason": ""})
    assert Sheet.objects.get(pk=sheets[0].pk).state == "assigned"
    judith.client.post(path, {"reason": "My sister is in the team."})
    assert Sheet.objects.get(pk=sheets[0].pk).state == "recused"


def test_others_sheets_do_not_exist(client, desk):
    call, _judith, eve, sheets = desk
    other = judge(call, "Marek")
    for path in (f"/desk/sheets/{sheets[0].pk}/", f"/desk/sheets/{sheet_for(call, other).pk}/"):
        assert eve.client.get(path).status_code == 404
        assert eve.client.post(path, {"mark-impact": "4"}).status_code == 404
        assert client.get(path).url.startswith("/sign-in/")
    assert eve.client.post(f"/desk/sheets/{sheets[0].pk}/recuse/", {"reason": "x"}).status_code == 404
    assert "Nothing to mark" in words(eve.client.get("/desk/sheets/"))


def test_in_a_blind_round_the_judge_reads_a_number_and_finds_no_entry_under_a_name():
    call = locked_scene(groups=2, rounds=[{"key": "call", "blind": True}])
    judith = actor("judith")
    MembershipFactory(group=None, cycle=call.cycle, person=judith.person, role="judge", capabilities=["judge"])
    sheet = sheet_for(call, judith.person)
    for path in ("/desk/sheets/", f"/desk/sheets/{sheet.pk}/"):
        assert "Team 1" not in words(judith.client.get(path))
    assert "On water" in words(judith.client.get(f"/desk/sheets/{sheet.pk}/"))
    assert "On water" not in words(judith.client.get(f"/cycles/{call.cycle.key}/groups/team-1/"))


def test_feedback_is_read_by_the_group_once_published(desk):
    call, judith, eve, sheets = desk
    ada = actor("ada")
    MembershipFactory(group=call.group, person=ada.person, capabilities=["submit"])
    marks = [judging_given("impact", 4), judging_given("novelty", 3)]
    judging.finalize(sheet=sheets[0], marks=marks, comment="Well said.", by=judith.user)
    path = f"/cycles/{call.cycle.key}/groups/{call.group.key}/"
    assert "Well said." not in words(ada.client.get(path))
    call.round.published_at = now()
    call.round.save(update_fields=["published_at"])
    assert "Well said." in words(ada.client.get(path))
    assert "Judith" not in words(ada.client.get(path))
    assert "Well said." not in words(eve.client.get(path))


def judging_given(key, value):
    from games.judging.rules import Given

    return Given(key, value)


# --- Desks ----------------------------------------------------------------------------------------------------------------------------

DESK = "/cycles/water/desk/"


def test_everybody_finds_what_waits_for_them(cast):
    cast.assign(cast.judith, cast.red)
    assert "1 sheet to mark now" in words(cast.judith.client.get("/desk/"))
    assert "Red Herons" in words(cast.ada.client.get("/desk/"))
    assert "Organizer" in words(cast.org.client.get("/desk/"))
    assert "Nothing waits for you" in words(cast.eve.client.get("/desk/"))
    assert cast.visitor.client.get("/desk/").url.startswith("/sign-in/")


def test_the_cycles_page_says_what_to_do_to_each_of_the_cast(cast):
    assert "To my sheets" in words(cast.judith.client.get("/cycles/water/"))
    assert "is open for Red Herons" in words(cast.ada.client.get("/cycles/water/"))
    assert "To the desk" in words(cast.org.client.get("/cycles/water/"))


@pytest.mark.parametrize("path", [DESK, f"{DESK}rounds/call/"])
def test_the_desk_exists_for_organizers_alone(cast, path):
    assert cast.org.client.get(path).status_code == 200
    for someone in (cast.ada, cast.judith, cast.eve):
        assert someone.client.get(path).status_code == 404
    assert cast.visitor.client.get(path).url.startswith("/sign-in/")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (f"{DESK}rounds/call/steer/", {"act": "lock", "reason": "x"}),
        (f"{DESK}steer/", {"act": "paused", "reason": "x"}),
        (f"{DESK}steer/", {"act": "next"}),
    ],
)
def test_nobody_else_steers(cast, path, data):
    for someone in (cast.ada, cast.judith, cast.eve):
        assert someone.client.post(path, data).status_code == 404
    assert not Decision.objects.exists()
    assert Cycle.objects.count() == 1


def test_an_organizer_steers_a_round_by_decisions_with_reasons(cast):
    client, path = cast.org.client, f"{DESK}rounds/call/steer/"
    client.post(path, {"act": "lock"})
    assert not Decision.objects.exists()  # no reason, no decision
    until = (now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    client.post(path, {"act": "extend", "until": until, "reason": "Floods."})
    client.post(path, {"act": "lock", "reason": "Everybody has handed in."})
    assert list(Decision.objects.order_by("number").values_list("kind", flat=True)) == ["extend", "override"]
    client.post(path, {"act": "settle", "reason": "All sheets are final."})
    assert not RecomputeRun.objects.get(round=cast.call).publish
    assert client.post(path, {"act": "publish", "reason": "Unseen."}).status_code == 404  # only what a preview has shown
    text = words(client.get(DESK))
    assert "Floods." in text
    assert client.post(path, {"act": "explode"}).status_code == 404


def test_an_organizer_answers_registrations(cast):
    row = RegistrationFactory(group__cycle=cast.cycle, group__state="pending", group__name="Late Comers", state="pending")
    path = f"{DESK}registrations/{row.pk}/"
    assert "1 registration waits for your answer" in words(cast.org.client.get(DESK))
    assert "Late Comers" in words(cast.org.client.get(f"{DESK}registrations/"))
    assert cast.eve.client.post(path, {"act": "accept"}).status_code == 404
    cast.org.client.post(path, {"act": "accept"})
    row.refresh_from_db()
    assert row.state == "accepted"


def test_the_desk_of_a_round_names_who_is_late_and_what_lacks_marks(cast):
    cast.assign(cast.judith, cast.red)
    text = words(cast.org.client.get(f"{DESK}rounds/call/"))
    assert "Blue Herons" in text
    assert "Remind all 2 that are behind" in text
    assert "0 of 1" in text  # judith's sheets
