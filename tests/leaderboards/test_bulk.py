"""Many rows at once read back as they were given, by COPY and by INSERT alike."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from leaderboards.bulk import FEW, insert_many
from leaderboards.models import Board, Standing

pytestmark = pytest.mark.django_db
NAMES = ["Red Herons", "tab\tnew\nline", "back\\slash \\N", "", "Łódź 東京 🜂", "quote \" and '"]
COLUMNS = ("entry", "name", "rank", "place", "keys", "values", "pending", "changed_version")


def board() -> Board:
    return Board.objects.create(scope=1, key="result", number=1, name="Result", refreshed_at=datetime(2027, 1, 1, tzinfo=UTC))


def rows(of: Board, number: int) -> list[Standing]:
    return [
        Standing(
            board=of,
            entry=f"g{n}",
            name=NAMES[n % len(NAMES)],
            rank=n,
            place=str(n),
            keys=[NAMES[n % len(NAMES)], None, ["1/3"]],
            values={"a\\b": NAMES[n % len(NAMES)], "none": None},
            changed_version=2**40 + n,
        )
        for n in range(number)
    ]


@pytest.mark.parametrize("number", [0, 1, FEW - 1, FEW, 3 * FEW])
def test_rows_read_back_as_they_were_given(number):
    wanted = rows(board(), number)
    insert_many(wanted)
    found = Standing.objects.order_by("rank").values_list(*COLUMNS)
    assert list(found) == [tuple(getattr(row, name) for name in COLUMNS) for row in wanted]


@pytest.mark.parametrize("number", [FEW - 1, 2 * FEW])
def test_a_row_that_is_there_already_is_an_error_of_django_and_nothing_is_written(number):
    there = board()
    insert_many(rows(there, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(rows(there, number))
    assert Standing.objects.count() == 1
