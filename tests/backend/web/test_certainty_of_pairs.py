"""How sure comparisons make us, in pages: strengths with their errors, places, chances, whether it was enough; who reads it when."""

import re
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.judging.models import Panelist
from games.results.actions import pair_analyses, show_analyses, store_pair_analyses
from games.results.models import PanelAnalysis
from games.results.queries.pairs import read_pairs
from games.rounds.models import Round
from leaderboards.engine.numbers import fixed
from tests.cast import Actor, actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import People, people
from tests.factories.pairs import expo, many, seated, turn
from tests.factories.submissions import Scene, without_designs

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Scene:
    found = expo(5)
    judges = [seated(found, name) for name in ("Judith", "Jim Beck")]
    for number in range(12):
        turn(found, judges[number % 2], "a" if number % 3 else "tie")
    store_pair_analyses(pair_analyses(found.cycle))
    return found


@pytest.fixture
def who(call: Scene) -> People:
    return people(call)


def path(call: Scene) -> str:
    return f"/cycles/{call.cycle.key}/rounds/{call.round.key}/stand/certainty/"


def page(call: Scene, client: Any) -> str:
    return re.sub(r"\s+", " ", client.get(path(call)).content.decode())


def published(call: Scene, visibility: str = "scores") -> None:
    Round.objects.filter(pk=call.round.pk).update(
        published_at=call.round.judging_closes_at or call.round.closes_at, visibility=visibility
    )
    show_analyses(call.cycle, {call.round.key})


def test_everybody_reads_once_published_how_sure_each_place_is(call: Scene, who: People) -> None:
    published(call)
    text = page(call, who.eve.client)
    heads = ("Strength", "Places it could have", "First", "In the first 3", "Compared", "Won")
    assert [one for one in heads if f">{one}</th>" not in text] == []
    assert "12 comparisons by 2 judges of 5 entries" in text
    assert "Fewer than would be good: with " in text
    assert "the order holds with" in text
    assert "All entries are linked by comparisons" in text
    assert "between 1 and 2" in text
    assert "in 100</span>" in text
    analysis = read_pairs(PanelAnalysis.objects.get(), public=True)
    assert analysis is not None
    for one in analysis.entries:
        group = next(each for each in call.groups if each.key == one.group)
        assert f">{group.name}</a>" in text
        assert f"± {fixed(one.error or Fraction(0), 2)}" in text, (
            "each strength with its standard error, in digits beside the bar"
        )
        assert one.low <= one.place <= one.high
    assert re.search(r"<span>\d to \d</span>", text), "the places that an entry could have, in digits beside the bar"
    assert "The judges" not in text, "single votes are not open in this round"
    task = f"/cycles/{call.cycle.key}/rounds/{call.round.key}/stand/"
    assert path(call) in who.eve.client.get(task).content.decode(), "the task leads there"


@pytest.mark.outsider("certainty")
def test_before_publication_it_is_for_organizers_and_the_chair(call: Scene, who: People) -> None:
    for outsider in (who.eve, who.ada, who.judith, Actor("visitor")):
        assert outsider.client.get(path(call)).status_code == 404
    text = page(call, who.org.client)
    assert "you see this as an organizer" in text
    assert "Jim Beck" in text, "organizers know who judges"
    assert "6 comparisons" in text
    assert "in 100 as the order of all" in text
    chair = actor("chair")
    MembershipFactory.create(cycle=call.cycle, group=None, person=chair.person, role="judge", capabilities=["judge"])
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=chair.person, chair=True)
    text = page(call, chair.client)
    assert "The judges" in text
    assert "Jim Beck" not in text, "the rules of this round keep judges unnamed"


def test_the_public_reads_what_was_published_and_not_what_was_said_since(call: Scene, who: People) -> None:
    published(call)
    row = PanelAnalysis.objects.get()
    PanelAnalysis.objects.update(body=row.body | {"pairs": row.body["pairs"] | {"verdicts": 999}})
    assert "12 comparisons by" in page(call, who.eve.client)
    assert "999 comparisons" in page(call, who.org.client)


def test_a_group_that_keeps_its_name_keeps_it_here_and_sealed_scores_stay_sealed(call: Scene, who: People) -> None:
    published(call)
    group = call.groups[0]
    group.rank_hidden = True
    group.save(update_fields=["rank_hidden"])
    assert group.name not in page(call, who.eve.client)
    assert group.name in page(call, who.org.client)
    Round.objects.filter(pk=call.round.pk).update(visibility="sealed")
    assert who.eve.client.get(path(call)).status_code == 404


def test_what_was_compared_before_an_import_is_shown_at_once(call: Scene, who: People) -> None:
    PanelAnalysis.objects.all().delete()
    Round.objects.filter(pk=call.round.pk).update(published_at=call.round.closes_at, visibility="scores")
    store_pair_analyses(pair_analyses(call.cycle))
    assert "12 comparisons" in page(call, who.eve.client)


def test_an_expo_where_nothing_is_compared_says_so(who: People) -> None:
    empty = expo(2)
    store_pair_analyses(pair_analyses(empty.cycle))
    MembershipFactory.create(cycle=empty.cycle, group=None, person=who.org.person, role="organizer", capabilities=["organize"])
    assert "Nothing is compared yet." in page(empty, who.org.client)


def test_the_page_takes_as_many_statements_for_five_entries_and_for_300(call: Scene, who: People) -> None:
    costs = []
    for more in (0, 300):
        if more:
            many(call, more)
            turn(call, Panelist.objects.earliest("pk").person)
            store_pair_analyses(pair_analyses(call.cycle))
        client = who.org.client
        page(call, client)
        with CaptureQueriesContext(connection) as sent:
            text = page(call, client)
        costs.append(len(without_designs(sent)))
    assert "and 105 more entries" in text or "entries were compared with none" in text
    assert costs[0] == costs[1]
    assert costs[0] <= 12, costs
