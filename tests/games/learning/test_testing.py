"""A team plans, does, studies and acts; what tests elsewhere say of an idea; how often a team tests."""

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import CreditShare
from games.journal.models import JournalEntry
from games.learning import actions
from games.learning.models import ChangeTest
from games.learning.queries import evidence_of, group_tests, idea_tests, rhythm_of, spread_of
from games.learning.rules import (
    Act,
    ChangeState,
    ChangeTestInvalid,
    ChangeTestRefused,
    Finished,
    comes_next,
    evidence,
    is_silent,
    last_words,
    missing,
    tempo,
    weekly,
)
from games.learning.rules.testing import days_to_learn
from games.organizations.models import Organization
from tests.cast import Cast
from tests.factories.cycles import CycleFactory
from tests.factories.groups import GroupFactory
from tests.factories.learning import an_idea, finished, planned, studied

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TESTS = st.lists(
    st.builds(
        Finished,
        group=st.integers(1, 6),
        act=st.sampled_from(Act),
        at=st.integers(0, 40).map(lambda day: START + day * DAY),
        number=st.integers(1, 10_000),
        organization=st.none() | st.integers(1, 4),
    ),
    max_size=40,
    unique_by=lambda one: one.number,
)
MOMENTS = st.lists(st.integers(0, 24 * 60).map(lambda hour: START + timedelta(hours=hour)), max_size=30)


# --- What tests say together ----------------------------------------------------------------------------------------------------------


@given(TESTS, st.randoms(use_true_random=False))
def test_adoption_is_what_the_last_test_says_in_whatever_order_they_are_told(
    tests: list[Finished], chance: random.Random
) -> None:
    told = list(tests)
    chance.shuffle(told)
    last = last_words(told)
    assert last == last_words(tests)
    for group, one in last.items():
        mine = [each for each in tests if each.group == group]
        assert one == max(mine, key=lambda each: (each.at, each.number))


@given(TESTS, st.sets(st.integers(1, 6)))
def test_evidence_counts_every_group_elsewhere_once(tests: list[Finished], own: set[int]) -> None:
    found = evidence(tests, own)
    elsewhere = {one.group for one in tests} - own
    assert found.tested == len(elsewhere) == found.adopted + found.adapted + found.abandoned
    assert (found.grade == "") == (not elsewhere)
    assert found == evidence([one for one in tests if one.group not in own], ())
    assert "best" not in " ".join(found.reasons).lower()


@given(TESTS)
def test_another_adoption_elsewhere_never_lowers_a_grade(tests: list[Finished]) -> None:
    order = ["", "C", "B", "A"]
    before = evidence(tests, ())
    after = evidence([*tests, Finished(99, Act.ADOPT, START, 20_000)], ())
    assert order.index(after.grade) >= order.index(before.grade)


def said(*acts: tuple[int, Act, int | None]) -> list[Finished]:
    return [Finished(group, act, START + number * DAY, number, house) for number, (group, act, house) in enumerate(acts)]


def test_three_teams_that_adopt_raise_the_grade_and_say_why() -> None:
    two = said((1, Act.ADOPT, 1), (2, Act.ADOPT, 2), (3, Act.ABANDON, None))
    found = evidence(two, ())
    assert (found.grade, found.reasons[0]) == ("C", "2 teams elsewhere adopted it, from 2 organizations.")
    assert "1 team abandoned it." in found.reasons
    assert evidence([*two, Finished(4, Act.ADOPT, START + 9 * DAY, 9)], ()).grade == "B"
    many = said(*((group, Act.ADOPT, group % 3) for group in range(6)))
    assert (evidence(many, ()).grade, evidence(many, {0}).grade, evidence(many, ()).reasons[1:]) == ("A", "B", ())
    assert evidence([], ()).reasons == ("No other team has tested it yet.",)


def test_who_changes_its_mind_counts_as_it_stands_now() -> None:
    tests = said((1, Act.ADOPT, None), (2, Act.ADOPT, None), (3, Act.ADOPT, None), (3, Act.ABANDON, None))
    assert evidence(tests, ()).grade == "C"


@given(MOMENTS, st.integers(0, 24 * 90))
def test_tempo_only_falls_while_nothing_is_tested(acted: list[datetime], hours: int) -> None:
    now = START + timedelta(days=61)
    later = now + timedelta(hours=hours)
    for since in (None, START, now - DAY):
        assert tempo(acted, now=later, since=since) <= tempo(acted, now=now, since=since)
        assert tempo([*acted, now], now=now, since=since) > tempo(acted, now=now, since=since)
    assert sum(weekly(acted, now=later, weeks=52)) == len(acted)


