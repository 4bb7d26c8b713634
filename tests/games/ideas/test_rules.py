"""What is told is cleaned, how complete it is, how texts are compared, how credit may be divided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.ideas.rules import (
    ORDER,
    PARTS,
    WHOLE,
    Audience,
    DerivationKind,
    IdeaInvalid,
    IdeaRefused,
    Telling,
    check_split,
    cleaned,
    completeness,
    digest_of,
    folded,
    is_summary_only,
    lacking,
    may_take,
    telling_words,
    widens,
    words_for_search,
)
from games.playbooks.rules import Visibility


def test_below_five_of_six_parts_a_story_is_a_summary_only():
    parts = dict.fromkeys(PARTS, "said")
    assert (completeness(parts), is_summary_only(parts)) == (6, False)
    five = parts | {"cost": "  "}
    assert (completeness(five), is_summary_only(five)) == (5, False)
    assert is_summary_only(five | {"ask": ""})


def test_what_is_told_comes_without_blanks_and_each_tag_once():
    told = cleaned(
        Telling(title="  Old \n saris ", summary=" Cloth. ", parts={"cost": " ", "time": " 1 h "}, tags=["#Water", "water ", ""])
    )
    assert (told.title, told.summary, told.parts, told.tags) == ("Old saris", "Cloth.", {"time": "1 h"}, ("water",))


def test_every_fault_is_named_beside_its_field():
    with pytest.raises(IdeaInvalid) as refused:
        cleaned(
            Telling(
                title=" ",
                kind="best",
                parts={"magic": "x", "steps": "y\0"},
                step="s" * 101,
                tags=["t"] + [f"t{n}" for n in range(12)],
            )
        )
    assert {one.where for one in refused.value.problems} == {"title", "kind", "parts", "steps", "step", "tags"}
    with pytest.raises(IdeaInvalid, match="what it is about"):
        cleaned(Telling(title="Only a name"))


def test_equal_words_have_equal_digests_whatever_the_order_of_parts():
    one = Telling(title="a", parts={"time": "1", "cost": "2"})
    two = Telling(title="a", parts={"cost": "2", "time": "1"}, note="another note")
    assert digest_of(one) == digest_of(two) != digest_of(Telling(title="a"))


def test_search_knows_no_case_and_no_width_of_signs():
    assert folded("STRASSE ＡＢ ﬁlter") == folded("straße ab filter")
    assert "zürich" in words_for_search(Telling(title="ZÜRICH", tags=("x",)))


def test_texts_are_compared_by_their_longest_words():
    assert telling_words("The old SARIS and the old saris filter it") == ["filter", "saris"]
    assert len(telling_words(" ".join(f"word{n}" for n in range(99)))) == 12


@given(st.sampled_from(ORDER), st.sampled_from(ORDER), st.sampled_from(ORDER))
def test_widening_is_an_order_that_never_goes_back(a: Audience, b: Audience, c: Audience):
    assert widens(a, a)
    assert widens(a, b) or widens(b, a)
    if widens(a, b) and widens(b, c):
        assert widens(a, c)
    assert (widens(a, b) and widens(b, a)) == (a == b)


def test_an_entry_is_built_on_where_its_round_says_so_and_answered_where_it_is_seen():
    builds, rejects = DerivationKind.BUILDS_ON, DerivationKind.REJECTS
    assert may_take(builds, Visibility.FORKABLE)
    assert not may_take(builds, Visibility.FULL)
    assert may_take(rejects, Visibility.FULL)
    assert not may_take(rejects, Visibility.SUMMARIES)


@given(st.dictionaries(st.integers(1, 5), st.integers(-10, 20_000), max_size=4))
def test_credit_is_whole_or_refused(asked: dict[int, int]):
    whole = sum(asked.values()) == WHOLE and all(points > 0 for points in asked.values())
    if whole:
        check_split({}, asked, ())
    else:
        with pytest.raises(IdeaInvalid):
            check_split({}, asked, ())


def test_a_share_shrinks_by_its_own_hand_only():
    check_split({1: 10_000}, {1: 6_000, 2: 4_000}, {1})
    with pytest.raises(IdeaRefused):
        check_split({1: 6_000, 2: 4_000}, {1: 7_000, 2: 3_000}, {1})
    with pytest.raises(IdeaRefused):
        check_split({1: 6_000, 2: 4_000}, {1: 10_000}, {1})
    check_split({1: 6_000, 2: 4_000}, {1: 7_000, 2: 3_000}, {2})


def test_a_story_without_what_its_cycle_asks_for_is_never_whole():
    parts = dict.fromkeys(PARTS, "said") | {"went_wrong": " "}
    assert (completeness(parts), lacking(parts, ())) == (5, [])
    assert (completeness(parts, ["went_wrong"]), lacking(parts, ["ask", "went_wrong"])) == (4, ["went_wrong"])
    assert completeness(parts | {"went_wrong": "the lid leaked"}, ["went_wrong"]) == 6
    assert completeness({"ask": "Ada"}, ["went_wrong"]) == 1
