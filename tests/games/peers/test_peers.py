"""Peers of a group: from what it may read and nothing else; asked, answered, an edge of the network; over the API too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.actions import add_design
from games.groups.models import Group
from games.ideas.models import Derivation, Idea
from games.journal.models import JournalEntry
from games.learning.models import Observation
from games.notices.actions import react
from games.notices.models import Notice
from games.peers import actions
from games.peers.models import PeerAsk, PeerOptOut
from games.peers.queries import Readable, edges_in, peers_for
from games.peers.rules import Match, PeerInvalid, PeerRefused
from games.permissions import visible
from games.results.models import ChallengeScore
from games.talk.models import Thread
from leaderboards.models import Board, Snapshot
from tests.cast import Actor, Cast
from tests.factories.cycles import small_design
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.factories.peers import matching, of_school, published

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def field(cast: Cast) -> dict[str, Group]:
    """Red (of North) fell, blue (of South) climbed, green (of North) climbed more."""
    matching(cast.cycle)
    green = GroupFactory(cycle=cast.cycle, key="green", name="Green Herons")
    found = {"red": of_school(cast.red, "north"), "blue": of_school(cast.blue, "south"), "green": of_school(green, "north")}
    published(cast.cycle, "call", ["red", "blue", "green"], ["green", "blue", "red"])
    cast.red.cycle.refresh_from_db()
    return {key: Group.objects.select_related("cycle").get(pk=one.pk) for key, one in found.items()}


def found(someone: Actor, group: Group) -> list[Match]:
    """By what this person may read."""
    access = someone.access
    readable = Readable(
        visible(access, "snapshot.view", Snapshot.objects.all()),
        visible(access, "score.view", ChallengeScore.objects.all()),
        visible(access, "observation.view", Observation.objects.all()),
    )
    return peers_for(group, readable).matches


def test_of_the_same_organization_or_no_better_is_no_peer(cast: Cast, field: dict[str, Group]) -> None:
    assert found(cast.ada, field["red"]) == [], "blue stayed where it was, green is of the same school"


def test_who_climbs_is_found_and_who_stands_aside_is_not(cast: Cast, field: dict[str, Group]) -> None:
    of_school(field["green"], "west")
    [match] = found(cast.ada, field["red"])
    assert match.group == field["green"].pk
    assert match.reason == 'They rose from 3rd to 1st of 3 on "Call", you fell from 1st to 3rd of 3 on "Call".'
    assert actions.choose(field["green"], aside=True, by=cast.org.user)
    assert not actions.choose(field["green"], aside=True, by=cast.org.user)
    assert found(cast.ada, field["red"]) == []
    assert actions.choose(field["green"], aside=False, by=cast.org.user)
    assert not PeerOptOut.objects.exists()


def test_a_place_by_points_is_no_place_by_scores(cast: Cast) -> None:
    add_design(cast.cycle, small_design(peers=True, boards=[{"key": "activity", "source": "points"}]), by=None)
    cast.cycle.refresh_from_db()
    of_school(cast.red, "north")
    of_school(cast.blue, "south")
    published(cast.cycle, "call", ["red", "blue"])
    published(cast.cycle, "activity", ["blue", "red"], number=2)
    red, blue = (Group.objects.select_related("cycle").get(pk=one.pk) for one in (cast.red, cast.blue))
    assert found(cast.ada, red) == [], "blue did more, and did not do better"
    [match] = found(cast.ben, blue)
    assert match.reason == 'On "Call" they are 1st of 2, you are 2nd. There is no trend yet.'


def test_a_peer_is_not_found_again_whoever_of_the_two_asked(cast: Cast, field: dict[str, Group]) -> None:
    of_school(field["green"], "west")
    told = {"cycle": cast.cycle, "words": "How?", "asked_at": now()}
    ask = PeerAsk.objects.create(number=1, asker=field["green"], asked=field["red"], state="declined", **told)
    assert len(found(cast.ada, field["red"])) == 1
    PeerAsk.objects.filter(pk=ask.pk).update(state="accepted")
    assert found(cast.ada, field["red"]) == []


def test_nothing_unpublished_is_told(cast: Cast, field: dict[str, Group]) -> None:
    of_school(field["green"], "west")
    Board.objects.update(audience="organizers")
    assert found(cast.ada, field["red"]) == []
    assert found(cast.org, field["red"]) == [], "a board for organizers makes no peers, whoever asks"
    Board.objects.update(audience="public")
    Group.objects.filter(key="green").update(rank_hidden=True)
    assert found(cast.ada, field["red"]) == [], "a team that keeps its name to itself is not found by its places"
    cast.cycle.public = False
    cast.cycle.save(update_fields=["public"])
    assert found(cast.eve, field["red"]) == []


def test_asked_accepted_and_an_edge_with_what_flowed(cast: Cast, field: dict[str, Group]) -> None:
    of_school(field["red"], "west")
    match = Match(field["blue"].pk, cast.concept.pk, "They rose.", 0)  # type: ignore[arg-type]
    ask = actions.ask(field["red"], other=field["blue"], words="How did you get there?", found=[match], by=cast.ada.user)
    with pytest.raises(PeerRefused, match="already"):
        actions.ask(field["red"], other=field["blue"], words="Please?", found=[match], by=cast.ada.user)
    assert edges_in(PeerAsk.objects.all(), Idea.objects.all(), Thread.objects.all()) == []
    accepted = actions.answer(ask, accept=True, words="Come over.", by=cast.ben.user)
    with pytest.raises(PeerRefused, match="accepted"):
        actions.withdraw(ask, by=cast.ada.user)
    source, target = shared(cast, "Sieve", group=cast.blue, by=cast.ben.user), shared(cast, "Finer sieve")
    Derivation.objects.create(source=source, target=target, kind="builds-on", at=now())
    [edge] = edges_in(PeerAsk.objects.all(), Idea.objects.all(), Thread.objects.all())
    assert (edge.asker, edge.asked, edge.derivations, edge.threads) == (cast.red, cast.blue, 1, 0)
    assert accepted.answer == "Come over."
    for entry in JournalEntry.objects.order_by("pk"):
        react(entry.pk)
        react(entry.pk)
    heard = sorted(Notice.objects.filter(topic="talk").values_list("person__name", "text"))
    assert [name for name, _ in heard if "peers now" in _] == ["Ada"]


def test_what_cannot_be_asked(cast: Cast, field: dict[str, Group]) -> None:
    match = Match(field["blue"].pk, cast.concept.pk, "They rose.", 0)  # type: ignore[arg-type]
    with pytest.raises(PeerInvalid):
        actions.ask(field["red"], other=field["blue"], words=" ", found=[match], by=cast.ada.user)
    with pytest.raises(PeerRefused, match="not among"):
        actions.ask(field["red"], other=field["green"], words="How?", found=[match], by=cast.ada.user)
    PeerOptOut.objects.create(group=field["blue"], at=now())
    with pytest.raises(PeerRefused, match="not among"):
        actions.ask(field["red"], other=field["blue"], words="How?", found=[match], by=cast.ada.user)


def test_over_the_api_found_asked_and_declined(cast: Cast, field: dict[str, Group]) -> None:
    of_school(field["red"], "west")
    of_school(field["green"], "south")
    [peer] = cast.ada.api.get(f"{API}/groups/{cast.red.pk}/peers").json()
    assert (peer["group_key"], peer["challenge"]) == ("green", cast.concept.pk)
    body = {"group": peer["group"], "words": "How did you climb?"}
    made = cast.ada.api.post(f"{API}/groups/{cast.red.pk}/peer-asks", body, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    again = cast.ada.api.post(f"{API}/groups/{cast.red.pk}/peer-asks", body, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "peer_refused")
    path = f"{API}/peer-asks/{made.json()['id']}"
    assert cast.ada.api.post(f"{path}/answer", {"accept": True}, format="json").status_code == 403
    assert cast.ada.api.post(f"{path}/withdraw").json()["state"] == "withdrawn"
    assert cast.ada.api.post(f"{API}/groups/{cast.red.pk}/peers/aside", {"aside": True}, format="json").json() == {"aside": True}


@pytest.mark.outsider
def test_who_is_outside_finds_no_peer_and_no_ask(cast: Cast, field: dict[str, Group]) -> None:
    ask = PeerAsk.objects.create(
        cycle=cast.cycle, number=1, asker=cast.red, asked=field["green"], words="How?", state="accepted", asked_at=now()
    )
    for someone in (cast.ben, cast.judith, cast.eve):
        api = someone.api
        assert api.get(f"{API}/peer-asks").json()["results"] == []
        hidden, absent = api.get(f"{API}/peer-asks/{ask.pk}"), api.get(f"{API}/peer-asks/999999")
        assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
        assert api.get(f"{API}/groups/{cast.red.pk}/peers").status_code == 403
        assert api.post(f"{API}/peer-asks/{ask.pk}/withdraw").status_code == 404
        assert api.post(f"{API}/groups/{cast.red.pk}/peers/aside", {"aside": True}, format="json").status_code == 403


def test_to_find_peers_costs_the_same_however_many_groups_there_are(cast: Cast, field: dict[str, Group]) -> None:
    of_school(field["green"], "west")
    counts = []
    assert found(cast.ada, field["red"]), "the rules are read once"
    for many in (3, 30):
        for n in range(Group.objects.filter(cycle=cast.cycle).count(), many):
            GroupFactory(cycle=cast.cycle, key=f"g{n}")
        with CaptureQueriesContext(connection) as statements:
            assert found(cast.ada, field["red"])
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 11