def test_tempo_is_tests_a_week_over_four_weeks_or_since_the_beginning() -> None:
    acted = [START + day * DAY for day in (1, 3, 10)]
    assert tempo(acted, now=START + 14 * DAY, since=START) == Fraction(3, 2)
    assert tempo(acted, now=START + 28 * DAY, since=START - 9 * DAY) == Fraction(3, 4)
    assert tempo(acted, now=START + 4 * DAY, since=START) == 2
    assert weekly(acted, now=START + 14 * DAY, weeks=3) == (0, 2, 1)
    assert days_to_learn([(START, START + DAY), (START, START + 2 * DAY), (None, START)]) == Fraction(3, 2)
    assert days_to_learn([]) is None


def test_silence_is_eight_days_from_the_last_sign_or_the_beginning() -> None:
    assert not is_silent(None, since=START, now=START + 8 * DAY - timedelta(seconds=1))
    assert is_silent(None, since=START, now=START + 8 * DAY)
    assert not is_silent(START + DAY, since=START, now=START + 8 * DAY)
    assert not is_silent(START - 30 * DAY, since=START, now=START + 7 * DAY)


@given(st.sampled_from(ChangeState), st.sampled_from(ChangeState))
def test_each_step_needs_what_the_one_before_it_did(held: ChangeState, wanted: ChangeState) -> None:
    steps = list(ChangeState)
    assert comes_next(held, wanted) == (steps.index(wanted) - steps.index(held) == 1)
    if comes_next(held, wanted):
        assert set(missing(held, {})) <= set(missing(wanted, {}))


# --- Plan, do, study, act -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_test_walks_through_its_steps(cast: Cast) -> None:
    idea = an_idea(cast.blue)
    test = planned(cast.red, idea, by=cast.ada.user)
    assert (test.number, test.state, test.round, test.by, test.began_at) == (1, "planned", cast.call, cast.ada.person, None)
    test = actions.do_test(test, done=" Boiled it. ", by=cast.ada.user)
    assert (test.state, test.done, test.began_at is None) == ("doing", "Boiled it.", False)
    test = actions.study_test(test, data="3 of 7.", learned="Fuel.", by=cast.ada.user)
    test = actions.act_on_test(test, act=Act.ADOPT, by=cast.ada.user)
    test.refresh_from_db()
    assert (test.state, test.act, test.acted_at is None) == ("acted", "adopt", False)
    idea.refresh_from_db()
    assert idea.grade == "C"
    told = JournalEntry.objects.filter(subject=f"change_test:{test.pk}").order_by("pk")
    assert [one.kind for one in told] == ["test.planned", "test.changed", "test.changed", "test.acted"]
    assert told.last().payload == {"test": 1, "state": "acted", "round": "call", "act": "adopt", "idea": 1}  # type: ignore[union-attr]
    assert "Boiled" not in str([one.payload for one in told])


@pytest.mark.django_db
def test_no_step_is_left_out_or_gone_back(cast: Cast) -> None:
    test = planned(cast.red)
    with pytest.raises(ChangeTestRefused, match="does not follow"):
        actions.act_on_test(test, act=Act.ADOPT, by=None)
    with pytest.raises(ChangeTestRefused, match="does not follow"):
        actions.study_test(test, data="x", learned="x", by=None)
    done = finished(cast.red)
    for again in (
        lambda: actions.do_test(done, done="x", by=None),
        lambda: actions.act_on_test(done, act=Act.ABANDON, by=None),
        lambda: actions.revise_test(done, by=None, learned="Otherwise."),
    ):
        with pytest.raises(ChangeTestRefused, match="finished"):
            again()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "where"),
    [
        ({"title": " "}, "title"),
        ({"prediction": ""}, "prediction"),
        ({"title": "x" * 201}, "title"),
        ({"prediction": "x" * 5001}, "prediction"),
    ],
)
def test_a_plan_without_what_it_expects_is_none(cast: Cast, words: dict[str, str], where: str) -> None:
    with pytest.raises(ChangeTestInvalid) as refused:
        planned(cast.red, **words)
    assert refused.value.where == where
    assert not ChangeTest.objects.exists()


@pytest.mark.django_db
def test_words_can_be_made_better_until_it_is_acted_on_but_not_emptied(cast: Cast) -> None:
    test = studied(cast.red)
    actions.revise_test(test, by=cast.ada.user, learned="Wood is the hard part.", title="Boil everything")
    test.refresh_from_db()
    assert (test.title, test.learned, test.state) == ("Boil everything", "Wood is the hard part.", "studied")
    with pytest.raises(ChangeTestInvalid) as refused:
        actions.revise_test(test, by=None, prediction=" ")
    assert refused.value.where == "prediction"
    with pytest.raises(ChangeTestInvalid, match="no part"):
        actions.revise_test(test, by=None, act="adopt")
    with pytest.raises(ChangeTestRefused, match="later step"):
        actions.revise_test(planned(cast.red), by=None, learned="Too early.")


