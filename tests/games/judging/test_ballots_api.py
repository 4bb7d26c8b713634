"""An audience's vote over the API: nobody reads a count before it is over, outsiders nothing at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import User
from games.groups.models import Membership
from games.judging.actions import ballots as voting
from games.judging.models import Ballot, Panelist
from tests.factories.judging import People, locked_scene, people
from tests.factories.submissions import ESSAY, Scene, without_designs
from tests.games.judging.test_ballots import LIKED, voter

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def call() -> Scene:
    return locked_scene(LIKED, groups=4, rounds=[{"key": "call", "visibility": "full"}])


@pytest.fixture
def who(call: Scene) -> People:
    found = people(call)
    User.objects.update(email_confirmed_at=timezone.now(), date_joined=timezone.now() - timedelta(days=3))
    for one in (found.ada, found.ben, found.judith, found.org, found.eve):
        one.user.refresh_from_db()
    return found


def shown(someone: Any, call: Scene) -> dict[str, Any]:
    answer = someone.api.get(f"{API}/challenges/{call.challenge.pk}/voting")
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def choice(someone: Any, call: Scene, label: str) -> str:
    return str(next(one["choice"] for one in shown(someone, call)["entries"] if one["label"] == label))


def test_everybody_sees_the_entries_in_an_order_of_their_own_and_votes(call: Scene, who: People) -> None:
    first = shown(who.eve, call)
    assert (first["panel"], first["state"], first["ballots"], first["left"], first["voters"]) == ("crowd", "open", 2, 2, None)
    assert {one["label"]: one["title"] for one in first["entries"]} == {f"Team {n}": "On water" for n in range(1, 5)}
    path = f"{API}/challenges/{call.challenge.pk}/ballots"
    wanted = choice(who.eve, call, "Team 2")
    given = who.eve.api.post(path, {"choice": wanted})
    assert (given.status_code, given.json()) == (201, {"choice": wanted, "left": 1})
    assert [one["label"] for one in shown(who.eve, call)["entries"] if one["yours"]] == ["Team 2"]
    assert who.eve.api.post(f"{path}/withdraw", {"choice": wanted}).json()["left"] == 2
    assert who.eve.api.post(path, {"choice": "nothing"}).status_code == 422
    own = who.ada.api.post(path, {"choice": choice(who.ada, call, "Team 1")})
    assert (own.status_code, own.json()["code"]) == (409, "ballot_refused")
    assert [one["label"] for one in shown(who.ada, call)["entries"] if one["own"]] == ["Team 1"]


def test_a_visitor_looks_and_who_has_not_confirmed_does_not_vote(call: Scene, who: People) -> None:
    path = f"{API}/challenges/{call.challenge.pk}"
    visitor = type(who.eve.api)()
    assert len(visitor.get(f"{path}/voting").json()["entries"]) == 4
    body = {"choice": choice(who.eve, call, "Team 2")}
    assert visitor.post(f"{path}/ballots", body).status_code in {401, 403}
    User.objects.filter(pk=who.eve.user.pk).update(email_confirmed_at=None)
    refused = who.eve.api.post(f"{path}/ballots", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "voter_unverified")
    assert not Ballot.objects.exists()


def test_only_organizers_read_how_many_voted_and_nobody_for_whom(call: Scene, who: People) -> None:
    for number in range(3):
        voting.cast(challenge=call.challenge, group=call.groups[1], by=voter(f"v{number}"))
    assert shown(who.org, call)["voters"] == 3
    for someone in (who.eve, who.ada, who.judith):
        assert shown(someone, call)["voters"] is None
    assert who.org.api.get(f"{API}/ballots").json()["results"] == []
    scores = who.org.api.get(f"{API}/scores?challenge={call.challenge.pk}").json()["results"]
    assert all("liked" not in str(one.get("values", {})) or one["values"].get("liked") is None for one in scores)


def test_in_a_blind_round_a_card_says_neither_name_nor_group() -> None:
    call = locked_scene(LIKED, groups=3, rounds=[{"key": "call", "visibility": "full", "blind": True}])
    who = people(call)
    entries = shown(who.eve, call)["entries"]
    assert all(one["label"].startswith("Entry ") for one in entries)
    assert "Team" not in str(entries)
    assert {one["choice"] for one in entries}.isdisjoint({str(one.pk) for one in call.groups})


@pytest.mark.parametrize(("visibility", "title"), [("sealed", ""), ("scores", ""), ("summaries", "On water")])
def test_a_card_shows_no_more_than_the_round_will(visibility: str, title: str) -> None:
    call = locked_scene(LIKED, groups=1, rounds=[{"key": "call", "visibility": visibility}])
    assert [one["title"] for one in shown(people(call).eve, call)["entries"]] == [title]


@pytest.mark.outsider("audience-open-voting", "audience-close-voting", "ballot-keep", "ballot-refuse")
def test_organizers_open_close_and_look_at_flagged_ballots(call: Scene, who: People) -> None:
    path = f"{API}/challenges/{call.challenge.pk}/voting"
    held = voting.cast(challenge=call.challenge, group=call.groups[1], by=voter("young", joined=timezone.now()))
    for someone in (who.ada, who.judith, who.eve):
        assert someone.api.post(f"{path}/close", {"reason": "x"}).status_code in {403, 404}
        assert someone.api.post(f"{API}/ballots/{held.pk}/refuse", {"reason": "x"}).status_code in {403, 404}
        assert someone.api.get(f"{API}/ballots").json()["results"] == []
    (listed,) = who.org.api.get(f"{API}/ballots").json()["results"]
    assert (listed["voter"]["email"], listed["group"]) == ("young@example.org", None), "while it is open, no choice is told"
    assert who.org.api.post(f"{API}/ballots/{held.pk}/refuse", {}).status_code == 422
    refused = who.org.api.post(f"{API}/ballots/{held.pk}/refuse", {"reason": "The same person twice."}).json()
    assert (refused["reason"], refused["refused_at"] is not None) == ("The same person twice.", True)
    assert who.org.api.post(f"{API}/ballots/{held.pk}/keep", {}).json()["refused_at"] is None
    assert who.org.api.post(f"{path}/close", {"reason": "Time is up."}).json()["state"] == "over"
    assert who.org.api.get(f"{API}/ballots/{held.pk}").json()["group"]["name"] == "Team 2"
    assert who.org.api.post(f"{path}/open", {"reason": "Too early."}).json()["state"] == "open"


@pytest.mark.outsider("audience-voting", "audience-ballots", "audience-withdraw-ballot", "ballot-list", "ballot-detail")
def test_outsiders_find_no_vote_in_a_cycle_that_is_not_public(call: Scene, who: People) -> None:
    call.cycle.public = False
    call.cycle.save(update_fields=["public"])
    path = f"{API}/challenges/{call.challenge.pk}"
    held = voting.cast(challenge=call.challenge, group=call.groups[2], by=who.ada.user)
    assert who.eve.api.get(f"{path}/voting").status_code == 404
    for address in ("ballots", "ballots/withdraw"):
        assert who.eve.api.post(f"{path}/{address}", {"choice": "x"}).status_code == 404
    assert who.eve.api.get(f"{API}/ballots/{held.pk}").status_code == 404
    assert who.ada.api.get(f"{API}/ballots/{held.pk}").json()["group"] is None


@pytest.mark.parametrize("count", [3, 30])
def test_the_vote_takes_the_same_statements_for_few_and_many_entries(count: int) -> None:
    call = locked_scene(LIKED, groups=count, rounds=[{"key": "call", "visibility": "full", "blind": True}])
    who = people(call)
    voting.cast(challenge=call.challenge, group=call.groups[2], by=voter())
    shown(who.ada, call)
    client = who.ada.api
    with CaptureQueriesContext(connection) as statements:
        client.get(f"{API}/challenges/{call.challenge.pk}/voting")
    assert len(without_designs(statements)) == 9, without_designs(statements)


@pytest.mark.outsider("audience-peers", "audience-seat-peers")
def test_organizers_seat_peers_and_read_their_shares() -> None:
    teams = {**ESSAY, "criteria": [{"key": "fair", "min": 0, "max": 10}], "panels": [{"key": "teams", "who": "peers"}]}
    call = locked_scene(teams, groups=2)
    who = people(call)
    path = f"{API}/challenges/{call.challenge.pk}/peers"
    made = who.org.api.post(f"{path}/seats", {})
    assert (made.status_code, len(made.json())) == (201, 2)
    assert [one["given"] for one in who.org.api.get(path).json()] == [0, 0]
    for someone in (who.ada, who.judith, who.eve):
        assert someone.api.get(path).status_code in {403, 404}
        assert someone.api.post(f"{path}/seats", {}).status_code in {403, 404}
    assert Panelist.objects.filter(peer=True).count() == 2
    assert Membership.objects.filter(person__in=Panelist.objects.values("person")).exists()
