"""Why a group moved: what is listed adds up to the difference, whatever the rules, the scores and the others are."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine import numbers
from leaderboards.engine.numbers import total
from leaderboards.engine.spec import expand_boards
from leaderboards.engine.whys import PartKind, Row, crossings, round_parts, score_change
from tests.leaderboards.engine.building import read

ROUNDS = ("one", "two", "three", "four")
CHALLENGE = '[[challenges]]\nkey = "c"\n[[challenges.criteria]]\nkey = "x"\nmax = 100\n'
VALUES = st.none() | st.fractions(0, 100, max_denominator=12)


def rules(board: str) -> Any:
    scoring = read(
        "\n".join(f'[[rounds]]\nkey = "{key}"' for key in ROUNDS) + f"\n{CHALLENGE}" + f'\n[[boards]]\nkey = "b"\n{board}\n'
    )
    return scoring, expand_boards(scoring)[0]


BOARDS = [
    rules(text)
    for text in (
        "",
        'combine = "mean"',
        "best = 2",
        "best = 3\ncombine = 'mean'",
        'missing = "zero"\ncombine = "mean"',
        'missing = "unscored"',
        "decimals = 1",
        'weights = { one = 1, two = 2, three = "1/3" }\ncombine = "mean"',
        'rounds = ["two", "four"]',
    )
]


def text(value: Fraction | None) -> str | None:
    return None if value is None else numbers.text(value)


def row(values: Sequence[Fraction | None], score: Fraction | None, entry: str = "us", rank: int = 1, bracket: str = "") -> Row:
    named = dict(zip(ROUNDS, map(text, values), strict=True))
    return {
        "entry": entry, "line": 0, "name": entry.title(), "bracket": bracket, "rank": rank, "place": str(rank),
        "score": text(score) or "", "values": named,
    }  # fmt: skip


FOUR = st.lists(VALUES, min_size=4, max_size=4)


@given(st.sampled_from(BOARDS), st.none() | st.sampled_from(BOARDS), FOUR, FOUR, VALUES, VALUES)
def test_the_parts_add_up_to_the_change_of_score(now: Any, then: Any, old: Any, new: Any, was: Any, score: Any) -> None:
    """Also where the published scores are not what the rounds give: the rest says how much."""
    before, after = row(old, was), row(new, score)
    found = round_parts(before, after, now, then)
    assert total([one.change for one in found]) == score_change(before, after)
    assert {one.key for one in found if one.kind is PartKind.ROUND} <= {
        key for key, one, other in zip(ROUNDS, old, new, strict=True) if one != other
    }


def test_a_sum_is_told_round_by_round() -> None:
    before, after = (
        row([Fraction(10), None, None, None], Fraction(10)),
        row([Fraction(12), Fraction(5), None, None], Fraction(17)),
    )
    assert [(one.kind, one.key, one.change) for one in round_parts(before, after, BOARDS[0])] == [
        (PartKind.ROUND, "one", 2),
        (PartKind.ROUND, "two", 5),
    ]


def test_what_no_round_explains_is_named_as_rest() -> None:
    before, after = row([Fraction(10), None, None, None], Fraction(10)), row([Fraction(10), None, None, None], Fraction(13))
    assert [(one.kind, one.change) for one in round_parts(before, after, BOARDS[0])] == [(PartKind.REST, 3)]


def test_other_rules_are_a_part_of_their_own() -> None:
    before = row([Fraction(10), Fraction(20), None, None], Fraction(30))
    after = row([Fraction(10), Fraction(20), None, None], Fraction(15))
    assert [(one.kind, one.change) for one in round_parts(before, after, BOARDS[1], BOARDS[0])] == [(PartKind.RULES, -15)]


@st.composite
def states(draw: st.DrawFn) -> list[Row]:
    """A state of a board: some of ten groups, in two brackets, we among them."""
    there = draw(st.lists(st.sampled_from([f"g{one}" for one in range(10)]), unique=True, max_size=10))
    order = draw(st.permutations([*there, "us"]))
    ranks = {"a": 0, "b": 0}
    rows = []
    for entry in order:
        bracket = draw(st.sampled_from(["a", "b"]))
        ranks[bracket] += 1
        rows.append(row([None] * 4, Fraction(100 - ranks[bracket]), entry, ranks[bracket], bracket))
    return rows


@given(states(), states())
def test_who_crossed_us_adds_up_to_the_change_of_rank(before: list[Row], after: list[Row]) -> None:
    was, now = (next(one for one in rows if one["entry"] == "us") for rows in (before, after))
    found = crossings(before, after, was, now)
    assert found.change == now["rank"] - was["rank"]
    told = [one.entry for part in (found.passed_us, found.we_passed, found.came, found.left) for one in part]
    assert len(told) == len(set(told))
    assert "us" not in told


def test_who_passed_us_is_told_with_what() -> None:
    before = [row([None] * 4, Fraction(9), "us", 1), row([None] * 4, Fraction(8), "red", 2)]
    after = [row([None] * 4, Fraction(11), "red", 1), row([None] * 4, Fraction(9), "us", 2)]
    (red,) = crossings(before, after, before[0], after[1]).passed_us
    assert (red.entry, red.before, red.after) == ("red", 8, 11)
