"""The schedule of pitches: nobody in two places, nobody before who must not judge them, moved by hand."""

import time as clock
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.judging import actions as judging
from games.judging.actions.pitching import Asked, PitchesRefused, drop_pitches, move_pitch, schedule_pitches, shift_pitches
from games.judging.models import ConflictOfInterest, Pitch, Sheet
from games.judging.queries.hall import with_own_hall
from games.judging.queries.pitching import pitches_for, programme_of
from games.judging.rules.hall import HallRefused
from games.judging.rules.pitching import Room, Sitting, Talk, Times, clashes, shared_rooms, timetable
from games.rounds.models import Round
from tests.factories.judging import judge, locked_scene, sheet_for
from tests.factories.submissions import ESSAY, scene

WARSAW = ZoneInfo("Europe/Warsaw")
START = datetime(2026, 5, 1, 10, 0, tzinfo=WARSAW)
TIMES = Times(START, 5, 1)
db = pytest.mark.django_db


def hours(times, count):
    return [f"{at:%d %H:%M}" for at in islice(times.slots(), count)]


# --- Rules ------------------------------------------------------------------------------------------------------------------------------


def test_pitches_follow_each_other_around_the_pause_and_over_the_days():
    times = Times(START, 20, 10, pause=time(11, 0), pause_minutes=60, until=time(13, 0))
    assert hours(times, 6) == ["01 10:00", "01 10:30", "01 12:00", "01 12:30", "02 10:00", "02 10:30"]
    assert hours(Times(START, 30, 0, until=time(10, 10)), 3) == []
    assert hours(Times(START, 60, 0, pause=time(9, 0), pause_minutes=70), 1) == ["01 10:10"]
    late = Times(START.replace(hour=23), 40, 0, until=time(23, 50))
    assert hours(late, 2) == ["01 23:00", "02 23:00"]


def check(made, talks, rooms):
    """Nobody in two places at once; everything placed once, in a room of its panel."""
    assert sorted((slot.talk.group, slot.talk.panel) for slot in made.slots) == sorted((one.group, one.panel) for one in talks)
    assert len({(slot.room.name, slot.at) for slot in made.slots}) == len(made.slots)
    assert len({(slot.talk.group, slot.at) for slot in made.slots}) == len(made.slots)
    heard = [(judge, slot.at) for slot in made.slots for judge in slot.talk.heard_by(slot.room)]
    assert len(set(heard)) == len(heard)
    assert all(slot.room in rooms and slot.room.panel == slot.talk.panel for slot in made.slots)


@settings(deadline=None)
@given(st.data())
def test_a_timetable_puts_nobody_in_two_places(data):
    groups, judges = data.draw(st.integers(1, 10)), data.draw(st.integers(1, 6))
    panels = data.draw(st.integers(1, 3))
    sets = st.frozensets(st.integers(0, judges - 1), max_size=3)
    with_sheets = data.draw(st.booleans())
    rooms = [
        room
        for panel in range(panels)
        for room in (
            [Room(f"r{panel}{n}", f"p{panel}") for n in range(2)]
            if with_sheets
            else shared_rooms([f"r{panel}{n}" for n in range(data.draw(st.integers(1, 2)))], f"p{panel}", range(judges))
        )
    ]
    talks = [
        Talk(group, f"p{panel}", data.draw(sets) if with_sheets else frozenset(), data.draw(sets))
        for group in range(groups)
        for panel in range(panels)
    ]
    made = timetable(talks, rooms, TIMES)
    assert made.homeless == []
    check(made, talks, rooms)


def test_two_rooms_take_half_the_time_and_keep_the_order():
    talks = [Talk(n, "jury") for n in range(6)]
    rooms = shared_rooms(["A", "B"], "jury", range(4))
    made = timetable(talks, rooms, TIMES)
    assert [(slot.talk.group, slot.room.name, f"{slot.at:%H:%M}") for slot in made.slots] == [
        (0, "A", "10:00"), (1, "B", "10:00"), (2, "A", "10:06"), (3, "B", "10:06"), (4, "A", "10:12"), (5, "B", "10:12"),
    ]  # fmt: skip


