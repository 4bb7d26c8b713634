"""A team that tests nothing for eight days is asked, kindly, what it tries next: where the round asks for tests, and not again and again."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from games.cycles.models import Cycle
from games.cycles.models import Design as DesignRow
from games.learning.models import ChangeTest
from games.learning.queries import rhythm_of
from games.notices.actions import ask_the_silent
from games.notices.models import Message, Notice
from games.rounds.models import Round
from tests.cast import Cast
from tests.factories.cycles import small_design
from tests.factories.learning import finished
from worker.tasks import remind

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def began(cast: Cast) -> datetime:
    """The call asks for tests, and began this moment."""
    rules = small_design(rounds=[{"key": "call", "tests": True}])
    DesignRow.objects.filter(cycle=cast.cycle).update(data=rules.data(), digest="t" * 64)
    at = now()
    Round.objects.filter(pk=cast.call.pk).update(opens_at=at, closes_at=at + 60 * DAY)
    return at


def asked() -> list[str]:
    return sorted(Notice.objects.filter(key__startswith="silent:").values_list("person__key", flat=True))


def test_after_eight_days_of_silence_a_team_is_asked_once(cast: Cast, began: datetime) -> None:
    assert ask_the_silent(now=began + 8 * DAY - timedelta(minutes=1)) == 0
    assert ask_the_silent(now=began + 8 * DAY) == 2
    assert ask_the_silent(now=began + 9 * DAY) == 0
    assert asked() == ["ada", "ben"]
    mail = Message.objects.get(person=cast.ada.person, kind="tests.silent")
    assert mail.subject == "What does Red Herons try next? Clean water"
    assert "8 days since Red Herons planned" in mail.body
    assert "/cycles/water/teams/red/tests/" in mail.body


def test_whoever_tests_is_left_alone_until_it_falls_silent_again(cast: Cast, began: datetime) -> None:
    test = finished(cast.red)
    ChangeTest.objects.filter(pk=test.pk).update(created_at=began, began_at=began + DAY, acted_at=began + 3 * DAY)
    ask_the_silent(now=began + 10 * DAY)
    assert asked() == ["ben"]
    ask_the_silent(now=began + 11 * DAY)
    assert asked() == ["ada", "ben"]
    cast.cycle.starts_at = began
    tempo = {days: rhythm_of(cast.cycle, began + days * DAY)[cast.red.pk].tempo for days in (4, 11, 33)}
    assert tempo[4] > tempo[11] > tempo[33] == 0, "and its tempo drops"


def test_a_long_silence_is_asked_about_twice_and_then_no_more(cast: Cast, began: datetime) -> None:
    for days in range(1, 59):
        ask_the_silent(now=began + days * DAY)
    assert asked() == ["ada", "ada", "ben", "ben"]


def test_nobody_is_asked_where_nothing_asks_for_tests(cast: Cast) -> None:
    Round.objects.filter(pk=cast.call.pk).update(opens_at=now() - 30 * DAY)
    assert ask_the_silent() == 0


@pytest.mark.parametrize("state", ["paused", "closed", "draft"])
def test_nobody_is_asked_while_the_cycle_rests(cast: Cast, began: datetime, state: str) -> None:
    Cycle.objects.filter(pk=cast.cycle.pk).update(state=state)
    assert ask_the_silent(now=began + 9 * DAY) == 0


def test_the_clock_of_the_worker_asks(cast: Cast, began: datetime) -> None:
    Round.objects.filter(pk=cast.call.pk).update(opens_at=began - 9 * DAY)
    remind()
    remind()
    assert asked() == ["ada", "ben"]
