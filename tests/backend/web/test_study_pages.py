"""The study between two rounds in pages: read, take, come back on the entry and the test; organizers see how far each team is."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.ideas.models import Idea
from games.learning import actions
from games.learning.models import ChangeTest, Reading, Taken
from games.rounds.models import Entrant
from games.talk.models import Post, Thread
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.factories.studying import entered, studying
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
STUDY = "/cycles/water/teams/red/study/"
DESK = "/cycles/water/desk/study/"


def main(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2])


def on(cast: Cast, **times: int) -> Reading | None:
    """A study in which red reads blue's entry."""
    studying(cast, **times)
    entered(cast, cast.blue)
    actions.deal_what_is_due()
    return Reading.objects.filter(group=cast.red).first()


def test_a_team_reads_takes_and_meets_it_again_in_the_next_round(cast: Cast):
    reading = on(cast)
    assert reading is not None
    client = cast.ada.client
    text = main(client.get(STUDY))
    for words in ("What others made in", "Blue Herons", "0 of 1 read", "We have read it", "What do you take from it?"):
        assert words in text
    client.post(f"{STUDY}works/{reading.pk}/")
    assert "1 of 1 read" in main(client.get(STUDY))
    refused = main(client.post(STUDY, {"text": " ", "prediction": "Half."}))
    assert "Please look again" in refused
    assert "Half." in refused
    sent = client.post(STUDY, {"text": "Fire the clay", "prediction": "Half as many break.", "reading": str(reading.pk)})
    assert sent["Location"] == STUDY
    taken = Taken.objects.get()
    assert (taken.reading, taken.by, taken.group) == (reading, cast.ada.person, cast.red)
    assert "Fire the clay" in main(client.get(STUDY))
    cast.final.opened_at, cast.final.passed_at = now(), now()
    cast.final.save(update_fields=["opened_at", "passed_at"])
    form = main(client.get("/cycles/water/teams/red/tests/?taken=1"))
    assert 'value="Fire the clay"' in form
    assert "Half as many break." in form
    client.post("/cycles/water/teams/red/tests/", {"title": "Fire the clay", "prediction": "Half.", "taken": "1"})
    assert ChangeTest.objects.get().taken == taken
    assert "Test 1" in main(client.get(STUDY))


def test_what_was_taken_stands_on_the_next_rounds_entry(cast: Cast):
    on(cast)
    actions.take(round=cast.call, group=cast.red, text="Fire the clay", prediction="Half.", by=cast.ada.user)
    Entrant.objects.create(round=cast.final, group=cast.red, at=now())
    cast.final.opened_at, cast.final.passed_at, cast.final.opens_at = now(), now(), now()
    cast.final.save(update_fields=["opened_at", "passed_at", "opens_at"])
    text = main(cast.ada.client.get("/cycles/water/rounds/final/prototype/entry/"))
    assert "your hypotheses now" in text
    assert "Fire the clay" in text
    assert "?taken=1" in text


def test_what_was_taken_is_left_again_while_the_study_is_on(cast: Cast):
    on(cast)
    actions.take(round=cast.call, group=cast.red, text="Fire the clay", by=cast.ada.user)
    cast.ada.client.post(f"{STUDY}taken/1/")
    assert not Taken.objects.exists()


@pytest.mark.parametrize(("times", "said"), [({"begins": -1}, "Begins in"), ({"begins": 1, "ends": 0}, "Now it is tried.")])
def test_before_and_after_the_page_says_so_and_takes_nothing(cast: Cast, times: dict[str, int], said: str):
    on(cast, **times)
    text = main(cast.ada.client.get(STUDY))
    assert said in text
    assert "Take it" not in text
    cast.ada.client.post(STUDY, {"text": "x"})
    assert not Taken.objects.exists()


def test_organizers_read_how_long_whoever_asks_waits(cast: Cast):
    on(cast)
    opened = now() - timedelta(days=2)
    Thread.objects.create(
        cycle=cast.cycle,
        number=1,
        kind="ask",
        idea=shared(cast),
        title="How?",
        group=cast.blue,
        opened_at=opened,
        last_at=opened,
        due_at=now(),
        replied_at=opened + timedelta(hours=7, minutes=12),
    )
    assert "waits 7 hours for the first reply" in main(cast.org.client.get(DESK))


