"""What lies ready: in which language it is told, that nothing older takes the place of what is newer, and packed for whoever wants it so."""

from collections.abc import Callable
from itertools import product
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.core.cache import cache

from backend.front import FrontDoor, asking
from leaderboards import pages, ready
from leaderboards.actions import refresh
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED
from tests.backend.front.house import NOW, Given, Web, addresses, environ, many, standings
from tests.backend.front.test_readers import plainly, session, shown, token, told, warm
from tests.backend.test_language import accents  # noqa: F401 -- a fixture
from tests.cast import Cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.HAS_REDIS, reason="without Redis nothing is ready"),
]
OURS = ("en", "en-GB,en;q=0.8", "en, eo;q=0.5", "de", "xx-nonsense;q=2,,")
THEIRS: tuple[dict[str, str], ...] = (
    {"HTTP_ACCEPT_LANGUAGE": "eo"},
    {"HTTP_ACCEPT_LANGUAGE": "de, eo;q=0.9, en;q=0.1"},
    {"HTTP_COOKIE": f"{settings.LANGUAGE_COOKIE_NAME}=eo"},
)
PLAIN = ("", "br", "identity", "gzip;q=0")
PACKED = ("gzip", "gzip, br", "deflate, gzip")


def page_of(board: Board) -> str:
    return next(one for one in addresses(board) if one.endswith(f"/{board.key}/"))


def said(given: Given, word: str) -> bool:
    """Whether a page has this word in it."""
    return word in given.plain.decode()


def late(given: Given) -> bool:
    """Whether an answer knows what came last."""
    return orjson.loads(given.plain)["rows"][0]["group"] == "late"


def move(board: Board, *, tell: bool = True) -> None:
    """Both sides of the board move, and a worker says so."""
    board.refresh_from_db()
    for side, more in ((PUBLIC, {}), (RESTRICTED, {"secret": 5000})):
        refresh(board, side, many(late=9999, **more), now=NOW)
        if tell:
            pages.swap(board.pk, side)


# --- Languages ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("accents")
def test_whoever_reads_the_language_of_the_house_is_given_what_is_ready_and_nobody_else(web: Web, board: Board) -> None:
    for target in addresses(board):
        ready_one = warm(web, target)
        for language in OURS:
            given = web.get(target, HTTP_ACCEPT_LANGUAGE=language)
            assert (given.how, told(given)) == ("ready", told(ready_one)), (target, language)
            assert told(given) == told(plainly(web, target, HTTP_ACCEPT_LANGUAGE=language)), (target, language)
        for asks in THEIRS:
            assert [web.get(target, **asks).how for _ in range(3)] == ["django"] * 3, (target, asks)
        assert told(web.get(target)) == told(ready_one), "what others read has changed nothing"


@pytest.mark.usefixtures("accents")
@pytest.mark.parametrize("name", ["visitor", "ada", "org"])
def test_what_is_made_for_others_is_never_in_the_language_of_whoever_asks(web: Web, cast: Cast, board: Board, name: str) -> None:
    """The one who asks first, and what is kept on the way to the answer."""
    page, asks = page_of(board), session(getattr(cast, name)) if name != "visitor" else {}
    theirs = {"HTTP_ACCEPT_LANGUAGE": "eo"}
    for target in (page, f"{page}rows/", standings(board)):
        foreign = [web.get(target, **asks, **theirs) for _ in range(3)]
        assert {one.how for one in foreign} == {"django"}
        assert ready.asked(board.pk) is None
        given = [web.get(target, **asks, HTTP_ACCEPT_LANGUAGE="en, eo;q=0.5") for _ in range(4)]
        assert given[-1].how == "ready"
        assert len({told(one)[2] for one in given}) == 1
        if target == page:
            assert (said(foreign[0], "Ŕúļéš"), said(given[0], "Ŕúļéš"), said(given[0], "Rules")) == (True, False, True)
        pages.withdraw(board.pk)


def test_a_house_of_another_language_has_it_ready(web: Web, board: Board, accents: Any, settings: Any) -> None:  # noqa: F811
    settings.LANGUAGE_CODE = "eo"
    page = page_of(board)
    made = warm(web, page)
    assert said(made, "Ŕúļéš")
    assert web.get(page, HTTP_ACCEPT_LANGUAGE="en").how == "django"
    refresh(board, PUBLIC, many(late=9999), now=NOW)
    assert pages.swap(board.pk, PUBLIC)
    assert web.get(page).how == "ready"
    assert told(web.get(page)) == told(plainly(web, page)), "a worker makes it in the same language"


# --- Newer and older ------------------------------------------------------------------------------------------------------------------


