"""Credit in pages: the cycle's table, the idea's own, the team's feed with its reasons; who is outside learns nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.groups.models import Group
from games.ideas.models import Idea
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.games.recognition.crediting import built, read, rules

pytestmark = pytest.mark.django_db
CREDIT = "/cycles/water/credit/"


def main(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])
    return re.sub(r"\s+", " ", text)


def story(cast: Cast) -> Idea:
    """Blue's idea, on which red builds and green builds further; read."""
    rules(cast)
    source = shared(cast, "Go upstream", group=cast.blue)
    second = built(cast, "Sieve with old saris", cast.red, source)
    built(cast, "Boil first", GroupFactory.create(cycle=cast.cycle, key="green", name="Green Herons"), second)
    read(cast)
    return source


def test_the_table_of_the_cycle_tells_who_was_built_upon_and_who_builds(cast: Cast) -> None:
    story(cast)
    text = main(cast.eve.client.get(CREDIT))
    assert "56 points came back to those whose ideas others built on." in text
    assert text.index("Blue Herons 31 2 0 0") < text.index("Red Herons 25 1 100 1") < text.index("Green Herons 0 0 100 1")
    assert "25 % go to the ideas that yours builds on, the same share of that" in text
    assert "Go upstream" not in text  # told to teams alone, and eve is in none
    told = main(cast.ada.client.get(CREDIT))
    assert "6.25 Go upstream Blue Herons ← Green Herons: Boil first 2 steps, over 1 idea between" in told


def test_an_idea_says_what_came_back_to_it(cast: Cast) -> None:
    source = story(cast)
    text = main(cast.ben.client.get(f"/cycles/water/ideas/{source.number}/"))
    assert "31.25 points of credit, from 2 works that build on it" in text
    assert "6.25 Green Herons: Boil first Blue Herons · 2 steps, over 1 idea between" in text


def test_a_team_reads_why_it_got_credit_and_cannot_read_what_is_not_for_it(cast: Cast) -> None:
    source = story(cast)
    built(cast, "For green alone", Group.objects.get(key="green"), source, audience="groups", readers=[cast.red])
    read(cast)
    text = main(cast.ben.client.get("/cycles/water/teams/blue/points/"))
    assert "+25 Credit: idea for an idea shared" in text
    assert "25 Go upstream ← Red Herons: Sieve with old saris 1 step" in text
    assert "25 Go upstream ← Green Herons: an idea you cannot see 1 step" in text
    assert "For green alone" not in text


def test_where_no_rule_flows_there_is_no_such_page(cast: Cast) -> None:
    assert cast.org.client.get(CREDIT).status_code == 404


@pytest.mark.outsider
def test_whoever_may_not_see_the_cycle_sees_no_credit(cast: Cast) -> None:
    story(cast)
    cast.cycle.state = "draft"
    cast.cycle.save(update_fields=["state"])
    assert [one.client.get(CREDIT).status_code for one in (cast.eve, cast.visitor)] == [404, 404]


def test_pages_take_as_many_statements_for_much_credit_as_for_little(cast: Cast) -> None:
    source = story(cast)
    client = cast.ben.client
    pages = [CREDIT, f"/cycles/water/ideas/{source.number}/", "/cycles/water/teams/blue/points/"]

    def statements() -> dict[str, int]:
        found = {}
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            found[page] = len(asked)
        return found

    few = statements()
    for number in range(30):
        built(cast, f"More {number}", GroupFactory.create(cycle=cast.cycle, key=f"t{number}"), source)
    read(cast)
    assert statements() == few
    assert {page: count for page, count in few.items() if count > 12} == {}
