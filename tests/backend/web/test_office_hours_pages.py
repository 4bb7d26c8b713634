"""Office hours in pages: a team books two, the third is refused; the expert's place and session; the organizers' desk; the calendar."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.coaching import actions
from games.coaching.models import Booking, SessionNote, Slot
from games.judging.models import ConflictOfInterest
from games.submissions.models import Submission, Version
from tests.cast import Cast
from tests.factories.coaching import advising, slot
from tests.factories.groups import GroupFactory
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
TEAM = "/cycles/water/teams/red/office-hours/"
PLACE = "/cycles/water/office-hours/"
DESK = "/cycles/water/desk/office-hours/"
ASK = {"question": "How do we price it?"}


def main(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2])


def test_a_team_books_two_and_the_third_is_refused_with_what_was_typed(cast: Cast) -> None:
    expert = advising(cast)
    for n in range(3):
        slot(cast, expert, hours=48 + n, topics="Money")
    client = cast.ada.client
    text = main(client.get(TEAM))
    for words in ("0 of 2 used", "Every team has as many.", "Xenia", "Money", "Free"):
        assert words in text
    assert "How do we" not in text
    assert "Book Xenia" in main(client.get(f"{TEAM}?slot=1"))
    for number in (1, 2):
        assert client.post(f"{TEAM}?slot={number}", {"slot": number} | ASK).status_code == 302
    refused = client.post(f"{TEAM}?slot=3", {"slot": 3} | ASK)
    assert refused.status_code == 422
    text = main(refused)
    assert "Every team has 2 office hours in this competition, and yours are booked." in text
    assert "How do we price it?</textarea>" in text
    assert "2 of 2 used" in text
    assert Booking.objects.count() == 2


def test_cancelled_moved_and_no_way_to_an_expert_who_is_too_close(cast: Cast) -> None:
    expert = advising(cast)
    one, other = slot(cast, expert), slot(cast, expert, hours=80)
    booking = actions.book(one, group=cast.red, by=cast.ada.user, **ASK)
    client = cast.ada.client
    assert "Cancel it" in main(client.get(TEAM))
    assert client.post(f"{TEAM}{booking.pk}/move/", {"slot": other.number}).status_code == 302
    moved = Booking.objects.get(slot=other)
    assert client.post(f"{TEAM}{moved.pk}/cancel/").status_code == 302
    text = main(client.get(TEAM))
    assert text.count("Cancelled, and given back.") == 2
    assert "0 of 2 used" in text
    ConflictOfInterest.objects.create(person=expert.person, group=cast.red, kind="declared", source="organizer")
    assert "Not for your team" in main(client.get(TEAM))
    assert client.get(f"{TEAM}?slot={one.number}").status_code == 404


def test_the_expert_offers_every_week_reads_the_question_and_writes_notes(cast: Cast) -> None:
    expert = advising(cast)
    client = expert.client
    day = (now() + timedelta(days=7)).date().isoformat()
    offer = {"expert": expert.person.pk, "day": day, "begin": "14:00", "end": "15:00", "minutes": 20, "weeks": 2, "seats": 1}
    wrong = client.post(PLACE, offer | {"end": "14:10"})
    assert wrong.status_code == 422
    assert "No session of that length fits" in main(wrong)
    assert client.post(PLACE, offer | {"place": "https://meet.example.org/x"}).status_code == 302
    assert Slot.objects.count() == 6
    booking = actions.book(Slot.objects.order_by("number")[0], group=cast.red, by=cast.ada.user, **ASK)
    text = main(client.get(PLACE))
    for words in ("Nobody comes today.", "Later", "Red Herons", "How do we price it?", "Take back"):
        assert words in text
    page = f"{PLACE}sessions/{booking.pk}/"
    assert "None that is open to you" in main(client.get(page))
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="published", submitted_at=now())
    entry.pinned = Version.objects.create(submission=entry, number=1, data={"title": "Clay"}, digest="0" * 64, at=now())
    entry.save()
    assert "None that is open to you" in main(client.get(page)), "an expert reads a sealed entry no sooner than others"
    cast.publish(cast.call)
    assert f"/entries/{entry.pk}/versions/1/" in main(client.get(page))
    assert client.post(page, {"text": " "}).status_code == 422
    assert client.post(page, {"text": "Shy."}).status_code == 302
    assert client.post(page, {"text": "Ask the harbour.", "shared": "on"}).status_code == 302
    assert "only you read this" in main(client.get(page))
    team = main(cast.ada.client.get(TEAM))
    assert "Ask the harbour." in team
    assert "Shy." not in team
    assert "Shy." not in main(cast.org.client.get(page))
    began = now() - timedelta(hours=1)
    Slot.objects.filter(pk=booking.slot_id).update(starts_at=began, ends_at=began + timedelta(minutes=20))
    assert "How was it?" in main(client.get(PLACE))
    assert client.post(page, {"outcome": "held"}).status_code == 302
    assert "It took place." in main(cast.ada.client.get(TEAM))
    last = Slot.objects.order_by("number").last()
    assert last is not None
    assert client.post(f"{PLACE}{last.number}/withdraw/").status_code == 302
    assert Slot.objects.get(pk=last.pk).withdrawn_at is not None


def test_organizers_see_who_has_used_how_many_and_tell_who_has_none(cast: Cast) -> None:
    expert = advising(cast)
    actions.book(slot(cast, expert), group=cast.red, by=cast.ada.user, **ASK)
    slot(cast, expert, hours=90)
    text = main(cast.org.client.get(DESK))
    for words in ("2 for every team", "1 place is free.", "1 expert.", "1 team has booked none.", "1 / 2", "0 / 2"):
        assert words in text
    assert text.index("Blue Herons") < text.index("Red Herons"), "who booked least stands first"
    assert cast.org.client.post(f"{DESK}nudge/").status_code == 302
    again = cast.org.client.post(f"{DESK}nudge/", follow=True)
    assert "within the last two days" in html.unescape(again.content.decode())
    assert "Xenia" in main(cast.org.client.get(PLACE))
    assert "Office hours" in main(cast.org.client.get("/cycles/water/desk/rounds/"))


def test_without_office_hours_nothing_is_there_but_words(cast: Cast) -> None:
    assert "No office hours in this cycle" in main(cast.ada.client.get(TEAM))
    assert "No office hours in these rules" in main(cast.org.client.get(DESK))
    assert "No office hours in these rules" in main(cast.org.client.get(PLACE))


def test_a_booking_stands_in_the_calendars_of_team_and_expert(cast: Cast) -> None:
    expert = advising(cast)
    booking = actions.book(slot(cast, expert, place="Room 4"), group=cast.red, by=cast.ada.user, **ASK)
    for someone, words in ((cast.ada, "Office hour with Xenia"), (expert, "Office hour with Red Herons")):
        text = someone.client.get("/cycles/water/calendar.ics").content.decode().replace("\r\n ", "")
        assert words in text
        assert f"booking-{booking.pk}@" in text
    assert "Office hour" not in cast.ben.client.get("/cycles/water/calendar.ics").content.decode()
    actions.cancel(booking, by=cast.ada.user)
    assert "Office hour" not in cast.ada.client.get("/cycles/water/calendar.ics").content.decode()


@pytest.mark.outsider
def test_who_is_outside_finds_no_page(cast: Cast) -> None:
    expert = advising(cast)
    one = slot(cast, expert)
    booking = actions.book(one, group=cast.red, by=cast.ada.user, **ASK)
    actions.note(booking, text="Shy.", shared=True, by=expert.user)
    pages = (TEAM, f"{TEAM}?slot=1", PLACE, f"{PLACE}sessions/{booking.pk}/", DESK)
    posts = (f"{TEAM}{booking.pk}/cancel/", f"{TEAM}{booking.pk}/move/", f"{PLACE}1/withdraw/", f"{DESK}nudge/")
    for someone in (cast.ben, cast.judith, cast.eve):
        for page in pages:
            assert someone.client.get(page).status_code == 404, (someone.name, page)
        for page in posts:
            assert someone.client.post(page, {"slot": 1}).status_code == 404, (someone.name, page)
    for page in pages:
        assert cast.visitor.client.get(page).status_code == 302
    assert expert.client.get(TEAM).status_code == 404
    assert cast.ada.client.get(PLACE).status_code == 404
    assert (Booking.objects.get().cancelled_at, SessionNote.objects.count()) == (None, 1)


def test_pages_cost_the_same_however_many_slots_and_bookings(cast: Cast) -> None:
    expert = advising(cast, quota=99)
    counts: list[dict[str, int]] = []
    for many in (3, 30):
        for n in range(Slot.objects.count() // 2, many):
            slot(cast, expert, hours=500 + n)
            actions.book(slot(cast, expert, hours=30 + n), group=cast.red, by=cast.ada.user, **ASK)
            GroupFactory(cycle=cast.cycle, key=f"g{n}")
        seen = {}
        for who, page in ((cast.ada, TEAM), (expert, PLACE), (cast.org, PLACE), (cast.org, DESK)):
            client = who.client
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            seen[f"{who.name} {page}"] = len(without_designs(asked))
        counts.append(seen)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 12, counts[0]