def test_a_conflict_is_avoided_by_the_room():
    rooms = shared_rooms(["A", "B"], "jury", [1, 2])
    made = timetable([Talk(0, "jury", barred=frozenset({1})), Talk(1, "jury", barred=frozenset({2}))], rooms, TIMES)
    assert {slot.talk.group: slot.room.name for slot in made.slots} == {0: "B", 1: "A"}
    assert not any(slot.out for slot in made.slots)


def test_a_conflict_that_cannot_be_avoided_comes_last_and_is_named():
    talks = [Talk(0, "jury", barred=frozenset({1})), Talk(1, "jury"), Talk(2, "jury")]
    made = timetable(talks, shared_rooms(["A"], "jury", [1, 2]), TIMES)
    assert [slot.talk.group for slot in made.slots] == [1, 2, 0]
    assert [slot.out for slot in made.slots] == [frozenset(), frozenset(), frozenset({1})]


def test_a_panel_without_a_room_hears_nobody():
    made = timetable([Talk(0, "jury"), Talk(0, "press")], [Room("A", "jury")], TIMES)
    assert [talk.panel for talk in made.homeless] == ["press"]


def test_hundreds_of_groups_are_placed_quickly():
    talks = [Talk(n, panel, frozenset({n % 9, (n + 1) % 9})) for n in range(300) for panel in ("a", "b", "c")]
    rooms = [Room(f"{panel}{n}", panel) for panel in ("a", "b", "c") for n in range(2)]
    began = clock.process_time()
    made = timetable(talks, rooms, TIMES)
    assert clock.process_time() - began < 5
    check(made, talks, rooms)


def test_what_clashes_is_told_with_its_reason():
    def at(pitch, group, room, minute, *judges):
        begins = START + timedelta(minutes=minute)
        return Sitting(pitch, group, "jury", room, begins, begins + timedelta(minutes=5), frozenset(judges))

    found = clashes([at(1, 1, "A", 0, 7), at(2, 1, "B", 4), at(3, 2, "B", 5, 7), at(4, 3, "A", 4, 7), at(5, 4, "C", 60, 7)])
    assert [(one.one.pitch, one.other.pitch, one.room, one.group, set(one.judges)) for one in found] == [
        (1, 4, True, False, {7}), (1, 2, False, True, set()), (4, 3, False, False, {7}), (2, 3, True, False, set()),
    ]  # fmt: skip


# --- The schedule of a round ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(db):
    """A round of four groups before Judith and Jonas."""
    call = locked_scene(ESSAY, groups=4)
    for name in ("Judith", "Jonas"):
        someone = judge(call, name, email=f"{name}@example.org")
        judging.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
    return call


def scheduled(call, *rooms, **wishes):
    return schedule_pitches(round_=call.round, asked=Asked(TIMES, {"jury": rooms or ("A",)}, **wishes), by=None)


def test_a_schedule_is_made_and_made_anew(call):
    made = scheduled(call)
    assert (len(made.slots), made.homeless) == (4, [])
    assert list(Pitch.objects.order_by("starts_at").values_list("group__key", "room", "minutes")) == [
        (group.key, "A", 5) for group in call.groups
    ]
    scheduled(call, "A", "B")
    assert Pitch.objects.count() == 4
    assert {one.starts_at for one in Pitch.objects.all()} == {START, START + timedelta(minutes=6)}
    assert drop_pitches(round_=call.round, by=None) == 4
    assert drop_pitches(round_=call.round, by=None) == 0


def test_judges_of_a_room_get_the_sheets_of_its_pitches(call):
    scheduled(call, "A", "B", hand_out=True)
    assert Sheet.objects.count() == 4
    shown = programme_of(call.round)
    assert shown.clashes == []
    for pitch in shown.pitches:
        assert [one.pk for one in shown.judges_at(pitch)] == list(
            Sheet.objects.filter(group=pitch.group_id).values_list("judge", flat=True)
        )
    judith = Sheet.objects.filter(judge__name="Judith")
    assert {one.group_id for one in pitches_for({judith[0].judge_id})} == {one.group_id for one in judith}


def test_who_has_the_sheets_hears_the_pitch(call):
    judith = judge(call, "Jill", email="jill@example.org")
    for group in call.groups[:2]:
        sheet_for(call, judith, group)
    made = scheduled(call, "A", "B")
    check(made, [slot.talk for slot in made.slots], [slot.room for slot in made.slots])
    times = {slot.talk.group: slot.at for slot in made.slots}
    assert times[call.groups[0].pk] != times[call.groups[1].pk]