READERS: dict[str, Callable[[Cast], dict[str, str]]] = {
    "visitor": lambda _: {},
    "ada": lambda cast: session(cast.ada),
    "ben": lambda cast: token(cast.ben),
    "org": lambda cast: session(cast.org),
}


def overtake(web: Web, board: Board, asks: dict[str, str]) -> tuple[Given, Given]:
    """What is given while the board moves, its answer being made, and what is given next."""
    django = web.door.pages

    def overtaken(environ: Any, start: Any) -> Any:
        web.door.pages = django
        answer = django(environ, start)
        move(board)
        return answer

    web.door.pages = overtaken
    given = web.get(standings(board), **asks)
    assert web.door.pages is django, "it was made"
    return given, web.get(standings(board), **asks)


@pytest.mark.parametrize("who", READERS)
def test_what_was_made_while_the_board_moved_is_not_taken_for_the_newest(web: Web, cast: Cast, board: Board, who: str) -> None:
    asks = READERS[who](cast)
    warm(web, standings(board), **asks)
    ready.outdate(board.pk)
    before, after = overtake(web, board, asks)
    assert (late(before), late(after)) == (False, True)


@pytest.mark.parametrize("who", READERS)
def test_nor_is_the_first_answer_of_a_board_that_nobody_had_read(web: Web, cast: Cast, board: Board, who: str) -> None:
    asks = READERS[who](cast)
    warm(web, standings(board), **asks)
    ready.ask(
        0, lambda client: client.delete(ready.name_of(board.pk), f"{ready.name_of(board.pk)}:o", f"{ready.name_of(board.pk)}:m")
    )
    before, after = overtake(web, board, asks)
    assert (late(before), late(after)) == (False, True)


def test_what_is_older_takes_the_place_of_nothing_newer(web: Web, board: Board) -> None:
    target = standings(board)
    warm(web, target)
    before = ready.look(board.pk, target, packed=False)
    assert before is not None
    assert before.answer is not None
    move(board)
    ready.put(board.pk, before, target, before.answer)
    given = web.get(target)
    assert (given.how, late(given)) == ("ready", True)


def test_nor_on_the_side_of_organizers(web: Web, cast: Cast, board: Board) -> None:
    target, asks = standings(board), session(cast.org)
    old = warm(web, target, **asks)
    before = ready.look(board.pk, target, packed=False)
    assert before is not None
    seen = ready.Look(before.epoch, f"{before.generation}+0")
    refresh(board, RESTRICTED, many(late=9999), now=NOW)
    pages.swap(board.pk, RESTRICTED)
    assert late(warm(web, target, **asks))
    ready.put(board.pk, seen, target, ready.Answer({"ETag": old.headers["ETag"]}, old.plain), ready.ORGANIZERS)
    given = web.get(target, **asks)
    assert (given.how, late(given)) == ("ready", True)


def test_what_came_from_before_redis_was_emptied_never_holds_again(web: Web, board: Board) -> None:
    target = standings(board)
    warm(web, target)
    for _ in range(3):
        ready.outdate(board.pk)
    before = ready.look(board.pk, target, packed=False)
    assert before is not None
    assert before.answer is not None
    ready.ask(0, lambda client: client.delete(ready.name_of(board.pk)))
    assert ready.put(board.pk, before, target, before.answer) is False
    for _ in range(3):
        ready.outdate(board.pk)
    now = ready.look(board.pk, target, packed=False)
    assert now is not None
    assert now.answer is None


