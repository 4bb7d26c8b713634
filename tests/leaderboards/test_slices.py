"""Published rows read where they lie say the same as the whole snapshot, and nobody reads it whole."""

import random
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.models import Board, Snapshot
from leaderboards.queries import latest, snapshot_rows
from leaderboards.slices import FirstLine, looked_through, rows_at, size_of, stored_at, stretches, told_of

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 1, tzinfo=UTC)
NAMES = ("École", "Ålesund", 'The "B" team', "100%", "Straße", "o'Neill", "100 {x}", "🎺")


def rows_of(brackets: dict[str, int], *, seed: int = 1) -> list[dict[str, Any]]:
    """Rows as they are published: brackets one after the other, now and then an entry that stands there twice."""
    chance, made = random.Random(seed), []
    lines: dict[str, int] = {}
    for bracket, number in brackets.items():
        for rank in range(1, number + 1):
            entry = f"g{chance.randrange(max(2, number))}"
            line = lines[entry] = lines.get(entry, -1) + 1
            made.append(
                {
                    "entry": entry,
                    "line": line,
                    "name": f"{chance.choice(NAMES)} {entry}",
                    "bracket": bracket,
                    "rank": rank,
                    "place": str(rank) if rank % 4 else "",
                    "score": str(number - rank),
                    "keys": [str(number - rank), None, ["1", "1/3"]],
                    "values": {"final": f"{rank}/3", "né": None},
                    "status": "ranked",
                    "pending": rank % 2,
                }
            )
    return made


def board(key: str = "result") -> Board:
    return Board.objects.create(scope=7, key=key, number=1, name="Result")


def publish(of: Board, rows: list[dict[str, Any]], number: int = 1) -> Snapshot:
    Snapshot.objects.create(board=of, number=number, design_number=1, rows=rows, digest="0" * 64, published_at=NOW)
    return Snapshot.objects.defer("rows").get(board=of, number=number)


def first_of(rows: list[dict[str, Any]], bracket: str, keys: Collection[str]) -> int | None:
    return next((at for at, row in enumerate(rows) if row["bracket"] == bracket and row["entry"] in keys), None)


@settings(max_examples=25)
@given(
    brackets=st.dictionaries(st.sampled_from(["", "school", 'a "b"', "é"]), st.integers(1, 30), max_size=3),
    seed=st.integers(0, 99),
    positions=st.lists(st.integers(0, 99), max_size=20),
)
def test_a_slice_says_what_the_whole_says(brackets: dict[str, int], seed: int, positions: list[int]) -> None:
    of = board(f"result-{Board.objects.count()}")
    earlier, rows = rows_of(brackets, seed=seed + 1), rows_of(brackets, seed=seed)
    publish(of, earlier)
    made = publish(of, rows, 2)
    whole = snapshot_rows(Snapshot.objects.get(pk=made.pk))
    wanted = sorted({one for one in positions if one < len(rows)})
    assert list(stored_at(made.pk, positions).items()) == [(at, rows[at]) for at in wanted]
    assert list(rows_at(made, positions).items()) == [(at, whole[at]) for at in wanted]
    assert size_of(made.pk) == len(rows)
    keys, found = ["g1", "g2"], stretches(made.pk, ["g1", "g2"], [], ["nobody"])
    assert [(one.bracket, one.total) for one in found] == list(brackets.items())
    assert all([rows[at]["bracket"] for at in one.positions] == [one.bracket] * one.total for one in found)
    assert [one.firsts for one in found] == [(first_of(rows, one.bracket, keys), None, None) for one in found]
    told = told_of(made.pk, keys)
    assert [(one.at, one.entry, one.line, one.place) for one in told] == [
        (at, row["entry"], row["line"], row["place"]) for at, row in enumerate(rows) if row["entry"] in keys
    ]
    [line] = Snapshot.objects.filter(pk=made.pk).annotate(line=FirstLine(keys)).values_list("line", flat=True)
    assert line == next((row for row in rows if row["entry"] in keys and not row["line"]), None)
    with looked_through([made.pk], "name", "rank") as read:
        assert list(read) == [(made.pk, at, row["name"], row["rank"]) for at, row in enumerate(rows)]


def test_several_snapshots_are_looked_through_one_after_the_other() -> None:
    of = board()
    first, second = publish(of, rows_of({"": 3})), publish(of, rows_of({"a": 2, "b": 1}), 2)
    with looked_through([second.pk, first.pk], "rank") as read:
        assert list(read) == [
            (first.pk, 0, 1),
            (first.pk, 1, 2),
            (first.pk, 2, 3),
            *((second.pk, at, rank) for at, rank in enumerate((1, 2, 1))),
        ]


def test_whoever_has_found_enough_may_leave() -> None:
    made = publish(board(), rows_of({"": 5_000}))
    with looked_through([made.pk], "entry") as read:
        assert next(read)[1] == 0
    assert size_of(made.pk) == 5_000


def test_nothing_asked_costs_nothing(django_assert_num_queries: Any) -> None:
    made = publish(board(), [])
    with django_assert_num_queries(0):
        assert (stored_at(made.pk, []), told_of(made.pk, [])) == ({}, [])
    assert (size_of(made.pk), stretches(made.pk, ["g1"]), stored_at(made.pk, [0, 1])) == (0, [], {})


def test_what_no_database_can_hold_is_nobody() -> None:
    made = publish(board(), rows_of({"": 3}))
    assert stretches(made.pk, ["\0"])[0].firsts == (None,)
    assert told_of(made.pk, ["\0"]) == []


def test_the_rows_themselves_stay_where_they_are() -> None:
    of = board()
    publish(of, rows_of({"": 300}))
    publish(of, rows_of({"": 300}, seed=2), 2)
    made = latest(of, rows=False)
    assert made is not None
    with CaptureQueriesContext(connection) as statements:
        rows_at(made, range(100, 150))
        stretches(made.pk, ["g1"])
        told_of(made.pk, ["g1"])
    assert len(statements) == 4
    assert not [one["sql"] for one in statements if '"leaderboards_snapshot"."rows"' in one["sql"]]
    assert "rows" in made.get_deferred_fields()
