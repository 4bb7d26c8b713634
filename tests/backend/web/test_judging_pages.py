"""The judge's desk in pages: the queue and how far one is, a sheet from two devices, questions, past sheets, notes that nobody else reads."""

import json
import re
import zipfile
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.judging import actions
from games.judging.models import ConflictOfInterest, Mark, Sheet
from games.judging.rules import Given
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, judge, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, move, without_designs

pytestmark = pytest.mark.django_db
QUEUE, FLAGGED, PAST = "/desk/sheets/", "/desk/sheets/flagged/", "/desk/sheets/past/"
LISTS = (QUEUE, FLAGGED, PAST)
WHOLE = {"mark-impact": "4", "mark-novelty": "3"}


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def facts(response):
    return json.loads(
        re.search(r'<script id="judging-facts" type="application/json">(.*?)</script>', response.content.decode())[1]
    )


def page(sheet):
    return f"/desk/sheets/{sheet.pk}/"


@pytest.fixture
def desk():
    """Three entries behind a deadline, judith with a sheet on each; ada and ben play, org organizes, eve is outside."""
    call = locked_scene(groups=3)
    who = people(call)
    return call, who, [sheet_for(call, who.judith.person, group) for group in call.groups]


# --- The queue ------------------------------------------------------------------------------------------------------------------------


def test_the_queue_tells_how_far_one_is_and_where_to_go_on(desk):
    _call, who, sheets = desk
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS)
    actions.save_sheet(sheet=sheets[2], by=None, marks=MARKS[:1])
    actions.flag_sheet(sheet=sheets[1], by=None, text="Is this theirs?")
    answer = who.judith.client.get(QUEUE)
    text = words(answer)
    assert "<strong>1</strong> of 3 final" in text
    assert "2 left" in text
    assert "1 begun" in text
    assert "1 flagged" in text
    assert facts(answer)["queue"] == [sheets[1].pk, sheets[2].pk]
    assert f'<a href="{page(sheets[2])}" data-next>Team 3</a>' in text  # what was begun comes before what was not


def test_every_address_behind_which_the_person_changes_makes_the_browser_forget(desk):
    _call, who, _sheets = desk
    addresses = facts(who.judith.client.get(QUEUE))["addresses"]
    assert addresses["sign_out"] == "/sign-out/"
    assert set(addresses["doors"]) == {"/sign-in/", "/me/leave/", "/confirm/", "/password/", "/invitations/"}


def test_what_cannot_be_marked_yet_is_no_part_of_the_way_but_says_why(desk):
    call, who, _sheets = desk
    move(call.round, closes=3600)
    answer = who.judith.client.get(QUEUE)
    assert facts(answer)["queue"] == []
    assert "data-next" not in words(answer)
    assert "Not yet: entries may change until" in words(answer)


def test_when_all_is_final_the_queue_says_thank_you(desk):
    _call, who, sheets = desk
    for one in sheets:
        actions.finalize(sheet=one, by=None, marks=MARKS)
    text = words(who.judith.client.get(QUEUE))
    assert "Every sheet is final" in text
    assert "Finished tasks" in text


def test_lists_narrow_to_a_cycle_and_shrug_at_strange_wishes(desk):
    _call, who, sheets = desk
    other = locked_scene(groups=1, cycle={"key": "second", "name": "Second"})
    MembershipFactory(group=None, cycle=other.cycle, person=who.judith.person, role="judge", capabilities=["judge"])
    there = sheet_for(other, who.judith.person)
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS)
    assert facts(who.judith.client.get(f"{QUEUE}?cycle={other.cycle.key}"))["queue"] == [there.pk]
    assert "Team 1" in words(who.judith.client.get(f"{PAST}?cycle={_call.cycle.key}"))
    assert page(sheets[0]) not in words(who.judith.client.get(f"{PAST}?cycle={other.cycle.key}"))
    for strange in ("?page=0", "?page=-1", "?page=9999999", "?page=x", "?page=²", "?cycle=nowhere"):
        for path in LISTS:
            assert who.judith.client.get(path + strange).status_code == 200


