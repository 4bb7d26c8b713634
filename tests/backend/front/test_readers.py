"""Whoever is signed in is given what is ready, too: what Django would answer them, to the byte; and nothing once they may not have it."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts import actions as accounts
from backend.accounts.actions.desk import new_link
from backend.accounts.actions.tokens import revoke_token
from backend.accounts.models import ApiToken, User
from backend.accounts.rules import Purpose
from backend.front import FrontDoor
from games.cycles.actions import break_glass, change_state
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.groups.actions import remove_member, set_rank_hidden
from games.groups.actions.roles import dismiss
from games.groups.models import Membership
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.actions import mark_read
from games.notices.actions.telling import notify
from games.notices.models import Notice
from leaderboards import pages, readers, ready
from leaderboards.actions import refresh
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED
from tests.backend.front.house import NOW, TEAMS, Given, Web, addresses, many, standings
from tests.cast import Actor, Cast
from tests.factories.groups import MembershipFactory
from worker.withdrawing import NARROWS, PARTS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.HAS_REDIS, reason="without Redis nothing is ready"),
]
SECRET = "a" * 32
SIGN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}')
type Acting = Callable[..., AbstractContextManager[Any]]


def session(actor: Actor) -> dict[str, str]:
    """What a browser sends along in which they are signed in."""
    key = actor.client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"HTTP_COOKIE": f"{settings.CSRF_COOKIE_NAME}={SECRET}; {settings.SESSION_COOKIE_NAME}={key}"}


def token(actor: Actor, **values: Any) -> dict[str, str]:
    """What a program of theirs sends along."""
    _, secret = accounts.create_token(actor.user, name="reader", **values)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def warm(web: Web, target: str, **headers: str) -> Given:
    """Asked until it is ready."""
    for _ in range(5):
        given = web.get(target, **headers)
    assert given.how == "ready", (target, given.status)
    return given


def told(given: Given) -> tuple[int, dict[str, str], bytes]:
    """An answer without what is another one each time: the sign of forms, and that its cookie is kept longer."""
    body = SIGN.sub(rb"\1", given.plain)
    apart = {"Set-Cookie", *(["Content-Length"] if b"csrfmiddlewaretoken" in body else [])}
    return given.status, {name: value for name, value in given.told.items() if name not in apart}, body


def plainly(web: Web, target: str, **headers: str) -> Given:
    """What Django answers."""
    return Web(FrontDoor(web.door.pages)).get(target, **headers)


def told_plainly(web: Web, asks: dict[str, dict[str, str]]) -> Callable[[str, str], tuple[int, dict[str, str], bytes]]:
    """What Django answers somebody of `asks` at an address: asked when it is first compared with. Nothing may change in between."""

    @cache
    def plain(name: str, target: str) -> tuple[int, dict[str, str], bytes]:
        return told(plainly(web, target, **asks[name]))

    return plain


def shown(board: Board) -> list[str]:
    return [one for one in addresses(board) if not one.startswith("/embed/")]


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("name", ["ada", "judith", "org", "eve"])
def test_by_session_what_is_ready_is_what_django_answers(web: Web, cast: Cast, board: Board, name: str, encoding: str) -> None:
    asks = session(getattr(cast, name)) | ({"HTTP_ACCEPT_ENCODING": encoding} if encoding else {})
    for target in shown(board):
        assert told(warm(web, target, **asks)) == told(plainly(web, target, **asks)), target


@pytest.mark.parametrize("name", ["ada", "judith", "org", "eve"])
def test_by_token_what_is_ready_is_what_django_answers(web: Web, cast: Cast, board: Board, name: str) -> None:
    asks = token(getattr(cast, name))
    for target in shown(board):
        if target.startswith("/api/"):
            assert told(warm(web, target, **asks)) == told(plainly(web, target, **asks)), target
        else:
            assert [web.get(target, **asks).how for _ in range(3)] == ["django"] * 3, "pages know no tokens"


@pytest.mark.parametrize("name", ["ada", "judith", "org", "eve"])
def test_a_warm_read_takes_no_statement_and_one_command(
    web: Web, cast: Cast, board: Board, commands: Callable[[], list[str]], name: str
) -> None:
    by_session, by_token = session(getattr(cast, name)), token(getattr(cast, name))
    for target in shown(board):
        for asks in (by_session, by_token) if target.startswith("/api/") else (by_session,):
            warm(web, target, **asks)
            commands()
            with CaptureQueriesContext(connection) as statements:
                given = web.get(target, **asks)
            sent = commands()
            assert (given.status, given.how, len(statements), len(sent)) == (200, "ready", 0, 1), (target, sent)


def test_everybody_keeps_to_their_own_side(web: Web, cast: Cast, board: Board) -> None:
    """In whichever order they come: each is given their own side, and nothing of another's lies where they look."""
    asks = {name: session(getattr(cast, name)) for name in ("org", "ada", "ben", "judith", "eve")} | {"visitor": {}}
    plain = told_plainly(web, asks)
    for target in shown(board) * 2:
        for name in [*asks, *reversed(asks)]:
            given = web.get(target, **asks[name])
            assert told(given) == plain(name, target), (name, target)
            assert (b"secret" in given.plain) <= (name == "org"), (name, target)
            for other in ("ada", "ben", "judith", "eve"):
                there = f">{getattr(cast, other).user}<".encode() in given.plain
                assert there == (name == other and "csrfmiddlewaretoken" in given.plain.decode()), (name, other, target)
    assert orjson.loads(warm(web, standings(board), **asks["org"]).plain)["total"] == TEAMS + 1
    assert orjson.loads(warm(web, standings(board), **asks["ada"]).plain)["total"] == TEAMS


