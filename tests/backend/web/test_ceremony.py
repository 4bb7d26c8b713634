"""The ceremony: organizers before the results are out, everybody after; from the last award to the first; nothing said too early."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.queries import db_now
from games.results.actions import publish_boards, recompute_now
from games.rounds.models import Round
from leaderboards.models import Standing
from tests.backend.web.test_cycle_pages import page
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.results import judge_final, water

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(cast):
    """The judged competition, its first round published, the second over and waiting; org steers it."""
    story = water()
    judge_final(story)
    now = db_now()
    Round.objects.filter(cycle=story.cycle).update(locked_at=now)
    Round.objects.filter(cycle=story.cycle, key="call").update(published_at=now, visibility="full")
    recompute_now(story.cycle)
    MembershipFactory(cycle=story.cycle, group=None, person=cast.org.person, role="organizer", capabilities=["organize"])
    return story


def address(story, more=""):
    return f"/cycles/{story.cycle.key}/ceremony/{more}"


def publish(story):
    Round.objects.filter(cycle=story.cycle).update(published_at=db_now(), visibility="full")
    for key in story.rounds:
        publish_boards(story.cycle, key, now=db_now())


def test_before_publication_it_is_there_for_organizers_only(cast, judged):
    for outsider in (cast.visitor, cast.eve, cast.ada):
        assert outsider.client.get(address(judged)).status_code == 404
        assert outsider.client.get(address(judged, "opening.json")).status_code == 404
    text = page(cast.org.client, address(judged))
    assert "Only organizers see this page" in text
    publish(judged)
    assert "Only organizers" not in page(cast.visitor.client, address(judged))


def test_it_waits_until_the_last_round_is_over(cast, judged):
    Round.objects.filter(cycle=judged.cycle).update(published_at=None)
    assert "The ceremony waits" in page(cast.org.client, address(judged))


def test_the_first_place_is_told_last_and_a_shared_name_is_kept(cast, judged):
    winners = list(Standing.objects.filter(board__scope=judged.cycle.pk, board__number=1, audience="restricted").order_by("rank"))
    text = page(cast.org.client, address(judged))
    scenes = text[text.index("scene-award") : text.index("scene-end")]
    first = Group.objects.get(cycle=judged.cycle, key=winners[0].entry)
    told = [name for name in Group.objects.filter(cycle=judged.cycle).values_list("name", flat=True) if name in scenes]
    assert max(told, key=scenes.rindex) == first.name
    Group.objects.filter(pk=first.pk).update(rank_hidden=True)
    hidden = page(cast.org.client, address(judged))
    assert first.name not in hidden
    assert "A team that keeps its name to itself" in hidden


def test_it_takes_the_same_few_statements_for_few_and_for_many(cast, judged):
    client = cast.org.client

    def statements():
        with CaptureQueriesContext(connection) as sent:
            page(client, address(judged))
        return len(sent)

    page(client, address(judged))
    few = statements()
    for number in range(30):
        Group.objects.create(cycle=judged.cycle, key=f"more{number}", name=f"More {number}")
    assert statements() >= few  # the groups changed, so it is computed again
    assert statements() == few <= 12


def test_no_cycle_no_ceremony(cast):
    empty = CycleFactory()
    assert cast.visitor.client.get(f"/cycles/{empty.key}/ceremony/").status_code == 404
    assert cast.org.client.get("/cycles/none/ceremony/").status_code == 404
    assert Cycle.objects.filter(pk=empty.pk).exists()
