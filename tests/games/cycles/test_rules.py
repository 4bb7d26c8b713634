import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.cycles.rules import NEXT_STATES, CycleState, changes, digest_of, may_become

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2)
keyed = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from("abcd")}, optional={"x": scalars}), max_size=3, unique_by=lambda r: r["key"]
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | keyed | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
tables = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


def test_a_closed_cycle_can_only_be_reopened_and_a_cancelled_one_is_over():
    assert NEXT_STATES[CycleState.CLOSED] == {CycleState.RUNNING}
    assert not NEXT_STATES[CycleState.CANCELLED]
    assert may_become(CycleState.RUNNING, CycleState.PAUSED)
    assert may_become(CycleState.PAUSED, CycleState.RUNNING)
    assert not may_become(CycleState.DRAFT, CycleState.CLOSED)


@given(tables, tables)
def test_nothing_changed_exactly_when_the_data_is_equal(before, after):
    assert (changes(before, after) == []) == (digest_of(before) == digest_of(after))


@given(tables, tables)
def test_the_way_back_changes_the_same_places(before, after):
    there = sorted((one["path"], digest_of([one["before"], one["after"]])) for one in changes(before, after))
    back = sorted((one["path"], digest_of([one["after"], one["before"]])) for one in changes(after, before))
    assert there == back


def test_a_path_names_tables_by_their_key():
    before = {"challenges": [{"key": "pitch", "criteria": [{"key": "impact", "weight": 1}, {"key": "craft"}]}]}
    after = {"challenges": [{"key": "pitch", "criteria": [{"key": "impact", "weight": 2}]}]}
    assert changes(before, after) == [
        {"path": 'challenges["pitch"].criteria["impact"].weight', "before": 1, "after": 2},
        {"path": 'challenges["pitch"].criteria["craft"]', "before": {"key": "craft"}, "after": None},
    ]


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ([{"board": "b", "to": "r", "first": 2}], [{"board": "b", "to": "r", "first": 3}], '["b" in "r"].first'),
        (
            [{"key": "p", "rounds": ["a"]}, {"key": "p", "rounds": ["b"], "w": 1}],
            [{"key": "p", "rounds": ["a"]}, {"key": "p", "rounds": ["b"], "w": 2}],
            '["p" in ["b"]].w',
        ),
        ([{"key": "a"}, {"key": "b"}], [{"key": "b"}, {"key": "a"}], ""),
    ],
)
def test_rows_are_matched_by_what_names_them(before, after, path):
    assert [one["path"] for one in changes(before, after)] == [path]
