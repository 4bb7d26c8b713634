"""Every page, as those see it who come there: few statements and few bytes with a few rows and with three hundred of everything, and a light
first visit.

The pages are found, not listed: a new one is counted without anybody thinking of it, and one that nobody reaches fails here until it is
reached or named with the reason.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from tests.backend.web.test_board_pages import MOST_BYTES, MOST_STATEMENTS, weight_of
from tests.factories.crowd import crowd, too_few
from tests.factories.submissions import without_designs
from tests.habits.judged import Scene
from tests.habits.stuffed import go_on, stuffed
from tests.habits.test_page_doors import NOT_PAGES, pages
from tests.habits.test_who_reads_votes import OPEN, addresses
from tests.habits.test_who_reads_what import MODES, WRITES, find_writes, page_addresses
from tests.habits.voted import voted

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.timeout(1200)]
ROLES: Final = ("org", "ada", "judith", "root")
FILES: Final = frozenset({"my-data"})
"""No pages: what comes is put together for one person."""
STARTS: Final = (
    "/",
    "/desk/",
    "/instance/",
    "/launch/",
    "/verify/",
    "/style/",
    "/notices/",
    "/sign-in/",
    "/sign-up/",
    "/sign-in/link/",
    "/password/forgotten/",
)
"""Where links are followed from, besides the addresses that are known."""
EACH: Final = 3
"""So many addresses of a route are tried."""
MOST_HTML: Final = 200_000
"""Bytes of a page before compression, however many rows there are: what is more is paged."""
LARGE: Final = frozenset({"desk-hall-round", "desk-hall-live", "desk-pitches", "desk-publish-round", "lineage", "vote"})
"""Routes whose pages still grow beyond it."""
VOTES: Final = "in the scene where others than a jury decide"
OUT: Final = "where results are out"
ROWS: Final[dict[str, str]] = {
    "desk-appeals": "appeal",
    "desk-panel": "seat",
    "team-wins": "win",
    "thread": "post",
}
"""Pages to whose rows links lead, with the name of a row there: the address names the row, and the page that has it opens."""
FEW: Final[dict[str, str]] = {
    "Ballot": VOTES,
    "Calibration": "one of a panel",
    "ChallengeScore": OUT,
    "GoalReached": "as many as the rules have goals",
    "GrantSession": "listed nowhere",
    "NoticeWish": "as many as there are kinds of notices",
    "PairEntry": VOTES,
    "PanelAnalysis": "one of a panel",
    "PeerOptOut": "nobody asks such a team",
    "RankedList": VOTES,
    "RetroWords": "as many as a retrospective has parts",
    "SignInLink": "listed nowhere",
    "Snapshot": OUT,
    "SnapshotProof": OUT,
    "Standing": OUT,
    "TallyMark": "listed nowhere",
    "Vote": VOTES,
}
"""Of what there are no three hundred in this scene, with the reason."""
UNREACHED: Final[dict[str, str]] = {
    "achievement": "no badge and no award is certified in these rules",
    "board-lines": "no lines without a second publication",
    "brought": "no cycle before",
    "ceremony-opening": "no board froze",
    "certainty": OUT,
    "check-mail": "the door",
    "confirm": "the door",
    "cycle-logo": VOTES,
    "desk-adopt": "the idea to adopt is no one's to share",
    "desk-export-file": "nothing is being made ready",
    "desk-job": "nothing is being made ready",
    "desk-pairs": VOTES,
    "desk-publish-run": OUT,
    "draft-dry-run": "nobody begins a dry run",
    "draft-dry-run-remove": "nobody begins a dry run",
    "draft-enough": "has no rows",
    "draft-move": "only takes what is sent",
    "draft-task": "has no rows",
    "give-up-credential": "asks before something is given up",
    "grant-proof": "nothing was handed over with a file",
    "invitation": "the door",
    "pairs": VOTES,
    "row-receipt": OUT,
    "set-password": "the door",
    "snapshot": OUT,
    "stop-mails": "the door",
    "take-back-glass": "nobody broke the glass",
    "use-link": "the door",
    "vote": VOTES,
    "vote-hall": VOTES,
}
"""Routes that answer nobody here, with the reason."""


class Seen(NamedTuple):
    """A page that answered somebody: how many statements the visit took, and what came."""

    who: str
    client: Client
    route: str
    url: str
    status: int
    statements: int
    content: bytes | None


def visit(who: str, client: Client, route: str, url: str) -> tuple[Seen, set[str]]:
    """One visit; and where links and forms of the page lead."""
    with CaptureQueriesContext(connection) as sent:
        answer: Any = client.get(url)
    content = answer.getvalue()
    html = "text/html" in answer.headers.get("Content-Type", "")
    links = {answer.headers["Location"]} if "Location" in answer.headers else set()
    if html:
        links |= {one.replace("&amp;", "&") for one in re.findall(r'="(/[^"#]*)', content.decode())}
    count = len(without_designs(sent))
    return Seen(who, client, route, url, answer.status_code, count, content if html else None), links


def route_of(url: str) -> str:
    """The name of a page's route; empty for what is no page of ours, or none to be read."""
    path = urlsplit(url).path
    try:
        found = resolve(path).url_name or ""
    except Resolver404:
        return ""
    return "" if path[1:].startswith(NOT_PAGES) or found in WRITES | FILES else found