def test_long_lists_are_paged(desk, monkeypatch):
    monkeypatch.setattr("backend.web.pages.marking.lists.PAGE", 2)
    _call, who, _sheets = desk
    first, second = (words(who.judith.client.get(f"{QUEUE}?page={number}")) for number in (1, 2))
    assert "1 to 2 of 3" in first
    assert "3 to 3 of 3" in second
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


# --- The sheet ------------------------------------------------------------------------------------------------------------------------


def test_few_marks_are_stones_and_many_are_typed(desk):
    _call, who, sheets = desk
    text = words(who.judith.client.get(page(sheets[0])))
    assert re.findall(r'name="mark-impact" value="([^"]*)"', text) == ["1", "2", "3", "4", "5", ""]
    assert len(re.findall(r'name="mark-novelty" value="([^"]*)"', text)) == 10  # 1 to 5 by halves, and none
    assert re.search(r'<input class="input" id="mark-style" name="mark-style"', text)  # 0 to 10 without a step


def test_levels_stand_beside_their_marks_and_no_mark_can_be_said_where_the_rules_know_it():
    levels = [{"value": 1, "text": "Nothing new."}, {"value": 3, "text": "A new thought."}]
    call = locked_scene(
        {**ESSAY, "incomplete": "use", "criteria": [{"key": "new", "min": 1, "max": 3, "step": 1, "levels": levels}]}
    )
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    text = words(who.judith.client.get(page(sheet)))
    assert "A new thought." in text
    assert 'value="absent"' in text
    who.judith.client.post(page(sheet), {"mark-new": "absent", "save": "final"})
    assert Mark.objects.get(sheet=sheet).state == "absent"
    assert "no mark" in words(who.judith.client.get(page(sheet)))


def test_save_and_next_keeps_a_draft_and_goes_on(desk):
    _call, who, sheets = desk
    answer = who.judith.client.post(page(sheets[1]), {"mark-impact": "2", "remark-impact": "Too small.", "save": "next"})
    assert answer.url == page(sheets[2])
    last = who.judith.client.post(page(sheets[2]), {**WHOLE, "save": "final"})
    assert last.url == page(sheets[0])  # after the last comes the first that is left
    assert Sheet.objects.get(pk=sheets[1].pk).state == "draft"
    assert Mark.objects.get(sheet=sheets[1], criterion="impact").comment == "Too small."


def test_without_scripts_a_stale_form_shows_both_sides_and_the_second_try_decides(desk):
    _call, who, sheets = desk
    client = who.judith.client
    actions.save_sheet(sheet=sheets[0], by=None, marks=[Given("impact", 4)], comment="Clear.")
    late = client.post(page(sheets[0]), {**WHOLE, "mark-impact": "2", "comment": "Dull.", "revision": "0", "save": "draft"})
    text = words(late)
    assert late.status_code == 409
    assert "the sheet says 4 now, you sent 2" in text
    assert "Dull." in text
    assert 'name="revision" value="1"' in text
    again = client.post(page(sheets[0]), {**WHOLE, "mark-impact": "2", "comment": "Dull.", "revision": "1", "save": "draft"})
    assert again.status_code == 302
    assert Sheet.objects.get(pk=sheets[0].pk).comment == "Dull."


def test_the_facts_for_the_scripts_are_the_sheet_as_it_is(desk):
    _call, who, sheets = desk
    actions.save_sheet(sheet=sheets[0], by=None, marks=[Given("novelty", "3.5", comment="fresh")], note="mine")
    found = facts(who.judith.client.get(page(sheets[0])))
    assert (found["user"], found["sheet"]["revision"], found["sheet"]["state"]) == (who.judith.user.pk, 1, "draft")
    assert found["sheet"]["values"] == {"comment": "", "note": "mine", "mark-novelty": "3.5", "remark-novelty": "fresh"}
    assert found["sheet"]["criteria"][1] | {"name": ""} == {
        "key": "novelty",
        "name": "",
        "optional": False,
        "values": None,
        "min": "1",
        "max": "5",
        "step": "0.5",
        "not_marked": None,
    }


