"""Who adopted an idea, by name where one may see it; how long what was learned waits to be shared."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.groups.models import Group
from games.ideas.actions import share_idea
from games.ideas.models import IdeaVersion
from games.learning.models import ChangeTest
from games.learning.queries import evidence_and_adopters, evidence_of, rhythm_of
from games.learning.rules import Act
from games.learning.rules.testing import days_to_share
from games.permissions import visible
from tests.cast import Actor, Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared, telling
from tests.factories.learning import an_idea, finished
from tests.factories.submissions import without_designs

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
API = "/api/v1"


def test_what_was_learned_is_shared_with_the_next_thing_that_is_told():
    assert days_to_share([AT], [AT + 2 * DAY]) == 2
    assert days_to_share([AT, AT + DAY], [AT + 2 * DAY, AT + 9 * DAY, AT - DAY]) == Fraction(3, 2)
    assert days_to_share([AT + DAY, AT], [AT + DAY]) == Fraction(1, 2)
    assert days_to_share([AT + 3 * DAY], [AT + 2 * DAY]) is None
    assert days_to_share([], [AT]) is None


@pytest.mark.django_db
def test_learning_told_two_days_after_the_test_is_shown_as_two_days(cast: Cast) -> None:
    test, moment = finished(cast.red), now()
    page, rhythm = "/cycles/water/teams/red/tests/", f"{API}/groups/{cast.red.pk}/rhythm"
    assert cast.ada.api.get(rhythm).json()["days_to_share"] is None
    assert "to sharing what was learned" not in cast.ada.client.get(page).content.decode()
    shared(cast, "For ourselves", audience="own")
    share_idea(cycle=cast.cycle, group=cast.blue, told=telling("Of others"), by=cast.ben.user, audience="teams")
    told = shared(cast, "Boil it, but mind the fuel")
    ChangeTest.objects.filter(pk=test.pk).update(acted_at=moment - 3 * DAY)
    IdeaVersion.objects.filter(idea=told).update(at=moment - DAY)
    assert rhythm_of(cast.cycle, moment, shared=True)[cast.red.pk].share_days == 2
    assert cast.ada.api.get(rhythm).json()["days_to_share"] == "2"
    assert "2 days from a finished test to sharing what was learned" in cast.ada.client.get(page).content.decode()


def names(who: Actor, cast: Cast, idea: int) -> tuple[int, list[str]]:
    found = who.api.get(f"{API}/ideas/{idea}/evidence").json()
    return found["adopted"], [one["name"] for one in found["adopters"]]


@pytest.mark.django_db
def test_adopters_are_counted_and_named_where_one_may_see_that_they_did(cast: Cast) -> None:
    idea, third = an_idea(cast.red), GroupFactory(cycle=cast.cycle, name="Green Herons")
    finished(cast.blue, idea)
    finished(third, idea)
    finished(cast.red, idea)
    assert names(cast.org, cast, idea.pk) == (2, ["Green Herons", cast.blue.name])
    assert names(cast.ada, cast, idea.pk) == (2, []), "their tests are still inside"
    assert names(cast.ben, cast, idea.pk) == (2, [cast.blue.name])
    ben = cast.ben.client
    page = ben.get(f"/cycles/water/ideas/{idea.number}/").content.decode()
    assert '<a href="/cycles/water/groups/blue/">Blue Herons</a>, 1 more team</dd>' in page
    assert "Adopted by" not in cast.ada.client.get(f"/cycles/water/ideas/{idea.number}/").content.decode()
    cast.publish(cast.call)
    with CaptureQueriesContext(connection) as statements:
        ben.get(f"/cycles/water/ideas/{idea.number}/")
    assert len(without_designs(statements)) <= 12, "once signed in"
    assert names(cast.ada, cast, idea.pk) == (2, ["Green Herons", cast.blue.name])
    page = cast.ada.client.get(f"/cycles/water/ideas/{idea.number}/").content.decode()
    assert 'Green Herons</a>, <a href="/cycles/water/groups/blue/">Blue Herons</a></dd>' in page
    finished(third, idea, Act.ABANDON)
    assert names(cast.ada, cast, idea.pk) == (1, [cast.blue.name]), "what counts is the last test"


@pytest.mark.django_db
def test_three_proven_sites_raise_the_grade_and_say_why(cast: Cast) -> None:
    idea = an_idea(cast.red)
    for number in range(3):
        assert (evidence_of([idea])[idea.pk].grade == "B") is False
        finished(GroupFactory(cycle=cast.cycle, name=f"Site {number}"), idea)
    found = evidence_of([idea])[idea.pk]
    idea.refresh_from_db()
    assert (found.grade, idea.grade) == ("B", "B")
    assert found.reasons == ("3 teams elsewhere adopted it.", "For A: adopted by 6 teams of 3 organizations, few abandoning it.")
    rows = visible(cast.org.access, "change_test.view", ChangeTest.objects.all())
    assert [one.name for one in evidence_and_adopters(idea, rows)[1]] == ["Site 2", "Site 1", "Site 0"]
    assert Group.objects.count() == 5
