"""Who sits where and who must not mark whom, as organizers see it; sheets rearranged as one act."""

import pytest

from games.errors import Invalid
from games.judging import actions
from games.judging.conflicts import Bar, barred
from games.judging.models import Sheet
from games.judging.seating import entries_to_mark, tables_of
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for


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
    with django_assert_num_queries(1):
        found = barred([one.pk for one in call.groups], [judith.person, other])
    conflict = Bar(own=False, reason="A cousin.", kind="declared")
    assert found == {
        (call.groups[0].pk, judith.person.pk): conflict,
        (call.groups[0].pk, other.pk): conflict,
        (call.groups[1].pk, judith.person.pk): Bar(own=True),
        (call.groups[1].pk, other.pk): Bar(own=True),
    }