def test_the_position_counts_what_can_be_marked(desk):
    _call, who, sheets = desk
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS)
    text = words(who.judith.client.get(page(sheets[2])))
    assert "2 of 2" in text
    assert f'rel="prev" href="{page(sheets[1])}"' in text


def test_a_sheet_is_given_back_with_a_conflict_of_interest(desk):
    call, who, sheets = desk
    answer = who.judith.client.post(f"{page(sheets[0])}recuse/", {"reason": "My cousin.", "conflict": "yes"})
    assert answer.url == QUEUE
    assert ConflictOfInterest.objects.get().group == call.group
    assert who.judith.client.get(page(sheets[0])).status_code == 404


def test_a_reopened_sheet_says_why(desk):
    _call, who, sheets = desk
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS)
    actions.reopen(sheet=sheets[0], by=None, reason="Two lines were swapped.")
    assert "Two lines were swapped." in words(who.judith.client.get(page(sheets[0])))


# --- Questions and past sheets ----------------------------------------------------------------------------------------------------------


def test_a_question_goes_to_the_organizers_and_comes_back_answered(desk):
    _call, who, sheets = desk
    client = who.judith.client
    assert "Nothing flagged" in words(client.get(FLAGGED))
    client.post(f"{page(sheets[0])}flag/", {"text": "Where is the video?"})
    assert "waits for an answer" in words(client.get(FLAGGED))
    assert "Take the question back" in words(client.get(page(sheets[0])))
    actions.answer_flag(sheet=sheets[0], by=None, answer="At the end of the paper.")
    for path in (FLAGGED, page(sheets[0])):
        assert "At the end of the paper." in words(client.get(path))
    client.post(f"{page(sheets[0])}flag/", {"text": ""})
    assert Sheet.objects.get(pk=sheets[0].pk).flag == ""


def test_past_sheets_show_what_was_marked(desk):
    _call, who, sheets = desk
    client = who.judith.client
    assert "No past sheets" in words(client.get(PAST))
    actions.finalize(
        sheet=sheets[0], by=None, marks=[*MARKS[:1], Given("novelty", 3, comment="fresh")], comment="Clear.", note="Ask."
    )
    actions.recuse(sheet=sheets[1], by=None, reason="My cousin.")
    text = words(client.get(PAST))
    for said in ("Team 1", "Clear.", "Ask.", "fresh", "My cousin.", '<td class="n">4</td>', '<td class="n">–</td>'):
        assert said in text


# --- Who sees what ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_outsiders_find_empty_lists_and_visitors_the_sign_in(client, desk, path):
    _call, who, sheets = desk
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS, comment="Clear.")
    actions.flag_sheet(sheet=sheets[1], by=None, text="Theirs?")
    for outsider in (who.eve, who.ada, who.org):
        text = words(outsider.client.get(path))
        assert page(sheets[0]) not in text
        assert page(sheets[1]) not in text
    assert client.get(path).url.startswith("/sign-in/")


def test_no_other_judge_reads_asks_or_gives_back(client, desk):
    call, who, sheets = desk
    marek = actor("marek")
    MembershipFactory(group=None, cycle=call.cycle, person=marek.person, role="judge", capabilities=["judge"])
    for someone in (marek, who.org, who.ada, who.eve):
        assert someone.client.get(page(sheets[0])).status_code == 404
        assert someone.client.post(page(sheets[0]), {**WHOLE, "save": "final"}).status_code == 404
        for act in ("flag", "recuse"):
            assert someone.client.post(f"{page(sheets[0])}{act}/", {"text": "x", "reason": "x"}).status_code == 404
    for path in ("unconnected/", f"{sheets[0].pk}/"):
        assert client.get(QUEUE + path).url.startswith("/sign-in/")


