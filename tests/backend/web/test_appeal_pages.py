"""Appeals in pages: the team asks while appeals are taken, organizers answer on their desk, nobody else finds either."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.changes import actions
from games.changes.models import Appeal
from games.rounds.models import Round
from tests.factories.changes import DAYS, Told, told
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Told:
    return told("call")


def page(story: Told, group: str = "aqua") -> str:
    return f"/cycles/{story.played.cycle.key}/teams/{group}/appeals/"


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def asked(story: Told, text: str = "Judge 1 meant 5.", **more: str) -> Any:
    return story.ada.client.post(page(story), {"round": "call", "call-text": text} | more, follow=True)


@pytest.mark.outsider
def test_a_teams_appeals_are_for_its_members(story: Told) -> None:
    actions.make_appeal(round=story.round("call"), group=story.played.groups["aqua"], text="A secret.", by=story.ada.user)
    assert "A secret." in words(story.ada.client.get(page(story)))
    appeal = Appeal.objects.get()
    for other in (story.ben, story.judith, story.eve, story.org):
        assert other.client.get(page(story)).status_code == 404
        assert other.client.post(page(story), {"round": "call", "call-text": "x"}).status_code == 404
        assert other.client.post(f"{page(story)}{appeal.pk}/withdraw/").status_code == 404
    assert Appeal.objects.get().state == "open"


def test_a_team_appeals_and_takes_it_back(story: Told) -> None:
    text = words(story.ada.client.get(page(story)))
    assert "Appeals are taken for another" in text
    assert "Pitch: appeals are taken for 5 days after its results are published." in text
    text = words(asked(story))
    assert "Your appeal is with the organizers." in text
    assert "Judge 1 meant 5." in text
    assert "Another one can follow" in text
    appeal = Appeal.objects.get()
    text = words(story.ada.client.post(f"{page(story)}{appeal.pk}/withdraw/", follow=True))
    assert "taken back" in text
    assert "Send the appeal" in text


def test_what_was_typed_stays_when_it_is_refused(story: Told) -> None:
    answer = asked(story, " ")
    assert (answer.status_code, "Please look again" in words(answer)) == (422, True)
    long = "x" * 5001
    answer = asked(story, long)
    assert long in answer.content.decode()
    assert not Appeal.objects.exists()


def test_when_the_days_are_over_the_page_says_until_when_it_was(story: Told) -> None:
    Round.objects.filter(pk=story.round("call").pk).update(published_at=now() - timedelta(days=DAYS))
    text = words(story.ada.client.get(page(story)))
    assert "Appeals were taken until" in text
    assert "Send the appeal" not in text
    answer = asked(story)
    assert answer.status_code == 422
    assert "Appeals about &quot;Sealed call&quot; were taken from" in words(answer)
    assert not Appeal.objects.exists()


def test_the_round_says_until_when_teams_may_appeal_and_leads_its_own_there(story: Told) -> None:
    path = f"/cycles/{story.played.cycle.key}/rounds/call/"
    assert "Teams may appeal for another" in words(story.visitor_page(path))
    assert page(story) in story.ada.client.get(path).content.decode()
    assert "/appeals/" not in story.visitor_page(path).content.decode()
    later = words(story.visitor_page(f"/cycles/{story.played.cycle.key}/rounds/final/"))
    assert "5 days after the results are published" in later


def test_a_cycle_without_appeals_has_no_tab_for_them() -> None:
    quiet = told("call", rounds=[{"key": "call", "name": "Call"}, {"key": "final"}])
    assert "/appeals/" not in quiet.ada.client.get(page(quiet).replace("appeals", "standing")).content.decode()
    assert "provide for no appeals" in words(quiet.ada.client.get(page(quiet)))


def test_the_page_takes_as_many_statements_for_thirty_appeals_as_for_three(story: Told) -> None:
    group, client = story.played.groups["aqua"], story.ada.client

    def read() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(page(story)).status_code == 200
        return len(without_designs(statements))

    rows = [Appeal(round=story.round("call"), group=group, text="x", state="withdrawn") for _ in range(33)]
    Appeal.objects.bulk_create(rows[:3])
    read()
    few = read()
    Appeal.objects.bulk_create(rows[3:])
    assert read() == few <= 12
