"""Between two rounds groups read each other: dealt around a ring, never their own; what they take comes back; reading earns nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from games.groups.models import Group
from games.ideas.models import Idea
from games.journal.models import JournalEntry
from games.learning import actions
from games.learning.models import Reading, Taken
from games.learning.queries import hypotheses_in, studied_in, studies_in
from games.learning.rules.study import StudyRefused, StudyState, TakenInvalid, dealt, study_state
from games.learning.rules.testing import ChangeTestInvalid
from games.playbooks.schema import design_problems
from tests.cast import Cast
from tests.factories.cycles import START, small
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.factories.studying import entered, studying

SOME = st.sets(st.integers(1, 60), max_size=25)


# --- The deal -------------------------------------------------------------------------------------------------------------------------


@given(SOME, SOME, st.integers(1, 20), st.text(max_size=5))
def test_everybody_reads_as_much_as_there_is_never_their_own_and_nothing_twice(
    sources: set[int], more: set[int], reads: int, seed: str
) -> None:
    readers = sources | more
    plan = dealt(readers, sources, reads, seed=seed)
    assert set(plan) == readers
    for reader, given_ in plan.items():
        others = sources - {reader}
        assert len(given_) == len(set(given_)) == min(reads, len(others))
        assert set(given_) <= others


@given(SOME, SOME, st.integers(1, 20), st.text(max_size=5))
def test_everybody_is_read_equally_often(sources: set[int], more: set[int], reads: int, seed: str) -> None:
    plan = dealt(sources | more, sources, reads, seed=seed)
    times = [sum(one in given_ for given_ in plan.values()) for one in sources]
    assert not times or max(times) - min(times) <= 1


@given(SOME, st.integers(1, 20), st.text(max_size=5))
def test_two_read_each_other_only_where_the_ring_is_too_short(sources: set[int], reads: int, seed: str) -> None:
    plan = dealt(sources, sources, reads, seed=seed)
    if len(sources) > 2 * reads:
        assert not [(a, b) for a, given_ in plan.items() for b in given_ if a in plan[b]]


@given(SOME, st.integers(1, 5), st.text(max_size=5))
def test_the_deal_is_the_seeds_and_not_that_of_the_order(sources: set[int], reads: int, seed: str) -> None:
    ordered = sorted(sources)
    assert dealt(ordered, ordered, reads, seed=seed) == dealt(ordered[::-1], ordered[::-1], reads, seed=seed)
    assert len({repr(dealt(range(12), range(12), 2, seed=str(n))) for n in range(5)}) > 1


def test_an_end_belongs_to_what_follows() -> None:
    states = [study_state(START, START + timedelta(days=2), START + timedelta(days=day)) for day in (-1, 0, 1, 2)]
    assert states == [StudyState.PLANNED, StudyState.ON, StudyState.ON, StudyState.OVER]


# --- The rules ------------------------------------------------------------------------------------------------------------------------


def faults(study: dict[str, Any], of: str = "call", **changes: Any) -> list[str]:
    """What is wrong with the small design with this study after one of its rounds."""
    text = small(rounds=[{"key": of, "study": study}], **changes)
    return [str(one) for one in design_problems(text, start=START) if "study" in one.where]


def test_a_study_stands_between_two_rounds_and_is_followed_by_one_with_a_task() -> None:
    assert faults({"begins": "+16d", "ends": "+19d"}) == []
    [last] = faults({"begins": "+41d", "ends": "+45d"}, of="final")
    assert "rounds[1].study: no round with a task follows" in last
    assert "has to be tried" in last
    tasks = [{"key": "prototype", "rounds": ["call"]}]
    assert "has to be tried" in " ".join(faults({"begins": "+16d", "ends": "+19d"}, challenges=tasks, cuts=[], boards=[]))


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ({"begins": "+10d", "ends": "+19d"}, 'before round "call" closes'),
        ({"begins": "+16d", "ends": "+21d"}, 'after round "final" opens'),
        ({"begins": "+17d", "ends": "+17d"}, "not after it begins"),
        ({"begins": "+16d", "ends": "+19d", "reads": 0}, "reads"),
        ({"begins": "+16d"}, "ends"),
    ],
)
def test_its_times_lie_between_the_rounds(study: dict[str, Any], said: str) -> None:
    assert said in " ".join(faults(study))


# --- Dealt, read, taken ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_entries_are_dealt_once_when_the_study_has_begun(cast: Cast):
    studying(cast)
    entered(cast, cast.red)
    entered(cast, cast.blue)
    third = GroupFactory(cycle=cast.cycle, key="green")
    assert actions.deal_what_is_due() == 4
    assert actions.deal_what_is_due() == actions.deal_readings(cast.call, by=None) == 0
    given_ = [
        (one.group.key, one.submission.group.key) for one in Reading.objects.order_by("group__key", "submission__group__key")
    ]
    assert given_ == [("blue", "red"), ("green", "blue"), ("green", "red"), ("red", "blue")]
    assert JournalEntry.objects.get(kind="study.begun").payload == {"round": "call", "given": 4}
    assert third.readings.count() == 2


@pytest.mark.django_db
def test_where_entries_are_not_shown_whole_ideas_for_all_teams_are_read(cast: Cast):
    studying(cast)
    entered(cast, cast.red)
    cast.publish(cast.call, "summaries")
    with pytest.raises(StudyRefused, match="nothing to read"):
        actions.deal_readings(cast.call, by=None)
    assert actions.deal_what_is_due() == 0
    shared(cast, audience="organizers")
    idea = shared(cast, "For all")
    assert actions.deal_what_is_due() == 1
    assert Reading.objects.get().idea == idea
    assert Reading.objects.get().group == cast.blue


@pytest.mark.django_db
@pytest.mark.parametrize(("begins", "ends", "said"), [(-1, 5, "has not begun"), (1, 0, "is over")])
def test_before_and_after_nothing_is_dealt_and_nothing_taken(cast: Cast, begins: int, ends: int, said: str):
    studying(cast, begins=begins, ends=ends)
    entered(cast, cast.blue)
    assert actions.deal_what_is_due() == 0
    with pytest.raises(StudyRefused, match=said):
        actions.deal_readings(cast.call, by=None)
    with pytest.raises(StudyRefused, match=said):
        actions.take(round=cast.call, group=cast.red, text="Cloth", by=cast.ada.user)
    with pytest.raises(StudyRefused, match="No study"):
        actions.take(round=cast.final, group=cast.red, text="Cloth", by=cast.ada.user)


@pytest.mark.django_db
def test_reading_earns_nothing_and_what_is_taken_comes_back_and_is_tested(cast: Cast):
    studying(cast)
    entered(cast, cast.blue)
    actions.deal_what_is_due()
    reading = Reading.objects.get(group=cast.red)
    acts = JournalEntry.objects.count()
    first = actions.mark_read(reading, by=cast.ada.user).read_at
    assert actions.mark_read(reading, by=cast.ada.user).read_at == first
    assert JournalEntry.objects.count() == acts
    taken = actions.take(
        round=cast.call, group=cast.red, text="Fire  the clay", prediction="Half.", reading=reading, by=cast.ada.user
    )
    assert (taken.number, taken.text, taken.by) == (1, "Fire the clay", cast.ada.person)
    assert hypotheses_in(cast.final, cast.red.pk) == [taken]
    assert hypotheses_in(cast.final, cast.blue.pk) == hypotheses_in(cast.call, cast.red.pk) == []
    test = actions.plan_test(group=cast.red, title=taken.text, prediction=taken.prediction, taken=taken, by=cast.ada.user)
    assert test.taken == taken
    with pytest.raises(ChangeTestInvalid, match="Another team"):
        actions.plan_test(group=cast.blue, title="x", prediction="y", taken=taken, by=cast.ben.user)
    [red, blue] = studied_in(cast.call, [cast.red, cast.blue])
    assert (red.given, red.read, red.taken, red.tested) == (1, 1, 1, 1)
    assert (blue.given, blue.read, blue.taken, blue.tested) == (0, 0, 0, 0)
    with pytest.raises(StudyRefused, match="A test came"):
        actions.drop_taken(taken, by=cast.ada.user)


@pytest.mark.django_db
def test_what_is_taken_is_checked_and_may_be_left_while_the_study_is_on(cast: Cast):
    studying(cast)
    entered(cast, cast.red)
    actions.deal_what_is_due()
    for words in ({"text": "  "}, {"text": "x" * 201}, {"text": "x", "prediction": "y" * 5001}):
        with pytest.raises(TakenInvalid):
            actions.take(round=cast.call, group=cast.red, by=cast.ada.user, **words)
    with pytest.raises(TakenInvalid, match="another team"):
        actions.take(round=cast.call, group=cast.red, text="x", reading=Reading.objects.get(group=cast.blue), by=cast.ada.user)
    actions.drop_taken(actions.take(round=cast.call, group=cast.red, text="x", by=cast.ada.user), by=cast.ada.user)
    assert not Taken.objects.exists()
    for n in range(20):
        actions.take(round=cast.call, group=cast.red, text=f"Try {n}", by=cast.ada.user)
    with pytest.raises(StudyRefused, match="At most 20"):
        actions.take(round=cast.call, group=cast.red, text="More", by=cast.ada.user)
    Group.objects.filter(pk=cast.blue.pk).update(state="withdrawn")
    with pytest.raises(StudyRefused, match="take part"):
        actions.take(round=cast.call, group=Group.objects.get(pk=cast.blue.pk), text="x", by=cast.ben.user)


@pytest.mark.django_db
def test_the_studies_of_a_cycle_are_those_of_its_rules(cast: Cast):
    assert studies_in(cast.cycle) == []
    studying(cast, reads=4)
    [one] = studies_in(cast.cycle)
    assert (one.round, one.reads, one.state(now())) == (cast.call, 4, StudyState.ON)
    assert not Idea.objects.exists()
