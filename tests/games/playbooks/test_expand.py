"""`like`, `keys` and offsets become plain tables and times."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.playbooks.expand import expand, has_offsets, merged, offset

START = datetime(2027, 3, 20, 8, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_keys_stand_for_one_table_each_in_order() -> None:
    found = expand({"rounds": [{"keys": ["b", "a"], "best": 2}, {"key": "c"}]})
    assert found.data["rounds"] == [{"key": "b", "best": 2}, {"key": "a", "best": 2}, {"key": "c"}]
    assert found.problems == []


def test_key_in_braces_stands_for_the_key_in_a_name() -> None:
    assert expand({"rounds": [{"keys": ["1", "2"], "name": "Week {key}"}]}).data["rounds"][1]["name"] == "Week 2"


def test_members_of_a_family_share_nothing() -> None:
    first, second = expand({"challenges": [{"keys": ["a", "b"], "panels": [{"key": "jury"}]}]}).data["challenges"]
    first["panels"][0]["quorum"] = 3
    assert second["panels"] == [{"key": "jury"}]


def test_like_merges_tables_and_keyed_arrays_and_replaces_the_rest() -> None:
    base = {
        "key": "a",
        "rounds": ["one"],
        "panels": [{"key": "jury", "band": {"width": 3, "decimals": 2}}, {"key": "public"}],
        "adjust": [{"times": 2}],
    }
    changed = {
        "like": "a",
        "key": "b",
        "rounds": ["two"],
        "panels": [{"key": "jury", "band": {"width": 2}}],
        "adjust": [{"plus": 1}],
    }
    found = expand({"challenges": [base, changed]}).data["challenges"][1]
    assert found == {
        "key": "b",
        "rounds": ["two"],
        "panels": [{"key": "jury", "band": {"width": 2, "decimals": 2}}, {"key": "public"}],
        "adjust": [{"plus": 1}],
    }


def test_like_takes_the_latest_table_with_that_key() -> None:
    rows = [{"key": "a", "weight": 1}, {"like": "a", "key": "a", "weight": 2}, {"like": "a", "key": "b"}]
    assert expand({"challenges": rows}).data["challenges"][2] == {"key": "b", "weight": 2}


def test_families_are_spread_before_a_copy_merges_them_by_key() -> None:
    rows = [
        {"key": "short", "criteria": [{"keys": ["m", "n"], "weight": 1, "decimals": 2}]},
        {"like": "short", "key": "free", "criteria": [{"keys": ["m", "n"], "weight": 2}]},
    ]
    assert expand({"challenges": rows}).data["challenges"][1]["criteria"] == [
        {"key": "m", "weight": 2, "decimals": 2},
        {"key": "n", "weight": 2, "decimals": 2},
    ]


def test_an_empty_array_clears_what_was_copied() -> None:
    assert merged({"panels": [{"key": "jury"}]}, {"panels": []}) == {"panels": []}


def test_like_without_an_earlier_table_is_a_fault_that_names_the_place() -> None:
    found = expand({"challenges": [{"key": "recital"}, {"like": "recitall", "key": "x"}]})
    assert str(found.problems[0]) == 'challenges[1].like = "recitall": no earlier challenge has this key; earlier keys: recital'


def test_key_and_keys_together_are_a_fault() -> None:
    found = expand({"rounds": [{"key": "a", "keys": ["b"]}]})
    assert str(found.problems[0]) == "rounds[0].keys: either key or keys, not both"


def test_a_family_of_families_stops_at_the_limit() -> None:
    found = expand({"rounds": [{"keys": [str(n) for n in range(5_001)]}]})
    assert "more than 5000 tables" in found.problems[0].message


def test_places_are_those_of_the_written_file() -> None:
    rows = [{"key": "a", "criteria": [{"keys": ["m", "n"]}]}, {"like": "a", "key": "b"}]
    found = expand({"challenges": rows})
    assert found.place(("challenges", 0, "criteria", 1, "max")) == 'challenges[0].criteria[0] (key "n").max'
    assert found.place(("challenges", 1, "criteria", 1, "max")) == 'challenges[1].criteria["n"].max'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+0d", datetime(2027, 3, 20, 9, 30, tzinfo=BERLIN)),
        ("+14d", datetime(2027, 4, 3, 9, 30, tzinfo=BERLIN)),  # summer time began in between: the clock on the wall stays
        ("+14d09:00", datetime(2027, 4, 3, 9, 0, tzinfo=BERLIN)),
        ("+2w", datetime(2027, 4, 3, 9, 30, tzinfo=BERLIN)),
        ("+1w1d17:45", datetime(2027, 3, 28, 17, 45, tzinfo=BERLIN)),
        ("+36h", datetime(2027, 3, 21, 21, 30, tzinfo=BERLIN)),
    ],
)
def test_an_offset_counts_from_the_start(text: str, expected: datetime) -> None:
    assert offset(text, START, BERLIN) == expected


@pytest.mark.parametrize("text", ["+", "+14", "+d", "14d", "+14d24:00", "+14d9:00", "+1m", "+14d 09:00"])
def test_anything_else_is_no_offset(text: str) -> None:
    with pytest.raises(ValueError, match="expected a time or an offset"):
        offset(text, START, BERLIN)


def test_offsets_are_resolved_at_time_keys_alone() -> None:
    written = {"cycle": {"key": "c", "timezone": "Europe/Berlin", "name": "+14d"}, "rounds": [{"key": "r", "opens": "+14d09:00"}]}
    found = expand(written, start=START)
    assert found.data["rounds"][0]["opens"] == datetime(2027, 4, 3, 9, 0, tzinfo=BERLIN)
    assert found.data["cycle"]["name"] == "+14d"
    assert has_offsets(written)
    assert not has_offsets(found.data)


def test_an_offset_without_a_start_is_a_fault() -> None:
    found = expand({"rounds": [{"key": "r", "opens": "+14d"}]})
    assert str(found.problems[0]) == 'rounds[0].opens: "+14d" counts from a start, and none was given; expected a time'


def test_a_time_without_offset_takes_the_zone_of_the_cycle_or_is_refused() -> None:
    naive = datetime(2027, 4, 3, 9, 0)  # noqa: DTZ001 - this is the fault to be found
    rounds = [{"key": "r", "opens": naive}]
    assert expand({"cycle": {"timezone": "Europe/Berlin"}, "rounds": rounds}).data["rounds"][0]["opens"].tzinfo == BERLIN
    assert "has no offset" in expand({"rounds": rounds}).problems[0].message


def test_an_unknown_time_zone_is_a_fault() -> None:
    assert expand({"cycle": {"timezone": "Mars/Olympus"}}).problems[0].where == "cycle.timezone"


def test_the_written_data_is_left_as_it_was() -> None:
    written = {
        "challenges": [
            {"key": "a", "criteria": [{"keys": ["m"]}]},
            {"like": "a", "key": "b", "criteria": [{"key": "m", "max": 1}]},
        ]
    }
    expand(written)
    assert written["challenges"][0] == {"key": "a", "criteria": [{"keys": ["m"]}]}


keys = st.text("abc", min_size=1, max_size=3)
plain = st.dictionaries(st.sampled_from(["name", "weight", "best"]), st.integers() | st.text(max_size=3), max_size=3)


@given(st.lists(plain, max_size=4))
def test_plain_data_comes_back_equal(rows: list[dict[str, object]]) -> None:
    assert expand({"rounds": rows}).data == {"rounds": rows}


@given(plain, plain)
def test_merging_twice_changes_nothing_more(base: dict[str, object], changes: dict[str, object]) -> None:
    assert merged(merged(base, changes), changes) == merged(base, changes)
