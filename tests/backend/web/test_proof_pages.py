"""Pages of proof: receipts as files, why a group moved, a board as it was, and a stranger who checks a receipt."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.credentials.queries import present_key
from games.cycles.models import Cycle
from games.groups.models import Group
from games.results.models import SelfCheck
from games.rounds.models import Round
from leaderboards.actions import publish
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.proof import receipt
from tests.cast import Actor, Cast, actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, judge_final, water
from tests.leaderboards import verifier
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def played() -> Played:
    """Both rounds are published: the board has two versions."""
    made = water()
    settle_now(Round.objects.get(pk=made.rounds["call"].pk), by=None)
    judge_final(made)
    settle_now(Round.objects.get(pk=made.rounds["final"].pk), by=None)
    return made


def address(played: Played, rest: str = "", board: str = "result") -> str:
    return f"/cycles/{played.cycle.key}/boards/{board}/{rest}"


def both(played: Played) -> str:
    """A group that stands in both versions."""
    first, last = Snapshot.objects.filter(board=played.board("result")).order_by("number")
    return next(row["entry"] for row in last.rows if row["entry"] in {one["entry"] for one in first.rows})


def read(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()  # type: ignore[no-any-return]


def test_a_receipt_is_a_file_that_a_stranger_accepts(cast: Cast, played: Played) -> None:
    key = both(played)
    answer = cast.visitor.client.get(address(played, f"snapshots/2/receipt/?group={key}"))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert verifier.accepts(answer.json(), present_key().kid)


def test_a_team_has_its_own_receipt_without_naming_itself(played: Played) -> None:
    key, member = both(played), actor("member")
    MembershipFactory(group=Group.objects.get(cycle=played.cycle, key=key), cycle=played.cycle, person=member.person)
    assert member.client.get(address(played, "snapshots/2/receipt/")).json()["leaf"]["entry"] == key
    page = read(member.client, address(played, "snapshots/2/"))
    assert "Our receipt" in page
    assert f"/snapshots/2/receipt/?group={key}" in page


def test_a_board_that_moves_on_has_the_receipt_of_what_was_published_last(cast: Cast, played: Played) -> None:
    key, member = both(played), actor("member")
    MembershipFactory(group=Group.objects.get(cycle=played.cycle, key=key), cycle=played.cycle, person=member.person)
    Board.objects.filter(pk=played.board("result").pk).update(live=True)
    mine = f"/snapshots/2/receipt/?group={key}"
    for url in (address(played, "?side=live"), reverse("team-standing", args=[played.cycle.key, key])):
        page = read(member.client, url)
        assert mine in page, url
        assert "ersion 2" in page, url
    assert verifier.accepts(member.client.get(address(played, mine[1:])).json(), present_key().kid)
    visitors = read(cast.visitor.client, address(played, "?side=live"))
    assert "Published last:" in visitors
    assert "Our receipt" not in visitors


def test_a_board_that_moves_on_before_anything_was_published_has_nothing_to_prove(cast: Cast) -> None:
    made = water()
    Board.objects.filter(pk=made.board("result").pk).update(live=True)
    assert "Published last:" not in read(cast.visitor.client, address(made))


@pytest.mark.parametrize(
    "rest", ["snapshots/2/receipt/?group=nobody", "snapshots/9/receipt/?group=alpha", "snapshots/2/receipt/"]
)
def test_there_is_no_receipt_of_what_was_not_published(cast: Cast, played: Played, rest: str) -> None:
    assert cast.visitor.client.get(address(played, rest)).status_code == 404


@pytest.mark.outsider("row-receipt", "board-why", "board-then")
def test_outsiders_find_nothing_of_a_cycle_that_is_not_for_them(cast: Cast, played: Played) -> None:
    Cycle.objects.filter(pk=played.cycle.pk).update(public=False)
    for rest in (f"snapshots/2/receipt/?group={both(played)}", f"why/?group={both(played)}", "then/"):
        for outsider in (cast.eve, cast.visitor):
            hidden = outsider.client.get(address(played, rest))
            absent = outsider.client.get(address(played, rest).replace(played.cycle.key, "nowhere"))
            assert (hidden.status_code, absent.status_code) == (404, 404), rest


def test_the_page_says_why_and_its_parts_add_up(cast: Cast, played: Played) -> None:
    page = read(cast.visitor.client, address(played, f"why/?group={both(played)}"))
    assert "version 1 to 2" in page
    assert "Together, exactly" in page
    assert "Pitch" in page
    assert "What none of these explains" not in page
    assert "does not stand in both versions" in read(cast.visitor.client, address(played, "why/?group=nobody"))
    assert "Write the key of a team" in read(cast.visitor.client, address(played, "why/"))


def test_with_one_version_there_is_nothing_to_compare(cast: Cast) -> None:
    made = water()
    assert "Nothing to compare yet" in read(cast.visitor.client, address(made, "why/"))
    assert "Nothing was published by then" in read(cast.visitor.client, address(made, "then/"))


def test_a_board_as_it_was_is_a_version_or_nothing(cast: Cast, played: Played) -> None:
    assert "This is version 2" in read(cast.visitor.client, address(played, "then/"))
    assert "Nothing was published by then" in read(cast.visitor.client, address(played, "then/?t=0"))
    for odd in ("x", "-1", "99999", "٣"):
        assert cast.visitor.client.get(address(played, f"then/?t={odd}")).status_code == 200


def test_organizers_switch_to_what_was_held_back_and_nobody_else_does(cast: Cast, played: Played) -> None:
    organizer = actor("organizes-it")
    held = {"person": organizer.person, "role": "organizer", "capabilities": ["organize"]}
    MembershipFactory(group=None, cycle=played.cycle, **held)
    public = read(organizer.client, address(played, "then/"))
    assert "This is version 2" in public
    assert "side=restricted" in public
    whole = read(organizer.client, address(played, "then/?t=200&side=restricted"))
    assert "everything that was known then" in whole
    assert 'name="side" value="restricted"' in whole, "the slider stays on this side"
    assert "was not here yet" in read(organizer.client, address(played, "then/?t=0&side=restricted"))
    for outsider in (cast.visitor, cast.eve, cast.ada):
        assert "side=restricted" not in read(outsider.client, address(played, "then/"))
        assert outsider.client.get(address(played, "then/?side=restricted")).status_code == 404


def counted(someone: Actor, url: str) -> int:
    client = someone.client
    with CaptureQueriesContext(connection) as statements:
        assert client.get(url).status_code == 200
    return len(statements)


@pytest.mark.parametrize("rest", ["why/?group={key}", "then/", "snapshots/2/receipt/?group={key}"])
def test_pages_take_as_many_statements_for_three_rows_as_for_three_hundred(cast: Cast, played: Played, rest: str) -> None:
    url, board = address(played, rest.format(key=both(played))), played.board("result")
    cache.clear()  # a tree of hashes is kept for a day
    few = counted(cast.visitor, url)
    last = Standing.objects.filter(board=board, audience="public").count()
    Standing.objects.bulk_create(
        Standing(board=board, entry=f"more-{one}", name=f"More {one}", rank=last + one, place=str(last + one), score="1")
        for one in range(300)
    )
    made = publish(board, design_number=1, now=played.cycle.created_at, reason="more")
    assert made is not None
    cache.clear()
    many = counted(cast.visitor, url)
    assert many == few <= 12, (few, many)


# --- A stranger ---------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(played: Played) -> dict[str, Any]:
    made = Snapshot.objects.get(board=played.board("result"), number=2)
    found = receipt(made, made.rows[0]["entry"])
    assert found is not None
    return found


def check(someone: Actor, receipt: Any, **more: str) -> str:
    answer = someone.client.post("/verify/receipt/", {"text": json.dumps(receipt), **more})
    assert answer.status_code == 200
    return answer.content.decode()  # type: ignore[no-any-return]


@pytest.mark.outsider("verify-receipt", "key-chain")
def test_a_stranger_pastes_a_receipt_and_reads_what_it_proves(cast: Cast, shown: dict[str, Any]) -> None:
    page = check(cast.visitor, shown)
    assert "It holds" in page
    assert "That key is one of this house." in page
    assert "This version stands here as it was signed." in page
    assert "Not proven: that the place was computed rightly." in page
    assert "That key is the one you trust" in check(cast.visitor, shown, key=present_key().kid)
    assert "does not follow from it" in check(cast.visitor, shown, key="k" * 43)


def test_a_changed_receipt_is_said_to_be_changed_and_junk_to_be_none(cast: Cast, shown: dict[str, Any]) -> None:
    assert "It does not hold" in check(cast.visitor, shown | {"leaf": shown["leaf"] | {"place": "1000"}})
    assert "No receipt" in check(cast.visitor, {"type": "ludus.receipt/1"})
    assert cast.visitor.client.post("/verify/receipt/", {}).status_code == 422
    file = SimpleUploadedFile("receipt.json", json.dumps(shown).encode())
    assert "It holds" in cast.visitor.client.post("/verify/receipt/", {"file": file}).content.decode()


def test_the_page_of_a_receipt_links_its_version_only_to_whom_it_may_be_shown(cast: Cast, played: Played, shown: Any) -> None:
    link = address(played, "snapshots/2/")
    assert link in check(cast.visitor, shown)
    Cycle.objects.filter(pk=played.cycle.pk).update(public=False)
    assert link not in check(cast.visitor, shown)


def test_the_keys_of_the_house_are_published_for_programs(cast: Cast, played: Played) -> None:
    answer = cast.visitor.client.get("/.well-known/ludus-keys.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["present"] == present_key().kid
    assert Board.objects.filter(scope=played.cycle.pk).exists()


# --- Whoever runs it ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def owner() -> Actor:
    someone = actor("owner")
    someone.user.is_superuser = True
    someone.user.save()
    return someone


@pytest.mark.outsider("instance-checks")
def test_the_owner_reads_what_the_self_check_found_and_nobody_else(cast: Cast, owner: Actor, played: Played) -> None:
    assert "It has not run yet" in read(owner.client, "/instance/checks/")
    fault = {"cycle": played.cycle.pk, "board": "result", "number": 2, "what": "digest"}
    at = played.cycle.created_at
    SelfCheck.objects.create(started_at=at, finished_at=at, snapshots=5, recomputed=3, faults=[fault])
    page = read(owner.client, "/instance/checks/")
    assert "its rows are not those that were published" in page
    assert "1 fault" in read(owner.client, "/instance/")
    for outsider in (cast.eve, cast.org, cast.visitor):
        assert outsider.client.get("/instance/checks/").status_code in {302, 403, 404}
