import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.awards import largest_remainder, pay
from leaderboards.engine.facts import Facts
from leaderboards.engine.pipeline import compute
from leaderboards.engine.spec import AwardTies
from tests.leaderboards.engine.building import F, decide, groups, single, sound

ONE = """
rounds = [{{ key = "r" }}]
challenges = [{{ key = "c", criteria = [{{ key = "m" }}, {{ key = "style" }}], incomplete = "use" }}]
boards = [{{ key = "b", order = ["{order}"]{board} }}]
awards = [{awards}]
"""
ROWS = {"ada": "9", "ben": "7", "cy": "7", "dee": "7", "eli": "4"}


def give(awards: str, *decisions, rows=ROWS, order="m", board="", **columns):
    marks = (*single("r", "c", "m", rows), *single("r", "c", "style", dict.fromkeys(rows, "1")))
    facts = Facts(groups=groups(*rows, **columns), marks=marks, decisions=decisions)
    outcome = compute(sound(ONE.format(awards=awards, order=order, board=board)), facts)
    return {award.key: award for award in outcome.awards}


def winners(awards: str, *decisions, **options) -> dict[str, str]:
    return {key: " ".join(winner.group for winner in award.winners) for key, award in give(awards, *decisions, **options).items()}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("places = [1, 1]", "ada"),
        ("places = [2, 2]", "ben cy dee"),
        ("places = [3, 4]", ""),
        ("places = [1, 5]", "ada ben cy dee eli"),
        ('at_least = 7, by = "m"', "ada ben cy dee"),
        ("at_least = 5", "ada ben cy dee eli"),
        ("share = 0.2", "ada"),
        ("share = 0.5", "ada ben cy dee"),
        ("share = 0.19", ""),
        ('places = [1, 5], at_least = 9, by = "m"', "ada"),
    ],
)
def test_who_earns_an_award(rule, expected):
    assert winners(f'{{ key = "a", {rule} }}') == {"a": expected}


def test_an_award_may_be_given_by_decision():
    given_ = give(
        '{ key = "a", decided = true }, { key = "b", decided = true, amounts = [700] }',
        decide("award", "eli", value="a"),
        decide("award", "dee", value="b"),
    )
    assert [(winner.group, winner.place, winner.cents) for winner in given_["a"].winners] == [("eli", 5, 0)]
    assert [(winner.group, winner.cents) for winner in given_["b"].winners] == [("dee", 700)]


def test_of_a_set_a_group_gets_only_the_first_that_it_earns():
    rules = (
        '{ key = "gold", set = "s", places = [1, 1] }, { key = "all", set = "s", at_least = 0 }, { key = "free", at_least = 0 }'
    )
    assert winners(rules) == {"gold": "ada", "all": "ben cy dee eli", "free": "ada ben cy dee eli"}


def test_medals_by_absolute_cutoff():
    """Oracle O-MED: 24 scores, gold from 40 (2), silver from 30 (6 medals), bronze from 20 (12 medals)."""
    values = [
        "42",
        "40",
        "35",
        "35",
        "35",
        "30",
        "28",
        "28",
        "25",
        "21",
        "21",
        "20",
        "18",
        "14",
        "10",
        "7",
        "7",
        "5",
        "3",
        "1",
        "0",
        "0",
        "0",
        "0",
    ]
    rows = {f"g{number:02}": value for number, value in enumerate(values)}
    rules = ", ".join(
        f'{{ key = "{key}", set = "medals", at_least = {cut}, by = "m" }}'
        for key, cut in (("gold", 40), ("silver", 30), ("bronze", 20))
    )
    counts = {key: len(award.winners) for key, award in give(rules, rows=rows).items()}
    assert counts == {"gold": 2, "silver": 4, "bronze": 6}


def test_tied_for_second_share_second_and_third():
    """Oracle O-PGA: (675,000 + 425,000) / 2 = 550,000 each."""
    assert pay((112500000, 67500000, 42500000), [["a"], ["b", "c"]], AwardTies.SPLIT) == {
        "a": 112500000,
        "b": 55000000,
        "c": 55000000,
    }


