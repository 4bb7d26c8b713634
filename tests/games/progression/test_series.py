"""Standings over the cycles of a series: sum, best n of m, points by place, half-life, and what a place is worth in its field."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.cycles.models import Series
from games.errors import Invalid
from games.journal.queries import db_now
from games.playbooks.schema import DesignRefused, Season, parse_design
from games.progression.series import SeriesRule, declared_rule, rule_of, series_standings
from leaderboards.models import Board, Snapshot
from tests.factories.cycles import START, CycleFactory, small, small_design
from tests.factories.groups import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db
NOW = START
SCORES = ({"aqua": "10", "brook": "8", "cloud": "1"}, {"aqua": "2", "brook": "9", "cloud": "3"}, {"brook": "4", "aqua": "3"})


@pytest.fixture
def series():
    """Three cycles, 90 days apart; aqua, brook and (not in the last) cloud in each."""
    found = Series.objects.create(key="waters", name="Waters")
    before: dict[str, object] = {}
    for number, scores in enumerate(SCORES):
        over = NOW + timedelta(days=90 * number)
        cycle = CycleFactory(series=found, starts_at=over - timedelta(days=30), ends_at=over, state="closed")
        before = {key: GroupFactory(cycle=cycle, key=key, name=key.title(), predecessor=before.get(key)) for key in scores}
        board = Board.objects.create(scope=cycle.pk, key="result", number=1, name="Result", spec={"key": "result"})
        ranked = sorted(scores.items(), key=lambda one: -float(one[1]))
        rows = [
            {"entry": key, "line": 0, "name": key.title(), "bracket": "", "rank": n, "place": str(n), "score": score}
            for n, (key, score) in enumerate(ranked, 1)
        ]
        Snapshot.objects.create(board=board, number=1, design_number=1, rows=rows, digest="x", published_at=over)
    return found


def totals(series, **rule):
    return {row.name: row.score for row in series_standings(series, SeriesRule(**rule))}


def test_scores_add_up_and_only_the_best_may_count(series):
    assert totals(series) == {"Brook": "21", "Aqua": "15", "Cloud": "4"}
    assert totals(series, best=2) == {"Brook": "17", "Aqua": "13", "Cloud": "4"}
    assert totals(series, best=1) == {"Aqua": "10", "Brook": "9", "Cloud": "3"}


def test_places_become_points(series):
    assert totals(series, by="place", points=(Fraction(10), Fraction(6), Fraction(1))) == {
        "Brook": "26",
        "Aqua": "17",
        "Cloud": "7",
    }


def test_a_cycle_two_half_lives_ago_counts_a_quarter(series):
    """Exact where the power is: 10/4 + 2/2 + 3, 8/4 + 9/2 + 4, 1/4 + 3/2."""
    assert totals(series, half_life=Fraction(90)) == {"Brook": "10.5", "Aqua": "6.5", "Cloud": "1.75"}


def test_thirty_days_of_a_half_life_of_ninety_leave_what_they_should(series):
    """Oracle O-HL: what was 100 thirty days ago is 79.370053."""
    first, second, third = (board.pk for board in Board.objects.order_by("scope"))
    del second
    Board.objects.exclude(pk__in=[first, third]).update(number=2)
    over = db_now()
    cycles = list(Series.objects.get(pk=series.pk).cycles.order_by("starts_at"))
    type(cycles[0]).objects.filter(pk=cycles[0].pk).update(ends_at=over - timedelta(days=30))
    type(cycles[2]).objects.filter(pk=cycles[2].pk).update(ends_at=over)
    assert totals(series, half_life=Fraction(90))["Cloud"] == "0.793701"


def test_a_place_is_worth_more_in_a_larger_field_and_to_a_small_team(series):
    """As in oracle O-KAG, with three and two teams instead of a thousand: 100000 * log10(1 + log10 3) = 16941.2 for a first place."""
    alone = totals(series, by="field", best=1)
    assert list(alone) == ["Brook", "Aqua", "Cloud"]
    group = series.cycles.order_by("starts_at")[1].groups.get(key="brook")
    for _ in range(4):
        MembershipFactory(group=group, cycle=group.cycle)
    again = totals(series, by="field", best=1)
    assert Fraction(again["Brook"]) < Fraction(alone["Brook"])
    assert again["Aqua"] == alone["Aqua"]


def test_the_newest_cycle_that_says_how_decides(series):
    cycles = list(series.cycles.order_by("starts_at"))
    assert declared_rule(cycles) == SeriesRule()
    CycleFactory(series=series, starts_at=NOW + timedelta(days=400), design=small_design(season={"best": 1}))
    assert [row.score for row in series_standings(series)] == ["10", "9", "3"]
    CycleFactory(
        series=series, starts_at=NOW + timedelta(days=500), design=small_design(season={"by": "place", "points": [3, 1]})
    )
    assert {row.name: row.score for row in series_standings(series)} == {"Brook": "7", "Aqua": "4", "Cloud": "1"}


def test_a_rule_declared_reads_back_as_it_was_written():
    found = rule_of(Season.model_validate({"by": "place", "points": [10, "6.5"], "best": 2, "half_life": 90}))
    assert found == SeriesRule("place", best=2, points=(Fraction(10), Fraction("6.5")), half_life=Fraction(90), declared=True)


@pytest.mark.parametrize(
    ("season", "said"),
    [
        ({"half_life": 0}, "days above 0"),
        ({"by": "field", "points": [1]}, "gives points itself"),
        ({"by": "place", "half_life": 30}, "look better with time"),
        ({"by": "rating", "best": 2}, "no such setting"),
        ({"by": "rating", "combine": "mean"}, "no such setting"),
        ({"points": [-1], "by": "place"}, "at least 0"),
    ],
)
def test_seasons_that_say_nothing_sensible_are_refused(season, said):
    with pytest.raises(DesignRefused) as refused:
        parse_design(small(season=season), start=START)
    assert said in str(refused.value.problems)


def test_places_that_fade_are_refused_where_less_is_better(series):
    with pytest.raises(Invalid, match="look better with time"):
        series_standings(series, SeriesRule(by="place", half_life=Fraction(30)))


def test_a_rating_moves_with_each_cycle_and_who_has_played_little_stands_lower(series):
    """aqua, brook, cloud; brook, cloud, aqua; brook, aqua: aqua came last twice, cloud was not there."""
    rows = series_standings(series, SeriesRule(by="rating"))
    assert [(row.place, row.name) for row in rows] == [("1", "Brook"), ("2", "Cloud"), ("3", "Aqua")]
    for row in rows:
        assert Fraction(row.score) == sum(Fraction(one) for one in row.results.values()), "what each cycle moved adds up"
    assert any(Fraction(one) < 0 for one in rows[-1].results.values())
    with pytest.raises(Invalid, match="nothing else"):
        series_standings(series, SeriesRule(by="rating", best=2))


def correct(cycle, number, **scores):
    """A correction: the board of a cycle is published again."""
    board = Board.objects.get(scope=cycle.pk)
    ranked = sorted(scores.items(), key=lambda one: -float(one[1]))
    rows = [
        {"entry": key, "line": 0, "name": key.title(), "bracket": "", "rank": n, "place": str(n), "score": score}
        for n, (key, score) in enumerate(ranked, 1)
    ]
    Snapshot.objects.create(board=board, number=number, design_number=1, rows=rows, digest=f"x{number}", published_at=db_now())


def rows_read(statements):
    """Of which snapshots the rows were asked for: how many, or none."""
    asked = [one["sql"] for one in statements if '"rows"' in one["sql"] and "leaderboards_snapshot" in one["sql"]]
    return sum(one.partition(" IN (")[2].count(",") + 1 for one in asked)


def test_a_correction_in_the_middle_is_worked_out_from_there_on(series, django_assert_num_queries):
    rule, cycles = SeriesRule(by="rating"), list(series.cycles.order_by("starts_at"))
    with CaptureQueriesContext(connection) as statements:
        before = series_standings(series, rule)
    assert rows_read(statements) == 3
    with django_assert_num_queries(4), CaptureQueriesContext(connection) as statements:
        assert series_standings(series, rule) == before
    assert rows_read(statements) == 0
    correct(cycles[1], 2, cloud="9", aqua="3", brook="2")
    with CaptureQueriesContext(connection) as statements:
        after = series_standings(series, rule)
    assert rows_read(statements) == 1, (
        "of the corrected cycle; the first is not read again, the third not either, only reckoned anew"
    )
    assert after != before
    assert {row.name: row.results[cycles[0].pk] for row in after} == {row.name: row.results[cycles[0].pk] for row in before}
    cache.clear()
    assert series_standings(series, rule) == after, "as from the beginning"


CHANGES = st.lists(
    st.tuples(st.integers(0, 2), st.dictionaries(st.sampled_from(["aqua", "brook"]), st.integers(0, 9).map(str), min_size=1)),
    max_size=4,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, by=st.sampled_from(["rating", "score", "field", "place"]))
def test_after_any_corrections_what_was_kept_gives_what_a_full_replay_gives(series, changes, by):
    rule, cycles = SeriesRule(by=by), list(series.cycles.order_by("starts_at"))
    for which, scores in changes:
        number = Snapshot.objects.filter(board__scope=cycles[which].pk).count() + 1
        correct(cycles[which], number, **scores)
        kept = series_standings(series, rule)
        cache.clear()
        assert series_standings(series, rule) == kept


def test_a_team_that_is_joined_to_another_one_is_rated_anew_from_there(series):
    rule, cycles = SeriesRule(by="rating"), list(series.cycles.order_by("starts_at"))
    series_standings(series, rule)
    cycles[1].groups.filter(key="cloud").update(predecessor=None)
    found = series_standings(series, rule)
    cache.clear()
    assert found == series_standings(series, rule)
    assert len(found) == 4


def test_a_team_that_keeps_its_name_to_itself_counts_for_itself_in_a_rating_too(series):
    rule, last = SeriesRule(by="rating"), list(series.cycles.order_by("starts_at"))[-1]
    correct(last, 2, **{"unnamed-0011223344": "9", "aqua": "1"})
    found = series_standings(series, rule)
    assert [(row.name, row.groups) for row in found if row.name.startswith("A team")] == [
        ("A team that keeps its name to itself", {})
    ]
    assert series_standings(series, rule) == found


def test_more_cycles_take_no_more_statements(series, django_assert_num_queries):
    series_standings(series)
    with django_assert_num_queries(5):
        series_standings(series)
    for n in range(10):
        CycleFactory(series=series, starts_at=NOW + timedelta(days=600 + n))
    with django_assert_num_queries(5):
        series_standings(series)


def test_the_page_shows_what_was_declared_and_other_ways_to_add_up(series, client):
    page = f"/series/{series.key}/"
    text = client.get(page).content.decode()
    assert ("The scores on the main boards count." in text, 'aria-current="true">As declared' in text) == (True, True)
    assert "half" in client.get(f"{page}?by=fading").content.decode()
    assert "√" in client.get(f"{page}?by=field").content.decode()
    assert "Begins at 0" in client.get(f"{page}?by=rating").content.decode()
    assert client.get(f"{page}?by=nothing").status_code == 200
