"""How many judges are enough, over the API: asked, computed by a worker, read; for organizers alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from tests.cast import Cast
from worker import desk as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What a worker would be told."""
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr("worker.desk.publish", lambda *what: told.append(what) or True)
    return told


def path(cast: Cast) -> str:
    return f"/api/v1/cycles/{cast.cycle.pk}/enough-judges"


def test_a_worker_computes_it_and_the_same_question_gives_the_answer(cast: Cast, queued: list[tuple[Any, ...]]) -> None:
    wish = {"entries": 20, "judges": 6}
    first = cast.org.api.get(path(cast), wish)
    assert (first.status_code, first.json()["state"], first.json()["rows"]) == (200, "waiting", [])
    cast.org.api.get(path(cast), wish)
    [(_task, key)] = queued  # asked once
    work.carry_out(key)
    found = cast.org.api.get(path(cast), wish).json()
    assert (found["state"], found["percent"], len(found["rows"])) == ("done", 100, 6)
    assert [row["per_entry"] for row in found["rows"]] == [1, 2, 3, 4, 5, 6]
    assert found["rows"][0]["mean"] > found["rows"][-1]["mean"]
    assert 1 <= found["enough"] <= 6


def test_the_page_and_the_api_give_one_answer(cast: Cast, queued: list[tuple[Any, ...]]) -> None:
    cast.org.client.get("/cycles/water/desk/judging/enough/?entries=12&judges=4")
    work.carry_out(queued[0][1])
    assert cast.org.api.get(path(cast), {"entries": 12, "judges": 4}).json()["state"] == "done"


@pytest.mark.parametrize("wish", [{}, {"entries": 1, "judges": 6}, {"entries": 20, "judges": 501}, {"entries": "x", "judges": 6}])
def test_numbers_that_make_no_sense_are_refused(cast: Cast, queued: list[tuple[Any, ...]], wish: dict[str, Any]) -> None:
    assert cast.org.api.get(path(cast), wish).status_code == 422
    assert queued == []


def test_it_is_for_organizers_alone(cast: Cast, queued: list[tuple[Any, ...]]) -> None:
    wish = {"entries": 20, "judges": 6}
    assert [one.api.get(path(cast), wish).status_code for one in (cast.ada, cast.judith, cast.eve)] == [403, 403, 403]
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    hidden, absent = (cast.eve.api.get(one, wish) for one in (path(cast), "/api/v1/cycles/987654321/enough-judges"))
    assert (hidden.status_code, hidden.json()["code"]) == (absent.status_code, absent.json()["code"]) == (404, "not_found")
    assert queued == []


@pytest.mark.parametrize("entries", [3, 300])
def test_it_takes_the_same_few_statements(cast: Cast, queued: list[tuple[Any, ...]], entries: int) -> None:
    client = cast.org.api
    with CaptureQueriesContext(connection) as caught:
        client.get(path(cast), {"entries": entries, "judges": 6})
    assert len(caught) == 5
    assert queued
