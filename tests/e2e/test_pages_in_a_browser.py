"""What only a browser can say: no script or policy complains, times are told in the viewer's zone, a board follows what is published."""

import re

import pytest

from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.results.actions import publish_boards, recompute_now
from games.rounds.models import Round
from tests.e2e.browser import look
from tests.factories.results import judge_final, water

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(live_server):
    """The judged competition, published, still running."""
    played = water()
    judge_final(played)
    recompute_now(played.cycle)
    Round.objects.filter(cycle=played.cycle).update(published_at=db_now(), visibility="full")
    publish_boards(played.cycle, "final", now=db_now())
    return played


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_makes_the_browser_complain(live_server, story, tmp_path, width):
    base = f"{live_server.url}/cycles/{story.cycle.key}"
    for number, path in enumerate(("/", "/rules/", "/groups/aqua/", "/boards/result/", "/rounds/call/concept/")):
        seen = look(base + path, tmp_path / str(number), width=width)
        assert seen.complaints == [], path
        assert "</html>" in seen.document


def test_a_board_says_that_it_polls_where_no_socket_is_and_takes_over_a_correction(live_server, story, tmp_path):
    seen = look(f"{live_server.url}/cycles/{story.cycle.key}/boards/result/", tmp_path)
    assert 'data-link="poll"' in seen.document
    assert "refreshed every few seconds" in seen.document
    Cycle.objects.filter(pk=story.cycle.pk).update(state="closed")
    over = look(f"{live_server.url}/cycles/{story.cycle.key}/boards/result/", tmp_path)
    assert "data-link" not in over.document


def test_times_are_told_in_the_viewers_zone(live_server, story, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    seen = look(f"{live_server.url}/cycles/{story.cycle.key}/boards/result/", tmp_path)
    assert re.search(r"<time[^>]*title=\"[^\"]* UTC\"[^>]*>[^<]*GMT\+9", seen.document)