@pytest.mark.django_db
def test_who_is_out_or_over_tests_no_more(cast: Cast) -> None:
    test = planned(cast.red)
    Group.objects.filter(pk=cast.red.pk).update(state="withdrawn")
    cast.red.refresh_from_db()
    for act in (lambda: planned(cast.red), lambda: actions.do_test(test, done="x", by=None)):
        with pytest.raises(ChangeTestRefused, match="does not take part"):
            act()
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="closed")
    with pytest.raises(ChangeTestRefused, match="not under way"):
        planned(cast.blue)


@pytest.mark.django_db
def test_ideas_and_rounds_of_another_cycle_are_refused(cast: Cast) -> None:
    other = CycleFactory(key="other")
    with pytest.raises(ChangeTestInvalid, match="idea is of another"):
        planned(cast.red, an_idea(GroupFactory(cycle=other)))
    assert planned(GroupFactory(cycle=other)).round is None


def test_sharing_the_credit_with_whom_it_failed_buys_no_grade() -> None:
    many = said(*((group, Act.ADOPT, group % 3) for group in range(6)), (7, Act.ABANDON, None), (8, Act.ABANDON, None))
    assert [evidence(many, (), credited).grade for credited in ((), {7}, {7, 8})] == ["B", "B", "B"]
    assert evidence(many, (), {8}).abandoned == 2
    assert [evidence(many, (), set(range(few))).grade for few in (3, 4, 6)] == ["B", "C", "C"]
    assert evidence(said((1, Act.ABANDON, None)), (), {1}).grade == ""


# --- Of ideas -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_tests_elsewhere_raise_the_grade_of_an_idea(cast: Cast) -> None:
    idea = an_idea(cast.red)
    finished(cast.red, idea)
    idea.refresh_from_db()
    assert (idea.grade, dict(spread_of([idea.pk]))) == ("", {})
    planned(cast.blue, idea)
    assert dict(spread_of([idea.pk])) == {}
    for number in range(3):
        house = Organization.objects.create(key=f"house-{number}", name=f"House {number}")
        finished(GroupFactory(cycle=cast.cycle, organization=house), idea)
        idea.refresh_from_db()
        assert idea.grade == ("C" if number < 2 else "B")
    found = evidence_of([idea])[idea.pk]
    assert (found.adopted, found.organizations, dict(spread_of([idea.pk]))) == (3, 3, {idea.pk: 3})
    assert len(idea_tests(idea)) == 5


@pytest.mark.django_db
def test_who_shares_the_credit_is_not_elsewhere_and_nobody_owns_an_organizers_idea(cast: Cast) -> None:
    joint, free = an_idea(cast.red), an_idea(None, cycle=cast.cycle)
    CreditShare.objects.create(idea=joint, group=cast.blue, basis_points=5000)
    for idea in (joint, free):
        finished(cast.blue, idea)
    found = evidence_of([joint, free])
    assert (found[joint.pk].grade, found[free.pk].grade) == ("", "C")
    assert dict(spread_of([joint.pk, free.pk]))[free.pk] == 1


@pytest.mark.django_db
def test_reading_earns_nothing(cast: Cast) -> None:
    cast.publish(cast.call)
    test = finished(cast.red, an_idea(cast.blue))
    before = JournalEntry.objects.count()
    for who in cast.everybody():
        for _ in range(10):
            assert who.api.get(f"/api/v1/change-tests/{test.pk}").status_code == 200
    assert JournalEntry.objects.count() == before


@pytest.mark.django_db
def test_many_ideas_and_groups_are_read_in_few_statements(cast: Cast) -> None:
    ideas = [an_idea(cast.red) for _ in range(30)]
    for idea in ideas[:3]:
        finished(cast.blue, idea)

    def read() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as statements:
            evidence_of(ideas)
            spread_of([one.pk for one in ideas])
            rhythm_of(cast.cycle, START + 9999 * DAY)
        return len(statements), len(group_tests(cast.blue))

    few = read()
    for idea in ideas[3:]:
        finished(cast.blue, idea)
    assert (few, read()) == ((4, 3), (4, 30))


@pytest.mark.django_db
def test_the_rhythm_of_a_team_falls_silent(cast: Cast) -> None:
    test = finished(cast.red)
    assert test.acted_at is not None
    Cycle.objects.filter(pk=cast.cycle.pk).update(starts_at=test.acted_at - 7 * DAY)
    cast.cycle.refresh_from_db()
    ChangeTest.objects.update(began_at=test.acted_at - 2 * DAY)
    rhythm: Any = rhythm_of(cast.cycle, test.acted_at)[cast.red.pk]
    later = rhythm_of(cast.cycle, test.acted_at + 8 * DAY)[cast.red.pk]
    assert (rhythm.tempo, rhythm.days, rhythm.weeks[-1]) == (1, 2, 1)
    assert later.tempo < rhythm.tempo
    assert rhythm_of(cast.cycle, test.acted_at, groups=[cast.blue.pk]) == {}
