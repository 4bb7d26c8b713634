"""Why a group stands where it stands, out of two published states."""

from typing import Any

import pytest

from backend.web.moves import gap, listed, moved, near, own_row, parts, reasons

ROUNDS = {"call": "Sealed call", "final": "Final"}


def row(entry: str, rank: int, score: str, bracket: str = "", **values: Any) -> dict[str, Any]:
    place = str(rank)
    return {
        "entry": entry,
        "line": 0,
        "name": entry.title(),
        "bracket": bracket,
        "rank": rank,
        "place": place,
        "score": score,
        "values": values,
        "status": "ranked",
    }


BEFORE = [
    row("aqua", 1, "81", call="81"),
    row("brook", 2, "74", call="74"),
    row("cloud", 3, "70", call="70"),
    row("delta", 4, "60", call="60"),
]
AFTER = [
    row("cloud", 1, "90", call="70", final="98"),
    row("brook", 2, "80", call="76", final="82"),
    row("aqua", 3, "75", call="81", final="72"),
    row("estuary", 4, "74", call="70", final="76"),
]


def said(key: str) -> list[tuple[str, str]]:
    return [tuple(one) for one in reasons(BEFORE, AFTER, {key}, ROUNDS)]


def test_who_fell_reads_what_came_in_and_who_passed():
    assert said("aqua") == [
        ("", "Final was added: 72."),
        ("bad", "Our score went from 81 to 75."),
        ("bad", "Cloud, Brook passed us."),
    ]


def test_who_rose_reads_whom_it_passed_and_which_mark_changed():
    found = said("brook")
    assert ("good", "Sealed call changed from 74 to 76.") in found
    assert ("good", "We passed Aqua.") in found
    assert ("bad", "Cloud passed us.") in found


def test_who_was_not_there_before_has_no_reasons():
    assert said("estuary") == []
    assert moved(None, AFTER[3]) == "new"
    assert moved(BEFORE[0], AFTER[2]) == -2


def test_those_who_left_or_came_ahead_are_named():
    after = [row("zephyr", 1, "99"), row("delta", 2, "60")]
    assert [tuple(one) for one in reasons(BEFORE, after, {"delta"}, ROUNDS)] == [
        ("bad", "New ahead of us: Zephyr."),
        ("good", "No longer ahead of us: Aqua, Brook, Cloud."),
    ]


def test_many_names_are_counted():
    assert listed(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"
    assert listed(["A"]) == "A"


def test_what_rounds_gave_is_listed_with_its_weight_and_what_is_new_is_marked():
    found = parts(BEFORE[1], AFTER[1], ROUNDS, {"call": "0.2", "final": "0.8"})
    assert [(one.name, one.before, one.now, one.weight, one.changed) for one in found] == [
        ("Sealed call", "74", "76", "20 %", True),
        ("Final", "–", "82", "80 %", True),
    ]


def test_neighbours_stand_with_their_distance_and_a_withheld_name_leads_nowhere():
    rows = [
        row("aqua", 1, "81"),
        row("unnamed-0123456789", 2, "80.5"),
        row("brook", 3, "74"),
        row("far", 9, "1"),
        row("other", 3, "7", "b"),
    ]
    found = near(rows, rows[2], {"brook"})
    assert [(one["name"], one["gap"], one["own"]) for one in found] == [
        ("Aqua", "+7", False),
        ("Unnamed-0123456789", "+6.5", False),
        ("Brook", "", True),
    ]
    assert found[1]["key"] == ""


@pytest.mark.parametrize(("theirs", "ours", "expected"), [("74", "74", "±0"), ("1/3", "1", "−0.6667"), ("", "1", "")])
def test_a_distance_has_its_sign(theirs, ours, expected):
    assert gap(theirs, ours) == expected


def test_the_own_row_is_found_by_either_key():
    assert own_row(AFTER, {"unnamed-1", "cloud"}) == AFTER[0]
    assert own_row([{**AFTER[0], "line": 1}], {"cloud"}) is None
