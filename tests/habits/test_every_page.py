"""Every page of a round that is judged, as those see it who come there: few statements, and a light first visit.

The pages are found, not listed: a new one is counted without anybody thinking of it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.backend.web.test_board_pages import MOST_BYTES, MOST_STATEMENTS, weight_of
from tests.factories.submissions import without_designs
from tests.habits.judged import judged
from tests.habits.test_who_reads_what import MODES, WRITES, find_writes, page_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.timeout(600)]
ROLES: Final = ("org", "ada", "judith")
FILES: Final = frozenset({"my-data"})
"""No pages: what comes is put together for one person."""


class Seen(NamedTuple):
    """A page that answered somebody: how many statements the visit took, and what came."""

    who: str
    client: Client
    route: str
    url: str
    statements: int
    content: bytes | None


def seen(mode: int) -> Iterator[Seen]:
    """One address of each page for each of these people."""
    scene = judged(MODES[mode])
    find_writes(scene)
    tries: dict[str, list[str]] = {}
    for one in page_addresses(scene):
        if one.route not in WRITES | FILES:
            tries.setdefault(one.route, []).append(one.url)
    for who in ROLES:
        client = scene.roles[who].client
        for route, urls in tries.items():
            for url in urls[:2]:
                with CaptureQueriesContext(connection) as sent:
                    answer = client.get(url)
                if answer.status_code == 200:
                    content = answer.content if "text/html" in answer.headers["Content-Type"] else None
                    yield Seen(who, client, route, url, len(without_designs(sent)), content)
                    break


def statements_of(one: Seen) -> int:
    """Statements of a visit. What was computed for an earlier one is there for the next: of three the one with the fewest."""
    counted = one.statements
    for _ in range(2):
        if counted > MOST_STATEMENTS:
            with CaptureQueriesContext(connection) as sent:
                one.client.get(one.url)
            counted = min(counted, len(without_designs(sent)))
    return counted


@pytest.mark.parametrize("mode", [0, -1])
def test_no_page_sends_more_than_twelve_statements_and_a_first_visit_is_below_120_kb(mode: int) -> None:
    statements: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for one in seen(mode):
        statements[one.route] = max(statements.get(one.route, 0), statements_of(one))
        if one.route not in sizes and one.content is not None:
            sizes[one.route] = sum(weight_of(one.url, one.content).values())
    assert len(sizes) > 50
    assert {route: count for route, count in statements.items() if count > MOST_STATEMENTS} == {}
    assert {route: size for route, size in sizes.items() if size >= MOST_BYTES} == {}
