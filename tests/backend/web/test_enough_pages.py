"""How many judges are enough: asked while the rules are written and on the desk, worked out by a worker, told in places."""

import re

import pytest

from games.cycles.models import Cycle
from games.progression.models import Draft
from tests.cast import Cast
from tests.factories.cycles import small
from worker import desk as work

pytestmark = pytest.mark.django_db


def main(response):
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


@pytest.fixture
def queued(monkeypatch):
    """What a worker would be told."""
    told = []
    monkeypatch.setattr("worker.desk.publish", lambda *what: told.append(what) or True)
    return told


def test_the_desk_begins_with_the_groups_and_judges_that_are_there(cast: Cast, queued):
    client, page = cast.org.client, "/cycles/water/desk/judging/enough/"
    text = main(client.get(page))
    assert "Playing it through" in text
    assert 'name="entries" type="number" min="2" max="5000" value="2"' in text
    [(_task, key)] = queued
    assert "HX-Refresh" not in client.get(f"{page}{key}/").headers
    client.get(page)
    assert len(queued) == 1  # it waits already


def test_a_worker_plays_it_through_and_the_page_says_it_in_places(cast: Cast, queued):
    client, page = cast.org.client, "/cycles/water/desk/judging/enough/"
    client.get(f"{page}?entries=20&judges=6")
    key = queued[0][1]
    work.carry_out(key)
    assert client.get(f"{page}{key}/")["HX-Refresh"] == "true"
    text = main(client.get(f"{page}?entries=20&judges=6"))
    assert re.search(r"20 entries, \d judges each: an entry comes out \d\.?\d* places", text)
    assert text.count("<tr") == 7
    assert "is-enough" in text


@pytest.mark.parametrize("wrong", ["entries=1", "entries=x", "judges=501", "entries=99999999999"])
def test_numbers_that_make_no_sense_stay_in_the_form(cast: Cast, queued, wrong):
    answer = cast.org.client.get(f"/cycles/water/desk/judging/enough/?{wrong}")
    assert answer.status_code == 422
    assert "field-errors" in main(answer)
    assert queued == []


def test_it_is_asked_while_the_rules_are_written(cast: Cast, queued):
    draft = small(cycle={"key": "new", "name": "New"}, registration={"capacity": 44})
    cycle = Cycle.objects.create(key="new", name="New", state="draft", starts_at=cast.call.opens_at)
    Draft.objects.create(cycle=cycle, data=draft, saved_at=cast.call.opens_at)
    cast.cycle.memberships.filter(person=cast.org.person).update(cycle=cycle)
    client = cast.org.client
    assert "How many judges are enough?" in main(client.get(f"/launch/{cycle.pk}/challenges/"))
    text = main(client.get(f"/launch/{cycle.pk}/judges/"))
    assert 'max="5000" value="44"' in text
    assert client.get(f"/launch/{cycle.pk}/judges/?judges=0").status_code == 422
    for outsider in (cast.eve, cast.ada, cast.judith):
        assert outsider.client.get(f"/launch/{cycle.pk}/judges/").status_code == 404


def test_others_find_no_such_page(cast: Cast, queued):
    cast.org.client.get("/cycles/water/desk/judging/enough/")
    key = queued[0][1]
    for outsider in (cast.eve, cast.ada, cast.judith):
        for page in ("", f"{key}/"):
            assert outsider.client.get(f"/cycles/water/desk/judging/enough/{page}").status_code == 404
    assert cast.org.client.get("/cycles/water/desk/judging/enough/nothing/").status_code == 404