def test_a_judge_in_conflict_is_named_as_the_one_who_leaves(call):
    judith = call.challenge.panelists.get(person__name="Judith").person
    ConflictOfInterest.objects.create(person=judith, group=call.groups[0])
    scheduled(call)
    shown = programme_of(call.round)
    [last] = [one for one in shown.pitches if shown.out_of(one)]
    assert (last.group, shown.pitches[-1]) == (call.groups[0], last)
    assert shown.out_of(last) == [judith]
    assert [one.name for one in shown.judges_at(last)] == ["Jonas"]


@pytest.mark.parametrize(
    ("rooms", "times", "where"),
    [
        ({}, TIMES, "rooms"),
        ({"jury": ("A", "A")}, TIMES, "rooms"),
        ({"jury": ("x" * 91,)}, TIMES, "rooms"),
        ({"nobody": ("A",)}, TIMES, "rooms.nobody"),
        ({"jury": ("A",)}, Times(START, 0), "minutes"),
        ({"jury": ("A",)}, Times(START.replace(year=9999), 5), "start"),
        ({"jury": ("A",)}, Times(START, 5, 300), "rest"),
        ({"jury": ("A",)}, Times(START, 30, until=time(10, 10)), "until"),
    ],
)
def test_what_cannot_be_is_refused_and_the_old_schedule_stays(call, rooms, times, where):
    scheduled(call)
    with pytest.raises(PitchesRefused) as refused:
        schedule_pitches(round_=call.round, asked=Asked(times, rooms), by=None)
    assert refused.value.where == where
    assert Pitch.objects.count() == 4


@db
def test_a_round_without_anybody_has_no_schedule():
    empty = scene(groups=1)
    empty.group.state = "withdrawn"
    empty.group.save()
    with pytest.raises(PitchesRefused, match="Nobody is in this round"):
        scheduled(empty)


def test_a_pitch_is_moved_to_a_free_place_or_changes_with_another(call):
    scheduled(call, "A", "B")
    first, second, third, _ = Pitch.objects.order_by("starts_at", "room")
    later = START + timedelta(hours=1)
    assert move_pitch(pitch=first, room="C", starts_at=later, minutes=9, by=None).minutes == 9
    moved = move_pitch(pitch=second, room=third.room, starts_at=third.starts_at, by=None)
    third.refresh_from_db()
    assert (moved.room, moved.starts_at) == ("A", START + timedelta(minutes=6))
    assert (third.room, third.starts_at) == ("B", START)
    with pytest.raises(HallRefused, match="is in B at that time"):
        move_pitch(pitch=moved, room="B", starts_at=START + timedelta(minutes=3), by=None)
    with pytest.raises(PitchesRefused):
        move_pitch(pitch=moved, room=" ", starts_at=START, by=None)


def test_a_group_does_not_speak_in_two_rooms(call):
    scheduled(call)
    one = Pitch.objects.order_by("starts_at")[0]
    other = Pitch.objects.create(
        round=call.round, group=one.group, panel="press", room="P", starts_at=START + timedelta(hours=2), minutes=5
    )
    with pytest.raises(HallRefused, match="speaks in A at that time"):
        move_pitch(pitch=other, room="P", starts_at=START + timedelta(minutes=2), by=None)
    for moment, room in ((START, "A"), (START + timedelta(hours=1, minutes=30), "P"), (START + timedelta(days=1), "P")):
        [mine] = with_own_hall(Round.objects.all(), one.group, moment)
        assert (mine.pitch_room, mine.pitches_count) == (room, 2)


def test_what_is_late_moves_everything_after_it(call):
    scheduled(call)
    second = START + timedelta(minutes=6)
    assert shift_pitches(round_=call.round, minutes=6, since=second, by=None) == 3
    starts = list(Pitch.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [START, *(second + timedelta(minutes=6 * n) for n in (1, 2, 3))]
    assert set(Pitch.objects.values_list("room", flat=True)) == {"A"}
    with pytest.raises(HallRefused):
        shift_pitches(round_=call.round, minutes=-9, since=second, by=None)
    assert shift_pitches(round_=call.round, minutes=-6, since=second, by=None) == 3