def test_how_often_the_side_of_organizers_moved_is_known_though_all_answers_went(
    web: Web, cast: Cast, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked for has no end, so the answers of a board go now and then; what tells old from new stays."""
    asks, target = session(cast.org), standings(board)
    refresh(board, RESTRICTED, many(secret=1), now=NOW)
    warm(web, target)
    pages.swap(board.pk, RESTRICTED)
    warm(web, target, **asks)
    monkeypatch.setattr(ready, "MOST", 4)
    for number in range(8):
        web.get(f"/api/v1/boards/{board.pk}/find?q=team{number}")
    board.refresh_from_db()
    refresh(board, RESTRICTED, many(late=9999), now=NOW)
    pages.swap(board.pk, RESTRICTED)
    assert late(web.get(target, **asks))


def test_whoever_makes_what_others_are_given_waits_for_nobody_who_builds_the_same(web: Web, board: Board) -> None:
    target = standings(board)
    warm(web, target)
    refresh(board, PUBLIC, many(late=9999), now=NOW)
    cache.add(f"board:{{{board.pk}}}:{PUBLIC}:1:building", 1, 60)
    assert not late(plainly(web, target)), "in the meantime one reader is given what was there"
    ready.outdate(board.pk)
    assert late(web.get(target))
    given = web.get(target)
    assert (given.how, late(given)) == ("ready", True)


# --- Packed ---------------------------------------------------------------------------------------------------------------------------


def both(board: Board) -> list[str]:
    """Every kind of place that somebody who is signed in is given from what is ready; one of them is too short to be packed."""
    return [*shown(board), f"/api/v1/boards/{board.pk}/find?q=nobody-is-called-so"]


def accepting(encoding: str) -> dict[str, str]:
    return {"HTTP_ACCEPT_ENCODING": encoding} if encoding else {}


@pytest.mark.parametrize(("first", "then"), [*product(PACKED[:1], PLAIN), *product(PLAIN[:1], PACKED)])
@pytest.mark.parametrize("who", READERS)
def test_made_for_one_who_unpacks_it_is_ready_for_one_who_does_not(
    web: Web, cast: Cast, board: Board, who: str, first: str, then: str
) -> None:
    asks = READERS[who](cast)
    for target in both(board):
        if who == "ben" and not target.startswith("/api/"):
            continue  # pages know no tokens
        warm(web, target, **asks, **accepting(first))
        given = web.get(target, **asks, **accepting(then))
        django = plainly(web, target, **asks, **accepting(then))
        assert (given.how, told(given)) == ("ready", told(django)), target
        assert ("Content-Encoding" in given.headers) == (then in PACKED and len(given.plain) >= ready.PACKED_FROM), target
        assert given.headers["Content-Length"] == str(len(given.body)), target


@pytest.mark.parametrize("who", ["ada", "org"])
def test_pages_of_those_who_are_signed_in_lie_packed_alone_and_without_what_is_theirs(
    web: Web, cast: Cast, board: Board, who: str
) -> None:
    asks = READERS[who](cast)
    kinds = {target: asking.read(environ(target)) for target in shown(board)}
    for target in kinds:
        warm(web, target, **asks)
    lying: dict[bytes, bytes] = {}
    name = ready.name_of(board.pk)
    for place in ready.ask([], lambda client: [one for one in client.keys(f"{name}:*") if b"/" not in one]):
        lying |= ready.ask({}, lambda client, place=place: client.hgetall(place))
    pages_there = {target for target, asked in kinds.items() if asked is not None and asked.kind in asking.HOLED}
    found = {one.decode() for one in lying}
    assert {f"z{one}" for one in pages_there} <= found
    assert not {f"p{one}" for one in pages_there} & found
    for field, kept in lying.items():
        _, _, rest = kept.partition(b"|")
        head, _, body = rest.partition(b"\n")
        plain = Given(200, {"Content-Encoding": "gzip"} if orjson.loads(head)["packed"] else {}, body).plain
        assert f">{getattr(cast, who).user}<".encode() not in plain, field
        assert b"csrfmiddlewaretoken" not in plain, field


@pytest.mark.parametrize("who", ["ada", "ben", "org"])
def test_what_somebody_has_packed_or_plain_is_not_sent_again(web: Web, cast: Cast, board: Board, who: str) -> None:
    """Whichever of both they have, and whichever they would take now: as Django says it."""
    asks, target = READERS[who](cast), standings(board)
    tags = {encoding: warm(web, target, **asks, **accepting(encoding)).headers["ETag"] for encoding in ("", "gzip")}
    assert tags["gzip"] == f"W/{tags['']}"
    for tag, encoding in product(tags.values(), ("", "gzip")):
        again = asks | {"HTTP_IF_NONE_MATCH": tag} | accepting(encoding)
        web.get(target, **again)
        given, django = web.get(target, **again), plainly(web, target, **again)
        assert (given.status, given.how, given.body) == (304, "ready", b""), (tag, encoding)
        assert told(given) == told(django), (tag, encoding)


def test_what_one_side_has_says_nothing_on_the_other(web: Web, cast: Cast, board: Board) -> None:
    """A tag of the organizers' side, in somebody else's hands: it is answered as any that is not known, ready or not."""
    target = standings(board)
    tags = {who: warm(web, target, **READERS[who](cast)).headers["ETag"] for who in READERS}
    assert tags["org"] != tags["visitor"] == tags["ada"] == tags["ben"]
    guesses = [tags["org"], f"W/{tags['org']}", f'"{board.pk}-{RESTRICTED}-{board.restricted_version}"']
    for who, guess in product(("visitor", "ada", "ben"), guesses):
        for web_or_django in (web, Web(FrontDoor(web.door.pages))):
            assert web_or_django.get(target, **READERS[who](cast), HTTP_IF_NONE_MATCH=guess).status == 200, (who, guess)
