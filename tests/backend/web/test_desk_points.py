"""The desk's points: rules in words with what they gave, others tried on the real journal, put in force or dropped; outsiders find nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.recognition.actions import read_journal, read_on, try_points
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries import totals_of
from tests.backend.web.test_cycle_pages import page
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db
RULES = [{"key": "share", "name": "An idea for all", "event": "idea.shared", "points": 10, "cap_day": 40}]


def shared(cycle: Cycle, group: object, times: int, first: int = 1) -> None:
    """The group shared so many ideas, each sealed."""
    seal = JournalEntry.objects.count()
    JournalEntry.objects.bulk_create(
        JournalEntry(
            kind="idea.shared",
            subject=f"idea:{group.pk}{number}",
            cycle_id=cycle.pk,
            group_id=group.pk,
            at=db_now() + timedelta(seconds=number),
            seal=seal + number,
        )
        for number in range(first, first + times)
    )


@pytest.fixture
def season(cast):
    """Two teams with points; org organizes."""
    cycle = CycleFactory.create(design=small_design(rules=RULES), state="running")
    MembershipFactory(cycle=cycle, group=None, person=cast.org.person, role="organizer", capabilities=["organize"])
    for name, times in (("Aqua", 3), ("Bora", 1)):
        shared(cycle, GroupFactory(cycle=cycle, name=name, key=name.lower()), times)
    while read_journal(cycle):
        pass
    return cycle


def desk(cycle, more=""):
    return f"/cycles/{cycle.key}/desk/points/{more}"


def sent(**more):
    """The form as it stands, with changes."""
    return {"rule-share-points": "10", "rule-share-cap_day": "40", "new-rule-event": "idea.shared"} | more


def totals(cycle):
    return {row.group.key: row.amount for row in totals_of(cycle)}


@pytest.mark.outsider
def test_outsiders_find_no_page_and_try_nothing(cast, season):
    for outsider in (cast.eve, cast.ada, cast.judith):
        for path in ("", "progress/"):
            assert outsider.client.get(desk(season, path)).status_code == 404
        for path in ("", "2/put/", "drop/"):
            assert outsider.client.post(desk(season, path), sent()).status_code == 404
    assert cast.visitor.client.get(desk(season)).status_code == 302
    assert not PointsCursor.objects.filter(preview_generation__isnull=False).exists()


def test_the_rules_stand_in_words_with_what_they_gave(cast, season):
    html = page(cast.org.client, desk(season))
    assert "An idea for all" in html
    assert "an idea shared" in html
    assert "at most 40 a day" in html
    assert "Taken back if organizers hide it" in html
    assert "points to 2 teams" in html
    assert "for 4 acts" in html


def test_other_rules_are_tried_put_in_force_and_everybody_reads_them(cast, season):
    client = cast.org.client
    assert client.post(desk(season), sent(**{"rule-share-ratio": "0.5"})).status_code == 302
    html = page(client, desk(season))
    assert "1 of 2 teams" in html
    assert "counts half of the one before (10, 5, 2, 1, …)" in html
    assert totals(season) == {"aqua": 30, "bora": 10}, "nothing is shown yet"
    generation = PointsCursor.objects.get(cycle=season).preview_generation
    answer = client.post(desk(season, f"{generation}/put/"), {"reason": " "})
    assert answer.status_code == 422
    assert client.post(desk(season, f"{generation}/put/"), {"reason": "Too much for one day."}).status_code == 302
    season.refresh_from_db()
    assert totals(season) == {"aqua": 17, "bora": 10}
    assert season.design_number == 2
    assert set(Points.objects.filter(generation=generation).values_list("design_number", flat=True)) == {2}
    assert Decision.objects.get(cycle=season).reason == "Too much for one day."
    assert "counts half of the one before" in page(client, f"/cycles/{season.key}/rules/")
    assert "On trial" not in page(client, desk(season))


def test_a_rule_more_and_one_less(cast, season):
    more = {"new-rule-name": "First words", "new-rule-event": "thread.opened", "new-rule-points": "3", "rule-share-gone": "on"}
    assert cast.org.client.post(desk(season), sent(**more)).status_code == 302
    html = page(cast.org.client, desk(season))
    assert "This rule is left out" in html
    assert "First words: 3 points for a question or a barrier posted" in html
    assert "2 of 2 teams" in html
    cast.org.client.post(desk(season, "drop/"))
    assert "On trial" not in page(cast.org.client, desk(season))
    assert totals(season) == {"aqua": 30, "bora": 10}


@pytest.mark.parametrize(
    "wrong", [{"rule-share-points": "many"}, {"rule-share-cap_day": "0"}, {"rule-share-points": "-3", "rule-share-ratio": "0.5"}]
)
def test_what_was_typed_stays_with_the_fault_beside_it(cast, season, wrong):
    answer = cast.org.client.post(desk(season), sent(**wrong) | {"new-rule-name": "Kept words", "new-rule-points": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "errorlist" in html
    assert "Kept words" in html
    assert not PointsCursor.objects.filter(preview_generation__isnull=False).exists()


def test_the_same_rules_are_nothing_to_try(cast, season):
    assert "nothing to try" in cast.org.client.post(desk(season), sent()).content.decode()


def test_a_long_journal_is_read_by_a_worker_and_the_page_tells_how_far(cast, season, monkeypatch):
    monkeypatch.setattr("games.recognition.actions.replaying.AT_ONCE", 2)
    rules = [design_of(season).rules[0].model_copy(update={"points": 1})]
    generation = try_points(season, by=cast.org.user, rules=rules).preview_generation
    html = page(cast.org.client, desk(season))
    assert "being read under these rules" in html
    assert 'hx-get="' in html
    answer = cast.org.client.post(desk(season, f"{generation}/put/"), {"reason": "At once."}, follow=True)
    assert "still being read" in answer.content.decode()
    season.refresh_from_db()
    assert season.design_number == 1
    assert read_on(season, generation=generation, size=2)
    answer = cast.org.client.get(desk(season, "progress/"))
    assert answer["HX-Refresh"] == "true"
    assert "2 of 2 teams" in page(cast.org.client, desk(season))


def test_as_many_statements_for_few_as_for_many(cast, season):
    client, counts = cast.org.client, []
    for more in (1, 30):
        for number in range(more):
            shared(season, GroupFactory(cycle=season), 1, first=100 * more + number)
        while read_journal(season):
            pass
        client.post(desk(season), sent(**{"rule-share-points": str(20 + more)}))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page(client, desk(season))
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= 12
    assert PointsTotal.objects.filter(cycle=season).exists()
