"""The sponsor's desk: numbers, published results, delivered awards; for sponsors and organizers only; never what is not public."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.recognition.models import Grant
from games.results.actions import publish_boards, recompute_now
from games.results.queries.reach import participation_of, reach_of
from games.rounds.models import Round
from games.submissions.models import Submission
from tests.backend.web.test_cycle_pages import page
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.results import judge_final, water

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast):
    """The judged competition, nothing published; eve sponsors it."""
    played = water()
    judge_final(played)
    recompute_now(played.cycle)
    MembershipFactory(cycle=played.cycle, group=None, person=cast.eve.person, role="sponsor", capabilities=["follow"])
    return played


def address(story):
    return f"/cycles/{story.cycle.key}/sponsor/"


def test_a_sponsor_reads_numbers_and_nobody_elses_result_before_it_is_out(cast, story):
    text = page(cast.eve.client, address(story))
    assert "No result is published yet" in text
    assert "Aqua" not in text
    for outsider in (cast.visitor, cast.ada, cast.judith):
        assert outsider.client.get(address(story)).status_code == 404


def test_home_leads_a_sponsor_to_the_desk(cast, story):
    assert f'href="/cycles/{story.cycle.key}/sponsor/"' in cast.eve.client.get("/").content.decode()
    Cycle.objects.filter(pk=story.cycle.pk).update(state="draft")
    assert "/sponsor/" not in cast.eve.client.get("/").content.decode()


def test_a_draft_has_no_desk_for_sponsors(cast, story):
    story.cycle.state = "draft"
    story.cycle.save(update_fields=["state"])
    assert cast.eve.client.get(address(story)).status_code == 404


def test_published_results_and_what_became_of_the_awards(cast, story):
    Round.objects.filter(cycle=story.cycle).update(published_at=db_now(), visibility="full")
    recompute_now(story.cycle)
    for key in story.rounds:
        publish_boards(story.cycle, key, now=db_now())
    group = GroupFactory(cycle=story.cycle, name="The Wells")
    fields = {"cycle": story.cycle, "kind": "money", "group": group, "currency": "EUR"}
    Grant.objects.create(
        award="first", name="First prize", amount_cents=120_000, state="delivered", proof="Paid on 3 May", **fields
    )
    Grant.objects.create(award="second", name="Second prize", amount_cents=50_000, state="nominated", **fields)
    text = page(cast.eve.client, address(story))
    assert "Aqua" in text
    assert "Paid on 3 May" in text
    assert "1,200 EUR" in text
    assert "Second prize" not in text


def test_participation_counts_groups_once_and_entries_each(story):
    concept, (first, second, *_others) = story.challenges["concept"], list(story.cycle.groups.order_by("key"))
    for group, number, state in ((first, 1, "submitted"), (first, 2, "locked"), (second, 1, "draft")):
        Submission.objects.create(challenge=concept, group=group, number=number, state=state)
    rows = participation_of(story.cycle, reach_of(story.cycle).groups)
    assert [one.round for one in rows] == list(story.rounds)
    assert all(one.active <= one.field for one in rows)
    assert (rows[0].entries, rows[0].active) == (2, 1)
    assert rows[0].sheets > 0


def test_few_statements_for_few_and_for_many(cast, story):
    client = cast.eve.client

    def statements():
        with CaptureQueriesContext(connection) as sent:
            page(client, address(story))
        return len(sent)

    statements()
    few = statements()
    for number in range(30):
        group = GroupFactory(cycle=story.cycle)
        Grant.objects.create(cycle=story.cycle, award=f"a{number}", kind="badge", name="B", group=group, state="granted")
    assert statements() == few <= 12
