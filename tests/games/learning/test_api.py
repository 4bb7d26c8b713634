"""Tests of change over the API: the group's own until they are finished and their round is opened."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.learning.models import ChangeTest
from tests.cast import Cast
from tests.factories.learning import an_idea, finished, planned, studied

pytestmark = pytest.mark.django_db
API = "/api/v1"
PLAN = {"title": "Boil it", "prediction": "Fewer are ill."}


def post(cast: Cast, path: str, body: dict[str, Any] | None = None, who: str = "ada", key: str = "k") -> Any:
    return getattr(cast, who).api.post(f"{API}/{path}", body or {}, format="json", headers={"Idempotency-Key": key})


def test_a_team_walks_a_test_through(cast: Cast) -> None:
    idea = an_idea(cast.blue)
    path = f"groups/{cast.red.pk}/change-tests"
    made, again = post(cast, path, PLAN | {"idea": idea.pk}), post(cast, path, PLAN | {"idea": idea.pk})
    assert (made.status_code, made.json()["state"], made.json()["idea_number"]) == (201, "planned", 1)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (made.json(), "true")
    at = f"change-tests/{made.json()['id']}"
    assert post(cast, f"{at}/act", {"act": "adopt"}, key="0").json()["code"] == "test_refused"
    assert post(cast, f"{at}/do", {"done": "Boiled it."}, key="1").json()["state"] == "doing"
    assert post(cast, f"{at}/study", {"data": "3"}, key="2").status_code == 422
    assert post(cast, f"{at}/study", {"data": "3", "learned": "Fuel."}, key="3").json()["state"] == "studied"
    assert post(cast, f"{at}/revise", {"learned": "Wood."}, key="4").json()["learned"] == "Wood."
    done = post(cast, f"{at}/act", {"act": "adopt"}, key="5").json()
    assert (done["state"], done["act"], done["round_key"]) == ("acted", "adopt", "call")
    found = cast.ben.api.get(f"{API}/ideas/{idea.pk}/evidence").json()
    assert (found["grade"], found["spread"], found["reasons"][0]) == ("C", 1, "1 team elsewhere adopted it.")
    rhythm = cast.ada.api.get(f"{API}/groups/{cast.red.pk}/rhythm").json()
    assert (sum(rhythm["weeks"]), float(rhythm["tempo"]) > 0) == (1, True)


@pytest.mark.outsider
def test_nobody_else_reads_or_writes_a_teams_tests(cast: Cast) -> None:
    cast.publish(cast.call)
    for number, test in enumerate((planned(cast.red), studied(cast.red))):
        for who in ("ben", "judith", "eve", "visitor"):
            api = getattr(cast, who).api
            assert api.get(f"{API}/change-tests/{test.pk}").status_code == 404
            assert api.get(f"{API}/change-tests").json()["results"] == []
            for act in ("do", "study", "act", "revise"):
                answer = post(cast, f"change-tests/{test.pk}/{act}", {"title": "x", "act": "adopt"}, who, f"{act}{number}")
                assert answer.status_code in {401, 403, 404}
            assert api.get(f"{API}/groups/{cast.red.pk}/rhythm").status_code in {401, 403, 404}
            assert post(cast, f"groups/{cast.red.pk}/change-tests", PLAN, who, f"p{number}").status_code in {401, 403, 404}
        assert cast.org.api.get(f"{API}/change-tests/{test.pk}").status_code == 200
        assert post(cast, f"change-tests/{test.pk}/revise", {"title": "x"}, "org", f"o{number}").status_code in {403, 404}
    assert set(ChangeTest.objects.values_list("title", flat=True)) == {"Boil it first"}


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [("sealed", "ada org"), ("scores", "ada org"), ("summaries", "ada org"), ("full", "ada ben judith org eve visitor")],
)
def test_finished_tests_open_with_their_round(cast: Cast, visibility: str, readers: str) -> None:
    test = finished(cast.red)
    assert [one.name for one in cast.everybody() if one.api.get(f"{API}/change-tests/{test.pk}").status_code == 200] == [
        "ada",
        "org",
    ]
    cast.publish(cast.call, visibility=visibility)
    seen = [one.name for one in cast.everybody() if one.api.get(f"{API}/change-tests/{test.pk}").status_code == 200]
    assert seen == readers.split()


def test_an_idea_one_may_not_read_is_absent(cast: Cast) -> None:
    hidden = an_idea(cast.blue, audience="own")
    answer = post(cast, f"groups/{cast.red.pk}/change-tests", PLAN | {"idea": hidden.pk})
    absent = post(cast, f"groups/{cast.red.pk}/change-tests", PLAN | {"idea": 99_999}, key="b")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found") == (absent.status_code, absent.json()["code"])
    assert cast.ada.api.get(f"{API}/ideas/{hidden.pk}/evidence").status_code == 404


def test_the_idea_of_an_open_test_is_named_to_those_who_may_read_it(cast: Cast) -> None:
    idea = an_idea(cast.red, audience="own")
    test = finished(cast.red, idea)
    cast.publish(cast.call, visibility="full")
    for who in ("ben", "org", "visitor"):
        api = getattr(cast, who).api
        for told in (api.get(f"{API}/change-tests/{test.pk}").json(), api.get(f"{API}/change-tests").json()["results"][0]):
            assert (told["id"], told["idea"], told["idea_number"]) == (test.pk, None, None)
        assert api.get(f"{API}/change-tests", {"idea": idea.pk}).json()["results"] == []
    told = cast.ada.api.get(f"{API}/change-tests", {"idea": idea.pk}).json()["results"][0]
    assert (told["idea"], told["idea_number"]) == (idea.pk, idea.number)


def test_the_list_takes_as_many_statements_for_thirty_as_for_three(cast: Cast) -> None:
    client, idea = cast.ada.api, an_idea(cast.blue)

    def read() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{API}/change-tests").status_code == 200
        return len(statements)

    for _ in range(3):
        planned(cast.red, idea)
    few = read()
    for _ in range(27):
        planned(cast.red, idea)
    assert read() == few
