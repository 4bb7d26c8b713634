"""Joining forces in pages: chosen, proposed, answered in the other team's workspace; hidden from everybody else; few statements."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.web.pages.workspace.partners import even
from backend.web.partners import points_in
from games.groups.models import Group
from games.partnerships.models import Partner, Partnership
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.partnerships import between_rounds, joint, merged, proposed
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
DESK = "/cycles/water/desk/partners/"
RED, BLUE = "/cycles/water/teams/red/partners/", "/cycles/water/teams/blue/partners/"
SENT = {"kind": "merger", "with": "blue", "lead": "red", "part-red": "60", "part-blue": "40", "name": "", "note": "Come!"}


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_two_teams_become_one_in_two_browsers(cast: Cast) -> None:
    between_rounds(cast)
    text = words(cast.ada.client.get(RED))
    assert "Become one team" in text
    text = words(cast.ada.client.get(f"{RED}?kind=merger&with=blue&with=&with="))
    assert 'name="part-red" value="50"' in text
    assert "Proposed. It holds once every team has agreed." in words(cast.ada.client.post(RED, SENT, follow=True))
    text = words(cast.ben.client.get(BLUE))
    assert "Waits for our answer" in text
    assert "Come!" in text
    assert "40 %" in text
    answered = cast.ben.client.post(f"{BLUE}1/", {"do": "agree"}, follow=True)
    assert answered.redirect_chain[-1][0] == RED
    text = words(answered)
    assert "What holds" in text
    assert "One team with Blue Herons" in text
    assert Group.objects.get(key="blue").state == "merged"
    assert "The team was merged into another." in words(cast.ben.client.get("/cycles/water/teams/blue/"))


def test_what_was_typed_stays_when_the_parts_are_not_whole(cast: Cast) -> None:
    between_rounds(cast)
    refused = cast.ada.client.post(RED, SENT | {"part-blue": "39.5"})
    text = words(refused)
    assert refused.status_code == 422
    assert "99.5 % together: expected exactly 100 %" in text
    assert 'value="39.5"' in text
    assert "Come!" in text
    assert not Partnership.objects.exists()


def test_one_entry_together_is_proposed_declined_proposed_again_and_left(cast: Cast) -> None:
    sent = SENT | {"kind": "joint", "task": str(cast.concept.pk)}
    text = words(cast.ada.client.get(f"{RED}?kind=joint&with=blue&task={cast.concept.pk}"))
    assert "Which team hands in" in text
    assert "Proposed." in words(cast.ada.client.post(RED, sent, follow=True))
    assert "Declined." in words(cast.ben.client.post(f"{BLUE}1/", {"do": "decline"}, follow=True))
    assert "What came to nothing" in words(cast.ada.client.get(RED))
    cast.ada.client.post(RED, sent)
    assert "Withdrawn." in words(cast.ada.client.post(f"{RED}2/", {"do": "withdraw"}, follow=True))
    cast.ada.client.post(RED, sent)
    cast.ben.client.post(f"{BLUE}3/", {"do": "agree"})
    assert "Hand in apart after all" in words(cast.ben.client.get(BLUE))
    cast.ben.client.post(f"{BLUE}3/", {"do": "withdraw"})
    assert list(Partnership.objects.order_by("number").values_list("state", flat=True)) == ["declined", *["withdrawn"] * 2]


def test_while_a_round_is_on_the_form_says_why_teams_do_not_merge(cast: Cast) -> None:
    text = words(cast.ada.client.get(RED))
    assert "Teams merge between rounds: “Call” is not over." in text
    refused = cast.ada.client.post(RED, SENT)
    assert (refused.status_code, "Teams merge between rounds" in words(refused)) == (422, True)


@pytest.mark.outsider
def test_nobody_else_finds_these_pages(cast: Cast) -> None:
    between_rounds(cast)
    made = proposed(cast)
    for other in (cast.ben, cast.judith, cast.eve, cast.org):
        assert other.client.get(RED).status_code == 404
        assert other.client.post(RED, SENT).status_code == 404
        assert other.client.post(f"{RED}{made.number}/", {"do": "withdraw"}).status_code == 404
    assert cast.visitor.client.get(RED).status_code == 302
    assert cast.ada.client.post(f"{RED}99/", {"do": "agree"}).status_code == 404
    assert cast.ada.client.post(f"{RED}{made.number}/", {"do": "burn"}).status_code == 404
    green = GroupFactory(cycle=cast.cycle, key="green")
    other = proposed(cast, group=green, lead=green, shares={green.pk: 5_000, cast.blue.pk: 5_000}, by=None, person=None)
    assert cast.ada.client.post(f"{RED}{other.number}/", {"do": "withdraw"}).status_code == 404
    assert f"/partners/{other.number}/" not in words(cast.ada.client.get(RED))


@pytest.mark.outsider
def test_only_who_speaks_for_the_team_proposes_and_answers(cast: Cast) -> None:
    between_rounds(cast)
    made = proposed(cast)
    cast.blue.memberships.update(capabilities=["submit"])
    assert "We agree" not in words(cast.ben.client.get(BLUE))
    assert cast.ben.client.post(f"{BLUE}{made.number}/", {"do": "agree"}).status_code == 404
    assert cast.ben.client.post(BLUE, SENT | {"with": "red"}).status_code == 404


def test_pages_of_teams_say_with_whom_they_are(cast: Cast) -> None:
    between_rounds(cast)
    merged(cast)
    text = words(cast.visitor.client.get("/cycles/water/groups/red/"))
    assert "Blue Herons" in text
    text = words(cast.visitor.client.get("/cycles/water/groups/blue/"))
    assert "Red Herons" in text


def test_who_writes_a_joint_entry_reads_with_whom(cast: Cast) -> None:
    page = "/cycles/water/rounds/call/concept/entry/"
    assert "handed in together" not in words(cast.ada.client.get(page))
    joint(cast)
    text = words(cast.ada.client.get(page))
    assert "This entry is handed in together with Blue Herons." in text
    assert "the credit is shared" in text


def test_organizers_see_all_of_them_on_their_desk(cast: Cast) -> None:
    joint(cast)
    text = words(cast.org.client.get(DESK))
    assert "One entry to “Concept” with Red Herons and Blue Herons" in text
    for other in (cast.ada, cast.judith, cast.eve):
        assert other.client.get(DESK).status_code == 404


@pytest.mark.parametrize("path", [RED, DESK])
def test_many_cost_as_many_statements_as_few(cast: Cast, path: str) -> None:
    client = cast.ada.client if path == RED else cast.org.client
    counts = []
    for many in (3, 30):
        for number in range(Partnership.objects.count() + 1, many + 1):
            team = GroupFactory(cycle=cast.cycle)
            one = Partnership.objects.create(
                cycle=cast.cycle,
                number=number,
                kind="joint",
                lead=cast.red,
                challenge=cast.concept,
                proposed_at=cast.call.opens_at,
            )
            Partner.objects.create(partnership=one, group=cast.red, basis_points=5_000, answer="agreed")
            Partner.objects.create(partnership=one, group=team, basis_points=5_000)
        client.get(path)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(("text", "points"), [("60", 6_000), ("33,34 %", 3_334), ("0", 0), ("1.005", 0), ("x", 0), ("101", 0)])
def test_percentages_are_read_exactly(text: str, points: int) -> None:
    assert points_in(text) == points


@pytest.mark.parametrize("count", [2, 3, 4])
def test_even_parts_are_whole_together(count: int) -> None:
    assert sum(points_in(one) for one in even(count)) == 10_000
