"""Tests of change in pages: a team plans, does, studies and acts on one screen; others read it once its round is open."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.web.learned import bars, evidence_shape
from games.journal.models import JournalEntry
from games.learning.models import ChangeTest
from tests.cast import Cast
from tests.factories.learning import an_idea, finished, planned, studied
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
TESTS = "/cycles/water/teams/red/tests/"
PLAN = {"title": "Boil it first", "prediction": "Half as many are ill.", "idea": ""}


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_team_walks_a_test_through_its_four_steps(cast: Cast) -> None:
    client = cast.ada.client
    assert "Small and often beats large and late" in words(client.get(TESTS))
    text = words(client.post(TESTS, PLAN, follow=True))
    assert "Planned. Now try it" in text
    at = f"{TESTS}1/"
    text = words(client.post(at, {"done": "Boiled it for a week."}, follow=True))
    assert "Next: what did you see?" in text
    text = words(client.post(at, {"data": "3 instead of 7", "learned": "Fuel is the hard part."}, follow=True))
    assert "what do you do now?" in text
    assert 'name="act" value="abandon"' in text
    text = words(client.post(at, {"act": "adapt"}, follow=True))
    assert "Adapted: we change it and test again." in text
    assert "Plan the next test" in text
    assert "<form" not in text.split('class="walk"')[1].split("</ol>")[0]
    text = words(client.get(TESTS))
    assert "Fuel is the hard part." in text
    assert "this week last: 0, 0, 0, 0, 0, 0, 0, 1." in text


def test_a_test_of_an_idea_begins_at_the_idea_and_says_whose_it_is(cast: Cast) -> None:
    idea, hidden = an_idea(cast.blue, title="Reed beds"), an_idea(cast.blue, title="Not for you", audience="own")
    text = words(cast.ada.client.get(f"{TESTS}?idea={idea.number}"))
    assert f'<option value="{idea.number}" selected>Reed beds</option>' in text
    assert "Not for you" not in text
    assert cast.ada.client.post(TESTS, PLAN | {"idea": str(hidden.number)}).status_code == 422
    assert "Reed beds" in words(cast.ada.client.post(TESTS, PLAN | {"idea": str(idea.number)}, follow=True))
    assert ChangeTest.objects.get().idea == idea


def test_what_was_typed_stays_when_it_is_refused(cast: Cast) -> None:
    answer = cast.ada.client.post(TESTS, PLAN | {"prediction": ""})
    assert (answer.status_code, "Boil it first" in words(answer)) == (422, True)
    test = planned(cast.red)
    answer = cast.ada.client.post(f"{TESTS}{test.number}/", {"done": "x" * 5001})
    assert (answer.status_code, "x" * 5001 in words(answer)) == (422, True)
    test = studied(cast.red)
    sent = {"revise": "yes", "better-title": "", "better-learned": "A long story."}
    answer = cast.ada.client.post(f"{TESTS}{test.number}/", sent)
    assert (answer.status_code, "A long story." in words(answer)) == (422, True)
    assert cast.ada.client.post(f"{TESTS}{test.number}/", {"act": "burn"}).status_code == 200
    assert ChangeTest.objects.get(pk=test.pk).state == "studied"


def test_words_are_made_better_until_it_is_finished(cast: Cast) -> None:
    test = planned(cast.red)
    sent = {"revise": "yes", "better-title": "Boil twice", "better-prediction": "None is ill."}
    assert "Boil twice" in words(cast.ada.client.post(f"{TESTS}{test.number}/", sent, follow=True))
    done = finished(cast.red)
    assert cast.ada.client.post(f"{TESTS}{done.number}/", sent).status_code == 404
    assert ChangeTest.objects.get(pk=done.pk).title == "Boil it first"


@pytest.mark.outsider
def test_a_teams_tests_are_its_own_until_they_are_finished_and_shown(cast: Cast) -> None:
    going, done = studied(cast.red), finished(cast.red)
    for other in (cast.ben, cast.judith, cast.eve, cast.org):
        for path in (TESTS, f"{TESTS}{done.number}/"):
            assert other.client.get(path).status_code == 404
            assert other.client.post(path, PLAN | {"done": "x"}).status_code == 404
    for other in (cast.ben, cast.judith, cast.eve, cast.visitor):
        assert other.client.get(f"/cycles/water/tests/{done.number}/").status_code == 404
    cast.publish(cast.call)
    for other in (cast.ben, cast.judith, cast.eve, cast.visitor):
        assert "Fuel is the hard part." in words(other.client.get(f"/cycles/water/tests/{done.number}/"))
        assert other.client.get(f"/cycles/water/tests/{going.number}/").status_code == 404
    assert cast.ada.client.get(f"/cycles/water/tests/{done.number}/").status_code == 302
    assert cast.ada.client.get(f"{TESTS}999/").status_code == 404


def test_a_public_test_names_no_idea_that_the_reader_may_not_read(cast: Cast) -> None:
    cast.publish(cast.call)
    test = finished(cast.red, an_idea(cast.blue, title="For teams alone"))
    assert "For teams alone" in words(cast.ben.client.get(f"/cycles/water/tests/{test.number}/"))
    assert "For teams alone" not in words(cast.visitor.client.get(f"/cycles/water/tests/{test.number}/"))


def test_what_tests_say_of_an_idea_never_names_a_hidden_test(cast: Cast) -> None:
    idea = an_idea(cast.blue)
    finished(cast.red, idea)
    sealed, own = evidence_shape(cast.ben.access, idea), evidence_shape(cast.ada.access, idea)
    assert (sealed["evidence"].grade, sealed["spread"], sealed["tests"], len(own["tests"])) == ("C", 1, [], 1)
    cast.publish(cast.call)
    assert len(evidence_shape(cast.visitor.access, idea)["tests"]) == 1


def test_reading_pages_of_tests_is_no_act(cast: Cast) -> None:
    cast.publish(cast.call)
    test = finished(cast.red)
    before = JournalEntry.objects.count()
    for _ in range(3):
        cast.ben.client.get(f"/cycles/water/tests/{test.number}/")
        cast.ada.client.get(TESTS)
    assert JournalEntry.objects.count() == before


def test_a_week_without_a_test_keeps_its_foot() -> None:
    assert [one["height"] for one in bars((0, 1, 4))] == [2, 12, 40]
    assert [one["x"] for one in bars((0, 0))] == [0, 18]


def test_the_list_takes_as_many_statements_for_thirty_as_for_three(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.learning.actions.testing.PLANS", ())
    client, idea = cast.ada.client, an_idea(cast.blue)

    def read(path: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        return len(without_designs(statements))

    for _ in range(3):
        finished(cast.red, idea), planned(cast.red, idea)
    read(TESTS)
    few, one = read(TESTS), read(f"{TESTS}1/")
    for _ in range(27):
        finished(cast.red, idea), planned(cast.red, idea)
    assert read(TESTS) == few <= 12
    assert read(f"{TESTS}1/") == one <= 12
