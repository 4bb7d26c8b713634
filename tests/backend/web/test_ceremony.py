"""The ceremony: organizers before the results are out, everybody after; from the last award to the first; nothing said too early."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.queries import db_now
from games.recognition.models import Grant
from games.results.actions import publish_boards, recompute_now
from games.rounds.models import Round
from games.submissions.actions import rejudge
from games.submissions.models import Attempt
from leaderboards.models import Board, Snapshot, Standing
from tests.backend.web.test_board_pages import MOST_STATEMENTS, contest
from tests.backend.web.test_cycle_pages import page
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.results import judge_final, water
from tests.factories.submissions import without_designs
from worker import desk as work

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


def test_it_is_computed_by_a_worker_and_the_page_goes_on_by_itself(cast, judged, monkeypatch):
    monkeypatch.setattr(work, "WAIT", 0.1)
    told = []
    monkeypatch.setattr(work, "publish", lambda _task, key: told.append(key) or True)
    client = cast.org.client
    client.get(f"/cycles/{judged.cycle.key}/")
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(address(judged))
    assert "The ceremony is being made ready" in answer.content.decode()
    assert (answer["Refresh"], len(without_designs(sent)) <= MOST_STATEMENTS) == ("1", True), without_designs(sent)
    assert client.get(address(judged, "opening.json")).status_code == 404
    assert len(set(told)) == 1
    work.carry_out(told[0])
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(address(judged))
    assert "scene-award" in answer.content.decode()
    assert ("Refresh" in answer, len(without_designs(sent)) <= MOST_STATEMENTS) == (False, True), without_designs(sent)


def test_a_ceremony_that_failed_says_so(cast, judged, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setitem(work.WORK, "ceremony", lambda *_: 1 / 0)
        answer = cast.org.client.get(address(judged))
    assert ("That did not work" in answer.content.decode(), "Refresh" in answer) == (True, False)
    assert "scene-award" in cast.org.client.get(address(judged)).content.decode()


def test_no_cycle_no_ceremony(cast):
    empty = CycleFactory()
    assert cast.visitor.client.get(f"/cycles/{empty.key}/ceremony/").status_code == 404
    assert cast.org.client.get("/cycles/none/ceremony/").status_code == 404
    assert Cycle.objects.filter(pk=empty.pk).exists()


def test_an_award_that_is_not_granted_is_told_to_organizers_only(cast, judged):
    publish(judged)
    Grant.objects.filter(cycle=judged.cycle).delete()
    group = Group.objects.filter(cycle=judged.cycle).first()
    award = design_of(judged.cycle).awards[0]
    grant = Grant.objects.create(
        cycle=judged.cycle, award=award.key, kind=award.kind, name=award.title, group=group, place="1", state="nominated"
    )
    for state in ("nominated", "verified"):
        Grant.objects.filter(pk=grant.pk).update(state=state)
        cache.clear()
        assert "scene-award" in page(cast.org.client, address(judged))
        for outsider in (cast.visitor, cast.eve):
            assert "scene-award" not in page(outsider.client, address(judged))
    Grant.objects.filter(pk=grant.pk).update(state="granted")
    cache.clear()
    assert "scene-award" in page(cast.visitor.client, address(judged))


def test_a_main_board_that_is_not_public_stays_so_at_the_ceremony(cast, judged):
    publish(judged)
    assert "podium-name" in page(cast.visitor.client, address(judged))
    Board.objects.filter(scope=judged.cycle.pk, number=1).update(audience="organizers")
    assert "podium-name" not in page(cast.visitor.client, address(judged))
    assert cast.visitor.client.get(address(judged, "opening.json")).status_code == 404
    assert "podium-name" in page(cast.org.client, address(judged))


def test_what_is_computed_anew_is_not_told_before_it_is_published(cast, judged):
    publish(judged)
    last = Snapshot.objects.filter(board__scope=judged.cycle.pk, board__number=1, audience="public").order_by("-number").first()
    rows = [row | {"score": "12.34"} for row in last.rows]  # as if the marks were others by now
    QuerySet(Snapshot).filter(pk=last.pk).update(rows=rows)
    assert "12.34" in page(cast.visitor.client, address(judged))
    assert "12.34" not in page(cast.org.client, address(judged))


def test_the_covered_board_is_opened_to_all_only_as_it_was_published(cast):
    cycle, now = contest(), db_now()
    MembershipFactory(cycle=cycle, group=None, person=cast.org.person, role="organizer", capabilities=["organize"])
    over = {"closes_at": now, "locked_at": now, "closed_at": now, "published_at": now}
    Round.objects.filter(cycle=cycle).update(**over)
    recompute_now(cycle)
    publish_boards(cycle, "night", now=now)
    opening = f"/cycles/{cycle.key}/ceremony/opening.json"
    told = cast.visitor.client.get(opening).json()
    assert any(step["task"] != -1 for step in told["steps"])
    late = Attempt.objects.get(challenge__round__cycle=cycle, challenge__key="C")
    rejudge(attempt=late, verdict="AC", by=cast.org.user, reason="The judges' data was wrong.")
    recompute_now(cycle)
    for outsider in (cast.visitor, cast.eve, cast.ada):
        assert outsider.client.get(opening).status_code == 404
        assert "scene-opening" not in page(outsider.client, f"/cycles/{cycle.key}/ceremony/")
    assert cast.org.client.get(opening).status_code == 200
    publish_boards(cycle, "night", now=db_now(), reason="The judges' data was wrong.")
    assert cast.visitor.client.get(opening).json() != told
