"""The game on pages: for the team what it has and what is near, for everybody what is asked for, and the same number of statements for many."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.models import Cycle
from games.groups.models import Group
from games.recognition.models import EarnedBadge, GroupWeek
from games.recognition.queries.game import today_in
from games.recognition.rules.game import monday
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.games.recognition.test_game import GAME, read
from tests.games.recognition.test_points import happen

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(cast: Cast) -> tuple[Cycle, Group, Group]:
    """A cycle in which ada's team has handed in and tried, the other nothing."""
    surprise = {"key": "secret", "name": "Nobody knows", "event": "test.acted", "surprise": True, "count": 9}
    cycle = CycleFactory.create(design=small_design(**(GAME | {"badges": [*GAME["badges"], surprise]})))
    red, blue = GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)
    MembershipFactory(group=red, cycle=cycle, person=cast.ada.person, role="member", capabilities=["submit"])
    happen(cycle, ("submission.received", "submission:1", red, 0), ("test.acted", "change_test:1", red, 1))
    read(cycle)
    return cycle, red, blue


def page(actor: Any, path: str) -> str:
    answer = actor.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def test_a_team_finds_what_it_has_earned_and_what_is_near(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    shown = page(cast.ada, f"/cycles/{cycle.key}/teams/{red.key}/game/")
    for words in (
        "Weeks in a row",
        "Quests",
        "1 of 2 done",
        "All together",
        "1 of 2 teams",
        "Badges",
        "Still to earn",
        "Level 1",
    ):
        assert words in shown, words
    assert "Nobody knows" not in shown


def test_everybody_reads_what_can_be_earned_and_who_earned_last(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    shown = page(cast.visitor, f"/cycles/{cycle.key}/game/")
    assert "And 1 surprise." in shown
    assert "An entry handed in" in shown
    assert red.name in shown
    assert "Nobody knows" not in shown
    assert "pioneer" in page(cast.visitor, f"/cycles/{cycle.key}/groups/{red.key}/")


@pytest.mark.outsider
def test_a_teams_game_is_its_own_and_a_hidden_team_is_not_named(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    assert cast.eve.client.get(f"/cycles/{cycle.key}/teams/{red.key}/game/").status_code == 404
    assert cast.eve.client.get(f"/cycles/{cycle.key}/teams/nobody/game/").status_code == 404
    Group.objects.filter(pk=red.pk).update(rank_hidden=True)
    assert red.name not in page(cast.eve, f"/cycles/{cycle.key}/game/")
    assert "pioneer" not in page(cast.eve, f"/cycles/{cycle.key}/groups/{red.key}/")
    assert "pioneer" in page(cast.ada, f"/cycles/{cycle.key}/teams/{red.key}/game/")


def test_without_a_game_there_is_no_page_and_no_tab(cast: Cast) -> None:
    cycle = CycleFactory.create(design=small_design(**(GAME | {"recognition": dict.fromkeys(SWITCHES, False)})))
    assert cast.visitor.client.get(f"/cycles/{cycle.key}/game/").status_code == 404
    assert f"/cycles/{cycle.key}/game/" not in page(cast.visitor, f"/cycles/{cycle.key}/rules/")


SWITCHES = ("points", "badges", "levels", "streaks", "quests", "together", "leagues", "wins")


def test_the_pages_cost_the_same_with_few_teams_and_many(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    week = monday(today_in(cycle, now()))
    paths = [(cast.visitor.client, f"/cycles/{cycle.key}/game/"), (cast.ada.client, f"/cycles/{cycle.key}/teams/{red.key}/game/")]
    for back in (0, 7):
        GroupWeek.objects.create(cycle=cycle, group=red, week=week - timedelta(days=back), acts=1, points=10)
    counts: dict[str, list[int]] = {}
    for number in (1, 28):
        for at in range(number):
            group = GroupFactory.create(cycle=cycle)
            EarnedBadge.objects.create(cycle=cycle, badge="first", group=group, design_number=1, seal=at, at=now())
            for back in (0, 7):
                GroupWeek.objects.create(cycle=cycle, group=group, week=week - timedelta(days=back), acts=1, points=10)
        for client, path in paths:
            assert client.get(path).status_code == 200
            with CaptureQueriesContext(connection) as queries:
                shown = client.get(path).content.decode()
            sent = [one["sql"] for one in queries.captured_queries if "games_design" not in one["sql"]]
            counts.setdefault(path, []).append(len(sent))
    assert "Our league this week" in shown
    for path, (few, many) in counts.items():
        assert few == many <= 12, (path, few, many)