def test_who_no_longer_judges_finds_nothing(desk):
    _call, who, sheets = desk
    who.judith.person.memberships.update(until=now())
    assert who.judith.client.get(page(sheets[0])).status_code == 404
    assert "Nothing to mark" in words(who.judith.client.get(QUEUE))


NOTE = "zebra-note-of-judith"


def whole(response):
    return b"".join(response) if response.streaming else response.content


def test_a_judges_note_is_read_by_nobody_else_anywhere(desk):
    call, who, sheets = desk
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS, note=NOTE, comment="Clear.")
    judge(call, "Marek")
    call.round.published_at, call.round.visibility = now(), "full"
    call.round.save(update_fields=["published_at", "visibility"])
    cycle, key = call.cycle.pk, call.cycle.key
    paths = [
        f"/api/v1/sheets/{sheets[0].pk}",
        f"/api/v1/sheets?cycle={cycle}",
        f"/api/v1/cycles/{cycle}/events",
        f"/cycles/{key}/groups/team-1/",
        f"/cycles/{key}/desk/",
        f"/cycles/{key}/desk/rounds/call/",
        f"/cycles/{key}/rounds/call/essay/",
    ]
    for someone in (who.org, who.ada, who.ben, who.eve):
        for path in paths:
            assert NOTE.encode() not in whole(someone.client.get(path)), path
    for audience in ("organizers", "judges", "public"):
        sent = who.org.client.get(f"/api/v1/cycles/{cycle}/export?for={audience}")
        assert sent.status_code == 200
        with zipfile.ZipFile(BytesIO(whole(sent))) as folder:
            files = {name: folder.read(name) for name in folder.namelist()}
        assert any(b"Clear." in content for content in files.values())
        assert not any(NOTE.encode() in content for content in files.values())
    assert NOTE in words(who.judith.client.get(page(sheets[0])))


# --- The service worker -------------------------------------------------------------------------------------------------------------------


def test_the_service_worker_rules_the_desk_and_sees_who_signs_out(client):
    answer = client.get("/desk/sheets/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Cache-Control"], answer["Service-Worker-Allowed"]) == ("no-cache", "/")
    assert b'addEventListener("fetch"' in answer.content
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_the_page_in_place_of_one_that_is_not_kept(desk):
    _call, who, _sheets = desk
    assert "This page was not kept" in words(who.judith.client.get(f"{QUEUE}unconnected/"))


# --- Statements -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*LISTS, "sheet", "final"])
def test_a_page_takes_as_many_statements_for_30_sheets_as_for_3(path):
    counts = []
    for number in (3, 30):
        call = locked_scene(groups=number)
        judith = actor(f"judith{number}")
        MembershipFactory(group=None, cycle=call.cycle, person=judith.person, role="judge", capabilities=["judge"])
        sheets = [sheet_for(call, judith.person, group) for group in call.groups]
        for one in sheets[: number // 3]:
            actions.finalize(sheet=one, by=None, marks=MARKS, comment="Clear.")
            actions.flag_sheet(sheet=one, by=None, text="Look.")
        actions.recuse(sheet=sheets[number // 3], by=None, reason="My cousin.")
        client = judith.client
        address = {"sheet": page(sheets[-1]), "final": page(sheets[0])}.get(path, path)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12, without_designs(statements)


def test_a_queue_of_many_sheets_reads_the_rules_once_also_inside_an_open_transaction():
    reads = []
    for number in (3, 60):
        call = locked_scene(groups=number)
        judith = actor(f"judith{number}")
        MembershipFactory(group=None, cycle=call.cycle, person=judith.person, role="judge", capabilities=["judge"])
        for group in call.groups:
            sheet_for(call, judith.person, group)
        client = judith.client
        with CaptureQueriesContext(connection) as statements:
            assert client.get(QUEUE).status_code == 200
        reads.append(sum('FROM "games_design"' in one["sql"] for one in statements))
    assert reads[0] == reads[1] <= 2
