"""One prize per team: what is declined, or would be a second prize, passes to the next; the budget is always told to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.awards import largest_remainder
from leaderboards.engine.lineup import share_count
from leaderboards.engine.spec import Edge
from tests.leaderboards.engine.building import F, decide, messages
from tests.leaderboards.engine.test_awards import ONE, give, winners

PODIUM = ", ".join(
    f'{{ key = "{key}", set = "s", pass_on = true, places = [{place}, {place}] }}'
    for place, key in enumerate(("gold", "silver", "bronze"), start=1)
)
CLEAR = {"ada": "9", "ben": "8", "cy": "7", "dee": "6", "eli": "5"}


def forgo(group: str, award: str):
    return decide("forgo", group, value=award)


def passed(award) -> list[tuple[str, int, str]]:
    return [(one.group, one.place, one.why.value) for one in award.passed]


def test_nobody_declines_and_every_place_has_its_medal():
    assert winners(PODIUM, rows=CLEAR) == {"gold": "ada", "silver": "ben", "bronze": "cy"}


@pytest.mark.parametrize(
    ("declined", "expected"),
    [
        ([("ada", "gold")], {"gold": "ben", "silver": "cy", "bronze": "dee"}),
        ([("ben", "silver")], {"gold": "ada", "silver": "cy", "bronze": "dee"}),
        ([("cy", "bronze")], {"gold": "ada", "silver": "ben", "bronze": "dee"}),
        ([("ada", "gold"), ("ben", "gold")], {"gold": "cy", "silver": "dee", "bronze": "eli"}),
        ([(group, "gold") for group in CLEAR], {"gold": "", "silver": "", "bronze": ""}),
    ],
)
def test_what_is_declined_passes_to_the_next_and_everybody_behind_moves_up(declined, expected):
    assert winners(PODIUM, *(forgo(*one) for one in declined), rows=CLEAR) == expected


def test_who_declined_keeps_the_place_and_the_award_says_that_it_passed_to_the_next():
    gold = give(PODIUM, forgo("ada", "gold"), rows=CLEAR)["gold"]
    assert [(one.group, one.place) for one in gold.winners] == [("ben", 2)]
    assert passed(gold) == [("ada", 1, "declined")]


def test_without_pass_on_what_is_declined_stays_unspent():
    money = give('{ key = "m", amounts = [1000, 500] }', forgo("ada", "m"), rows=CLEAR)["m"]
    assert [(one.group, one.cents) for one in money.winners] == [("ben", 500)]
    assert (money.unallocated, money.passed) == (1000, ())


def test_money_that_is_passed_on_moves_up_to_the_cent():
    money = give('{ key = "m", pass_on = true, amounts = [1000, 500] }', forgo("ada", "m"), rows=CLEAR)["m"]
    assert [(one.group, one.cents) for one in money.winners] == [("ben", 1000), ("cy", 500)]
    assert (money.unallocated, passed(money)) == (0, [("ada", 1, "declined")])


def test_the_prize_of_a_category_passes_by_who_has_the_main_prize():
    boards = '[{ key = "b", order = ["m"] }, { key = "c", order = ["style"] }]'
    text = ONE.format(awards="", order="m", board="").replace('boards = [{ key = "b", order = ["m"] }]', f"boards = {boards}")
    from leaderboards.engine.facts import Facts
    from leaderboards.engine.pipeline import compute
    from tests.leaderboards.engine.building import groups, single, sound

    prizes = '{ key = "main", set = "s", pass_on = true, amounts = [900] }, { key = "style", board = "c", set = "s", pass_on = true, amounts = [300] }'
    marks = (*single("r", "c", "m", CLEAR), *single("r", "c", "style", CLEAR))
    outcome = compute(sound(text.replace("awards = []", f"awards = [{prizes}]")), Facts(groups=groups(*CLEAR), marks=marks))
    main, style = outcome.awards
    assert [(one.group, one.cents) for one in main.winners] == [("ada", 900)]
    assert [(one.group, one.place, one.cents) for one in style.winners] == [("ben", 2, 300)]
    assert passed(style) == [("ada", 1, "has")]


def test_tied_groups_across_the_line_of_one_prize_have_a_prize_only_if_their_share_is_more_than_nothing():
    rules = '{ key = "m", kind = "money", set = "s", pass_on = true, amounts = [1] }, { key = "cup", set = "s", pass_on = true, places = [1, 1] }'
    found = give(rules, rows={"ada": "9", "ben": "9"})
    paid = [one.group for one in found["m"].winners]
    assert len(paid) == 1
    assert [one.group for one in found["cup"].winners] == [one for one in ("ada", "ben") if one not in paid]


def test_of_no_group_at_all_nothing_is_given_and_everything_is_told():
    money = give('{ key = "m", pass_on = true, amounts = [10, 5] }', *(forgo(group, "m") for group in CLEAR), rows=CLEAR)["m"]
    assert (money.winners, money.budget, money.unallocated, len(money.passed)) == ((), 15, 15, 5)


def test_a_tie_for_the_first_prize_waits_for_a_decision_and_then_follows_it():
    rows = {"ada": "9", "ben": "9", "cy": "5"}
    rule = '{ key = "m", ties = "decide", amounts = [1000, 500, 250] }'
    waiting = give(rule, rows=rows)["m"]
    assert [(one.group, one.cents) for one in waiting.winners] == [("cy", 250)]
    assert waiting.unallocated == 1500
    done = give(rule, decide("award", "ben", value="m"), rows=rows)["m"]
    assert {one.group: one.cents for one in done.winners} == {"ben": 1000, "ada": 500, "cy": 250}


def test_a_tie_inside_the_places_needs_no_decision():
    rows = {"ada": "9", "ben": "9", "cy": "5"}
    assert winners('{ key = "a", ties = "decide", places = [1, 2] }', rows=rows) == {"a": "ada ben"}
    assert winners('{ key = "a", ties = "decide", places = [1, 1] }', rows=rows) == {"a": ""}


# --- Shares: O-IMO and O-MED ----------------------------------------------------------------------------------------------------------


def test_medals_of_2010_at_most_half_or_nearest_to_half():
    """Oracle O-IMO: 517 contestants; 226 or 266 of them could have a medal."""
    sizes = [226, 40, 251]
    assert share_count(F(1, 2), 517, Edge.AT_MOST, sizes) == 226
    assert share_count(F(1, 2), 517, Edge.NEAREST, sizes) == 266


@pytest.mark.parametrize("edge", ["at_most", "nearest"])
def test_medals_one_two_three_of_half_the_field(edge):
    """Oracle O-MED: N/2 = 12, bronze from 20 (12 medals), silver from 30 (6), gold from 40 (2); equal scores never apart."""
    values = [42, 40, 35, 35, 35, 30, 28, 28, 25, 21, 21, 20, 18, 14, 10, 7, 7, 5, 3, 1, 0, 0, 0, 0]
    rules = (
        f'{{ key = "gold", set = "medals", share = "1/6", share_of = "bronze", edge = "nearest" }}, '
        f'{{ key = "silver", set = "medals", share = "1/2", share_of = "bronze", edge = "nearest" }}, '
        f'{{ key = "bronze", set = "medals", share = "1/2", edge = "{edge}" }}'
    )
    found = give(rules, rows={f"g{number:02}": str(value) for number, value in enumerate(values)})
    lowest = {key: min(values[int(one.group[1:])] for one in award.winners) for key, award in found.items()}
    assert lowest == {"gold": 40, "silver": 30, "bronze": 20}
    assert {key: len(award.winners) for key, award in found.items()} == {"gold": 2, "silver": 4, "bronze": 6}


@given(st.lists(st.integers(1, 30), min_size=1, max_size=20), st.integers(0, 100), st.sampled_from(Edge))
def test_a_share_never_separates_equal_places(sizes, percent, edge):
    count = share_count(F(percent, 100), sum(sizes), edge, sizes)
    assert count in {sum(sizes[:number]) for number in range(len(sizes) + 1)}
    if edge is Edge.AT_MOST:
        assert count <= F(percent, 100) * sum(sizes)


# --- Pools ----------------------------------------------------------------------------------------------------------------------------


def test_a_pool_is_split_by_parts_equally_or_by_value():
    """Oracle O-LR, as rules of an award."""
    parts = give('{ key = "m", pool = 100001, parts = [18, 11, 7, 5] }', rows=CLEAR)["m"]
    assert [one.cents for one in parts.winners] == [43903, 26830, 17073, 12195]
    rows = {"a": "18", "b": "11", "c": "7", "d": "5"}
    by_value = give('{ key = "m", pool = 100001, by = "m", by_value = true }', rows=rows)["m"]
    assert [one.cents for one in by_value.winners] == [43903, 26830, 17073, 12195]
    equal = give('{ key = "m", pool = 10000, at_least = 7, by = "m" }', rows=CLEAR)["m"]
    assert sorted(one.cents for one in equal.winners) == [3333, 3333, 3334]
    assert {one.unallocated for one in (parts, by_value, equal)} == {0}


def test_a_pool_that_nobody_earns_stays_whole():
    assert give('{ key = "m", pool = 700, at_least = 99 }', rows=CLEAR)["m"].unallocated == 700


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3).map(str), min_size=1),
    st.sets(st.sampled_from("abcdefgh")),
    st.sampled_from(["split", "decide"]),
    st.booleans(),
)
def test_whoever_declines_the_budget_is_always_told_to_the_cent(amounts, rows, declined, ties, pool):
    money = f"pool = {sum(amounts)}, parts = [{', '.join(map(str, [1, *amounts]))}]" if pool else f"amounts = {amounts}"
    rule = f'{{ key = "m", pass_on = true, ties = "{ties}", {money} }}'
    found = give(rule, *(forgo(group, "m") for group in sorted(declined & rows.keys())), rows=rows)["m"]
    assert sum(one.cents for one in found.winners) + found.unallocated == found.budget == sum(amounts)
    assert found.unallocated >= 0
    assert not {one.group for one in found.winners} & declined


@given(st.permutations(list(CLEAR)), st.sets(st.sampled_from(list(CLEAR)), max_size=3))
def test_one_prize_each_best_first_whoever_declines(order, declined):
    rows = {group: str(9 - number) for number, group in enumerate(order)}
    given_ = winners(PODIUM, *(forgo(group, "gold") for group in declined), rows=rows)
    assert list(given_.values()) == [*[one for one in order if one not in declined], "", "", ""][:3]


@given(st.integers(0, 10**9), st.lists(st.fractions(0, 100), min_size=1, max_size=9).filter(any))
def test_parts_of_any_kind_add_up(cents, weights):
    assert sum(largest_remainder(cents, weights)) == cents


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("amounts = [1], pool = 5", "either amounts or a pool, not both"),
        ("places = [1, 1], parts = [1]", "parts split a pool"),
        ("pool = 5, parts = [0, 0]", "one of them more than 0"),
        ("amounts = [1], by_value = true", "by_value splits a pool that has no parts"),
        ('pool = 5, ties = "each"', 'so "each" cannot get a whole amount'),
        ('share = 0.5, share_of = "x"', '"x" is not an award'),
        ('share = 0.5, share_of = "a"', '"a" must be an award of the same board'),
        ('places = [1, 1], share_of = "a"', "share_of needs a share"),
    ],
)
def test_rules_of_money_that_do_not_fit_are_named(rule, message):
    text = ONE.format(awards=f'{{ key = "a", {rule} }}', order="m", board="")
    assert any(message in one for one in messages(text))
