"""What visitors see: home, lists, a cycle, its rules, boards, groups; what stays hidden; how many statements a page takes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.actions import add_design
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.judging.models import Panelist
from games.results.models import ExternalResult
from games.rounds.models import Round
from tests.factories.cycles import CycleFactory, SeriesFactory, small_design
from tests.factories.groups import GroupFactory
from tests.factories.organizations import PersonFactory
from tests.factories.results import judge_final, water

pytestmark = pytest.mark.django_db
INLINE = re.compile(r'<style|\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)')


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    text = response.content.decode()
    assert not INLINE.search(text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), path
    pointed = {
        one for value in re.findall(r'aria-labelledby="([^"]+)"|\sfor="([^"]+)"', text) for part in value for one in part.split()
    }
    assert pointed <= set(ids), path
    return text


def statements(client, path):
    with CaptureQueriesContext(
        connection,
    ) as sent:
        page(client, path)
    return len([one for one in sent if 'FROM "games_design"' not in one["sql"]])


@pytest.fixture
def played(db):
    """The judged competition, both rounds published with whole entries."""
    from games.journal.queries import db_now
    from games.results.actions import publish_boards, recompute_now

    story = water()
    judge_final(story)
    Round.objects.filter(cycle=story.cycle).update(published_at=db_now(), visibility="full")
    recompute_now(story.cycle)
    for key in story.rounds:
        publish_boards(story.cycle, key, now=db_now())
    Cycle.objects.filter(pk=story.cycle.pk).update(state=CycleState.CLOSED.value, ends_at=db_now())
    story.cycle.refresh_from_db()
    return story


def test_home_shows_what_is_on_what_one_can_join_and_who_was_first(client, played):
    CycleFactory(name="Bridges of paper", state="running", design=small_design())
    CycleFactory(name="Reading Cup", state="enrolling", design=small_design())
    CycleFactory(name="Not yet told", state="draft", design=small_design())
    hero, _, text = page(client, "/").partition('id="on-now"')
    assert "Join Reading Cup" in hero
    assert text.index("Bridges of paper") < text.index("Open to join") < text.index("Reading Cup") < text.index("Aqua")
    assert "Not yet told" not in hero + text


def test_every_public_page_of_a_played_cycle_can_be_read(client, played):
    base = f"/cycles/{played.cycle.key}/"
    for path in ("", "rules/", "groups/", "decisions/", "boards/result/", "boards/call/", "rounds/call/", "rounds/call/concept/"):
        page(client, base + path)
    assert "80.69" in page(client, base + "boards/result/")
    assert "Award" in page(client, base)


def test_a_groups_marks_are_shown_with_what_became_of_them_but_not_whose_they_are(client, played):
    text = page(client, f"/cycles/{played.cycle.key}/groups/aqua/")
    assert "81.67" in text
    assert "80.69" in text
    assert "Judge 0" not in text
    assert "judge-0" not in text


def test_unpublished_marks_stay_hidden_from_visitors(client, played):
    Round.objects.filter(cycle=played.cycle, key="final").update(published_at=None, visibility="sealed")
    text = page(client, f"/cycles/{played.cycle.key}/groups/aqua/")
    assert "81.67" in text
    assert "Prototype" not in text
    assert 'id="round-final"' not in text


def test_a_board_names_its_version_and_digest_and_every_past_one_can_be_read(client, played):
    board = played.board("result")
    text = page(client, f"/cycles/{played.cycle.key}/boards/result/")
    assert board.snapshots.get(audience="public").digest in text
    assert "published, version 1" in text
    assert "past version 1" in page(client, f"/cycles/{played.cycle.key}/boards/result/snapshots/1/")
    page(client, f"/cycles/{played.cycle.key}/boards/result/snapshots/9/", status=404)


def test_a_name_is_found_and_its_row_marked(client, played):
    base = f"/cycles/{played.cycle.key}/boards/result/"
    assert "?group=brook#g-brook" in page(client, base + "?q=broo")
    assert "Nobody here is called" in page(client, base + "?q=nobody")
    row = next(one for one in page(client, base + "?group=brook").split("<tr") if 'id="g-brook"' in one)
    assert "is-mine" in row


def test_rows_as_data_are_answered_304_while_nothing_changed(client, played):
    path = f"/cycles/{played.cycle.key}/boards/result/rows/"
    first = client.get(path)
    assert [row["group"] for row in first.json()["rows"]][:2] == ["aqua", "brook"]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=999999", "?bracket=none", "?side=restricted", "?group=none", "?q=%F0%9F%8E%B9"]
)
def test_strange_questions_to_a_board_are_answered_calmly(client, played, query):
    text = page(client, f"/cycles/{played.cycle.key}/boards/result/{query}")
    assert "organizers&#x27; side" not in text


def test_the_restricted_side_is_for_organizers(cast, played):
    from tests.factories.groups import MembershipFactory

    MembershipFactory(group=None, cycle=played.cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    path = f"/cycles/{played.cycle.key}/boards/result/?side=restricted"
    assert "live, organizers" in cast.org.client.get(path).content.decode()
    assert "live, organizers" not in cast.eve.client.get(path).content.decode()


def test_a_series_shows_who_was_first_each_time(client, played):
    series = SeriesFactory(key="waters", name="Waters")
    Cycle.objects.filter(pk=played.cycle.pk).update(series=series)
    text = page(client, "/series/waters/")
    assert "Aqua" in text
    assert "Waters" in page(client, "/series/")
    page(client, "/series/none/", status=404)


@pytest.mark.parametrize(("path", "most"), [("/", 7), ("/cycles/", 7), ("/series/", 3)])
def test_lists_take_as_many_statements_for_three_as_for_one(client, path, most):
    def add(number):
        cycle = CycleFactory(state="closed", series=SeriesFactory(), design=small_design())
        GroupFactory(cycle=cycle)
        from tests.factories.rounds import RoundFactory

        RoundFactory(cycle=cycle)

    add(1)
    one = statements(client, path)
    add(2)
    add(3)
    assert statements(client, path) == one <= most


def test_a_cycles_pages_take_as_many_statements_for_three_groups_as_for_one(client, cast):
    paths = [f"/cycles/water/{part}" for part in ("", "groups/", "rounds/call/", "decisions/", "groups/red/")]
    before = {path: statements(client, path) for path in paths}
    for _ in range(3):
        GroupFactory(cycle=cast.cycle)
    assert {path: statements(client, path) for path in paths} == before
    assert max(before.values()) <= 12


def test_a_hidden_cycle_is_absent_on_every_page(client, cast):
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    for part in ("", "rules/", "groups/", "groups/red/", "decisions/", "boards/result/", "rounds/call/", "rounds/call/concept/"):
        assert cast.eve.client.get(f"/cycles/water/{part}").status_code == 404
        assert client.get(f"/cycles/water/{part}").status_code == 404
    assert "Clean water" not in page(client, "/")
    assert cast.ada.client.get("/cycles/water/").status_code == 200


def test_challenges_of_a_round_to_come_are_not_named(client, cast):
    assert client.get("/cycles/water/rounds/final/prototype/").status_code == 404
    for part in ("", "rules/", "rounds/final/"):
        assert "rototype" not in page(client, f"/cycles/water/{part}")
    assert "Impact" in page(client, "/cycles/water/rounds/call/concept/").title()


def test_an_official_result_lies_beside_the_board_and_is_compared_by_number(client, played):
    for group, place, score in (("aqua", "1", "80.690"), ("brook", "3", "80.07")):
        for name, value in (("place", place), ("score", score)):
            ExternalResult.objects.create(cycle=played.cycle, kind="board", key="result", group=group, name=name, value=value)
    Cycle.objects.filter(pk=played.cycle.pk).update(imported=True)
    ExternalResult.objects.create(
        cycle=played.cycle, kind="external", key="As the jury told it", group="aqua", name="solved", value="7"
    )
    text = page(client, f"/cycles/{played.cycle.key}/boards/result/")
    assert "1 of 2 rows compared are equal" in text
    assert "As the jury told it" in text
    assert "As the jury told it" not in page(client, f"/cycles/{played.cycle.key}/boards/call/")


def test_judges_are_named_where_the_rules_say_so_and_results_are_out_else_counted(client, played):
    path = f"/cycles/{played.cycle.key}/"
    seats = {one.person.name for one in Panelist.objects.filter(challenge__round__cycle=played.cycle).select_related("person")}
    seats = seats or {judge.name for judge in judges_on(played)}
    text = page(client, path)
    assert not any(name in text for name in seats)
    design = design_of(played.cycle)
    named = [one.model_copy(update={"judges_named": one.key == "call"}) for one in design.rounds]
    add_design(played.cycle, design.model_copy(update={"rounds": tuple(named)}), by=None)
    assert all(name in page(client, path) for name in seats)
    assert statements(client, path) <= 12
    Round.objects.filter(cycle=played.cycle, key="call").update(published_at=None)
    assert not any(name in page(client, path) for name in seats)


def judges_on(story):
    """Two judges on the panel of the first round."""
    call = Round.objects.get(cycle=story.cycle, key="call")
    people = [PersonFactory(name=name) for name in ("Judge Alma Winter", "Judge Bo Summer")]
    for person in people:
        Panelist.objects.create(challenge=call.challenges.first(), panel="jury", person=person)
    return people
