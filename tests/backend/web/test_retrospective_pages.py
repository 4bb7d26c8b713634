"""Looking back in pages: asked for, read, said to, weighed, published, taken into the next cycle; what came along; nothing for outsiders."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.learning.models import ChangeTest
from games.progression.actions import launch_draft
from games.progression.models import Carried
from games.retrospectives import actions
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.retrospectives.queries import proposals_of
from tests.cast import Actor, Cast
from tests.factories.groups import GroupFactory
from tests.factories.retrospectives import looked_back, won
from tests.factories.suggestions import suggested

pytestmark = pytest.mark.django_db
CYCLE = "/cycles/water/"
DESK = f"{CYCLE}desk/retrospective/"
STATEMENTS = 12


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


def test_it_is_asked_for_written_said_to_weighed_and_published(cast: Cast):
    org, visitor = cast.org.client, cast.visitor.client
    assert "Nobody looked back yet" in main(org.get(DESK))
    assert org.post(f"{DESK}do/", {"do": "ask"}).headers["Location"] == DESK
    assert "It is being written" in main(org.get(DESK))
    suggested(cast, change=[{"path": 'rounds["final"].appeal_days', "value": 7}])
    row = looked_back(cast)
    cast.org.user.may_launch = True
    cast.org.user.save()
    text = main(org.get(DESK))
    for words in ("Who came, who stayed", "handed something in", "Begin the next cycle", "More time to appeal", "Days to appeal"):
        assert words in text
    said = org.post(f"{DESK}do/", {"do": "say", "about": "people", "text": "The <b>flood</b>."})
    assert said.headers["Location"] == f"{DESK}#part-people"
    number = proposals_of(row).get(code="suggestion").number
    assert "Say why it is left" in main(org.post(f"{DESK}do/", {"do": "leave", "about": number, "text": ""}, follow=True))
    assert "It goes into the next cycle" in main(org.post(f"{DESK}do/", {"do": "take", "about": number}, follow=True))
    assert visitor.get(f"{CYCLE}retrospective/").status_code == 404
    org.post(f"{DESK}do/", {"do": "publish"})
    shown = main(visitor.get(f"{CYCLE}retrospective/"))
    assert "The &lt;b&gt;flood&lt;/b&gt;." in shown
    assert ("More time to appeal" in shown, "<form" in shown) == (
        False,
        False,
    )  # whoever suggests is told among those who take part
    org.post(f"{DESK}do/", {"do": "unpublish"})
    assert visitor.get(f"{CYCLE}retrospective/").status_code == 404


def test_the_files_say_what_the_page_says(cast: Cast):
    won(cast)
    looked_back(cast)
    actions.say(cast.cycle, "ideas", "One was enough.", by=cast.org.user)
    text = cast.org.client.get(f"{CYCLE}retrospective.md")
    assert text.headers["Content-Type"].startswith("text/markdown")
    assert 'filename="water-retrospective.md"' in text.headers["Content-Disposition"]
    said = text.content.decode()
    for words in ("# Clean water: looking back", "- ideas shared: 1", "> One was enough.", "| Round | could enter |"):
        assert words in said
    data = cast.org.client.get(f"{CYCLE}retrospective.json").json()
    assert (data["cycle"], data["sections"]["ideas"]["shared"], data["words"]) == ("water", 1, {"ideas": "One was enough."})
    assert cast.org.client.get(f"{CYCLE}retrospective.pdf").status_code == 404


def test_the_next_cycle_is_begun_after_seeing_what_comes_along(cast: Cast):
    org, page = cast.org.client, f"{DESK}next/"
    ChangeTest.objects.create(cycle=cast.cycle, number=1, group=cast.red, title="Two taps", prediction="Half the queue.")
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="closed")
    looked_back(cast)
    cast.org.user.may_launch = True
    cast.org.user.save()
    first = main(org.get(page))
    assert ("the rules stay as they are" in first, "Red Herons" in first) == (True, True)
    form = {"start": "2031-03-03T09:00", "teams": "on", "judges": "on", "commitments": "on"}
    looked = main(org.post(page, form | {"do": "look"}))
    assert ('value="2031-03-03T09:00"' in looked, Cycle.objects.filter(predecessor=cast.cycle).exists()) == (True, False)
    wrong = org.post(page, {"start": "soon", "badges": "on", "do": "begin"})
    assert "What you typed is still here" in main(wrong)
    sent = org.post(page, form | {"do": "begin"})
    draft = Cycle.objects.get(predecessor=cast.cycle)
    assert sent.headers["Location"] == f"/launch/{draft.pk}/name/"
    assert draft.name in main(org.get(page))
    after = launch_draft(draft, by=cast.org.user)
    brought = main(cast.ada.client.get(f"/cycles/{after.key}/brought/"))
    assert ("Two taps" in brought, "becomes a planned test" in brought) == (True, True)
    assert "Two taps" not in main(cast.ben.client.get(f"/cycles/{after.key}/brought/"))


def test_the_winners_idea_goes_on_by_a_decision(cast: Cast):
    org, idea = cast.org.client, won(cast)
    looked_back(cast)
    page = f"{DESK}ideas/{idea.number}/"
    assert f'href="{page}"' in main(org.get(DESK))
    refused = main(org.post(page, {"way": "test", "reason": "It works.", "prediction": ""}))
    assert ("Say what you expect" in refused, "It works." in refused, Adoption.objects.exists()) == (True, True, False)
    sent = org.post(page, {"way": "test", "reason": "It works.", "prediction": "Half as many fall ill."})
    assert sent.headers["Location"] == f"{DESK}#winner"
    assert "Teams of the next cycle test it" in main(org.get(DESK))
    assert org.get(page).status_code == 404
    actions.publish(cast.cycle, by=cast.org.user)
    shown = main(cast.visitor.client.get(f"{CYCLE}retrospective/"))
    assert ("It works." in shown, idea.title in shown) == (True, True)
    assert org.get(f"{DESK}ideas/99/").status_code == 404


@pytest.mark.parametrize("who", ["ada", "judith", "eve", "visitor"])
def test_nobody_but_organizers_looks_back_before_it_is_published(cast: Cast, who: str):
    idea = won(cast)
    looked_back(cast)
    someone: Actor = getattr(cast, who)
    for page in (DESK, f"{DESK}next/", f"{DESK}ideas/{idea.number}/", f"{CYCLE}retrospective/", f"{CYCLE}retrospective.json"):
        assert someone.client.get(page).status_code in {302, 404}
    assert someone.client.post(f"{DESK}do/", {"do": "publish"}).status_code in {302, 404}
    assert Retrospective.objects.get().published_at is None


def test_what_is_unknown_is_absent(cast: Cast):
    org = cast.org.client
    looked_back(cast)
    for body in ({"do": "dance"}, {"do": "take", "about": "99"}, {"do": "take", "about": "x"}, {"do": "take", "about": "9" * 30}):
        assert org.post(f"{DESK}do/", body).status_code == 404
    assert org.get(f"{CYCLE}brought/").status_code == 404


@pytest.mark.parametrize("page", [DESK, f"{DESK}next/", f"{CYCLE}retrospective/"])
def test_many_rows_take_no_more_statements_than_few(cast: Cast, page: str):
    row = looked_back(cast)
    actions.publish(cast.cycle, by=cast.org.user)
    cast.org.user.may_launch = True
    cast.org.user.save()
    org = cast.org.client
    counts = []
    for start, end in ((0, 3), (3, 30)):
        for number in range(start, end):
            GroupFactory(cycle=cast.cycle, key=f"t{number}")
            Proposal.objects.create(
                retrospective=row, number=100 + number, section="rules", code="rule_unused", about=f"r{number}"
            )
            Proposal.objects.filter(retrospective=row, number=100 + number).update(state="taken" if number % 2 else "open")
        org.get(page)
        with CaptureQueriesContext(connection) as found:
            assert org.get(page).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[1] <= STATEMENTS, counts


def test_the_page_of_what_came_along_takes_as_many_for_many(cast: Cast):
    Cycle.objects.filter(pk=cast.cycle.pk).update(predecessor=cast.cycle)
    counts, ada = [], cast.ada.client
    for start, end in ((0, 3), (3, 30)):
        for number in range(start, end):
            group = GroupFactory(cycle=cast.cycle, key=f"t{number}")
            Carried.objects.create(cycle=cast.cycle, group=group, kind="points", was=9, amount=number, at=cast.cycle.created_at)
        ada.get(f"{CYCLE}brought/")
        with CaptureQueriesContext(connection) as found:
            assert ada.get(f"{CYCLE}brought/").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[1] <= STATEMENTS


def test_proposals_turn_page_by_page_and_the_one_that_was_weighed_is_where_one_comes_back(cast: Cast):
    suggested(cast, change=[{"path": 'rounds["final"].appeal_days', "value": 7}])
    one = proposals_of(looked_back(cast)).get(code="suggestion")
    for number in range(100, 120):
        one.pk, one.number, one.about = None, number, f"{number}"
        one.save()
    client = cast.org.client
    first = main(client.get(DESK))
    assert "1 to 12 of 21" in first
    assert 'id="proposal-119"' not in first
    answer = client.post(f"{DESK}do/", {"do": "leave", "about": 119, "text": "Not now."})
    assert answer.headers["Location"] == f"{DESK}?proposal=119#proposal-119"
    assert 'id="proposal-119"' in main(client.get(f"{DESK}?proposal=119"))
