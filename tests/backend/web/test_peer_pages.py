"""Peers in pages: found with a reason, asked, accepted, drawn in the network; outsiders find nothing."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from backend.web.geometry.network import WIDTH, network
from games.peers.models import PeerAsk, PeerOptOut
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.peers import matching, of_school, published
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
RED = "/cycles/water/teams/red/peers/"
BLUE = "/cycles/water/teams/blue/peers/"
MAP = "/cycles/water/peers/"


def main(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2])


@pytest.fixture
def climbing(cast: Cast) -> Cast:
    """Blue, of another school, overtook red."""
    matching(cast.cycle)
    of_school(cast.red, "north")
    of_school(cast.blue, "south")
    published(cast.cycle, "call", ["red", "blue"], ["blue", "red"])
    return cast


def test_found_asked_accepted_and_drawn(climbing: Cast) -> None:
    ada, ben = climbing.ada.client, climbing.ben.client
    text = main(ada.get(RED))
    for words in ("Who could help you", "Blue Herons", "South", 'They rose from 2nd to 1st of 2 on "Call", you fell'):
        assert words in text
    assert "No peer found yet" in main(ben.get(BLUE))
    refused = ada.post(RED, {"group": "blue", "words": " "})
    assert refused.status_code == 422
    assert "This was not asked" in main(refused)
    assert ada.post(RED, {"group": "blue", "words": "How did you climb?"}).status_code == 302
    assert "waits for an answer" in main(ada.get(RED))
    text = main(ben.get(BLUE))
    assert "They ask you" in text
    assert "How did you climb?" in text
    assert "No pair yet" in main(ben.get(MAP))
    assert ben.post(f"{BLUE}1/answer/", {"do": "accept", "words": "Come over."}).status_code == 302
    for client, page in ((ada, RED), (ben, BLUE)):
        text = main(client.get(page))
        assert "Your peers" in text
        assert "Come over." in text
    text = main(climbing.org.client.get(MAP))
    for words in ("1 pair of teams help each other.", "peer-line", "Red Herons", "Blue Herons", "Threads together"):
        assert words in text


def test_declined_taken_back_and_standing_aside(climbing: Cast) -> None:
    ada, ben = climbing.ada.client, climbing.ben.client
    ada.post(RED, {"group": "blue", "words": "How?"})
    ben.post(f"{BLUE}1/answer/", {"do": "decline", "words": "No time."})
    text = main(ada.get(RED))
    assert "declined" in text
    assert "No time." in text
    ada.post(RED, {"group": "blue", "words": "How?"})
    assert ada.post(f"{RED}2/withdraw/").status_code == 302
    assert PeerAsk.objects.get(number=2).state == "withdrawn"
    assert ben.post(f"{BLUE}aside/", {"aside": "yes"}).status_code == 302
    assert "You stand aside" in main(ben.get(BLUE))
    assert "No peer found yet" in main(ada.get(RED))
    assert ada.post(RED, {"group": "blue", "words": "How?"}).status_code == 404
    ben.post(f"{BLUE}aside/", {"aside": "no"})
    assert not PeerOptOut.objects.exists()


def test_without_peers_in_the_rules_there_is_a_word(cast: Cast) -> None:
    assert "No peers in this cycle" in main(cast.ada.client.get(RED))
    assert main(cast.ada.client.get("/cycles/water/teams/red/")).count("/peers/") == 0


@pytest.mark.outsider
def test_who_is_outside_finds_no_peers_and_no_network(climbing: Cast) -> None:
    climbing.ada.client.post(RED, {"group": "blue", "words": "How?"})
    for someone in (climbing.judith, climbing.eve):
        for page in (RED, MAP):
            assert someone.client.get(page).status_code == 404, (someone.name, page)
        for page in (f"{RED}1/withdraw/", f"{BLUE}1/answer/", f"{RED}aside/"):
            assert someone.client.post(page, {"do": "accept"}).status_code == 404
    assert climbing.ben.client.get(RED).status_code == 404
    assert climbing.ben.client.post(f"{BLUE}1/withdraw/").status_code == 403
    assert climbing.ada.client.post(f"{RED}1/answer/", {"do": "accept"}).status_code == 403
    for page in (RED, MAP):
        assert climbing.visitor.client.get(page).status_code == 302
    assert PeerAsk.objects.get().state == "asked"


def test_pages_cost_the_same_however_many_teams_and_pairs(climbing: Cast) -> None:
    counts = []
    for many in (3, 30):
        for n in range(PeerAsk.objects.count(), many):
            other = GroupFactory(cycle=climbing.cycle, key=f"g{n}")
            told = {"words": "How?", "state": "accepted", "asked_at": now()}
            PeerAsk.objects.create(cycle=climbing.cycle, number=n + 1, asker=climbing.red, asked=other, **told)
        seen = {}
        for page in (RED, MAP):
            client = climbing.ada.client
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            seen[page] = len(without_designs(asked))
        counts.append(seen)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 12, counts[0]


def test_a_network_stays_in_its_box_and_the_most_is_the_thickest() -> None:
    for count in (2, 3, 12, 60):
        laid = network(count, [(0, 1, 4), (1, 0, 0)])
        assert len(laid.nodes) == count
        assert all(0 < one.x < WIDTH and 0 < one.y < laid.height and 0 < one.name_y < laid.height for one in laid.nodes)
        assert laid.curves[0].width > laid.curves[1].width
    assert network(0, []).curves == ()
