"""The organizer's desk: what is next, a round while it runs, judging, announcements; and nothing of it for others."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.groups.models import Group
from games.judging import actions as judging
from games.judging.models import ConflictOfInterest, Panelist, Sheet
from games.notices.models import Announcement, Message
from games.rounds.models import Extension
from games.submissions import actions as submissions
from tests.cast import Cast
from tests.factories.groups import GroupFactory, MembershipFactory, RegistrationFactory
from tests.factories.judging import MARKS, judge, locked_scene, people, sheet_for
from tests.factories.organizations import PersonFactory
from tests.factories.submissions import entry, scene, without_designs

pytestmark = pytest.mark.django_db
DESK = "/cycles/water/desk/"


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def main(response):
    return words(response).partition("<main")[2]


# --- The frame, and what is next ------------------------------------------------------------------------------------------------------


def test_every_place_of_the_desk_is_in_its_rail_and_can_be_opened(cast: Cast):
    rail = words(cast.org.client.get(DESK)).partition('class="helm-nav"')[2].partition("</nav>")[0]
    paths = re.findall(r'href="([^"]+)"', rail)
    assert len(paths) >= 5
    assert rail.count("aria-current") == 1
    for path in paths:
        assert cast.org.client.get(path).status_code == 200, path


def test_what_is_next_stands_on_top_with_one_button(cast: Cast):
    assert "Call is open: 0 of 2 teams have handed in" in words(cast.org.client.get(DESK))
    cast.call.closes_at = now() + timedelta(hours=2)
    cast.call.save()
    text = words(cast.org.client.get(DESK))
    assert "Call closes soon: 2 of 2 teams have nothing handed in" in text
    assert f'class="button" href="{DESK}rounds/call/"' in text
    RegistrationFactory(group__cycle=cast.cycle, group__state="pending", state="pending")
    cast.call.closes_at = now() + timedelta(days=20)
    cast.call.save()
    assert "1 registration waits for your answer" in words(cast.org.client.get(DESK))


@pytest.mark.parametrize("state", ["enrolling", "running", "paused", "awarding", "closed", "cancelled"])
def test_the_desk_has_words_for_every_state_of_a_cycle(cast: Cast, state):
    cast.cycle.state = state
    cast.cycle.save()
    assert cast.org.client.get(DESK).status_code == 200


# --- A round while it runs ------------------------------------------------------------------------------------------------------------

ROUND = f"{DESK}rounds/call/"


@pytest.fixture
def running():
    """An open round of two teams, ada's has handed in; org organizes."""
    call = scene(groups=2)
    who = people(call)
    entry(call, call.groups[0])
    return call, who, f"/cycles/{call.cycle.key}/desk/rounds/call/"


def test_a_round_is_watched_team_by_team(running):
    call, who, path = running
    begun = submissions.open_entry(challenge=call.challenge, group=call.groups[1], by=None)
    submissions.save_draft(submission=begun, data={"title": "x"}, by=None)
    text = main(who.org.client.get(path))
    assert "version 1" in text
    assert "a draft" in text
    assert "1 of 2" in text


