"""How ideas flow between teams: counted over what one may see, drawn, told row by row, and as a table."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from backend.web.geometry.flow import BAR, GAP, NAME, WIDTH, bands
from games.ideas.actions import Citation
from tests.cast import Cast
from tests.factories.ideas import shared
from tests.factories.submissions import without_designs

FLOW = "/cycles/water/ideas/flow/"
PAIRS = st.dictionaries(st.tuples(st.integers(0, 12), st.integers(0, 12)), st.integers(1, 500), max_size=40)


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


@pytest.mark.django_db
def test_who_built_on_whose_is_counted_drawn_and_a_table(cast: Cast):
    first = shared(cast)
    for number in range(2):
        shared(cast, f"Blue {number}", group=cast.blue, by=cast.ben.user, sources=[Citation(first)])
    shared(cast, "Ours again", sources=[Citation(first)])
    shared(cast, "No thanks", group=cast.blue, by=cast.ben.user, sources=[Citation(first, "rejects", "Too slow.")])
    text = main(cast.ben.client.get(FLOW))
    assert "2 times a team took up what another had shared. 1 more built on the team’s own." in text
    assert f"{cast.red.name} → {cast.blue.name}: 2" in text
    assert text.count('class="flow-band"') == 1
    assert re.search(rf'<th scope="row">{cast.red.name}</th><td>{cast.blue.name}</td><td class="n">2</td>', text)
    assert 'href="/cycles/water/ideas/flow/"' in main(cast.ben.client.get("/cycles/water/ideas/"))


@pytest.mark.django_db
def test_what_one_may_not_see_flows_nowhere(cast: Cast):
    first = shared(cast, audience="everybody")
    shared(cast, "Secret", group=cast.blue, by=cast.ben.user, audience="own", sources=[Citation(first)])
    assert "No team has built on another’s idea yet." in main(cast.visitor.client.get(FLOW))
    assert f"{cast.red.name} →" in main(cast.ben.client.get(FLOW))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 30])
def test_the_page_takes_the_same_few_statements(cast: Cast, count: int):
    first = shared(cast)
    for number in range(count):
        shared(cast, f"Blue {number}", group=cast.blue, by=cast.ben.user, sources=[Citation(first)])
    client = cast.ben.client
    client.get(FLOW)
    with CaptureQueriesContext(connection) as sent:
        assert f"{count} times" in main(client.get(FLOW))
    assert len(without_designs(sent)) == 5


@given(PAIRS)
def test_bands_fill_their_bars_and_stay_between_the_columns(counts: dict[tuple[int, int], int]):
    laid = bands([(source, target, count) for (source, target), count in counts.items()])
    assert {(one.source, one.target): one.size for one in laid.bands} == counts
    for column, side in ((laid.left, 0), (laid.right, 1)):
        assert [one.size for one in column] == sorted((one.size for one in column), reverse=True)
        assert sum(one.size for one in column) == sum(counts.values())
        for above, below in pairwise(column):
            assert below.top == above.top + above.height + GAP
        for bar in column:
            ends = [edges(one.path)[side] for one in laid.bands if (one.source, one.target)[side] == bar.number]
            assert min(top for top, _ in ends) >= bar.top - 0.2
            assert max(bottom for _, bottom in ends) <= bar.top + bar.height + 0.2
            tops = sorted(ends)
            assert all(low[1] <= high[0] + 0.2 for low, high in pairwise(tops)), "bands lie beside each other"


def edges(path: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Top and bottom of a band where it leaves and where it arrives."""
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", path)]
    left, start, arrival, bottom, right, leaving = numbers[0], numbers[1], numbers[7], numbers[8], numbers[6], numbers[14]
    assert (left, right) == (NAME + BAR, WIDTH - NAME - BAR)
    return (start, leaving), (arrival, bottom)
