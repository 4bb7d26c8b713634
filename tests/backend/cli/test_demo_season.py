"""The season of the demo shows every part of the game at work: it is where people look how it goes."""

import pytest
from django.utils.timezone import now

from backend.cli.demo_data import begin_here, season
from backend.cli.demo_data.people import known_people
from games.recognition.models import Cheer, Credit, EarnedBadge, Exchange, GoalReached, GroupWeek, Points, QuestFinished, Win
from games.recognition.queries.game import today_in, weeks_of
from games.recognition.queries.watching import flags_of
from leaderboards.models import Standing

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def test_every_part_of_the_game_is_alive_in_the_season():
    cycle = season.load(known_people())
    begin_here()
    rows = {"cycle": cycle}
    given = set(Points.objects.filter(**rows, amount__gt=0).values_list("rule", flat=True))
    assert given == {*("report", "try", "test", "helped", "barrier", "idea", "idea.credit", "quest", "together")}
    badges = set(EarnedBadge.objects.filter(**rows).values_list("badge", flat=True))
    assert badges >= {"first-report", "first-test", "brave", "helpful"}
    assert Credit.objects.filter(points__cycle=cycle).exists()
    assert QuestFinished.objects.filter(**rows).exists()
    assert GoalReached.objects.filter(**rows).exists()
    assert GroupWeek.objects.filter(**rows, acts__gt=0).exists()
    streak, league = weeks_of(cycle, cycle.groups.get(key="ward-seven"), today_in(cycle, now()))
    assert streak is not None
    assert streak.longest > 0
    assert league is not None
    assert {"first_test", "built_upon"} <= set(Win.objects.filter(**rows).values_list("kind", flat=True))
    assert Cheer.objects.filter(win__cycle=cycle).exists()
    assert {"thanks", "helped", "built"} <= set(Exchange.objects.filter(**rows).values_list("kind", flat=True))
    assert {one.kind for one in flags_of(cycle, open_only=True)} == {"pair", "motion"}
    cheers = Cheer.objects.filter(win__cycle=cycle).count()
    begin_here()
    assert Cheer.objects.filter(win__cycle=cycle).count() == cheers, "a second start finds it"
    boards = Standing.objects.filter(board__scope=cycle.pk, place__gt="").values_list("board__key", flat=True)
    assert set(boards) >= {"season", "activity", "originators", "builders"}
