"""The safe room in pages: closed until the organizers told theirs, told with and without a name, answered, and no door for others."""

import html
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.ideas import actions
from games.ideas.models import Idea, IdeaDraft, RiskAnswer
from games.journal.models import JournalEntry
from tests.cast import Cast, actor
from tests.factories.groups import MembershipFactory
from tests.factories.ideas import telling
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
ROOM = "/cycles/water/safe-room/"
TYPED: dict[str, Any] = {
    "title": "The pump stood still",
    "summary": "We bought it first.",
    "went_wrong": "Nobody owned it.",
    "teller": "red",
    "audience": "teams",
}


def main(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2])


def opened(cast: Cast) -> Idea:
    return actions.tell_story(cycle=cast.cycle, told=telling("We judged too late"), by=cast.org.user)[0]


def test_the_invitation_stays_closed_until_the_organizers_told_theirs(cast: Cast):
    closed = main(cast.ada.client.get(ROOM))
    assert "Nobody is asked for a failure before the organizers have told one of their own" in closed
    assert "Put it in" not in closed
    assert "The organizers go first" in main(cast.ada.client.get(f"{ROOM}tell/"))
    refused = main(cast.ada.client.post(f"{ROOM}tell/", TYPED))
    assert "They go first" in refused
    refused = main(cast.ada.client.post(f"{ROOM}answers/call/", {"text": "They laugh."}))
    assert "They go first" in refused
    assert "They laugh." in refused
    assert "Tell yours first" in main(cast.org.client.get(ROOM))
    sent = cast.org.client.post(f"{ROOM}tell/", TYPED | {"teller": "organizers", "title": "We judged too late"})
    assert sent["Location"] == f"/cycles/water/ideas/{Idea.objects.get().number}/"
    text = main(cast.ada.client.get(ROOM))
    assert "The organizers went first" in text
    assert "We judged too late" in text
    assert "Put it in" in text


def test_told_under_the_teams_name_it_is_read_widened_and_listed(cast: Cast):
    opened(cast)
    sent = cast.ada.client.post(f"{ROOM}tell/", TYPED | {"audience": "organizers"})
    story = Idea.objects.get(title="The pump stood still")
    assert (story.group, story.audience, sent["Location"]) == (cast.red, "organizers", f"/cycles/water/ideas/{story.number}/")
    assert "The pump stood still" not in main(cast.ben.client.get(ROOM))
    cast.ada.client.post(f"/cycles/water/ideas/{story.number}/widen/", {"audience": "teams"})
    text = main(cast.ben.client.get(ROOM))
    assert "The pump stood still" in text
    assert "Red Herons" in text
    assert f'href="{ROOM}"' in main(cast.ben.client.get("/cycles/water/ideas/"))


def test_told_without_a_name_it_shows_its_key_once_and_keeps_nothing_else(cast: Cast):
    opened(cast)
    client = cast.ada.client
    kept = list(Session.objects.order_by("pk").values_list("session_data", flat=True))
    told = client.post(f"{ROOM}tell/", TYPED | {"teller": "-", "audience": "organizers"})
    assert told.status_code == 200
    found = re.search(r'safe-key">([^<]+)<', main(told))
    assert found is not None
    story = Idea.objects.get(title="The pump stood still")
    assert (story.group, story.author, story.versions.get().by) == (None, None, None)
    assert JournalEntry.objects.get(payload__nameless=True).actor is None
    assert list(Session.objects.order_by("pk").values_list("session_data", flat=True)) == kept
    assert "messages" not in client.cookies
    assert not IdeaDraft.objects.exists()
    assert "no-store" in told["Cache-Control"]
    read = main(cast.org.client.get(ROOM))
    assert "Nobody's name" in read
    assert found[1] not in read
    assert "No story here has this key" in main(client.post(f"{ROOM}widen/", {"key": "x", "audience": "teams"}))
    assert "More people can read it now" in main(client.post(f"{ROOM}widen/", {"key": found[1], "audience": "teams"}))
    assert "Somebody" in main(cast.ben.client.get(f"/cycles/water/ideas/{story.number}/"))


def test_what_is_wrong_stays_as_typed_beside_its_field(cast: Cast):
    opened(cast)
    text = main(cast.ada.client.post(f"{ROOM}tell/", TYPED | {"went_wrong": ""}))
    assert "Please look again" in text
    assert "The pump stood still" in text
    text = main(cast.ada.client.post(f"{ROOM}tell/", TYPED | {"teller": "-", "audience": "groups", "readers": [cast.blue.pk]}))
    assert "naming teams would tell whose it is" in text
    assert Idea.objects.count() == 1


def test_answers_are_put_in_once_and_shown_three_at_a_time(cast: Cast):
    opened(cast)
    third = actor("cara")
    MembershipFactory(group=cast.blue, cycle=cast.cycle, person=third.person, role="member", capabilities=["submit"])
    for number, one in enumerate((cast.ada, cast.ben, third)):
        assert "Answers come into sight 3 at a time" in main(cast.org.client.get(ROOM))
        sent = one.client.post(f"{ROOM}answers/call/", {"text": f"Answer {number}"})
        assert sent["Location"] == f"{ROOM}?answered=call#q-call"
    for one in (cast.ada, cast.org):
        text = main(one.client.get(ROOM))
        assert all(f"Answer {number}" in text for number in range(3))
    assert "Thank you." in main(cast.ada.client.get(f"{ROOM}?answered=call"))
    again = main(cast.ada.client.post(f"{ROOM}answers/call/", {"text": "And this"}))
    assert "You have answered" in again
    assert RiskAnswer.objects.count() == 3
    assert "Put it in" not in main(cast.org.client.get(ROOM))


@pytest.mark.outsider
def test_who_is_outside_a_judge_and_a_sponsor_find_no_room(cast: Cast):
    opened(cast)
    sponsor = actor("sponsor")
    MembershipFactory(cycle=cast.cycle, person=sponsor.person, role="sponsor", capabilities=["follow"])
    for someone in (cast.eve, cast.judith, sponsor):
        client = someone.client
        for path in ("", "tell/"):
            hidden, absent = client.get(f"{ROOM}{path}"), client.get(f"{ROOM.replace('water', 'nowhere')}{path}")
            assert (hidden.status_code, absent.status_code) == (404, 404)
        for path, typed in (("tell/", TYPED | {"teller": "-"}), ("widen/", {"key": "x"}), ("answers/call/", {"text": "x"})):
            assert client.post(f"{ROOM}{path}", typed).status_code == 404
        assert ROOM not in main(client.get("/cycles/water/ideas/"))
    assert cast.visitor.client.get(ROOM).status_code == 404
    assert cast.visitor.client.post(f"{ROOM}answers/call/", {"text": "x"}).status_code == 302
    assert cast.org.client.post(f"{ROOM}answers/call/", {"text": "x"}).status_code == 403
    assert not RiskAnswer.objects.exists()
    assert Idea.objects.count() == 1


def test_the_room_asks_as_many_statements_for_many_as_for_few(cast: Cast):
    opened(cast)
    client = cast.ada.client

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(without_designs(asked))

    few = counted(ROOM), counted(f"{ROOM}tell/"), counted("/cycles/water/ideas/")
    for number in range(9):
        actions.tell_story(cycle=cast.cycle, told=telling(f"Story {number}"), by=cast.ada.user, group=cast.red)
    RiskAnswer.objects.bulk_create([RiskAnswer(round=cast.call, text=f"x{n}", shown=True) for n in range(30)])
    assert (counted(ROOM), counted(f"{ROOM}tell/"), counted("/cycles/water/ideas/")) == few
    assert max(few) <= 12