def test_members_share_what_is_ready(web: Web, cast: Cast, board: Board) -> None:
    """One of them makes it, all are given it; what anybody sees is shared with everybody."""
    for name in ("ada", "ben", "judith"):
        warm(web, standings(board), **session(getattr(cast, name)))
    warm(web, standings(board))
    new = session(cast.ada)
    assert [web.get(standings(board), **new).how for _ in range(2)] == ["django", "ready"], "once, to know them"
    outside = session(cast.eve)
    assert [web.get(standings(board), **outside).how for _ in range(2)] == ["django", "ready"]
    rows = next(one for one in addresses(board) if one.endswith("/rows/"))
    for name in ("ada", "ben"):
        warm(web, rows, **session(getattr(cast, name)))
    assert len([one for one in places(board) if one.count(":") > 0]) == 1, (
        "members of whichever group: the board has one division"
    )


def places(board: Board) -> list[str]:
    """The views for which something lies ready."""
    name = ready.name_of(board.pk)
    found: list[bytes] = ready.ask([], lambda client: client.keys(f"{name}:*"))
    return [one.decode().removeprefix(name) for one in found if b"/" not in one]


def test_each_page_has_a_sign_of_its_own_that_django_accepts(web: Web, cast: Cast, board: Board) -> None:
    page, asks = next(one for one in addresses(board) if one.endswith("/speed/")), session(cast.ada)
    signs = set()
    for _ in range(3):
        found = re.findall(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"', warm(web, page, **asks).plain)
        assert len(found) == 2
        signs |= set(found)
    assert len(signs) == 3
    body = b"csrfmiddlewaretoken=" + signs.pop()
    sent = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    assert web.get("/sign-out/", "POST", **asks, **sent).status == 302  # type: ignore[arg-type]
    assert web.get(page, **asks).how == "django"
    assert f">{cast.ada.user}<" not in web.get(page, **asks).plain.decode()


@pytest.mark.parametrize(
    "cookies",
    [
        f"{settings.SESSION_COOKIE_NAME}={{key}}",
        f"{settings.CSRF_COOKIE_NAME}=short; {settings.SESSION_COOKIE_NAME}={{key}}",
        f"{settings.CSRF_COOKIE_NAME}={SECRET}; messages=x; {settings.SESSION_COOKIE_NAME}={{key}}",
    ],
)
def test_a_browser_without_a_good_sign_goes_the_ordinary_way(web: Web, cast: Cast, board: Board, cookies: str) -> None:
    page, key = next(one for one in addresses(board) if one.endswith("/speed/")), cast.ada.client.cookies["sessionid"].value
    warm(web, page, **session(cast.ada))
    assert [web.get(page, HTTP_COOKIE=cookies.format(key=key)).how for _ in range(3)] == ["django"] * 3


def test_an_unchanged_answer_is_not_sent_again(web: Web, cast: Cast, board: Board) -> None:
    rows = next(one for one in addresses(board) if one.endswith("/rows/"))
    for target, asks in ((standings(board), token(cast.ada)), (standings(board), session(cast.eve)), (rows, session(cast.org))):
        tag = warm(web, target, **asks).headers["ETag"]
        given = [web.get(target, HTTP_IF_NONE_MATCH=tag, **asks) for _ in range(2)]
        assert [(one.status, one.how) for one in given] == [(304, "django"), (304, "ready")]
        assert given[0].told == given[1].told
    page = next(one for one in addresses(board) if one.endswith("/speed/"))
    assert "ETag" not in warm(web, page, **session(cast.ada)).headers, "signs of forms are in it"


def test_a_board_that_moves_is_made_anew_for_each_side(web: Web, cast: Cast, board: Board) -> None:
    asks = {name: session(getattr(cast, name)) for name in ("org", "ada", "eve")}
    for one in asks.values():
        warm(web, standings(board), **one)
    refresh(board, PUBLIC, many(late=9999), now=NOW)
    refresh(board, RESTRICTED, many(late=9999, secret=5000), now=NOW)
    pages.swap(board.pk, PUBLIC)
    for one in asks.values():
        assert orjson.loads(web.get(standings(board), **one).plain)["rows"][0]["group"] == "late"


@pytest.mark.parametrize("name", ["ada", "judith", "org"])
def test_a_board_among_its_members_moves_for_them(web: Web, cast: Cast, board: Board, name: str) -> None:
    """Nobody reads it without a session, and of its two sides one moves alone."""
    Cycle.objects.filter(pk=board.scope).update(public=False)
    asks = session(getattr(cast, name))
    page = next(one for one in addresses(board) if one.endswith("/speed/"))
    for target in (standings(board), page):
        warm(web, target, **asks)
    side = RESTRICTED if name == "org" else PUBLIC
    refresh(board, side, many(late=9999), now=NOW)
    pages.swap(board.pk, side)
    for target in (standings(board), page):
        assert told(web.get(target, **asks)) == told(plainly(web, target, **asks))
        assert b"late" in web.get(target, **asks).plain


def test_what_organizers_see_moves_and_leaves_what_others_are_given(web: Web, cast: Cast, board: Board) -> None:
    asks = {name: session(getattr(cast, name)) for name in ("ada", "eve")}
    for one in asks.values():
        warm(web, standings(board), **one)
    refresh(board, RESTRICTED, many(late=9999), now=NOW)
    pages.swap(board.pk, RESTRICTED)
    assert [web.get(standings(board), **one).how for one in asks.values()] == ["ready", "ready"]


def divide(board: Board, cast: Cast) -> None:
    """Two divisions, a team of the cast in each."""
    first, *others = many()[:9]
    rows = []
    for division, team in (("east", cast.red), ("west", cast.blue)):
        rows.append(replace(first, group=team.key, name=team.name, within=division))
        rows += [replace(one, group=f"{division}{one.group}", within=division) for one in others]
    for side in (PUBLIC, RESTRICTED):
        refresh(board, side, rows, now=NOW)


def test_each_team_is_shown_its_own_division(web: Web, cast: Cast, board: Board) -> None:
    divide(board, cast)
    rows = next(one for one in addresses(board) if one.endswith("/rows/"))
    asks = {name: session(getattr(cast, name)) for name in ("ada", "ben", "judith", "org", "eve")} | {"visitor": {}}
    parts = (
        "",
        "?bracket=west",
        "?bracket=none",
        "?view=around",
        "?view=x",
        "?view=around&group=nobody",
        f"?group={cast.blue.key}",
    )
    plain = told_plainly(web, asks)
    for part in parts:
        for place in (rows, rows.removesuffix("rows/")):
            for name in [*asks, *reversed(asks), *asks]:
                given = web.get(f"{place}{part}", **asks[name])
                assert told(given) == plain(name, f"{place}{part}"), (name, place, part)
    own = {name: orjson.loads(warm(web, rows, **asks[name]).plain)["rows"][0]["bracket"] for name in ("ada", "ben")}
    assert own == {"ada": "east", "ben": "west"}


def test_pages_lead_each_to_their_own_parts(web: Web, cast: Cast, board: Board) -> None:
    """Judges, advisers and sponsors have other tabs; a board for judges is nobody else's."""
    Board.objects.create(scope=board.scope, key="inside", number=8, name="Inside", live=True, audience="judges")
    page = next(one for one in addresses(board) if one.endswith("/speed/"))
    seen = {}
    for capability in ("judge", "follow", "advise", "attend"):
        Membership.objects.filter(person=cast.judith.person).update(capabilities=[capability])
        asks = session(cast.judith)
        given = warm(web, page, **asks)
        assert told(given) == told(plainly(web, page, **asks)), capability
        seen[capability] = (b"Inside" in given.plain, b"Sponsor" in given.plain, b"Office hours" in given.plain)
    assert seen == {
        "judge": (True, False, False),
        "follow": (False, True, False),
        "advise": (False, False, True),
        "attend": (False, False, False),
    }


def test_a_token_for_less_sees_less(web: Web, cast: Cast, board: Board) -> None:
    for narrow in ({"capabilities": ["judge"]}, {}):
        asks = token(cast.org, **narrow)
        given = warm(web, standings(board), **asks)
        assert told(given) == told(plainly(web, standings(board), **asks))
        assert (orjson.loads(given.plain)["total"] == TEAMS + 1) == (not narrow)


# --- Whoever may not have it any more -------------------------------------------------------------------------------------------------


@pytest.fixture
def both(web: Web, cast: Cast, board: Board) -> dict[str, str]:
    """ada reads on a page and by a token; here what the token sends."""
    asks = token(cast.ada)
    warm(web, standings(board), **asks)
    return asks


def test_a_revoked_token_is_refused_at_once(
    web: Web, cast: Cast, board: Board, both: dict[str, str], django_capture_on_commit_callbacks: Acting
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        revoke_token(ApiToken.objects.get(user=cast.ada.user))
    assert web.get(standings(board), **both).status == 401


def test_a_token_that_runs_out_is_refused_when_it_does(web: Web, cast: Cast, board: Board) -> None:
    asks = token(cast.ada)
    ApiToken.objects.filter(user=cast.ada.user).update(expires_at=db_now() + timedelta(seconds=5))
    warm(web, standings(board), **asks)
    left = ready.ask(0, lambda client: [client.pttl(one) for one in client.keys(f"{settings.PREFIX}reader:*")])
    assert all(0 < one <= 5000 for one in left), left  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "act",
    [
        lambda cast: accounts.suspend(cast.ada.user, by=cast.org.user),
        lambda cast: accounts.forget(cast.ada.user, by=cast.org.user),
    ],
)
def test_whoever_is_kept_out_is_refused_at_once(
    web: Web,
    cast: Cast,
    board: Board,
    both: dict[str, str],
    act: Callable[[Cast], None],
    django_capture_on_commit_callbacks: Acting,
) -> None:
    User.objects.filter(pk=cast.org.user.pk).update(is_superuser=True)
    asks = session(cast.ada)
    warm(web, standings(board), **asks)
    with django_capture_on_commit_callbacks(execute=True):
        act(cast)
    assert web.get(standings(board), **both).status == 401
    assert web.get(standings(board), **asks).how == "django"


def test_a_suspended_organizer_is_refused_though_nothing_was_ready(
    web: Web, cast: Cast, board: Board, django_capture_on_commit_callbacks: Acting
) -> None:
    """Known by an answer that said nothing is new: then Redis holds nothing of the board yet."""
    User.objects.filter(pk=cast.ada.user.pk).update(is_superuser=True)
    asks, others = token(cast.org), session(cast.org)
    tag = warm(web, standings(board), **asks).headers["ETag"]
    web.get(standings(board), HTTP_IF_NONE_MATCH=tag, **asks)
    kept: list[bytes] = ready.ask([], lambda client: client.keys(f"{settings.PREFIX}read*"))
    ready.ask(0, lambda client: client.delete(*kept))
    assert web.get(standings(board), HTTP_IF_NONE_MATCH=tag, **asks).status == 304
    with django_capture_on_commit_callbacks(execute=True):
        accounts.suspend(cast.org.user, by=cast.ada.user)
    User.objects.filter(pk=cast.org.user.pk).update(is_active=True)
    warm(web, standings(board), **others)
    assert web.get(standings(board), **asks).status == 401


def test_sessions_end_with_the_password(web: Web, cast: Cast, board: Board, django_capture_on_commit_callbacks: Acting) -> None:
    page, asks = next(one for one in addresses(board) if one.endswith("/speed/")), session(cast.ada)
    warm(web, page, **asks)
    link = new_link(cast.ada.user, Purpose.PASSWORD)
    with django_capture_on_commit_callbacks(execute=True):
        accounts.set_password(link.rstrip("/").rpartition("/")[2], password="a-new-and-long-phrase-7")
    given = web.get(page, **asks)
    assert given.how == "django"
    assert f">{cast.ada.user}<" not in given.plain.decode()


def test_who_organizes_no_more_sees_what_anybody_sees(
    web: Web, cast: Cast, board: Board, django_capture_on_commit_callbacks: Acting
) -> None:
    asks = session(cast.org)
    assert orjson.loads(warm(web, standings(board), **asks).plain)["total"] == TEAMS + 1
    mine = Membership.objects.get(person=cast.org.person)
    with django_capture_on_commit_callbacks(execute=True):
        Membership.objects.filter(pk=mine.pk).update(until=db_now())
        record(Kind.MEMBER_LEFT, cycle_id=board.scope, subject=f"person:{cast.org.person.pk}")
    given = web.get(standings(board), **asks)
    assert (given.how, orjson.loads(given.plain)["total"]) == ("django", TEAMS)


def dismissed(cast: Cast, name: str) -> None:
    """They lose their role in the cycle; somebody else organizes it, too."""
    MembershipFactory.create(cycle=cast.cycle, person=cast.eve.person, group=None, role="organizer", capabilities=["organize"])
    mine = Membership.objects.get(person=getattr(cast, name).person, group=None)
    dismiss(mine, by=cast.eve.user, reason="Their time is over.")


def removed(cast: Cast) -> None:
    """ben was a member of a team, beside its captain."""
    mine = Membership.objects.get(person=cast.ben.person)
    mine.capabilities = ["submit"]
    mine.save(update_fields=["capabilities"])
    remove_member(mine, by=cast.org.user)


LOSSES: dict[str, tuple[str, Callable[[Cast], object]]] = {
    "an organizer is dismissed": ("org", lambda cast: dismissed(cast, "org")),
    "a judge is dismissed": ("judith", lambda cast: dismissed(cast, "judith")),
    "a member is removed": ("ben", removed),
    "the cycle is no longer running": (
        "ada",
        lambda cast: change_state(Cycle.objects.get(pk=cast.cycle.pk), CycleState.PAUSED, by=cast.org.user, reason="A break."),
    ),
    "a team hides its name": ("eve", lambda cast: set_rank_hidden(cast.red, hidden=True, by=cast.ada.user)),
    "an account is suspended": ("ada", lambda cast: accounts.suspend(cast.ada.user, by=cast.org.user)),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_whoever_loses_something_is_asked_about_again_at_once(
    web: Web, cast: Cast, board: Board, loss: str, django_capture_on_commit_callbacks: Acting
) -> None:
    """By the acts themselves, as people do them: what each writes into the journal is enough."""
    name, act = LOSSES[loss]
    page, by_session, by_token = f"{standings(board)}?page=1", session(getattr(cast, name)), token(getattr(cast, name))
    for asks in (by_session, by_token):
        warm(web, page, **asks)
    with django_capture_on_commit_callbacks(execute=True):
        act(cast)
    for asks in (by_session, by_token):
        given = web.get(page, **asks)
        assert given.how == "django"
        assert told(given) == told(plainly(web, page, **asks))
        assert b"secret" not in given.plain


@pytest.mark.parametrize("kind", sorted(PARTS))
def test_who_comes_to_organize_sees_their_side_at_once(
    web: Web, cast: Cast, board: Board, kind: Kind, django_capture_on_commit_callbacks: Acting
) -> None:
    asks = session(cast.ada)
    assert orjson.loads(warm(web, standings(board), **asks).plain)["total"] == TEAMS
    with django_capture_on_commit_callbacks(execute=True):
        Membership.objects.filter(person=cast.ada.person).update(group=None, capabilities=["organize"])
        record(kind, cycle_id=board.scope, subject=f"person:{cast.ada.person.pk}")
    assert orjson.loads(web.get(standings(board), **asks).plain)["total"] == TEAMS + 1


@pytest.mark.parametrize("kind", sorted(NARROWS))
def test_acts_that_hide_are_seen_by_the_next_read(
    web: Web, cast: Cast, board: Board, kind: Kind, django_capture_on_commit_callbacks: Acting
) -> None:
    asks = {name: session(getattr(cast, name)) for name in ("org", "ada", "eve")}
    for one in asks.values():
        warm(web, standings(board), **one)
    with django_capture_on_commit_callbacks(execute=True):
        record(kind, cycle_id=None if kind is Kind.ACCOUNT_CHANGED else board.scope)
    assert [web.get(standings(board), **one).how for one in asks.values()] == ["django"] * 3


def test_a_cycle_among_its_members_is_ready_for_them_alone(web: Web, cast: Cast, board: Board) -> None:
    Cycle.objects.filter(pk=board.scope).update(public=False)
    for target in shown(board):
        for name in ("ada", "ben", "judith", "org"):
            warm(web, target, **session(getattr(cast, name)))
        assert web.get(target, **session(cast.eve)).status == 404
        assert web.get(target).status == 404
        assert web.get(target, **session(cast.eve)).how == "django"


def test_what_was_lost_heals(web: Web, cast: Cast, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer may see it, and nobody was told: the fuse, and the time for which a reader is remembered, find it."""
    asks = {name: session(getattr(cast, name)) for name in ("ada", "eve")}
    for one in asks.values():
        warm(web, standings(board), **one)
    Membership.objects.filter(person=cast.ada.person).delete()
    Cycle.objects.filter(pk=board.scope).update(public=False)
    assert [web.get(standings(board), **one).status for one in asks.values()] == [200, 200]
    left = ready.ask(0, lambda client: [client.pttl(one) for one in client.keys(f"{settings.PREFIX}reader:*")])
    assert all(0 < one <= readers.KEEP_MS for one in left)  # type: ignore[union-attr]
    monkeypatch.setattr(ready, "FUSE", 0.0)
    assert [web.get(standings(board), **one).status for one in asks.values()] == [404, 404]
    assert [web.get(standings(board), **one).status for one in asks.values()] == [404, 404]


def test_who_began_to_read_before_a_change_is_not_remembered(web: Web, cast: Cast, board: Board) -> None:
    warm(web, standings(board), **token(cast.ben))
    asks = token(cast.ada)
    django = web.door.pages

    def meanwhile(environ: Any, start: Any) -> Any:
        answer = django(environ, start)
        readers.changed([cast.ada.user.pk])
        return answer

    web.door.pages = meanwhile
    assert [web.get(standings(board), **asks).how for _ in range(4)] == ["django"] * 4
    web.door.pages = django
    warm(web, standings(board), **asks)


def test_the_glass_is_nobody_elses_side(web: Web, cast: Cast, board: Board) -> None:
    """The owner of the instance, while a decision lets them: asked each time, kept for nobody."""
    User.objects.filter(pk=cast.eve.user.pk).update(is_superuser=True)
    break_glass(Cycle.objects.get(pk=board.scope), by=User.objects.get(pk=cast.eve.user.pk), reason="A complaint is looked into.")
    asks = session(cast.eve)
    for _ in range(3):
        given = web.get(standings(board), **asks)
        assert (given.how, orjson.loads(given.plain)["total"]) == ("django", TEAMS + 1)
    assert places(board) == []


# --- What is theirs alone -------------------------------------------------------------------------------------------------------------


def test_the_bell_rings_on_the_next_page(web: Web, cast: Cast, board: Board, django_capture_on_commit_callbacks: Acting) -> None:
    page, asks = next(one for one in addresses(board) if one.endswith("/speed/")), session(cast.ada)
    assert b"Notices, 1 new" not in warm(web, page, **asks).plain.split(b"<main")[0].replace(b'data-one="Notices, 1 new"', b"")
    with django_capture_on_commit_callbacks(execute=True):
        notify("member_joined", [cast.ada.person], key="k", text="Somebody joined.", path="/", cycle_id=board.scope)
    waiting = Notice.objects.filter(person=cast.ada.person, read_at=None).count()
    assert f"data-bell-count>{waiting}<".encode() in web.get(page, **asks).plain
    warm(web, page, **asks)
    with django_capture_on_commit_callbacks(execute=True):
        mark_read(cast.ada.user)
    assert f"data-bell-count>{waiting}<".encode() not in web.get(page, **asks).plain
