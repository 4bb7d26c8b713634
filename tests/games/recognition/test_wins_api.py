"""Small wins, cheers, weeks and flags over the API: who sees what, who may do what."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.models import Design
from games.journal.actions import seal_pending
from games.recognition.actions import read_journal
from games.recognition.models import LearningWeek, WatchFlag, Win
from tests.cast import Actor, Cast
from tests.factories.cycles import small_design
from tests.factories.groups import GroupFactory
from tests.factories.learning import an_idea, finished

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def win(cast: Cast) -> Win:
    finished(cast.blue, an_idea(cast.red), by=cast.ben.user)
    seal_pending()
    while read_journal(cast.cycle):
        pass
    return Win.objects.get(kind="adopted")


@pytest.fixture
def flag(cast: Cast) -> WatchFlag:
    row = WatchFlag.objects.create(cycle=cast.cycle, number=1, kind="pair", key="1-2", found_at=now(), seen_at=now())
    row.groups.set([cast.red, cast.blue])
    return row


def found(who: Actor, what: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = who.api.get(f"{ROOT}/{what}").json()["results"]
    return rows


def test_a_win_is_told_with_whom_it_names(cast: Cast, win: Win) -> None:
    (row,) = found(cast.org, "wins?kind=adopted")
    assert (row["group_key"], row["idea"], row["partner"], row["cheers"]) == ("red", 1, cast.blue.pk, 0)
    (row,) = found(cast.ada, f"wins?group={cast.red.pk}")
    assert row["partner"] is None  # she may not read the test of the others
    assert [one["kind"] for one in found(cast.judith, "wins")] == ["first_test"]


def test_others_cheer_over_the_api(cast: Cast, win: Win) -> None:
    url = f"{ROOT}/wins/{win.pk}"
    assert cast.ben.api.post(f"{url}/cheer").json() == {"cheers": 1}
    assert cast.ben.api.post(f"{url}/cheer").json()["code"] == "cheer_refused"
    assert found(cast.ben, "wins?kind=adopted")[0]["cheered"] is True
    assert cast.ben.api.post(f"{url}/cheer-back").json() == {"cheers": 0}
    assert cast.ada.api.post(f"{url}/cheer").status_code == 403
    assert cast.eve.api.post(f"{url}/cheer").status_code == 404


def test_switched_off_they_are_not_shown(cast: Cast, win: Win) -> None:
    rules = small_design(recognition={"wins": False})
    Design.objects.filter(cycle=cast.cycle).update(data=rules.data(), digest="w" * 64)
    assert found(cast.org, "wins") == []
    assert cast.org.api.get(f"{ROOT}/wins/{win.pk}").status_code == 404
    assert cast.org.client.get("/cycles/water/wins/").status_code == 404
    assert cast.ada.client.get("/cycles/water/teams/red/wins/").status_code == 404


def test_organizers_settle_a_flag_with_a_reason(cast: Cast, flag: WatchFlag) -> None:
    url = f"{ROOT}/watch-flags/{flag.pk}"
    assert cast.org.api.post(f"{url}/dismiss", {}).status_code == 422
    answer = cast.org.api.post(f"{url}/dismiss", {"reason": "One workshop."}).json()
    assert (answer["state"], answer["reason"], sorted(answer["groups"])) == (
        "dismissed",
        "One workshop.",
        sorted([cast.red.pk, cast.blue.pk]),
    )
    assert cast.org.api.post(f"{url}/acted", {"reason": "Again."}).json()["code"] == "flag_settled"


@pytest.mark.outsider
def test_outsiders_read_neither_wins_nor_weeks_nor_flags(cast: Cast, win: Win, flag: WatchFlag) -> None:
    for who in (cast.eve, cast.visitor):
        assert found(who, "wins") == found(who, "learning-weeks") == found(who, "watch-flags") == []
        assert who.api.get(f"{ROOT}/wins/{win.pk}").status_code == 404
    for who in (cast.ada, cast.judith):
        assert found(who, "watch-flags") == []
        assert who.api.post(f"{ROOT}/watch-flags/{flag.pk}/dismiss", {"reason": "No."}).status_code == 404
    assert {row["group"] for row in found(cast.ben, "learning-weeks")} == {cast.blue.pk}
    assert LearningWeek.objects.exclude(group=cast.blue).exists() is False
    assert {row["group"] for row in found(cast.org, "learning-weeks")} == {cast.blue.pk}


@pytest.mark.parametrize("what", ["wins", "learning-weeks", "watch-flags"])
def test_as_many_statements_for_300_as_for_three(cast: Cast, what: str) -> None:
    groups = [GroupFactory.create(cycle=cast.cycle, key=f"g{number}") for number in range(3)]
    api = cast.org.api

    def statements(count: int) -> int:
        first = Win.objects.count()
        each = [(groups[number % 3], first + number) for number in range(count)]
        Win.objects.bulk_create(
            Win(cycle=cast.cycle, group=group, kind="first_test", key=str(number), seal=1, at=now()) for group, number in each
        )
        WatchFlag.objects.bulk_create(
            WatchFlag(cycle=cast.cycle, number=number + 1, kind="pair", key=str(number), found_at=now(), seen_at=now())
            for _, number in each
        )
        with CaptureQueriesContext(connection) as told:
            assert api.get(f"{ROOT}/{what}").status_code == 200
        return len(told)

    few, many = statements(3), statements(300)
    assert few == many <= 8
