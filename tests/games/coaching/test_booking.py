"""A team books within its quota, cancels in time or late, moves; the last place goes to one; a judge does not mark whom they advised."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from games.coaching import actions
from games.coaching.models import Booking, Slot
from games.coaching.queries import used_by, used_in, without_a_booking
from games.coaching.rules import BookingInvalid, OfficeHoursRefused, Outcome, Overlaps, OverQuota, SlotFull, SlotInvalid, Span
from games.journal.models import JournalEntry
from games.judging.actions import find_conflicts
from games.judging.models import ConflictOfInterest, Panelist
from games.notices.actions import react, remind_of_sessions
from games.notices.models import Notice
from games.permissions import allows, visible
from tests.cast import Actor, Cast
from tests.factories.coaching import advising, slot
from tests.races import at_once

pytestmark = pytest.mark.django_db


def booked(cast: Cast, one: Slot, **values: Any) -> Booking:
    """Red books it."""
    told = {"group": cast.red, "question": "How do we price it?", "by": cast.ada.user} | values
    return actions.book(one, **told)


def told() -> list[tuple[str, str]]:
    """Every act told, and who heard what."""
    for entry in JournalEntry.objects.order_by("pk"):
        react(entry.pk)
    return list(Notice.objects.order_by("pk").values_list("person__name", "text"))


def test_a_third_booking_over_a_quota_of_two_is_refused(cast: Cast) -> None:
    expert = advising(cast)
    slots = [slot(cast, expert, hours=48 + hour) for hour in range(4)]
    booked(cast, slots[0])
    booked(cast, slots[1])
    with pytest.raises(OverQuota, match="2 office hours"):
        booked(cast, slots[2])
    assert used_by(cast.red, None) == 2
    booked(cast, slots[2], group=cast.blue, by=cast.ben.user)
    assert [(one.group.key, one.booked, one.counts) for one in used_in(cast.cycle, [cast.blue, cast.red])] == [
        ("blue", 1, 1),
        ("red", 2, 2),
    ]


def test_cancelled_in_time_it_is_given_back_and_late_it_is_not(cast: Cast) -> None:
    expert = advising(cast, quota=1, cancel_hours=24)
    early, late, other = slot(cast, expert, hours=25), slot(cast, expert, hours=23), slot(cast, expert, hours=60)
    first = actions.cancel(booked(cast, early), by=cast.ada.user)
    assert (first.counts, Slot.objects.get(pk=early.pk).taken) == (False, 0)
    second = actions.cancel(booked(cast, late), by=cast.ada.user)
    assert second.counts
    with pytest.raises(OverQuota):
        booked(cast, other)
    with pytest.raises(OfficeHoursRefused, match="already"):
        actions.cancel(second, by=cast.ada.user)
    assert booked(cast, late, group=cast.blue, by=cast.ben.user).slot_id == late.pk


def test_moved_it_keeps_its_question_and_takes_one_place(cast: Cast) -> None:
    expert = advising(cast, quota=1)
    one, other, soon = slot(cast, expert, hours=48), slot(cast, expert, hours=72), slot(cast, expert, hours=2)
    moved = actions.move(booked(cast, one), slot=other, by=cast.ada.user)
    assert (moved.slot_id, moved.question, used_by(cast.red, None)) == (other.pk, "How do we price it?", 1)
    assert list(Slot.objects.order_by("number").values_list("taken", flat=True)) == [0, 1, 0]
    again = actions.move(moved, slot=soon, by=cast.ada.user)
    with pytest.raises(OfficeHoursRefused, match="too late"):
        actions.move(again, slot=other, by=cast.ada.user)
    taken = slot(cast, expert, hours=50)
    booked(cast, taken, group=cast.blue, by=cast.ben.user)
    assert Booking.objects.filter(cancelled_at=None).count() == 2


def test_a_move_to_a_full_slot_changes_nothing(cast: Cast) -> None:
    expert = advising(cast, quota=1)
    one, full = slot(cast, expert, hours=48), slot(cast, expert, hours=72)
    mine = booked(cast, one)
    booked(cast, full, group=cast.blue, by=cast.ben.user)
    with pytest.raises(SlotFull):
        actions.move(mine, slot=full, by=cast.ada.user)
    assert Booking.objects.get(pk=mine.pk).cancelled_at is None
    assert Slot.objects.get(pk=one.pk).taken == 1


def test_nobody_is_in_two_places_at_once(cast: Cast) -> None:
    expert = advising(cast, quota=5)
    at = now() + timedelta(days=2)
    booked(cast, slot(cast, expert, at=at))
    with pytest.raises(Overlaps):
        booked(cast, slot(cast, expert, at=at + timedelta(minutes=19)))
    booked(cast, slot(cast, expert, at=at + timedelta(minutes=20)))
    with pytest.raises(Overlaps):
        actions.offer(cast.cycle, expert=expert.person, spans=[Span(at, at + timedelta(hours=1))], by=expert.user)


def test_what_cannot_be_booked(cast: Cast) -> None:
    expert = advising(cast, quota=5)
    with pytest.raises(BookingInvalid):
        booked(cast, slot(cast, expert), question=" ")
    with pytest.raises(OfficeHoursRefused, match="begun"):
        booked(cast, slot(cast, expert, hours=-1))
    full = slot(cast, expert, hours=30)
    booked(cast, full, group=cast.blue, by=cast.ben.user)
    with pytest.raises(SlotFull):
        booked(cast, full)
    with pytest.raises(SlotFull):
        booked(cast, slot(cast, expert, hours=50, withdrawn_at=now()))
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=full.pk).update(taken=2)


def test_offers_are_made_many_at_once_by_experts_only(cast: Cast) -> None:
    expert = advising(cast)
    at = now() + timedelta(days=3)
    spans = [Span(at + timedelta(minutes=20 * n), at + timedelta(minutes=20 * (n + 1))) for n in range(6)]
    made = actions.offer(cast.cycle, expert=expert.person, spans=spans, by=cast.org.user, place="Room 4", topics="Money")
    assert [one.number for one in made] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(OfficeHoursRefused, match="expert"):
        actions.offer(cast.cycle, expert=cast.judith.person, spans=[Span(at, at + timedelta(hours=1))], by=cast.org.user)
    with pytest.raises(SlotInvalid):
        actions.offer(cast.cycle, expert=expert.person, spans=[], by=cast.org.user)


def test_a_slot_taken_back_gives_the_office_hour_back_and_tells_the_team(cast: Cast) -> None:
    expert = advising(cast, quota=1)
    one = slot(cast, expert, hours=3)
    booked(cast, one)
    assert actions.withdraw_slot(one, by=expert.user) == 1
    assert actions.withdraw_slot(one, by=expert.user) == 0
    assert used_by(cast.red, None) == 0
    assert ("Ada", "does not take place") in [(name, text.split("Xenia ")[-1].split(":")[0]) for name, text in told()]
    booked(cast, slot(cast, expert, hours=50))


def test_expert_and_team_hear_of_it_each_what_concerns_them(cast: Cast) -> None:
    expert = advising(cast)
    mine = booked(cast, slot(cast, expert, hours=48))
    actions.nudge(cast.cycle, by=cast.org.user)
    with pytest.raises(OfficeHoursRefused, match="two days"):
        actions.nudge(cast.cycle, by=cast.org.user)
    heard = told()
    assert [name for name, text in heard if "booked an office hour" in text] == ["Xenia"]
    assert [name for name, text in heard if "Office hours wait for Blue" in text] == ["Ben"]
    actions.cancel(mine, by=cast.ada.user)
    assert [name for name, text in told() if "cancelled the office hour" in text] == ["Xenia"]


def test_the_day_before_the_team_is_reminded_once(cast: Cast) -> None:
    expert = advising(cast)
    mine = booked(cast, slot(cast, expert, hours=10))
    assert remind_of_sessions() == 0, "booked within the day"
    Booking.objects.filter(pk=mine.pk).update(booked_at=now() - timedelta(days=3))
    assert (remind_of_sessions(), remind_of_sessions()) == (1, 0)


def test_what_became_of_it_is_said_once_it_has_begun(cast: Cast) -> None:
    expert = advising(cast)
    mine = booked(cast, slot(cast, expert, hours=10))
    with pytest.raises(OfficeHoursRefused, match="not begun"):
        actions.settle(mine, outcome=Outcome.HELD, by=expert.user)
    began = now() - timedelta(hours=1)
    Slot.objects.filter(pk=mine.slot_id).update(starts_at=began, ends_at=began + timedelta(minutes=20))
    assert actions.settle(mine, outcome=Outcome.HELD, by=expert.user).outcome == "held"
    assert actions.settle(mine, outcome=Outcome.MISSED, by=expert.user).outcome == "missed"
    with pytest.raises(OfficeHoursRefused):
        actions.cancel(mine, by=cast.ada.user)


def test_a_private_note_is_the_experts_alone_and_a_shared_one_is_told(cast: Cast) -> None:
    expert = advising(cast)
    mine = booked(cast, slot(cast, expert))
    private = actions.note(mine, text="They are in a hurry.", shared=False, by=expert.user)
    shared = actions.note(mine, text="Ask the harbour first.", shared=True, by=expert.user)

    def reads(someone: Actor) -> list[int]:
        return sorted(visible(someone.access, "session_note.view", type(private).objects.all()).values_list("pk", flat=True))

    assert reads(expert) == [private.pk, shared.pk]
    assert reads(cast.ada) == reads(cast.org) == [shared.pk]
    assert reads(cast.ben) == reads(cast.judith) == reads(cast.eve) == reads(cast.visitor) == []
    assert [name for name, text in told() if "wrote you a note" in text] == ["Ada"]


def test_a_judge_who_advised_a_team_is_found_to_be_in_conflict(cast: Cast) -> None:
    expert = advising(cast)
    Panelist.objects.create(challenge=cast.concept, panel="jury", person=expert.person)
    assert find_conflicts(cycle=cast.cycle) == 0
    booked(cast, slot(cast, expert))
    assert (find_conflicts(cycle=cast.cycle), find_conflicts(cycle=cast.cycle)) == (1, 0)
    found = ConflictOfInterest.objects.get()
    assert (found.person, found.group, found.kind, found.source) == (expert.person, cast.red, "mentor", "system")
    assert allows(cast.ada.access, "slot.book", slot(cast, expert, hours=70)), (
        "to have been advised is no reason against more advice"
    )


def test_an_expert_who_judges_the_team_or_is_too_close_is_not_bookable(cast: Cast) -> None:
    expert = advising(cast)
    one = slot(cast, expert)
    assert allows(cast.ada.access, "slot.book", one)
    sheet = cast.assign(expert, cast.red)
    assert not allows(cast.ada.access, "slot.book", one)
    assert allows(cast.ben.access, "slot.book", one)
    sheet.delete()
    ConflictOfInterest.objects.create(person=expert.person, group=cast.red, kind="declared", source="organizer")
    assert not allows(cast.ada.access, "slot.book", one)


def test_the_quota_of_each_round_is_its_own(cast: Cast) -> None:
    expert = advising(cast, quota=1, per="round")
    assert cast.final.opens_at is not None
    booked(cast, slot(cast, expert, hours=24))
    with pytest.raises(OverQuota, match="each round"):
        booked(cast, slot(cast, expert, hours=48))
    later = booked(cast, slot(cast, expert, at=cast.final.opens_at + timedelta(days=1)))
    assert later.round == cast.final
    assert list(without_a_booking(cast.cycle, cast.final.pk)) == [cast.blue]


@pytest.mark.django_db(transaction=True)
def test_of_two_teams_that_book_the_last_place_at_once_one_gets_it(cast: Cast) -> None:
    expert = advising(cast)
    one = slot(cast, expert)
    acts = [
        lambda: booked(cast, one),
        lambda: booked(cast, one, group=cast.blue, by=cast.ben.user),
    ]
    came = at_once(acts)
    assert sorted(type(each).__name__ for each in came) == ["Booking", "SlotFull"]
    assert (Slot.objects.get(pk=one.pk).taken, Booking.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_of_one_team_who_book_at_once_stay_within_the_quota(cast: Cast) -> None:
    expert = advising(cast, quota=1)
    slots = [slot(cast, expert, hours=48 + hour) for hour in range(3)]
    came = at_once([lambda one=one: booked(cast, one) for one in slots])
    assert sorted(type(each).__name__ for each in came) == ["Booking", "OverQuota", "OverQuota"], connection.vendor
    assert Booking.objects.count() == 1
