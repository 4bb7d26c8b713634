"""The drawing of a lineage: lanes do not cross dots, a chain is a straight line."""

import re

from hypothesis import given
from hypothesis import strategies as st

from backend.web.geometry.lineage import LANE, ROW, WIDEST, graph


def test_a_chain_is_one_straight_line():
    drawn = graph([1, 2, 3], [(1, 2, "builds-on"), (2, 3, "builds-on")], here=2)
    assert {dot.x for dot in drawn.dots} == {drawn.dots[0].x}
    assert [dot.y for dot in drawn.dots] == [ROW // 2, ROW + ROW // 2, 2 * ROW + ROW // 2]
    assert [dot.here for dot in drawn.dots] == [False, True, False]
    assert all("C" not in line.path for line in drawn.lines)
    assert drawn.height_rem == "10.5rem"


def test_of_two_that_grew_the_last_goes_on_in_the_lane():
    drawn = graph([1, 2, 3], [(1, 2, "adapts"), (1, 3, "builds-on")], here=1)
    first, branch, last = drawn.dots
    assert (last.x, branch.x) == (first.x, first.x + LANE)
    assert [line.kind for line in drawn.lines] == ["adapts", "builds-on"]


def test_a_source_that_may_not_be_seen_is_marked_and_one_alone_is_drawn():
    assert graph([-1, 5], [(-1, 5, "builds-on")], here=5).dots[0].masked
    assert len(graph([5], [], here=5).dots) == 1


@st.composite
def lineages(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int, str]]]:
    count = draw(st.integers(1, 14))
    pairs = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=25))
    return list(range(count)), [(a, b, "builds-on") for a, b in sorted(pairs) if a < b]


@given(lineages())
def test_every_link_has_a_line_between_its_dots_and_no_dot_lies_on_a_line_of_others(
    given_: tuple[list[int], list[tuple[int, int, str]]],
):
    nodes, links = given_
    drawn = graph(nodes, links, here=0)
    assert len(drawn.lines) == len(links)
    assert drawn.width <= WIDEST + 28
    for (source, target, _), line in zip(links, drawn.lines, strict=True):
        a, b = drawn.dots[source], drawn.dots[target]
        assert line.path.startswith(f"M{a.x} {a.y}")
        assert re.search(rf"(V| ){b.y}$", line.path)
        between = [dot for key, dot in enumerate(drawn.dots) if source < key < target and dot.x == a.x]
        assert between == []
