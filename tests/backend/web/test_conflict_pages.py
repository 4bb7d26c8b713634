"""Judges and teams about who is too close to whom, in pages of their own."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.judging import actions
from games.judging.models import Concern, ConflictOfInterest, Panelist, Sheet
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import judge, locked_scene, people, sheet_for
from tests.factories.submissions import entry, move, scene, without_designs
from tests.games.judging.test_planning import TOPICS

pytestmark = pytest.mark.django_db
MINE = "/desk/sheets/panels/"


def main(response):
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


@pytest.fixture
def asked():
    """A task that asks for topics and languages, judged by Judith."""
    call = scene(TOPICS, groups=2, rounds=[{"key": "call", "judges_named": True}])
    for group in call.groups:
        entry(call, group, title="x", about=["water"], tongue="en")
    move(call.round, closes=-1)
    who = people(call)
    actions.add_panelist(challenge=call.challenge, panel="jury", person=who.judith.person, by=None)
    return call, who


def test_a_judge_says_what_they_know_and_read(asked):
    _call, who = asked
    client, seat = who.judith.client, Panelist.objects.get()
    assert "What do you know well?" in main(client.get(MINE))
    client.post(MINE, {"do": "expertise", "seat": seat.pk, "topic": ["water"], "language": ["fr"]})
    seat.refresh_from_db()
    assert (seat.topics, seat.languages) == (["water"], ["fr"])
    assert 'value="water" checked' in main(client.get(MINE))
    client.post(MINE, {"do": "expertise", "seat": seat.pk, "topic": ["fire"]})
    seat.refresh_from_db()
    assert seat.topics == ["water"]
    assert who.ada.client.post(MINE, {"do": "expertise", "seat": seat.pk, "topic": ["air"]}).status_code == 404
    assert client.post(MINE, {"do": "explode"}).status_code == 404


def test_a_judge_says_whom_they_are_too_close_to(asked):
    call, who = asked
    client = who.judith.client
    sheet = sheet_for(call, who.judith.person)
    client.post(MINE, {"do": "close", "group": call.group.pk, "reason": ""})
    client.post(MINE, {"do": "close", "group": 999, "reason": "x"})
    assert not ConflictOfInterest.objects.exists()
    client.post(MINE, {"do": "close", "group": call.group.pk, "reason": "My brother."})
    sheet.refresh_from_db()
    assert sheet.state == "recused"
    assert "My brother." in main(client.get(MINE))
    actions.object_to(group=call.groups[1], person=who.judith.person, reason="She taught us.", by=None)
    text = main(client.get(MINE))
    assert "said or found by others" in text
    assert "She taught us." not in text
    who.ada.client.post(MINE, {"do": "close", "group": call.groups[1].pk, "reason": "x"})  # ada does not judge
    assert ConflictOfInterest.objects.count() == 2


def test_who_judges_nowhere_finds_an_empty_page():
    assert "You judge nowhere now" in main(actor("eve").client.get(MINE))


def test_a_recusal_with_a_conflict_is_the_judges_own_word(asked):
    call, who = asked
    sheet = sheet_for(call, who.judith.person)
    who.judith.client.post(f"/desk/sheets/{sheet.pk}/recuse/", {"reason": "A cousin.", "conflict": "1"})
    assert ConflictOfInterest.objects.get().source == "judge"


def test_who_gave_back_an_entry_without_a_name_is_not_told_whose_it_was():
    call = locked_scene(groups=2, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    who.judith.client.post(f"/desk/sheets/{sheet.pk}/recuse/", {"reason": "I know this hand.", "conflict": "1"})
    known = main(who.judith.client.get(MINE)).partition("Whom you do not judge")[2].partition("<form")[0]
    assert "a team whose entry you had without its name" in known
    assert "Team 1" not in known


def test_a_team_says_who_should_not_judge_it(asked):
    call, who = asked
    client, page = who.ada.client, f"/cycles/{call.cycle.key}/teams/team-1/judges/"
    assert "This judge should not judge us" in main(client.get(page))
    client.post(page, {"do": "judge", "judge": who.ada.person.pk, "reason": "x"})
    client.post(page, {"do": "judge", "judge": who.judith.person.pk, "reason": " "})
    assert not ConflictOfInterest.objects.exists()
    client.post(page, {"do": "judge", "judge": who.judith.person.pk, "reason": "She taught us."})
    assert ConflictOfInterest.objects.get().source == "team"
    empty = client.post(page, {"do": "words", "words": " "})
    assert (empty.status_code, "field-errors" in main(empty)) == (422, True)
    client.post(page, {"do": "words", "words": "Whoever works for the river board."})
    assert Concern.objects.get().person == who.ada.person
    text = main(client.get(page))
    assert "does not judge you" in text
    assert "waits for the organizers" in text
    actions.lift_conflict(conflict=ConflictOfInterest.objects.get(), reason="One lecture only.", by=None)
    actions.settle_concern(concern=Concern.objects.get(), judges=[], answer="Nobody does.", by=None)
    text = main(client.get(page))
    assert "One lecture only." in text
    assert "Nobody does." in text
    assert client.post(page, {"do": "explode"}).status_code == 404


def test_where_judges_are_not_known_a_team_says_it_in_words(db):
    call = locked_scene(groups=2)
    who = people(call)
    judge(call, "Marek")
    client, page = who.ada.client, f"/cycles/{call.cycle.key}/teams/team-1/judges/"
    text = main(client.get(page))
    assert "Marek" not in text
    assert "Judith" not in text
    client.post(page, {"do": "judge", "judge": who.judith.person.pk, "reason": "x"})
    assert not ConflictOfInterest.objects.exists()
    concern = actions.raise_concern(group=call.group, words="Marek's firm.", by=None)
    actions.settle_concern(concern=concern, judges=[who.judith.person], answer="", by=None)
    text = main(client.get(page))
    assert "Judith" not in text
    assert "whoever is meant does not judge you" in text


def test_for_others_the_page_of_a_team_does_not_exist(asked):
    call, who = asked
    page = f"/cycles/{call.cycle.key}/teams/team-1/judges/"
    for outsider in (who.eve, who.ben, who.judith, who.org):
        assert outsider.client.get(page).status_code == 404
        assert outsider.client.post(page, {"do": "words", "words": "x"}).status_code == 404
    watching = actor("coach")
    MembershipFactory(group=call.group, person=watching.person, role="coach", capabilities=["follow"])
    assert "Tell the organizers" not in main(watching.client.get(page))
    assert watching.client.post(page, {"do": "words", "words": "x"}).status_code == 404


def test_pages_ask_as_much_for_many_rows_as_for_few():
    counts, judith, ada = [], actor("judith"), actor("ada")
    for size in (3, 30):
        call = locked_scene(groups=size, rounds=[{"key": "call", "judges_named": True}])
        MembershipFactory(cycle=call.cycle, group=None, person=judith.person, role="judge", capabilities=["judge"])
        MembershipFactory(group=call.group, person=ada.person, role="captain", capabilities=["captain", "submit"])
        actions.add_panelist(challenge=call.challenge, panel="jury", person=judith.person, by=None)
        for number, group in enumerate(call.groups[1:]):
            actions.say_too_close(person=judith.person, group=group, reason="x", by=None)
            actions.object_to(group=call.group, person=judge(call, f"Judge {number}"), reason="x", by=None)
            actions.raise_concern(group=call.group, words="x", by=None)
        for someone, page in ((judith, MINE), (ada, f"/cycles/{call.cycle.key}/teams/team-1/judges/")):
            client = someone.client
            client.get(page)
            with CaptureQueriesContext(connection) as statements:
                assert client.get(page).status_code == 200
            counts.append(len(without_designs(statements)))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12, counts
    assert Sheet.objects.count() == 0


def test_the_desk_asks_as_much_for_many_conflicts_as_for_few():
    counts, org = [], actor("org")
    for size in (3, 30):
        call = locked_scene(groups=size)
        MembershipFactory(cycle=call.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
        for number, group in enumerate(call.groups):
            someone = judge(call, f"Judge {number}")
            actions.declare_conflict(person=someone, group=group, reason="x", by=None)
            actions.raise_concern(group=group, words="x", by=None)
        page = f"/cycles/{call.cycle.key}/desk/judging/conflicts/"
        client = org.client
        client.get(page)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(page).status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12, counts
