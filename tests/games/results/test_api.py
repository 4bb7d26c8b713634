"""Boards, snapshots, scores and runs over the API: what each person sees of them, and how many statements it takes."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.results.models import RecomputeRun
from tests.cast import Cast, actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, water
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def played() -> Played:
    return water()


@pytest.fixture
def org(played: Played) -> Any:
    someone = actor("organizer")
    MembershipFactory(group=None, cycle=played.cycle, person=someone.person, role="organizer", capabilities=["organize"])
    return someone


def rows(response: Any) -> dict[str, str]:
    return {row["group"]: row["score"] for row in response.json()["rows"]}


def test_before_publication_outsiders_see_boards_without_rows_and_organizers_the_rows(
    played: Played, cast: Cast, org: Any
) -> None:
    recompute_now(played.cycle)
    address = f"/api/v1/boards/{played.board('call').pk}/standings"
    assert rows(org.api.get(address))["aqua"] == "81.67"
    for outsider in (cast.eve, cast.visitor, cast.ada):
        answer = outsider.api.get(address)
        assert (answer.status_code, answer.headers["Ludus-Source"], answer.json()["total"]) == (200, "none", 0)
        assert outsider.api.get(f"{address}?side=restricted").status_code in {401, 403}
        assert outsider.api.get(f"/api/v1/scores?cycle={played.cycle.pk}").json()["results"] == []
        assert outsider.api.get("/api/v1/runs").json()["results"] == []


def test_after_publication_everybody_sees_the_snapshot(played: Played, cast: Cast) -> None:
    settle_now(played.rounds["call"], by=None)
    board = played.board("call")
    answer = cast.visitor.api.get(f"/api/v1/boards/{board.pk}/standings")
    assert (answer.headers["Ludus-Source"], rows(answer)["brook"]) == ("published", "74.17")
    (snapshot,) = cast.visitor.api.get(f"/api/v1/snapshots?board={board.pk}").json()["results"]
    assert "rows" not in snapshot
    detail = cast.visitor.api.get(f"/api/v1/snapshots/{snapshot['id']}").json()
    assert [row["place"] for row in detail["rows"]] == ["1", "2", "2", "4", "5", ""]
    scores = cast.visitor.api.get(f"/api/v1/scores?cycle={played.cycle.pk}").json()["results"]
    assert {one["group_key"]: one["score"] for one in scores}["aqua"] == "81.67"


def test_an_unchanged_page_is_answered_304(played: Played, cast: Cast) -> None:
    settle_now(played.rounds["call"], by=None)
    address = f"/api/v1/boards/{played.board('call').pk}/standings"
    first = cast.eve.api.get(address)
    again = cast.eve.api.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    settle_now(played.rounds["call"], by=None, reason="A correction.")
    assert cast.eve.api.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_page_of_a_live_board_takes_few_statements(played: Played, cast: Cast) -> None:
    settle_now(played.rounds["call"], by=None)
    board = played.board("call")
    type(board).objects.filter(pk=board.pk).update(live=True)
    address = f"/api/v1/boards/{board.pk}/standings"
    assert rows(cast.visitor.api.get(address))["aqua"] == "81.67"
    with CaptureQueriesContext(connection) as statements:
        cast.visitor.api.get(address)
    assert len(statements) <= 2, [one["sql"] for one in statements]


def test_a_group_and_its_neighbours_are_found(played: Played, cast: Cast, org: Any) -> None:
    settle_now(played.rounds["call"], by=None)
    address = f"/api/v1/boards/{played.board('call').pk}"
    for someone in (cast.eve, org):
        assert list(rows(someone.api.get(f"{address}/find?q=DELT"))) == ["delta"]
        assert list(rows(someone.api.get(f"{address}/around?group=cloud&reach=1"))) == ["delta", "cloud", "estuary"]
        assert someone.api.get(f"{address}/around?group=nobody").status_code == 404


def test_judges_are_named_in_an_explanation_to_organizers_only(played: Played, cast: Cast, org: Any) -> None:
    settle_now(played.rounds["call"], by=None)
    (score,) = cast.eve.api.get(f"/api/v1/scores?cycle={played.cycle.pk}&group={played.groups['aqua'].pk}").json()["results"]
    address = f"/api/v1/scores/{score['id']}"
    marks = cast.eve.api.get(address).json()["explanation"]["panels"][0]["marks"]
    assert [mark[0] for mark in marks] == ["1", "2", "3"]
    assert {mark[1] for mark in marks} == {"4", "5"}
    assert {mark[0] for mark in org.api.get(address).json()["explanation"]["panels"][0]["marks"]} == {
        "judge-0",
        "judge-1",
        "judge-2",
    }


def test_organizers_ask_for_runs_and_nobody_else_does(played: Played, cast: Cast, org: Any) -> None:
    body = {"round": played.rounds["call"].pk, "publish": True, "reason": "The jury has agreed."}
    assert cast.visitor.api.post("/api/v1/runs", body).status_code == 401
    assert cast.eve.api.post("/api/v1/runs", body).status_code == 403
    asked = org.api.post("/api/v1/runs", body)
    assert asked.status_code == 202
    assert asked.json()["progress"] == {"step": "lock", "done": 0, "of": 7}
    assert org.api.post("/api/v1/runs", body).json()["id"] == asked.json()["id"]
    assert org.api.post("/api/v1/runs", {"cycle": played.cycle.pk}).json()["kind"] == "refresh"
    assert RecomputeRun.objects.get(kind="settle").by == str(org.user.pseudonym)
    settle_now(played.rounds["call"], by=org.user)
    done = org.api.get(f"/api/v1/runs/{asked.json()['id']}").json()
    assert (done["state"], done["progress"]) == ("done", {"step": "notify", "done": 7, "of": 7})
    assert cast.eve.api.get(f"/api/v1/runs/{asked.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    ("query", "where"), [("side=secret", "side"), ("page=0", "page"), ("page=x", "page"), ("page=9999999999", "page")]
)
def test_a_wrong_parameter_is_named(played: Played, cast: Cast, query: str, where: str) -> None:
    answer = cast.eve.api.get(f"/api/v1/boards/{played.board('call').pk}/standings?{query}")
    assert answer.status_code == 422
    assert where in answer.content.decode()


@pytest.mark.parametrize("address", ["boards", "snapshots", "scores", "external-results"])
def test_lists_take_the_same_number_of_statements_whatever_their_length(played: Played, cast: Cast, address: str) -> None:
    api = cast.eve.api

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            assert api.get(f"/api/v1/{address}").status_code == 200
        return len(found)

    statements()
    few = statements()
    settle_now(played.rounds["call"], by=None)
    assert statements() == few <= 6
