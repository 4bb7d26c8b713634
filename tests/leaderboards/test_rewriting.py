"""Rows of a board written as tuples read back as they were given, few and many, new and changed."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from leaderboards.actions import refresh
from leaderboards.engine.outcome import Row, RowStatus
from leaderboards.models import Board, Standing
from leaderboards.queries import rows_of, standings
from leaderboards.rewriting import FEW

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 1, tzinfo=UTC)
NAMES = ["Red Herons", "tab\tnew\nline", "back\\slash \\N", "Łódź 東京 🜂", "quote \" and '", "%s {x}"]


def rows(number: int, *, turned: bool = False) -> list[Row]:
    groups = list(range(number))
    if turned:
        groups.reverse()
    return [
        Row(
            Fraction(place),
            f"g{one}",
            NAMES[one % len(NAMES)],
            Fraction(1000 - place, 3),
            RowStatus.RANKED,
            keys=(Fraction(1000 - place, 3), (Fraction(1), Fraction(2, 3)), None),
            values={"a\\b": Fraction(one), "none": None},
        )
        for place, one in enumerate(groups, 1)
    ]


@pytest.mark.parametrize("number", [1, FEW - 1, FEW + 5])
def test_new_and_changed_rows_are_what_was_given(number: int) -> None:
    board = Board.objects.create(scope=7, key="result", number=1, name="Result", live=True)
    twin = Board.objects.create(scope=8, key="result", number=1, name="Result", live=True)
    assert refresh(board, "public", rows(number), now=NOW) is not None
    assert refresh(board, "public", rows(number), now=NOW) is None, "what is read back is what was written"
    changed = refresh(board, "public", rows(number, turned=True), now=NOW)
    assert refresh(board, "public", rows(number, turned=True), now=NOW) is None
    assert refresh(twin, "public", rows(number, turned=True), now=NOW) is not None
    there, fresh = rows_of(standings(board)), rows_of(standings(twin))
    for row in fresh:
        before = number + 1 - row["rank"]
        if before != row["rank"]:
            row["previous_place"], row["movement"] = str(before), before - row["rank"]
    assert there == fresh
    assert changed is None if number == 1 else len(changed.changed) == number - number % 2  # type: ignore[union-attr]
    assert set(Standing.objects.filter(board=board).values_list("changed_version", flat=True)) <= {1, 2}
