"""How much a team tells, tries and asks within a time: a clear refusal says when it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from games.ideas import actions
from games.ideas.models import Idea, IdeaVersion
from games.ideas.rules import DAY, HOUR, NAMELESS_A_DAY, TELLINGS, TooFast, check_pace
from games.learning.models import ChangeTest
from games.learning.rules.testing import PLANS
from games.talk.models import Thread
from games.talk.rules import THREADS
from tests.cast import Cast
from tests.factories.ideas import shared, telling
from tests.factories.learning import planned
from tests.factories.talk import asked

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=59, seconds=1), "1 minute."),
        (timedelta(minutes=18), "42 minutes."),
        (timedelta(0), "60 minutes."),
    ],
)
def test_the_refusal_says_when_it_goes_on(ago: timedelta, words: str):
    limits = ((HOUR, 2), (DAY, 3))
    check_pace([AT - ago, AT - HOUR], limits, AT, what="ideas")
    with pytest.raises(TooFast, match="2 ideas within an hour") as refused:
        check_pace([AT, AT - ago], limits, AT, what="ideas")
    assert refused.value.message.endswith(words)
    assert refused.value.status == 429


def test_the_day_has_a_limit_of_its_own_and_what_is_older_does_not_count():
    limits = ((HOUR, 2), (DAY, 3))
    check_pace([AT - DAY, AT - 5 * HOUR, AT - 3 * HOUR], limits, AT, what="ideas")
    with pytest.raises(TooFast, match=r"3 ideas within a day.*go on in 4 hours"):
        check_pace([AT - 5 * HOUR, AT - 3 * HOUR, AT - timedelta(hours=20, minutes=30)], limits, AT, what="ideas")


def told(cast: Cast, count: int, *, at: Any = None, **values: Any) -> None:
    """So many ideas of the red herons with a version each, as the database has them."""
    frame: dict[str, Any] = {"cycle": cast.cycle, "kind": "how-to", "group": cast.red, "shared_at": at or now()} | values
    first = Idea.objects.count() + 1
    made = Idea.objects.bulk_create(Idea(number=number, title="x", **frame) for number in range(first, first + count))
    IdeaVersion.objects.bulk_create(IdeaVersion(idea=one, number=1, title="x", at=one.shared_at) for one in made)


@pytest.mark.django_db
def test_a_team_tells_so_many_ideas_and_versions_an_hour_and_other_teams_go_on(cast: Cast):
    idea = shared(cast)
    told(cast, TELLINGS[0][1] - 1)
    with pytest.raises(TooFast):
        shared(cast, "One more")
    with pytest.raises(TooFast):
        actions.share_version(idea=idea, told=telling("Anew"), by=cast.ada.user)
    assert shared(cast, group=cast.blue, by=cast.ben.user).pk
    IdeaVersion.objects.filter(idea__group=cast.red).update(at=now() - HOUR - timedelta(seconds=1))
    assert shared(cast, "One more").pk


@pytest.mark.django_db
def test_stories_count_as_ideas_and_those_without_a_name_by_the_day_of_the_cycle(cast: Cast):
    words = telling("Why it broke")
    actions.tell_story(cycle=cast.cycle, told=words, by=cast.org.user)
    told(cast, TELLINGS[0][1])
    with pytest.raises(TooFast):
        actions.tell_story(cycle=cast.cycle, told=words, by=cast.ada.user, group=cast.red)
    story, _key = actions.tell_story(cycle=cast.cycle, told=words, by=cast.ada.user, nameless=True)
    told(cast, NAMELESS_A_DAY - 1, at=story.shared_at, key_digest="x", group=None)
    with pytest.raises(TooFast, match="Go on tomorrow"):
        actions.tell_story(cycle=cast.cycle, told=words, by=cast.ada.user, nameless=True)


@pytest.mark.django_db
def test_a_team_plans_so_many_tests_an_hour(cast: Cast):
    count = PLANS[0][1]
    ChangeTest.objects.bulk_create(
        ChangeTest(cycle=cast.cycle, number=number, group=cast.red, title="x") for number in range(1, count + 1)
    )
    with pytest.raises(TooFast, match=f"{count} tests within an hour"):
        planned(cast.red)
    assert planned(cast.blue).number == count + 1


@pytest.mark.django_db
def test_a_team_opens_so_many_threads_an_hour_whoever_of_it_does(cast: Cast):
    made: dict[str, Any] = {"cycle": cast.cycle, "kind": "question", "title": "x", "opened_at": now(), "last_at": now()}
    count = THREADS[0][1]
    Thread.objects.bulk_create(Thread(number=number, group=cast.red, **made) for number in range(1, count + 1))
    with pytest.raises(TooFast, match=f"{count} threads within an hour"):
        asked(cast, who=cast.ada)
    assert asked(cast, who=cast.ben).number == count + 1