def test_left_over_cents_go_one_by_one_by_a_lot_that_anybody_can_draw_again_and_never_by_the_alphabet():
    """Oracle O-TIE."""
    money = give('{ key = "money", amounts = [100000, 50000, 25000, 10000, 5000] }')["money"]
    assert [winner.group for winner in money.winners] == ["ada", "ben", "cy", "dee", "eli"]
    assert sorted((winner.cents for winner in money.winners), reverse=True) == [100000, 28334, 28333, 28333, 5000]
    first = min(("ben", "cy", "dee"), key=lambda group: hashlib.sha256(f"money\n{group}".encode()).hexdigest())
    assert [winner.group for winner in money.winners if winner.cents == 28334] == [first]
    assert (money.budget, money.unallocated) == (190000, 0)


def test_each_tied_group_may_get_the_whole_amount():
    money = give('{ key = "money", amounts = [1000, 500], ties = "each" }')["money"]
    assert [winner.cents for winner in money.winners] == [1000, 500, 500, 500]
    assert (money.budget, money.unallocated) == (1500, -1000)


def test_more_tied_groups_than_places_share_what_is_left():
    money = give('{ key = "money", amounts = [1000, 500] }')["money"]
    assert sorted(winner.cents for winner in money.winners) == [166, 167, 167, 1000]


def test_fewer_groups_than_prizes_leave_an_explicit_remainder():
    money = give('{ key = "money", amounts = [1000, 500, 200] }', rows={"ada": "1"})["money"]
    assert ([winner.cents for winner in money.winners], money.unallocated) == ([1000], 700)


def test_money_of_a_group_that_already_has_a_prize_is_not_rolled_down_silently():
    rules = '{ key = "cup", set = "s", places = [1, 1] }, { key = "money", set = "s", amounts = [1000, 500] }'
    money = give(rules, rows={"ada": "9", "ben": "1"})["money"]
    assert ([(winner.group, winner.cents) for winner in money.winners], money.unallocated) == ([("ben", 500)], 1000)


def test_amounts_start_at_the_first_place_of_the_award():
    money = give('{ key = "money", places = [5, 6], amounts = [300, 100] }')["money"]
    assert ([(winner.group, winner.cents) for winner in money.winners], money.unallocated) == ([("eli", 300)], 100)


def test_each_division_has_its_own_money():
    money = give(
        '{ key = "m", amounts = [100] }',
        rows={"ada": "9", "ben": "1"},
        board=', within = "division"',
        division={"ada": "x", "ben": "y"},
    )["m"]
    assert [(winner.group, winner.cents) for winner in money.winners] == [("ada", 100), ("ben", 100)]
    assert (money.budget, money.unallocated) == (200, 0)


def test_a_board_without_places_leaves_the_whole_budget():
    money = give('{ key = "m", amounts = [100, 50] }', rows={"ada": "-1"}, order="improvement")["m"]
    assert (money.winners, money.budget, money.unallocated) == ((), 150, 150)


@pytest.mark.parametrize(
    ("cents", "weights", "expected"),
    [(10000, (1, 1, 1), [3334, 3333, 3333]), (100001, (18, 11, 7, 5), [43903, 26830, 17073, 12195])],
)
def test_a_pool_is_split_by_largest_remainder(cents, weights, expected):
    """Oracle O-LR."""
    assert largest_remainder(cents, [F(weight) for weight in weights]) == expected


@given(st.integers(0, 10**9), st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_a_split_pool_always_adds_up_to_the_cent(cents, weights):
    shares = largest_remainder(cents, [F(weight) for weight in weights])
    assert sum(shares) == cents
    assert all(abs(share - F(cents * weight, sum(weights))) < 1 for share, weight in zip(shares, weights, strict=True))


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4).map(str), min_size=1),
    st.sampled_from(["split", "each"]),
)
def test_winners_and_remainder_always_add_up_to_the_budget(amounts, rows, ties):
    money = give(f'{{ key = "m", amounts = {amounts}, ties = "{ties}" }}', rows=rows)["m"]
    assert sum(winner.cents for winner in money.winners) + money.unallocated == money.budget == sum(amounts)
    assert ties == "each" or money.unallocated == sum(amounts[len(rows) :])
