"""Entries shared out fairly among judges, and the tables that organizers see."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.errors import Invalid
from games.judging import actions
from games.judging.conflicts import Bar, barred
from games.judging.models import Sheet
from games.judging.rules.sharing import shared_out
from games.judging.seating import entries_to_mark, tables_of
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for


@given(
    st.integers(1, 30),
    st.integers(1, 8),
    st.integers(1, 8),
    st.sets(st.tuples(st.integers(0, 29), st.integers(0, 7)), max_size=20),
    st.sets(st.tuples(st.integers(0, 29), st.integers(0, 7)), max_size=20),
)
def test_every_entry_gets_its_judges_nobody_barred_or_twice(entries, judges, per_entry, no, taken):
    taken -= no
    found = shared_out(range(entries), range(judges), per_entry=per_entry, taken=taken, barred=no)
    assert not set(found.pairs) & (no | taken)
    assert len(set(found.pairs)) == len(found.pairs)
    has = Counter(entry for entry, judge in {*found.pairs, *taken} if entry < entries and judge < judges)
    for entry in range(entries):
        free = judges - sum(1 for one, judge in no if one == entry and judge < judges)
        outside = sum(1 for one, judge in taken if one == entry and judge >= judges)
        assert has[entry] >= min(per_entry - outside, free)
        assert (entry in found.short) == (has[entry] + outside < per_entry)


@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 9))
def test_without_conflicts_loads_differ_by_one_at_most(entries, judges, per_entry):
    found = shared_out(range(entries), range(judges), per_entry=min(per_entry, judges))
    loads = Counter(judge for _, judge in found.pairs)
    counts = [loads[judge] for judge in range(judges)]
    assert max(counts) - min(counts) <= 1


def test_who_has_much_to_do_already_gets_less():
    found = shared_out("abcd", ["busy", "free"], per_entry=1, loads={"busy": 4})
    assert {judge for _, judge in found.pairs} == {"free"}


def test_the_same_two_judges_do_not_meet_on_every_entry():
    found = shared_out(range(12), range(4), per_entry=2)
    teams = {frozenset(judge for one, judge in found.pairs if one == entry) for entry in range(12)}
    assert len(teams) > 1


@pytest.mark.django_db
def test_entries_are_shared_out_around_conflicts_and_what_is_out_stays():
    call = locked_scene(groups=6)
    judges = [judge(call, name) for name in ("Ada", "Ben", "Cleo")]
    for one in judges:
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    kept = sheet_for(call, judges[0], call.groups[0])
    actions.declare_conflict(person=judges[1], group=call.groups[1], by=None, reason="A cousin.")
    MembershipFactory(group=call.groups[2], person=judges[2])
    assert actions.share_out(challenge=call.challenge, per_entry=2, by=None) == (11, 0)
    pairs = set(Sheet.objects.values_list("group_id", "judge_id"))
    assert (call.groups[1].pk, judges[1].pk) not in pairs
    assert (call.groups[2].pk, judges[2].pk) not in pairs
    assert set(Counter(group for group, _ in pairs).values()) == {2}
    assert Counter(judge for _, judge in pairs) == {one.pk: 4 for one in judges}
    assert Sheet.objects.filter(pk=kept.pk).exists()
    assert actions.share_out(challenge=call.challenge, per_entry=3, by=None) == (4, 2)  # two entries have two judges at most
    with pytest.raises(Invalid, match="Between 1 and 3"):
        actions.share_out(challenge=call.challenge, per_entry=4, by=None)


@pytest.mark.django_db
def test_sheets_are_rearranged_as_one_act_and_what_was_begun_stays():
    call = locked_scene(groups=3)
    judith = judge(call)
    sheets = [sheet_for(call, judith, group) for group in call.groups[:2]]
    actions.save_sheet(sheet=sheets[0], marks=MARKS, by=None)
    give = [actions.Wanted(call.challenge, call.groups[2], judith, "jury")]
    take = [(call.groups[0].pk, judith.pk), (call.groups[1].pk, judith.pk)]
    assert actions.rearrange(challenge=call.challenge, panel="jury", give=give, take=take, by=None) == (1, 1)
    assert set(Sheet.objects.values_list("group__key", flat=True)) == {"team-1", "team-3"}
    other = judge(call, "Marek")
    actions.declare_conflict(person=other, group=call.groups[0], by=None)
    with pytest.raises(Invalid):
        actions.rearrange(
            challenge=call.challenge,
            panel="jury",
            give=[actions.Wanted(call.challenge, call.groups[0], other, "jury")],
            take=[(call.groups[2].pk, judith.pk)],
            by=None,
        )
    assert Sheet.objects.filter(group=call.groups[2]).exists()


@pytest.mark.django_db
def test_the_tables_say_who_has_how_much_and_how_many_entries_nobody_has(django_assert_max_num_queries):
    call = locked_scene(groups=4)
    judith = judge(call)
    sheet_for(call, judith, call.groups[0])
    finished = sheet_for(call, judith, call.groups[1])
    actions.finalize(sheet=finished, marks=MARKS, comment="Well.", by=None)
    with django_assert_max_num_queries(5):
        tables = tables_of(call.cycle)
    [table] = tables
    assert (table.entries, table.free) == (4, 2)
    [seat] = table.seats
    assert (seat.panelist.person, seat.assigned, seat.final, seat.whole) == (judith, 1, 1, 2)
    assert [one.key for one in entries_to_mark(call.challenge)] == ["team-1", "team-2", "team-3", "team-4"]


@pytest.mark.django_db
def test_why_not_is_told_for_every_name_of_the_same_human(django_assert_num_queries):
    from tests.cast import actor

    call = locked_scene(groups=2)
    judith = actor("judith")
    other = judge(call, "J.", user=judith.user, organization=None, claimed_at=call.round.opens_at)
    actions.declare_conflict(person=other, group=call.groups[0], by=None, reason="A cousin.")
    MembershipFactory(group=call.groups[1], person=judith.person)
    with django_assert_num_queries(2):
        found = barred([one.pk for one in call.groups], [judith.person, other])
    conflict = Bar(own=False, reason="A cousin.", kind="declared")
    assert found == {
        (call.groups[0].pk, judith.person.pk): conflict,
        (call.groups[0].pk, other.pk): conflict,
        (call.groups[1].pk, judith.person.pk): Bar(own=True),
        (call.groups[1].pk, other.pk): Bar(own=True),
    }
