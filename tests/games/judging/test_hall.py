"""In the hall: tables by number, absent and back, which table a judge goes to next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from games.journal.models import JournalEntry
from games.judging import actions as judging
from games.judging.actions import hall
from games.judging.models import ConflictOfInterest, Stand
from games.judging.queries.hall import (
    halls_of,
    judge_in,
    last_table,
    options_for,
    tables_in,
    todo_at,
    with_own_hall,
    without_table,
)
from games.judging.rules.hall import (
    LEASE,
    HallRefused,
    Option,
    Placed,
    TablesRefused,
    faults_of,
    numbered,
    read_tables,
    way_from,
)
from games.rounds.models import Round
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.pairs import expo, seated
from tests.factories.submissions import ESSAY, scene
from tests.races import at_once

NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
db = pytest.mark.django_db


# --- Rules ------------------------------------------------------------------------------------------------------------------------------


def tables(way):
    return [one.number for one in way.tables]


def test_the_nearest_of_those_least_seen_comes_first():
    options = [Option(n, n, seen=seen) for n, seen in ((1, 0), (4, 1), (6, 0), (5, 2))]
    assert tables(way_from(options, 5, NOW)) == [4, 6, 1, 5]
    assert tables(way_from(options, None, NOW)) == [1, 4, 6, 5]


def test_busy_and_absent_tables_are_left_out_and_told():
    soon, later = NOW + timedelta(minutes=2), NOW + timedelta(minutes=4)
    options = [
        Option(1, 1, busy_until=later),
        Option(2, 2, absent=True),
        Option(3, 3, busy_until=soon),
        Option(4, 4, busy_until=NOW),
    ]
    way = way_from(options, None, NOW)
    assert tables(way) == [4]
    assert way.free_at == soon
    assert [one.number for one in way.absent] == [2]
    assert way_from([], 3, NOW).tables == ()


@given(
    st.lists(
        st.builds(Option, st.integers(1, 99), st.integers(1, 99), st.integers(0, 4), st.booleans(), st.none()),
        unique_by=lambda o: o.number,
    ),
    st.none() | st.integers(1, 99),
)
def test_every_table_is_either_on_the_way_or_absent(options, here):
    way = way_from(options, here, NOW)
    assert sorted(tables(way) + [one.number for one in way.absent]) == sorted(one.number for one in options)
    seen = {one.number: one.seen for one in options}
    if way.tables:
        assert seen[tables(way)[0]] <= min(one.seen for one in options if not one.absent) + 1


def test_numbers_are_given_from_the_first_that_is_free():
    wanted = [Placed("a"), Placed("b", 3), Placed("c"), Placed("d")]
    assert [one.number for one in numbered(wanted, [1, 5], first=1)] == [2, 3, 4, 6]
    assert [one.number for one in numbered(wanted, [], first=10)] == [10, 3, 11, 12]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([Placed("x")], "is not in this round"),
        ([Placed("a", 1), Placed("a", 2)], "named twice"),
        ([Placed("a", 2)], 'table 2 is the table of "b"'),
        ([Placed("a", 7), Placed("c", 7)], 'table 7 is the table of "a"'),
        ([Placed("a", 100_000)], "expected a number from 1"),
        ([Placed("a", 1, "x" * 201)], "more than 200"),
    ],
)
def test_what_is_wrong_with_tables_is_named(wanted, said):
    assert said in faults_of(wanted, ["a", "b", "c"], {2: "b"})[0].message


def test_a_list_of_tables_is_read_with_its_faults():
    placed, problems = read_tables(b"Table;Group;Location\n7;red;North hall\n;blue;\nx;green;\n")
    assert [(one.number, one.group, one.location) for one in placed] == [
        (7, "red", "North hall"),
        (0, "blue", ""),
        (0, "green", ""),
    ]
    assert [one.where for one in problems] == ["row 4"]
    assert read_tables(b"seat\n1\n")[1]


# --- Tables -----------------------------------------------------------------------------------------------------------------------------


def places(round_):
    return dict(Stand.objects.filter(round=round_).order_by("number").values_list("number", "group__key"))


@db
def test_groups_are_numbered_by_name_and_later_ones_follow():
    call = scene(groups=3)
    assert hall.number_tables(round_=call.round, by=None, first=10) == 3
    assert list(places(call.round)) == [10, 11, 12]
    assert not without_table(call.round).exists()
    assert hall.number_tables(round_=call.round, by=None) == 0
    Stand.objects.get(number=11).delete()
    assert [one.pk for one in without_table(call.round)] == [call.groups[1].pk]
    assert hall.number_tables(round_=call.round, by=None) == 1
    assert list(places(call.round)) == [1, 10, 12]
    Stand.objects.filter(number=12).update(location="By the door")
    assert hall.number_tables(round_=call.round, by=None, anew=True) == 3
    assert list(places(call.round)) == [1, 2, 3]
    assert Stand.objects.filter(location="By the door").count() == 1
    entry = JournalEntry.objects.filter(kind="hall.changed").last()
    assert entry is not None
    assert entry.payload == {"round": "call", "change": "tables", "count": 3}


@db
def test_tables_change_places_in_one_list():
    call = scene(groups=3)
    hall.number_tables(round_=call.round, by=None)
    a, b, c = (one.key for one in call.groups)
    assert places(call.round) == {1: a, 2: b, 3: c}
    hall.place_tables(round_=call.round, wanted=[Placed(a, 2), Placed(b, 1, "North")], by=None)
    assert places(call.round) == {1: b, 2: a, 3: c}
    assert Stand.objects.get(number=1).location == "North"
    hall.tables_csv(round_=call.round, content=f"table,group\n9,{a}\n,{c}\n".encode(), by=None)
    assert places(call.round) == {1: b, 3: c, 9: a}


@db
def test_one_fault_and_nothing_is_changed():
    call = scene(groups=2)
    hall.number_tables(round_=call.round, by=None)
    a, b = (one.key for one in call.groups)
    for wanted in ([Placed(a, 7), Placed("nobody", 8)], [Placed(a, 2)]):
        with pytest.raises(TablesRefused) as refused:
            hall.place_tables(round_=call.round, wanted=wanted, by=None)
        assert refused.value.problems
    with pytest.raises(TablesRefused):
        hall.tables_csv(round_=call.round, content=b"table,group\nx,y\n", by=None)
    assert places(call.round) == {1: a, 2: b}


@db
def test_a_table_is_taken_away():
    call = scene(groups=2)
    hall.number_tables(round_=call.round, by=None)
    hall.remove_table(stand=Stand.objects.get(number=1), by=None)
    assert list(places(call.round)) == [2]


# --- A judge on the way -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fair(db):
    """A hall with four tables, and Judith with a sheet on each."""
    call = locked_scene(ESSAY, groups=4)
    hall.number_tables(round_=call.round, by=None)
    judith = judge(call)
    for group in call.groups:
        sheet_for(call, judith, group)
    return call, judith


def sent(call, person):
    found = hall.go_on(round_=call.round, person=person, by=None)
    return found.stand.number if found.stand else None


def finished(call, person, number):
    stand = Stand.objects.get(round=call.round, number=number)
    for sheet in todo_at(stand, {person.pk}):
        judging.finalize(sheet=sheet, by=None, marks=MARKS)


def test_a_judge_goes_from_table_to_table_until_nothing_is_left(fair):
    call, judith = fair
    way = []
    while (number := sent(call, judith)) is not None:
        way.append(number)
        finished(call, judith, number)
    assert way == [1, 2, 3, 4]
    assert list(halls_of({judith.pk})) == [call.round]  # the last table is still theirs, by name
    assert options_for(call.round, {judith.pk}) == []


def test_two_judges_are_never_at_one_table(fair):
    call, judith = fair
    jonas = judge(call, "Jonas", email="jonas@example.org")
    for group in call.groups[:2]:
        sheet_for(call, jonas, group)
    assert sent(call, judith) == 1
    assert sent(call, jonas) == 2
    assert sent(call, jonas) is None  # 1 is busy; the table just left comes only if there is no other
    found = hall.go_on(round_=call.round, person=jonas, by=None)
    assert found.stand is None or found.stand.number != 1
    Stand.objects.filter(number=1).update(busy_until=timezone.now() - timedelta(seconds=1))
    assert sent(call, jonas) == 1


def test_the_lease_ends_by_itself_and_can_be_made_longer(fair):
    call, judith = fair
    sent(call, judith)
    stand = Stand.objects.get(number=1)
    assert stand.busy_until is not None
    assert timedelta(0) < stand.busy_until - timezone.now() <= LEASE
    Stand.objects.update(busy_until=timezone.now() + timedelta(seconds=5))
    assert hall.stay(stand=stand, person=judith, by=None).busy_until - timezone.now() > timedelta(minutes=4)
    jonas = judge(call, "Jonas", email="jonas@example.org")
    with pytest.raises(HallRefused):
        hall.stay(stand=stand, person=jonas, by=None)
    with pytest.raises(HallRefused, match="Another judge is at table 1"):
        hall.go_to(stand=stand, person=jonas, by=None)
    hall.leave_table(stand=stand, person=judith, by=None)
    assert hall.go_to(stand=stand, person=jonas, by=None).busy_with == jonas


def test_nobody_is_sent_to_a_table_where_nobody_was(fair):
    call, judith = fair
    hall.mark_absent(stand=Stand.objects.get(number=1), by=None)
    hall.mark_absent(stand=Stand.objects.get(number=1), by=None)
    assert JournalEntry.objects.filter(kind="hall.changed", payload__change="absent").count() == 1
    assert sent(call, judith) == 2
    hall.mark_back(stand=Stand.objects.get(number=1), by=None)
    assert sent(call, judith) == 1
    Stand.objects.update(absent_at=timezone.now())
    found = hall.go_on(round_=call.round, person=judith, by=None)
    assert found.stand is None
    assert len(found.way.absent) == 4
    back = hall.go_to(stand=Stand.objects.get(number=3), person=judith, by=None)
    assert (back.absent_at, back.busy_with) == (None, judith)


def test_least_seen_tables_come_first(fair):
    call, judith = fair
    for name in ("Jonas", "Jill"):
        other = judge(call, name, email=f"{name}@example.org")
        sheet_for(call, other, call.groups[0])
        finished(call, other, 1)
    assert sent(call, judith) == 2


def test_a_conflict_takes_the_table_out_of_the_way(fair):
    call, judith = fair
    ConflictOfInterest.objects.create(person=judith, group=call.groups[0])
    assert sent(call, judith) == 2
    assert todo_at(Stand.objects.get(number=1), {judith.pk}) == []


@db
def test_a_judge_of_pairs_is_sent_to_both_tables_of_the_pair():
    call = expo(5)
    judith = seated(call)
    hall.number_tables(round_=call.round, by=None)
    assert sent(call, judith) is None
    pair = judging.ask_pair(challenge=call.challenge, person=judith, by=None)
    numbers = set(Stand.objects.filter(group__in=[pair.a_id, pair.b_id]).values_list("number", flat=True))
    assert {sent(call, judith), sent(call, judith)} == numbers
    assert judge_in(call.round, {judith.pk}) == judith
    judging.answer(pair=pair, outcome="a", by=None)
    assert sent(call, judith) is None
    assert {one.seen for one in tables_in(call.round, timezone.now()) if one.stand.number in numbers} == {1}


def test_organizers_see_the_state_of_every_table(fair):
    call, judith = fair
    sent(call, judith)
    finished(call, judith, 2)
    hall.mark_absent(stand=Stand.objects.get(number=3), by=None)
    found = tables_in(call.round, timezone.now())
    assert [one.state for one in found] == ["busy", "done", "absent", "waiting"]
    assert found[0].judge == judith
    assert last_table(call.round, {judith.pk}) == found[0].stand
    [mine] = with_own_hall(Round.objects.all(), call.groups[2], timezone.now())
    assert (mine.table_number, mine.table_absent_at is not None, mine.pitches_count) == (3, True, 0)


@db
@pytest.mark.parametrize("size", [3, 30])
def test_the_way_takes_the_same_statements_for_a_small_and_a_big_hall(size):
    call = locked_scene(ESSAY, groups=size)
    hall.number_tables(round_=call.round, by=None)
    judith = judge(call)
    judging.add_panelist(challenge=call.challenge, panel="jury", person=judith, by=None)
    judging.assign_all(challenge=call.challenge, by=None)
    with CaptureQueriesContext(
        connection,
    ) as sent_:
        hall.go_on(round_=call.round, person=judith, by=None)
    assert len(sent_) <= 11
    with CaptureQueriesContext(connection) as sent_:
        tables_in(call.round, timezone.now())
    assert len(sent_) == 3


@pytest.mark.django_db(transaction=True)
def test_judges_who_ask_at_the_same_moment_go_to_different_tables():
    call = locked_scene(ESSAY, groups=5)
    hall.number_tables(round_=call.round, by=None)
    panel = [judge(call, f"Judge {n}", email=f"judge{n}@example.org") for n in range(5)]
    for one in panel:
        judging.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    judging.assign_all(challenge=call.challenge, by=None)
    found = at_once([lambda one=one: hall.go_on(round_=call.round, person=one, by=None) for one in panel])
    assert sorted(one.stand.number for one in found) == [1, 2, 3, 4, 5]