def found_by_link(who: str, client: Client, known: Iterable[str], left: set[str]) -> Iterator[Seen]:
    """One visit to each route of `left` to which links lead."""
    waiting, tried, times = [*STARTS, *sorted(known)], set[str](), dict[str, int]()
    while waiting:
        url = waiting.pop(0)
        route = route_of(url)
        if route not in left or url in tried or times.setdefault(route, 0) >= EACH:
            continue
        tried.add(url)
        times[route] += 1
        seen, links = visit(who, client, route, url)
        if seen.status == 405:
            WRITES.add(route)
        if seen.status in {200, 302} and not any("/sign-in/" in one for one in links if seen.status == 302):
            left.discard(route)
            yield seen
        waiting += sorted(links)


def walk(scene: Scene, known: dict[str, list[str]], *, follow: bool = False) -> list[Seen]:
    """One address of each page for each of these people. `follow`: then what links lead to and nobody reached."""
    done: list[Seen] = []
    links: dict[str, set[str]] = {}
    for who in ROLES[:3]:
        client = scene.roles[who].client
        for route, urls in known.items():
            for url in urls[: EACH * 3]:
                seen, found = visit(who, client, route, url)
                if seen.status == 200:
                    links.setdefault(who, set()).update(found)
                    done.append(seen)
                    break
    left = {one.name for one in pages()} - WRITES - FILES - {one.route for one in done}
    for who in ROLES if follow else ():
        done += found_by_link(who, scene.roles[who].client, links.get(who, ()), left)
    return done


def known_of(scene: Scene) -> dict[str, list[str]]:
    """Route → addresses in the scene of the judged round."""
    find_writes(scene)
    known: dict[str, list[str]] = {}
    for one in page_addresses(scene):
        if one.route not in WRITES | FILES:
            known.setdefault(one.route, []).append(one.url)
    return known


def statements_of(one: Seen) -> int:
    """Statements of a visit. What was computed for an earlier one is there for the next: of three the one with the fewest."""
    counted = one.statements
    for _ in range(2):
        if counted > MOST_STATEMENTS:
            counted = min(counted, visit(*one[:4])[0].statements)
    return counted


def too_many(done: Iterable[Seen]) -> dict[str, int]:
    """Pages that ask for more than they may."""
    return {f"{one.who} {one.url}": count for one in done if (count := statements_of(one)) > MOST_STATEMENTS}


def with_many(scene: Scene, few: list[Seen]) -> list[tuple[Seen, Seen]]:
    """Each page with three hundred rows of everything, beside what it was: as whoever was shown most of it."""
    people = [scene.roles[who] for who in ROLES[:3]]
    crowd([*(one.person for one in people), *(one.user for one in people), scene.rows["red"]])
    most: dict[str, Seen] = {}
    for one in few:
        most[one.route] = max(most.get(one.route, one), one, key=lambda seen: len(seen.content or b""))
    return [(one, visit(*one[:4])[0]) for one in most.values()]


def first_visits(done: Iterable[Seen]) -> dict[str, int]:
    """Pages whose first visit brings more than it may, in bytes."""
    weights = {one.url: sum(weight_of(one.url, one.content).values()) for one in done if one.content is not None}
    return {url: weight for url, weight in weights.items() if weight >= MOST_BYTES}


def too_large(done: Iterable[Seen]) -> dict[str, int]:
    """Pages that grow with the rows beyond what a page may be, in bytes."""
    sizes = {f"{one.who} {one.url}": len(one.content) for one in done if one.content and one.route not in LARGE}
    return {url: size for url, size in sizes.items() if size > MOST_HTML}


def missed(done: Iterable[Seen]) -> dict[str, str]:
    """Links to a row on the second page that do not arrive at it."""
    found, routes = {}, set[str]()
    for one in done:
        name = ROWS.get(one.route, "")
        if not name or one.status != 200:
            continue
        routes.add(one.route)
        ids = re.findall(rf'id="{name}-(\d+)"', one.client.get(one.url, {"page": "2"}).content.decode())
        row = f'id="{name}-{ids[-1]}"' if ids else ""
        if not row or row in (one.content or b"").decode():
            found[one.url] = "has no second page"
        elif row not in one.client.get(one.url, {name: ids[-1]}).content.decode():
            found[one.url] = row
    return found | dict.fromkeys(set(ROWS) - routes, "was not visited")


@pytest.mark.parametrize("mode", [0, -1])
def test_no_page_sends_more_than_twelve_statements_and_a_first_visit_is_below_120_kb(mode: int) -> None:
    scene = stuffed(MODES[mode])
    few = walk(scene, known_of(scene), follow=True)
    faults: dict[str, Any] = {"few": too_many(few), "heavy": first_visits({one.route: one for one in few}.values())}
    go_on(scene)
    both = with_many(scene, few)
    many = [one for _, one in both]
    faults["many"] = too_many(many)
    faults["large"] = too_large(many)
    faults["missed"] = missed(many)
    faults["other answer"] = [one.url for before, one in both if before.status != one.status]
    faults["few rows"] = sorted(set(too_few()) - set(FEW))
    faults["unreached"] = sorted({one.name for one in pages()} - WRITES - FILES - {one.route for one in few} - set(UNREACHED))
    assert {name: found for name, found in faults.items() if found} == {}


def test_neither_do_those_where_others_than_a_jury_decide() -> None:
    scene = voted(OPEN)
    few = walk(scene, {route: [url] for route, url in addresses(scene).items() if not url.startswith("/api/")})
    assert too_many(few) == {}
    both = with_many(scene, few)
    assert too_many(one for _, one in both) == {}
    assert too_large(one for _, one in both) == {}
    assert [one.url for before, one in both if before.status != one.status] == []