def test_the_part_that_changes_has_a_tag_and_is_not_sent_twice(running):
    call, who, path = running
    client = who.org.client
    first = client.get(f"{path}live/")
    assert "csrf" not in words(first)
    assert client.get(f"{path}live/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    entry(call, call.groups[1])
    again = client.get(f"{path}live/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "2 of 2" in words(again)


def test_teams_that_are_behind_are_reminded_in_one_click(running):
    call, who, path = running
    client = who.org.client
    client.post(f"{path}remind/", {"what": "entries", "do": "chosen"})
    assert not Message.objects.filter(kind="remind.entry").exists()
    client.post(f"{path}remind/", {"what": "entries", "do": "all"})
    assert list(Message.objects.filter(kind="remind.entry").values_list("to", flat=True)) == ["ben@example.org"]
    assert "1 person is reminded." in words(client.get(path))
    client.post(f"{path}remind/", {"what": "entries", "do": "chosen", "who": [call.groups[1].pk, "x"]})
    assert "1 was reminded today already." in words(client.get(path))
    assert client.post(f"{path}remind/", {"what": "lunch", "do": "all"}).status_code == 404


def test_one_team_gets_more_time_with_a_reason(running):
    call, who, path = running
    client, until = who.org.client, (now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    client.post(f"{path}more-time/", {"group": "team-2", "until": until, "reason": ""})
    client.post(f"{path}more-time/", {"group": "team-2", "until": "", "reason": "Storm."})
    client.post(f"{path}more-time/", {"group": "team-9", "until": until, "reason": "Storm."})
    assert not Extension.objects.exists()
    client.post(f"{path}more-time/", {"group": "team-2", "until": until, "reason": "Storm."})
    assert Extension.objects.get().group == call.groups[1]
    assert "until" in main(client.get(path))


def test_judges_are_reminded_and_their_questions_answered():
    call = locked_scene(groups=2)
    who = people(call)
    path = f"/cycles/{call.cycle.key}/desk/rounds/call/"
    sheet = sheet_for(call, who.judith.person)
    judging.flag_sheet(sheet=sheet, text="Is this theirs?", by=None)
    client = who.org.client
    text = main(client.get(path))
    assert "Is this theirs?" in text
    assert "no judge" in text
    client.post(f"{path}remind/", {"what": "marks", "do": "chosen", "who": [who.judith.person.pk]})
    assert Message.objects.filter(kind="remind.marks", to="judith@example.org").exists()
    flags = f"/cycles/{call.cycle.key}/desk/judging/questions/"
    assert "waits for you" in main(client.get(flags))
    assert who.eve.client.post(f"{flags}{sheet.pk}/", {"answer": "No."}).status_code == 404
    assert client.post(f"{flags}{sheet.pk}/", {"answer": "Yes, it is.", "back": flags}).url == flags
    assert "Yes, it is." in main(client.get(flags))
    assert "Is this theirs?" not in main(client.get(path))


# --- Judging --------------------------------------------------------------------------------------------------------------------------

JUDGING = f"{DESK}judging/"


@pytest.fixture
def judged():
    """Three entries behind a deadline, three judges without a panel; org organizes."""
    call = locked_scene(groups=3)
    who = people(call)
    others = [judge(call, "Marek"), judge(call, "Noor")]
    return call, who, [who.judith.person, *others], f"/cycles/{call.cycle.key}/desk/judging/"


def test_a_panel_is_filled_and_every_judge_gets_every_entry(judged):
    call, who, judges, path = judged
    client, task = who.org.client, f"{path}tasks/{call.challenge.pk}/"
    assert "3 entries without a judge" in main(client.get(path))
    client.post(task, {"panel": "jury", "do": "add", "person": judges[0].pk})
    assert Panelist.objects.get().person == judges[0]
    client.post(task, {"panel": "jury", "do": "add", "person": who.ada.person.pk})  # ada plays
    client.post(task, {"panel": "jury", "do": "add_all"})
    assert Panelist.objects.count() == 3
    client.post(task, {"panel": "jury", "do": "all"})
    assert Sheet.objects.count() == 9
    text = main(client.get(path))
    assert "9 new sheets are given out." in text
    assert "every entry has a judge" in text
    seat = Panelist.objects.get(person=judges[2])
    client.post(f"{path}seats/{seat.pk}/")
    assert Sheet.objects.count() == 6
    assert client.post(task, {"panel": "jury", "do": "explode"}).status_code == 404


def test_sheets_are_given_and_taken_back_in_the_matrix(judged):
    call, who, judges, path = judged
    client, matrix = who.org.client, f"{path}call/essay/?panel=jury"
    for one in judges[:2]:
        judging.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    first, second, third = call.groups
    judging.declare_conflict(person=judges[1], group=third, by=None, reason="A cousin.")
    begun = sheet_for(call, judges[0], first)
    judging.save_sheet(sheet=begun, marks=[], by=None)
    sheet_for(call, judges[0], second)
    text = main(client.get(matrix))
    assert "A cousin." in text
    assert "begun" in text
    assert "1 without a judge" in text
    data = {"had": [f"{second.pk}:{judges[0].pk}"], "give": [f"{second.pk}:{judges[1].pk}", f"{first.pk}:{judges[1].pk}", "x:y"]}
    client.post(matrix, data)
    assert set(Sheet.objects.values_list("group__key", "judge__name")) == {
        ("team-1", "Judith"),
        ("team-1", "Marek"),
        ("team-2", "Marek"),
    }
    client.post(matrix, {"had": [], "give": [f"{third.pk}:{judges[1].pk}"]})
    assert "conflict of interest" in main(client.get(matrix))
    assert Sheet.objects.count() == 3
    assert "Team 3" in main(client.get(f"{matrix}&show=free"))
    assert client.get(f"{path}call/essay/?panel=nobody").status_code == 404


def test_many_questions_stand_on_pages_the_unanswered_first():
    call = locked_scene(groups=60)
    who = people(call)
    someone = judge(call)
    for number, group in enumerate(call.groups):
        sheet = sheet_for(call, someone, group)
        judging.flag_sheet(sheet=sheet, text=f"Question {number:02}", by=None)
    flags = f"/cycles/{call.cycle.key}/desk/judging/questions/"
    client = who.org.client
    first, second = main(client.get(flags)), main(client.get(f"{flags}?page=2"))
    assert first.count('class="question"') == 50
    assert "1 to 50 of 60" in first
    assert second.count('class="question"') == 10
    assert f'id="flag-{sheet.pk}"' in main(client.get(f"{flags}?flag={sheet.pk}"))
    with CaptureQueriesContext(connection) as sent:
        client.get(flags)
    assert len(without_designs(sent)) <= 12


def test_assignments_come_from_a_table_or_not_at_all(judged):
    _call, who, judges, path = judged
    client = who.org.client
    refused = client.post(f"{path}table/", {"csv": "judge,group\nnobody,team-1"})
    text = main(refused)
    assert refused.status_code == 422
    assert "Nothing was given out" in text
    assert "nobody,team-1" in text  # what was pasted stays, in the answer alone
    assert "nobody,team-1" not in main(client.get(path))
    assert "nobody" not in str(dict(client.session))
    upload = SimpleUploadedFile("a.csv", f"judge;group\n{judges[0].key};team-1\n".encode())
    client.post(f"{path}table/", {"file": upload})
    assert Sheet.objects.get().judge == judges[0]


def test_conflicts_are_declared_and_lifted(judged):
    call, who, judges, path = judged
    client = who.org.client
    sheet_for(call, judges[1], call.groups[0])
    client.post(f"{path}conflicts/", {"do": "declare", "person": judges[1].pk, "group": "team-1", "reason": "A cousin."})
    assert Sheet.objects.get().state == "recused"
    assert "A cousin." in main(client.get(f"{path}conflicts/"))
    client.post(f"{path}conflicts/", {"do": "declare", "person": "x", "group": "team-1"})
    row = ConflictOfInterest.objects.get().pk
    client.post(f"{path}conflicts/", {"do": "lift", "row": row, "reason": ""})
    client.post(f"{path}conflicts/", {"do": "lift", "row": 999, "reason": "Another."})
    assert ConflictOfInterest.objects.get().lifted_at is None
    client.post(f"{path}conflicts/", {"do": "lift", "row": row, "reason": "Another cousin."})
    assert "No conflicts of interest are known" in main(client.get(f"{path}conflicts/"))
    assert "Another cousin." in main(client.get(f"{path}conflicts/?state=lifted"))
    assert client.post(f"{path}conflicts/", {"do": "explode"}).status_code == 404


def test_conflicts_are_found_upheld_filtered_and_sorted(judged):
    call, who, judges, path = judged
    client, page = who.org.client, f"{path}conflicts/"
    final = sheet_for(call, judges[1], call.groups[0])
    judging.finalize(sheet=final, by=None, marks=MARKS)
    past = GroupFactory(name="Old Herons")
    for someone in (judges[1], MembershipFactory(group=call.groups[0]).person):
        MembershipFactory(group=past, person=someone)
    client.post(page, {"do": "find"})
    text = main(client.get(page))
    assert "1 conflict was found." in text
    assert "past team-mates" in text
    assert "1 final sheet still counts" in text
    assert "Nothing new was found." in main(client.post(page, {"do": "find"}, follow=True))
    client.post(page, {"do": "uphold", "row": ConflictOfInterest.objects.get().pk})
    assert Sheet.objects.get().state == "recused"
    judging.declare_conflict(person=judges[2], group=call.groups[1], by=None, reason="A cousin.")
    for query, count in (
        ("q=marek", 1),
        ("kind=declared", 1),
        ("source=system", 1),
        ("sort=new", 2),
        ("q=%00", 2),
        ("state=lifted", 0),
    ):
        rows = main(client.get(f"{page}?{query}")).count('id="conflict-')
        assert rows == count, query


def test_what_teams_say_in_words_is_settled(judged):
    call, who, judges, path = judged
    client, page = who.org.client, f"{path}conflicts/"
    first = judging.raise_concern(group=call.groups[0], words="The man from the river board.", by=None)
    second = judging.raise_concern(group=call.groups[1], words="All of them.", by=None)
    assert "The man from the river board." in main(client.get(page))
    client.post(page, {"do": "settle", "row": first.pk})
    client.post(page, {"do": "dismiss", "row": second.pk, "answer": ""})
    assert not ConflictOfInterest.objects.exists()
    client.post(page, {"do": "settle", "row": first.pk, "judge": [judges[1].pk, who.ada.person.pk]})
    client.post(page, {"do": "dismiss", "row": second.pk, "answer": "Everybody knows everybody here."})
    assert ConflictOfInterest.objects.get().person == judges[1]
    assert "Teams say" not in main(client.get(page))


# --- Announcements --------------------------------------------------------------------------------------------------------------------

NEWS = f"{DESK}announcements/"


def test_an_announcement_is_looked_at_told_and_withdrawn(cast: Cast):
    client = cast.org.client
    given = {"title": "Doors open at nine", "text": "Bring **tea**.", "audience": "teams"}
    text = main(client.post(NEWS, {**given, "do": "look"}))
    assert "How 2 people will read it" in text
    assert "<strong>tea</strong>" in text
    assert not Announcement.objects.exists()
    assert client.post(NEWS, {**given, "do": "tell"}).status_code == 302
    assert "told to 2 people" in main(client.get(NEWS))
    assert Message.objects.filter(kind="news").count() == 2
    assert "Doors open at nine" in main(client.get(DESK))
    client.post(f"{NEWS}{Announcement.objects.get().pk}/withdraw/")
    assert "withdrawn" in main(client.get(NEWS))
    assert "Doors open at nine" not in main(client.get(DESK)).partition("Decided last")[2]


def test_what_cannot_be_announced_stays_in_the_form(cast: Cast):
    answer = cast.org.client.post(NEWS, {"title": "", "text": "Long words", "audience": "teams", "do": "tell"})
    assert answer.status_code == 422
    assert "Long words" in main(answer)
    cast.cycle.state = "cancelled"
    cast.cycle.save()
    answer = cast.org.client.post(NEWS, {"title": "x", "text": "", "audience": "teams", "do": "tell"})
    assert "nobody is told anything" in main(answer)


def test_nothing_dangerous_is_announced(cast: Cast):
    given = {"title": "<script>x</script>", "text": "<script>alert(1)</script> [x](javascript:alert(1))", "audience": "public"}
    cast.org.client.post(NEWS, {**given, "do": "tell"})
    text = main(cast.org.client.get(NEWS)).partition('id="told"')[2]
    assert "<script>" not in text
    assert 'href="javascript' not in text


# --- Outsiders, and how much a page asks ----------------------------------------------------------------------------------------------

PAGES = (
    DESK,
    f"{DESK}rounds/",
    ROUND,
    f"{ROUND}live/",
    JUDGING,
    f"{JUDGING}conflicts/",
    f"{JUDGING}questions/",
    f"{JUDGING}call/concept/",
    NEWS,
)


@pytest.mark.parametrize("path", PAGES)
def test_for_everybody_else_the_desk_does_not_exist(cast: Cast, path):
    assert cast.org.client.get(path).status_code == 200
    for someone in (cast.ada, cast.judith, cast.eve):
        assert someone.client.get(path).status_code == 404
    assert cast.visitor.client.get(path).url.startswith("/sign-in/")


def test_nobody_else_acts_on_the_desk(cast: Cast):
    sheet = cast.assign(cast.judith, cast.red)
    made = Announcement.objects.create(cycle=cast.cycle, title="x")
    tries = [
        (f"{ROUND}remind/", {"what": "entries", "do": "all"}),
        (f"{ROUND}more-time/", {"group": "red", "until": "2030-01-01T00:00", "reason": "x"}),
        (f"{JUDGING}tasks/{cast.concept.pk}/", {"panel": "jury", "do": "all"}),
        (f"{JUDGING}seats/{Panelist.objects.get().pk}/", {}),
        (f"{JUDGING}table/", {"csv": "judge\njudith"}),
        (f"{JUDGING}conflicts/", {"do": "declare", "person": cast.judith.person.pk, "group": "red"}),
        (f"{JUDGING}questions/{sheet.pk}/", {"answer": "x"}),
        (f"{JUDGING}call/concept/", {"had": [f"{cast.red.pk}:{cast.judith.person.pk}"]}),
        (NEWS, {"title": "x", "audience": "public", "do": "tell"}),
        (f"{NEWS}{made.pk}/withdraw/", {}),
    ]
    for path, data in tries:
        for someone in (cast.ada, cast.judith, cast.eve):
            assert someone.client.post(path, data).status_code == 404, path
        assert cast.visitor.client.post(path, data).status_code == 302
    made.refresh_from_db()
    assert (made.withdrawn_at, Announcement.objects.count(), Sheet.objects.count()) == (None, 1, 1)
    assert not ConflictOfInterest.objects.exists()
    assert not Message.objects.exists()


def test_pages_ask_as_much_for_many_rows_as_for_few(cast: Cast):
    for number in range(30):
        group: Group = GroupFactory(cycle=cast.cycle, name=f"Many {number}")
        MembershipFactory(group=group)
        someone = PersonFactory(name=f"J {number}")
        MembershipFactory(group=None, cycle=cast.cycle, person=someone, role="judge", capabilities=["judge"])
        Panelist.objects.create(challenge=cast.concept, panel="jury", person=someone)
        Sheet.objects.create(challenge=cast.concept, group=group, panel="jury", judge=someone, flag="?", flagged_at=now())
        ConflictOfInterest.objects.create(person=someone, group=cast.red)
        Announcement.objects.create(cycle=cast.cycle, title=f"News {number}", by=cast.org.user)
    client = cast.org.client
    for path in PAGES:
        with CaptureQueriesContext(connection) as sent:
            assert client.get(path).status_code == 200
        assert len(without_designs(sent)) <= 12, path
