"""The hall in pages: an organizer places tables and makes the schedule, a judge finds the way, a team says that it is back."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.judging import actions as judging
from games.judging.actions import hall
from games.judging.actions.pitching import Asked, schedule_pitches
from games.judging.models import ConflictOfInterest, Pitch, Sheet, Stand
from games.judging.rules.pitching import Times
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.judging import MARKS, judge, locked_scene, people
from tests.factories.pairs import expo
from tests.factories.submissions import ESSAY, without_designs

pytestmark = pytest.mark.django_db
DESK = "/cycles/writing/desk/hall/"
TABLES = f"{DESK}call/"
PITCHES = f"{DESK}call/pitches/"


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def main(response):
    return words(response).partition("<main")[2]


@pytest.fixture
def fair():
    """A round of three teams; judith judges all, org organizes, eve is outside."""
    call = locked_scene(ESSAY, groups=3)
    call.cycle.key = "writing"
    call.cycle.save()
    who = people(call)
    judging.add_panelist(challenge=call.challenge, panel="jury", person=who.judith.person, by=None)
    judging.assign_all(challenge=call.challenge, by=None)
    return call, who


@pytest.fixture
def placed(fair):
    """The same with tables 1 to 3."""
    hall.number_tables(round_=fair[0].round, by=None)
    return fair


# --- An organizer -------------------------------------------------------------------------------------------------------------------------


def test_the_hall_opens_at_the_round_where_something_is_going_on(fair):
    _call, who = fair
    assert who.org.client.get(DESK)["Location"] == TABLES
    assert 'href="/cycles/writing/desk/hall/"' in words(who.org.client.get("/cycles/writing/desk/judging/"))


def test_all_teams_are_numbered_in_one_click(fair):
    _call, who = fair
    client = who.org.client
    assert "Number 3 teams" in main(client.get(TABLES))
    client.post(TABLES, {"do": "number", "first": "7"})
    assert list(Stand.objects.order_by("number").values_list("number", flat=True)) == [7, 8, 9]
    text = main(client.get(TABLES))
    assert "3 teams have a number." in text
    assert "Team 2" in text
    assert "0 of 1" in text


def test_numbers_and_places_are_changed_in_lines_and_what_is_wrong_stays_as_typed(placed):
    call, who = placed
    a, b, c = call.groups
    client = who.org.client
    lines = {f"number-{a.pk}": "2", f"location-{a.pk}": "North", f"number-{b.pk}": "1", f"number-{c.pk}": "3"}
    assert client.post(TABLES, lines | {"do": "save"}).status_code == 302
    assert dict(Stand.objects.values_list("number", "group_id")) == {1: b.pk, 2: a.pk, 3: c.pk}
    refused = client.post(TABLES, lines | {"do": "save", f"number-{a.pk}": "3"})
    assert refused.status_code == 422
    assert "table 3 is the table of" in main(refused)
    assert 'value="North"' in main(refused)
    refused = client.post(TABLES, lines | {"do": "save", f"number-{a.pk}": "x"})
    assert "expected a number from 1" in main(refused)
    assert Stand.objects.get(number=2).group == a


def test_tables_come_from_a_list_and_go_into_one(placed):
    _call, who = placed
    client = who.org.client
    taken = client.get(f"{TABLES}tables.csv")
    assert taken.content.decode().splitlines() == ["table,group,location", "1,team-1,", "2,team-2,", "3,team-3,"]
    client.post(TABLES, {"do": "csv", "csv": "table,group,location\n5,team-1,Foyer\n"})
    assert Stand.objects.get(number=5).location == "Foyer"
    refused = client.post(TABLES, {"do": "csv", "file": SimpleUploadedFile("t.csv", b"table,group\n1,nobody\n")})
    assert refused.status_code == 422
    assert "row 2" in main(refused)
    assert "1,nobody" in main(refused)


def test_who_is_absent_is_noted_and_taken_back(placed):
    _call, who = placed
    client, stand = who.org.client, Stand.objects.get(number=2)
    client.post(TABLES, {"do": f"absent:{stand.pk}"})
    assert "nobody there" in main(client.get(TABLES))
    client.post(TABLES, {"do": f"back:{stand.pk}"})
    assert "nobody there" not in main(client.get(TABLES)).partition("hall-do")[0]
    client.post(TABLES, {"do": f"remove:{stand.pk}"})
    assert not Stand.objects.filter(pk=stand.pk).exists()
    client.post(TABLES, {"do": "anew", "first": "10"})
    assert list(Stand.objects.order_by("number").values_list("number", flat=True)) == [10, 11, 12]
    assert client.post(TABLES, {"do": "dance"}).status_code == 404
    assert client.post(TABLES, {"do": "absent:99999"}).status_code == 404


def test_the_part_that_changes_has_a_tag_and_no_secret(placed):
    call, who = placed
    client = who.org.client
    first = client.get(f"{TABLES}live/")
    assert "csrf" not in words(first)
    assert client.get(f"{TABLES}live/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    hall.go_on(round_=call.round, person=who.judith.person, by=None)
    again = client.get(f"{TABLES}live/", headers={"If-None-Match": first["ETag"]})
    assert "Judith" in words(again)


def test_signs_name_every_table(placed):
    _call, who = placed
    assert words(who.org.client.get(f"{TABLES}signs/")).count('class="hall-sign"') == 3


SCHEDULE = {"do": "schedule", "start": "2026-05-01T10:00", "minutes": "5", "rest": "1", "rooms-jury": "Aula\r\n", "order": "name"}


def test_the_schedule_is_made_moved_shifted_printed_and_taken_back(fair):
    _call, who = fair
    client = who.org.client
    assert "Make the schedule" in main(client.get(PITCHES))
    client.post(PITCHES, SCHEDULE)
    text = main(client.get(PITCHES))
    assert "3 pitches have their place and time." in text
    assert re.findall(r"<time[^>]*>(\d\d:\d\d)</time>", text) == ["10:00", "10:06", "10:12"]
    first = Pitch.objects.order_by("starts_at")[0]
    assert f'name="pitch" value="{first.pk}"' in main(client.get(f"{PITCHES}?move={first.pk}"))
    client.post(PITCHES, {"do": "move", "pitch": first.pk, "room": "Aula", "starts_at": "2026-05-01T10:12", "minutes": "5"})
    first.refresh_from_db()
    assert f"{first.starts_at:%H:%M}" == "10:12"
    refused = client.post(
        PITCHES, {"do": "move", "pitch": first.pk, "room": "Aula", "starts_at": "2026-05-01T10:03", "minutes": "5"}
    )
    assert refused.status_code == 422
    assert "is in Aula at that time" in main(refused)
    assert 'value="2026-05-01T10:03"' in main(refused)
    client.post(PITCHES, {"do": "shift", "since": "2026-05-01T10:06", "by": "10", "way": "later"})
    assert sorted(f"{one.starts_at:%H:%M}" for one in Pitch.objects.all()) == ["10:00", "10:16", "10:22"]
    assert "Team 3" in words(client.get(f"{PITCHES}print/"))
    assert "Judith" not in main(client.get(f"{PITCHES}print/"))
    client.post(PITCHES, {"do": "clear"})
    assert not Pitch.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"start": ""}, "Say when the first pitch begins"),
        ({"minutes": "x"}, "A pitch takes 1 to 240 minutes."),
        ({"rooms-jury": ""}, "Name at least one room."),
        ({"until": "10:02"}, "No pitch fits"),
    ],
)
def test_what_is_wrong_with_the_schedule_is_said_and_what_was_typed_stays(fair, typed, said):
    _call, who = fair
    refused = who.org.client.post(PITCHES, SCHEDULE | {"pause": "12:30"} | typed)
    assert refused.status_code == 422
    assert said in main(refused)
    assert 'value="12:30"' in main(refused)
    assert not Pitch.objects.exists()


def test_what_cannot_be_is_named_after_a_move(fair):
    _call, who = fair
    client = who.org.client
    client.post(PITCHES, SCHEDULE)
    one = Pitch.objects.order_by("starts_at")[0]
    client.post(PITCHES, {"do": "move", "pitch": one.pk, "room": "Foyer", "starts_at": "2026-05-01T10:06", "minutes": "5"})
    assert "Judith would be in two rooms: with Team 1 and with Team 2 (Aula, Foyer)." in main(client.get(PITCHES)).replace(
        "Foyer, Aula", "Aula, Foyer"
    ).replace("with Team 2 and with Team 1", "with Team 1 and with Team 2")


def test_a_judge_who_must_leave_the_room_is_named(fair):
    call, who = fair
    Sheet.objects.all().delete()
    ConflictOfInterest.objects.create(person=who.judith.person, group=call.groups[0])
    client = who.org.client
    client.post(PITCHES, SCHEDULE | {"hand_out": "yes"})
    assert Sheet.objects.count() == 2
    Sheet.objects.all().delete()
    text = main(client.get(PITCHES))
    assert "Judges who leave the room" in text
    assert "Judith for Team 1" in text


# --- A judge ------------------------------------------------------------------------------------------------------------------------------


def test_a_judge_is_led_from_table_to_table(placed):
    call, who = placed
    client = who.judith.client
    path = client.get("/desk/hall/")["Location"]
    assert "3 tables wait for you" in main(client.get(path))
    client.post(path, {"do": "next"})
    text = main(client.get(path))
    assert 'class="way-no">1<' in text
    sheet = Sheet.objects.get(group=call.groups[0])
    assert f'href="/desk/sheets/{sheet.pk}/"' in text
    stand = Stand.objects.get(number=1)
    client.post(path, {"do": "stay", "stand": stand.pk})
    client.post(path, {"do": "absent", "stand": stand.pk})
    text = main(client.get(path))
    assert "Noted: nobody was at table 1." in text
    assert 'class="way-no">2<' in text
    assert "nobody was there" in text
    client.post(path, {"do": "go", "stand": stand.pk})
    assert 'class="way-no">1<' in main(client.get(path))
    client.post(path, {"do": "leave", "stand": stand.pk})
    assert "Where next?" in main(client.get(path))
    for one in Sheet.objects.all():
        judging.finalize(sheet=one, by=None, marks=MARKS)
    client.post(path, {"do": "next"})
    assert "No table is left for you" in main(client.get(path))
    assert client.post(path, {"do": "dance"}).status_code == 404


def test_a_final_sheet_reached_from_a_table_leads_back_to_the_hall(placed):
    call, who = placed
    client, way = who.judith.client, f"/desk/hall/{call.round.pk}/"
    stand = hall.go_on(round_=call.round, person=who.judith.person, by=None).stand
    sheet = Sheet.objects.get(group=stand.group)
    other = Sheet.objects.exclude(group=stand.group).first()
    page = words(client.get(f"/desk/sheets/{sheet.pk}/"))
    assert "Final, and back to the hall" in page
    assert f'href="{way}"' in page
    assert "back to the hall" not in words(client.get(f"/desk/sheets/{other.pk}/"))
    answer = client.post(f"/desk/sheets/{sheet.pk}/", {"mark-impact": "4", "mark-novelty": "3.5", "save": "final"})
    assert (answer.status_code, answer["Location"]) == (302, way)
    assert "To the next table" in words(client.get(f"/desk/sheets/{sheet.pk}/"))
    Stand.objects.update(busy_until=now() - timedelta(hours=2))
    assert f'href="{way}"' not in words(client.get(f"/desk/sheets/{sheet.pk}/"))


def test_a_judge_hears_when_all_tables_are_taken(placed):
    call, who = placed
    other = judge(call, "Jonas", email="jonas@example.org")
    Stand.objects.update(busy_with=other, busy_until=now() + timedelta(minutes=3))
    path = f"/desk/hall/{call.round.pk}/"
    client = who.judith.client
    assert "The first is free" in main(client.get(path))
    client.post(path, {"do": "go", "stand": Stand.objects.get(number=1).pk})
    assert "Another judge is at table 1." in main(client.get(path))


def test_a_blind_round_names_numbers_only():
    call = locked_scene(ESSAY, groups=2, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    judging.add_panelist(challenge=call.challenge, panel="jury", person=who.judith.person, by=None)
    judging.assign_all(challenge=call.challenge, by=None)
    hall.number_tables(round_=call.round, by=None)
    client, path = who.judith.client, f"/desk/hall/{call.round.pk}/"
    client.post(path, {"do": "next"})
    text = main(client.get(path))
    assert "Entry " in text
    assert "Team " not in text


def pitched(call, hour=1):
    asked = Asked(Times(now() + timedelta(hours=hour), 5, 1), {"jury": ("Aula",)})
    schedule_pitches(round_=call.round, asked=asked, by=None)


def test_a_judge_sees_the_pitches_they_hear(placed):
    call, who = placed
    pitched(call)
    text = main(who.judith.client.get("/desk/hall/"))
    assert text.count("Aula") == 3
    assert "Aula" in main(who.judith.client.get(f"/desk/hall/{call.round.pk}/"))
    pitched(call, hour=-3)
    assert "Aula" not in main(who.judith.client.get("/desk/hall/", follow=True))


def test_the_queue_leads_into_the_hall(placed):
    _call, who = placed
    assert 'href="/desk/hall/"' in main(who.judith.client.get("/desk/sheets/"))
    Stand.objects.all().delete()
    assert 'href="/desk/hall/"' not in main(who.judith.client.get("/desk/sheets/"))


# --- A team -------------------------------------------------------------------------------------------------------------------------------


def test_a_team_sees_its_table_and_time_and_says_that_it_is_back(placed):
    call, who = placed
    pitched(call)
    client, home = who.ada.client, f"/cycles/writing/teams/{call.groups[0].key}/"
    text = main(client.get(home))
    assert "Your table is <strong>1</strong>" in text
    assert "You pitch" in text
    stand = Stand.objects.get(number=1)
    client.post(f"{home}table/", {"do": "away", "table": stand.pk})
    assert "We are back" in main(client.get(home))
    client.post(f"{home}table/", {"do": "back", "table": stand.pk})
    stand.refresh_from_db()
    assert stand.absent_at is None
    other = Stand.objects.get(number=2)
    assert client.post(f"{home}table/", {"do": "away", "table": other.pk}).status_code == 404
    assert client.post(f"{home}table/", {"do": "dance", "table": stand.pk}).status_code == 404


# --- Others -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ada", "judith", "eve"])
@pytest.mark.parametrize(
    "path", [DESK, TABLES, f"{TABLES}live/", f"{TABLES}signs/", f"{TABLES}tables.csv", PITCHES, f"{PITCHES}print/"]
)
def test_the_hall_is_set_up_by_organizers_alone(placed, who, path):
    _call, cast = placed
    client = getattr(cast, who).client
    assert client.get(path).status_code == 404
    if path in {TABLES, PITCHES}:
        assert client.post(path, {"do": "number"}).status_code == 404


def test_a_judge_of_pairs_is_led_to_the_two_that_wait():
    call = expo(4)
    who = people(call)
    judging.add_panelist(challenge=call.challenge, panel="jury", person=who.judith.person, by=None)
    hall.number_tables(round_=call.round, by=None)
    client, path = who.judith.client, f"/desk/hall/{call.round.pk}/"
    assert "No table is left for you" in main(client.get(path))
    pair = judging.ask_pair(challenge=call.challenge, person=who.judith.person, by=None)
    assert "2 tables wait for you" in main(client.get(path))
    client.post(path, {"do": "next"})
    text = main(client.get(path))
    assert "look at both of the pair" in text
    assert re.search(r'way-no">(\d+)<', text)[1] in {str(one.number) for one in Stand.objects.filter(group__in=[pair.a, pair.b])}


def test_nobody_walks_the_hall_but_its_judges(placed):
    call, who = placed
    path = f"/desk/hall/{call.round.pk}/"
    for someone in (who.ada, who.eve, who.org):
        assert someone.client.get(path).status_code == 404
        assert someone.client.post(path, {"do": "next"}).status_code == 404
    assert "Nothing in the hall" in main(who.eve.client.get("/desk/hall/"))
    assert who.eve.client.get("/desk/hall/999999/").status_code == 404


def test_a_cycle_without_rounds_has_an_empty_hall(cast: Cast):
    cast.cycle.rounds.all().delete()
    assert "No rounds yet" in main(cast.org.client.get("/cycles/water/desk/hall/"))


@pytest.mark.parametrize("more", [0, 40])
def test_pages_of_the_hall_take_the_same_few_statements(placed, more):
    call, who = placed
    at = datetime.fromisoformat("2026-05-01T08:00:00+00:00")
    for number in range(more):
        group = GroupFactory(cycle=call.cycle, key=f"more-{number}", name=f"More {number}")
        Stand.objects.create(round=call.round, group=group, number=100 + number)
        Pitch.objects.create(
            round=call.round, group=group, panel="jury", room="A", starts_at=at + timedelta(hours=number), minutes=5
        )
        Sheet.objects.create(challenge=call.challenge, group=group, panel="jury", judge=who.judith.person, design_number=1)
    home = f"/cycles/writing/teams/{call.groups[0].key}/"
    walk = f"/desk/hall/{call.round.pk}/"
    pages = [(who.org, path) for path in (TABLES, f"{TABLES}live/", f"{TABLES}signs/", PITCHES, f"{PITCHES}print/")]
    for someone, path in [
        *pages,
        (who.judith, walk),
        (who.judith, "/desk/hall/"),
        (who.judith, "/desk/sheets/"),
        (who.ada, home),
    ]:
        client = someone.client
        client.get(path)
        with CaptureQueriesContext(connection) as statements:
            client.get(path)
        found = [one for one in without_designs(statements) if "django_session" not in one and "accounts_user" not in one]
        limit = 12
        assert len(found) <= limit, (path, len(found), found)
