"""Credit over the API: the reasons of what came back, without what is not for the person who asks; the table of a cycle."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.games.recognition.crediting import built, read, rules

pytestmark = pytest.mark.django_db
CREDIT = "/api/v1/credit"


def test_each_row_has_its_reason_and_names_nothing_that_is_not_to_be_seen(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Go upstream", cast.blue)
    newer = built(cast, "Sieve", cast.red, source)
    read(cast)
    (row,) = cast.ben.api.get(CREDIT, {"cycle": cast.cycle.pk}).json()["results"]
    assert (row["group"], row["amount"], row["builder"], row["of"]) == (cast.blue.pk, 25, cast.red.pk, newer.pk)
    assert row["lines"] == [{"to": source.pk, "depth": 1, "exact": "25", "ways": [[]]}]
    assert (row["rule"], row["exact"], row["uncapped"], row["taken_back"]) == ("idea.credit", "25", 25, False)
    (masked,) = cast.eve.api.get(CREDIT).json()["results"]
    assert (masked["amount"], masked["of"]) == (25, None)
    assert masked["lines"] == [{"to": None, "depth": 1, "exact": "25", "ways": []}]


def test_the_table_of_a_cycle(cast: Cast) -> None:
    rules(cast)
    built(cast, "Sieve", cast.red, built(cast, "Go upstream", cast.blue))
    read(cast)
    rows = cast.visitor.api.get(f"{CREDIT}/table", {"cycle": cast.cycle.pk}).json()["rows"]
    assert [(row["group_key"], row["came"], row["times"], row["built"], row["works"]) for row in rows] == [
        ("blue", 25, 1, 0, 0),
        ("red", 0, 0, 100, 1),
    ]


@pytest.mark.outsider
def test_of_a_cycle_that_is_not_open_nothing_is_told(cast: Cast) -> None:
    rules(cast)
    built(cast, "Sieve", cast.red, built(cast, "Go upstream", cast.blue))
    read(cast)
    cast.cycle.state = "draft"
    cast.cycle.save(update_fields=["state"])
    for someone in (cast.eve, cast.visitor):
        assert someone.api.get(CREDIT).json()["results"] == []
        assert someone.api.get(f"{CREDIT}/table", {"cycle": cast.cycle.pk}).status_code == 404


def test_a_list_takes_as_many_statements_for_many_rows_as_for_few(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Go upstream", cast.blue)

    def asked() -> int:
        client = cast.ben.api
        with CaptureQueriesContext(connection) as statements:
            assert client.get(CREDIT, {"cycle": cast.cycle.pk}).status_code == 200
        return len(statements)

    for number in range(3):
        built(cast, f"More {number}", GroupFactory.create(cycle=cast.cycle, key=f"few{number}"), source)
    read(cast)
    few = asked()
    for number in range(30):
        built(cast, f"Many {number}", GroupFactory.create(cycle=cast.cycle, key=f"many{number}"), source)
    read(cast)
    assert asked() == few <= 12
