"""What the disagreement queue says, and that nobody who is safe stands in it."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from games.results.doubts import Judged, Line, Why, doubts

GO_ON = Line(2, "go on to the final")


def at(group: str, place: int, low: int, high: int, spread: object = 1, tied: tuple[str, ...] = (), sheets: int = 3) -> Judged:
    return Judged(group, sheets, place, low, high, None if spread is None else Fraction(str(spread)), tied)


def test_an_interval_across_the_line_is_doubtful_the_more_evenly_the_more() -> None:
    found = doubts([at("a", 1, 1, 2), at("b", 2, 1, 3), at("c", 3, 2, 3), at("d", 4, 4, 4)], [GO_ON])
    assert [(one.group, one.reasons, one.weight, one.line) for one in found] == [
        ("c", (Why.LINE,), 1, GO_ON),
        ("b", (Why.LINE,), Fraction(2, 3), GO_ON),
    ]


def test_a_tie_across_the_line_is_named() -> None:
    found = doubts([at("b", 2, 1, 3, tied=("c",)), at("c", 3, 2, 3, tied=("b", "gone"))], [GO_ON])
    assert {one.group: one.reasons for one in found} == {"b": (Why.LINE, Why.TIED), "c": (Why.LINE, Why.TIED)}
    inside = doubts([at("a", 1, 1, 3, tied=("b",)), at("b", 2, 1, 3, tied=("a",))], [GO_ON])
    assert all(Why.TIED not in one.reasons for one in inside)


def test_judges_far_apart_are_named_though_no_line_is_near() -> None:
    field = [at("a", 1, 1, 1, 1), at("b", 2, 2, 2, "1.4"), at("c", 3, 3, 3, "0.9"), at("d", 4, 4, 4, 3)]
    assert [(one.group, one.reasons, one.weight) for one in doubts(field, [GO_ON])] == [("d", (Why.APART,), 1)]


def test_too_few_sheets_are_named_and_a_field_of_one_mind_is_not() -> None:
    assert [(one.group, one.reasons) for one in doubts([at("a", 1, 1, 1, None, sheets=2)], [], asked=3)] == [("a", (Why.FEW,))]
    assert doubts([at("a", 1, 1, 1, 0), at("b", 2, 2, 2, 0)], [GO_ON], asked=3) == []


_field = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 4), st.integers(0, 4), st.none() | st.integers(0, 9)), max_size=9)


@given(_field, st.lists(st.integers(1, 9), max_size=3), st.randoms())
def test_order_never_matters_weights_stay_in_bounds_and_the_safe_are_left_alone(rows, afters, random) -> None:  # type: ignore[no-untyped-def]
    entries = [
        at(f"g{number}", place, max(1, place - below), place + above, spread)
        for number, (place, below, above, spread) in enumerate(rows)
    ]
    lines = [Line(after, str(after)) for after in sorted(set(afters))]
    found = doubts(entries, lines)
    shuffled, turned = list(entries), list(lines)
    random.shuffle(shuffled)
    random.shuffle(turned)
    assert doubts(shuffled, turned) == found
    assert all(0 <= one.weight <= 2 for one in found)
    crossed = {one.group for one in entries if any(one.low <= line.after < one.high for line in lines)}
    assert {one.group for one in found if Why.LINE in one.reasons} == crossed
