"""Who hears of suggestions to the rules, and that reading was dealt."""

import pytest

from games.journal.models import JournalEntry
from games.learning.actions.study import deal_readings
from games.notices.actions.reactions import react
from games.notices.models import Notice
from games.suggestions import actions
from tests.cast import Cast
from tests.factories.studying import entered, studying
from tests.factories.suggestions import between_rounds, suggested

pytestmark = pytest.mark.django_db
APPEALS = [{"path": 'rounds["final"].appeal_days', "value": 7}]


def told(kind: str) -> list[str]:
    """React to every act of a kind, twice; the names of those who were told."""
    for _ in range(2):
        for one in JournalEntry.objects.filter(kind=kind).order_by("pk"):
            react(one.pk)
    names = Notice.objects.order_by("pk").values_list("person__name", flat=True)
    found = list(names)
    Notice.objects.all().delete()
    return found


def test_organizers_hear_of_suggestions_once_a_day(cast: Cast):
    for _ in range(3):
        suggested(cast)
    assert told("suggestion.made") == ["Org"]


def test_its_author_and_who_supports_it_hear_how_it_was_decided_and_that_it_is_a_rule(cast: Cast):
    row = suggested(cast, change=APPEALS)
    actions.support(suggestion=row, by=cast.ben.user)
    actions.accept(suggestion=row, by=cast.org.user, answer="Fair.")
    assert sorted(told("suggestion.decided")) == ["Ada", "Ben"]
    between_rounds(cast)
    actions.pass_gate(cast.final, "go", by=cast.org.user, reason="Ready.")
    assert sorted(told("suggestion.applied")) == ["Ada", "Ben"]


def test_that_it_is_open_again_nobody_is_told(cast: Cast):
    row = actions.decline(suggestion=suggested(cast), by=cast.org.user, answer="No.")
    actions.reopen(suggestion=row, by=cast.org.user)
    assert told("suggestion.decided") == []


def test_a_team_hears_that_there_is_something_to_read(cast: Cast):
    studying(cast)
    for group in (cast.red, cast.blue):
        entered(cast, group)
    cast.publish(cast.call)
    deal_readings(cast.call, by=cast.org.user)
    for one in JournalEntry.objects.filter(kind="study.begun"):
        react(one.pk)
        react(one.pk)
    rows = list(Notice.objects.order_by("path").values_list("person__name", "path"))
    assert rows == [("Ben", "/cycles/water/teams/blue/study/"), ("Ada", "/cycles/water/teams/red/study/")]