def test_organizers_see_who_has_read_and_what_they_take(cast: Cast):
    studying(cast)
    client = cast.org.client
    assert "Deal it now" in main(client.get(DESK))
    client.post(f"{DESK}call/")
    assert not Reading.objects.exists()
    entered(cast, cast.blue)
    client.post(f"{DESK}call/")
    actions.mark_read(Reading.objects.get(group=cast.red), by=cast.ada.user)
    actions.take(round=cast.call, group=cast.red, text="Fire the clay", by=cast.ada.user)
    text = main(client.get(DESK))
    assert "Fire the clay" in text
    row = text.partition("Red Herons</th>")[2].partition("</tr>")[0]
    assert re.findall(r">(\d+)<", row) == ["1", "1", "0", "0", "1", "0"]


def test_a_cycle_without_a_study_says_so(cast: Cast):
    assert "No study in this cycle" in main(cast.ada.client.get(STUDY))
    assert "No study in these rules" in main(cast.org.client.get(DESK))


@pytest.mark.outsider
def test_others_find_neither_page_nor_work(cast: Cast):
    reading = on(cast)
    assert reading is not None
    actions.take(round=cast.call, group=cast.red, text="Fire the clay", by=cast.ada.user)
    for someone in (cast.ben, cast.judith, cast.eve):
        client = someone.client
        assert client.get(STUDY).status_code == client.get(STUDY.replace("red", "nobody")).status_code == 404
        assert client.get(DESK).status_code == 404
        for path in (f"works/{reading.pk}/", "taken/1/", ""):
            assert client.post(f"{STUDY}{path}", {"text": "x"}).status_code == 404
        assert client.post(f"{DESK}call/").status_code == 404
    blue = STUDY.replace("red", "blue")
    assert cast.ben.client.post(f"{blue}works/{reading.pk}/").status_code == 404
    assert cast.ben.client.post(f"{blue}taken/1/").status_code == 404
    assert Taken.objects.count() == 1
    assert Reading.objects.get(pk=reading.pk).read_at is None


def test_the_pages_ask_as_many_statements_for_many_as_for_few(cast: Cast):
    on(cast, reads=20)
    actions.take(round=cast.call, group=cast.red, text="Fire the clay", by=cast.ada.user)
    team, desk = cast.ada.client, cast.org.client

    def counted(client: Any, path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(without_designs(asked))

    few = counted(team, STUDY), counted(desk, DESK)
    for n in range(9):
        actions.take(round=cast.call, group=cast.red, text=f"Try {n}", by=cast.ada.user)
        group = GroupFactory(cycle=cast.cycle, key=f"g{n}")
        Reading.objects.create(round=cast.call, group=cast.red, submission=entered(cast, group))
        Reading.objects.create(round=cast.call, group=group, submission=Reading.objects.filter(group=cast.red)[0].submission)
    assert (counted(team, STUDY), counted(desk, DESK)) == few
    assert max(few) <= 12
    assert not Idea.objects.exists()
    assert shared(cast).number == 1


def test_a_team_asks_the_other_about_its_work_and_the_desk_shows_whether_it_was_answered(cast: Cast):
    reading = on(cast)
    assert reading is not None
    ada, ben = cast.ada.client, cast.ben.client
    assert "Ask them" in main(ada.get(STUDY))
    asks = ada.post(f"{STUDY}works/{reading.pk}/ask/")
    idea = Idea.objects.get(submission=reading.submission)
    assert asks.headers["Location"] == f"/cycles/water/ideas/{idea.number}/talk/?as=red&kind=question"
    form = main(ada.get(asks.headers["Location"]))
    assert re.search(r'value="question"[^>]*checked', form)
    sent = ada.post(asks.headers["Location"], {"as": "red", "kind": "question", "title": "Which clay?", "text": "From where?"})
    assert "waits for an answer" in main(ada.get(STUDY))
    row = r"Red Herons</th><td class=\"n\">1</td><td class=\"n\">0</td><td class=\"n\">1</td><td class=\"n\">{}</td>"
    assert re.search(row.format(0), main(cast.org.client.get(DESK)))
    ben.post(sent.headers["Location"], {"text": "The river bank.", "as": "blue"})
    answer = Post.objects.get(number=2)
    ada.post(f"{sent.headers['Location']}posts/{answer.pk}/", {"do": "accept"})
    assert "answered" in main(ada.get(STUDY))
    assert re.search(row.format(1), main(cast.org.client.get(DESK)))


@pytest.mark.outsider
def test_nobody_asks_as_another_team(cast: Cast):
    reading = on(cast)
    assert reading is not None
    for someone in (cast.ben, cast.eve, cast.judith):
        assert someone.client.post(f"{STUDY}works/{reading.pk}/ask/").status_code in {403, 404}
    assert not Idea.objects.exists()
