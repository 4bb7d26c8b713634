"""A playbook's round is published in the browser's pages, after a departure, exactly as it was looked at; then it is corrected."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from games.journal.queries import broken_links, db_now
from games.results.models import RecomputeRun
from leaderboards.models import Board
from leaderboards.queries import broken_snapshots
from tests.flows.story import Somebody, Story, the_worker_works
from tests.flows.test_innovation_competition import ACCEPTED, ANSWERS, CONCEPT, GIVEN, SHORT, marks

pytestmark = pytest.mark.django_db
CALL = "/cycles/water/desk/publish/call/"


@pytest.fixture
def story() -> Story:
    """The call of an innovation competition: entered, locked, judged, not published."""
    story = Story(Somebody("org", may_launch=True))
    start = (db_now() - timedelta(days=1)).isoformat()
    story.launch(playbook="innovation-competition", key="water", name="Clean water", start=start, changes=GIVEN | SHORT)
    the_worker_works()
    for name in ("aqua", "brook", "cloud", "delta"):
        story.register(name, answers=ANSWERS, **ACCEPTED)
    for name in ("judith", "jonas"):
        story.appoint(name)
    concept = story.challenge("call", "concept")
    for name in story.teams:
        story.enter(name, concept, **CONCEPT)
    for judge in story.judges:
        story.seat(concept, judge)
    story.steer("call", "lock")
    call = {"aqua": marks(4, 4, 3, 3), "brook": marks(3, 3, 3, 3), "cloud": marks(2, 2, 1, 2), "delta": marks(1, 1, 1, 1)}
    story.judge(concept, call, comment="Test it with ten households.")
    the_worker_works()
    return story


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def rows(text: str) -> list[tuple[str, str]]:
    """Name and score of the rows of a previewed board."""
    return re.findall(r'class="name"><a href="[^"]*">([^<]*)</a>.*?class="score">([^<]*)<', text)


def confirmed(client: Client, **sent: str) -> str:
    """Publish what the page shows; the worker does it."""
    digest = re.findall(r'name="expected" value="(\w{64})"', words(client.get(f"{CALL}confirm/")))[0]
    asked = client.post(f"{CALL}confirm/", {"expected": digest} | sent)
    assert asked.status_code == 302
    the_worker_works()
    assert RecomputeRun.objects.filter(kind="settle").latest("pk").state == "done"
    return words(client.get(asked["Location"]))


def test_a_round_is_looked_at_departed_from_published_and_corrected_in_pages(story: Story) -> None:
    client = Client()
    client.force_login(story.org.user)
    before = words(client.get(f"{CALL}?board=shortlist"))
    assert rows(before) == [("Aqua", "87.50"), ("Brook", "75.00"), ("Cloud", "43.75"), ("Delta", "25.00")]
    sent = {"group": "cloud", "board": "shortlist", "act": "invite:build", "reason": "The host city may send one."}
    assert client.post(f"{CALL}depart/", sent).status_code == 302
    looked = words(client.get(f"{CALL}?board=shortlist"))
    assert "invited" in looked
    done = confirmed(client)
    assert "is published" in done
    assert [name.lower() for name, _score in rows(looked)] == [group for _place, group, _score in story.snapshot("shortlist")]
    build = story.round("build")
    listed = [(row["group_key"], row["via"]) for row in story.org.list(f"/entrants?round={build['id']}")]
    assert listed == [("aqua", "cut"), ("brook", "cut"), ("cloud", "invited")]
    told = words(Client().get("/cycles/water/decisions/"))
    assert "The host city may send one." in told

    concept = story.challenge("call", "concept")
    sheet = next(one for one in story.org.list(f"/sheets?challenge={concept}&limit=200") if one["group"]["key"] == "delta")
    story.org.do(f"/sheets/{sheet['id']}/reopen", reason="Typed into the wrong row.")
    judge = next(one for one in story.judges if any(mine["id"] == sheet["id"] for mine in one.list("/sheets?limit=200")))
    given = [{"criterion": key, "value": str(value)} for key, value in marks(4, 4, 4, 4).items()]
    judge.do(f"/sheets/{sheet['id']}/finalize", marks=given, comment="Sorry.")
    the_worker_works()
    assert re.search(r"<strong>Delta</strong> <span>.*?score 25 → 62.5", words(client.get(f"{CALL}?board=shortlist")))
    equal = {"group": "cloud", "board": "shortlist", "act": "equal", "other": "delta", "reason": "No difference worth a place."}
    assert client.post(f"{CALL}depart/", equal).status_code == 302
    confirmed(client, reason="A sheet was typed into the wrong row.")
    assert story.snapshot("shortlist")[2:] == [("3", "cloud", "43.75"), ("3", "delta", "62.5")]
    assert "No difference worth a place." in words(Client().get("/cycles/water/decisions/"))
    for board in Board.objects.filter(scope=story.cycle):
        assert broken_snapshots(board) == []
    assert list(broken_links()) == []
