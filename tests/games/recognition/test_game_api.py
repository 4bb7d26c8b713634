"""The game over the API: who reads what, in how many statements, and nothing of what is switched off."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.groups.models import Group
from games.recognition.models import EarnedBadge
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.games.recognition.test_game import GAME, read
from tests.games.recognition.test_points import happen

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(cast: Cast) -> tuple[Cycle, Group, Group]:
    """A cycle in which ada's team has handed in and tried, the other nothing."""
    surprise = {"key": "secret", "event": "test.acted", "surprise": True, "count": 9}
    cycle = CycleFactory.create(design=small_design(**(GAME | {"badges": [*GAME["badges"], surprise]})))
    red, blue = GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)
    MembershipFactory(group=red, cycle=cycle, person=cast.ada.person, role="member", capabilities=["submit"])
    happen(cycle, ("submission.received", "submission:1", red, 0), ("test.acted", "change_test:1", red, 1))
    read(cycle)
    return cycle, red, blue


def test_badges_are_read_with_their_criteria_in_words(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    found = cast.visitor.api.get(f"/api/v1/game?cycle={cycle.pk}").json()["results"]
    assert {(one["badge"], one["group"]) for one in found} == {("first", red.pk), ("pioneer", red.pk)}
    assert found[0]["criteria"].startswith("An entry handed in")
    assert cast.visitor.api.get("/api/v1/game?cycle=x").status_code in {400, 422}


def test_the_game_is_told_but_no_surprise(cast: Cast, played: Any) -> None:
    cycle, *_ = played
    game = cast.visitor.api.get(f"/api/v1/game/rules?cycle={cycle.pk}").json()
    assert [one["key"] for one in game["badges"]] == [one["key"] for one in GAME["badges"]]
    assert [(one["key"], one["done"], one["asked"], one["reached_at"]) for one in game["goals"]] == [("all", 1, 2, None)]
    assert [(one["key"], one["needs"], one["finished"]) for one in game["quests"]] == [("three", 2, 0)]
    assert (game["levels"], game["league"], "made good" in game["streak"]) == (True, True, True)
    assert cast.visitor.api.get("/api/v1/game/rules").status_code == 422


@pytest.mark.outsider
def test_how_a_group_stands_is_for_its_members_and_organizers(cast: Cast, played: Any) -> None:
    _, red, _ = played
    mine = cast.ada.api.get(f"/api/v1/game/standing?group={red.pk}").json()
    assert mine["quests"][0]["steps"] == [{"key": "try", "done": 1, "of": 1}, {"key": "tell", "done": 0, "of": 1}]
    assert cast.eve.api.get(f"/api/v1/game/standing?group={red.pk}").status_code == 404
    assert cast.eve.api.get("/api/v1/game/standing?group=999999").status_code == 404
    assert cast.visitor.api.get(f"/api/v1/game/standing?group={red.pk}").status_code in {401, 403}


@pytest.mark.outsider
def test_badges_of_a_team_without_its_name_are_its_own(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    Group.objects.filter(pk=red.pk).update(rank_hidden=True)
    path = f"/api/v1/game?cycle={cycle.pk}"
    assert cast.visitor.api.get(path).json()["results"] == []
    assert cast.eve.api.get(path).json()["results"] == []
    assert len(cast.ada.api.get(path).json()["results"]) == 2


@pytest.mark.outsider
def test_a_badge_of_a_person_is_theirs_alone(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    row = EarnedBadge.objects.get(badge="pioneer")
    row.person = cast.ada.person
    row.save()
    path = f"/api/v1/game?cycle={cycle.pk}&badge=pioneer"
    assert len(cast.ada.api.get(path).json()["results"]) == 1
    assert cast.ben.api.get(path).json()["results"] == cast.visitor.api.get(path).json()["results"] == []
    assert row.group == red


def test_the_list_costs_the_same_with_few_badges_and_many(cast: Cast, played: Any) -> None:
    cycle, red, _ = played
    path, counts = f"/api/v1/game?cycle={cycle.pk}", []
    for number in (2, 30):
        for at in range(number):
            group = GroupFactory.create(cycle=cycle)
            EarnedBadge.objects.create(cycle=cycle, badge="first", group=group, design_number=1, seal=at, at=cycle.created_at)
        cast.visitor.api.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert cast.visitor.api.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert red.pk
