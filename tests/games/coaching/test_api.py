"""Office hours over the API: offered, booked, refused over the quota, moved, settled; outsiders find nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.coaching import actions
from games.coaching.models import Booking, Slot
from tests.cast import Cast
from tests.factories.coaching import advising, slot

pytestmark = pytest.mark.django_db
API = "/api/v1"


def offer(days: int = 3, count: int = 3, **values: Any) -> dict[str, Any]:
    at = now() + timedelta(days=days)
    times = [{"starts_at": (at + timedelta(minutes=20 * n)).isoformat(), "minutes": 20} for n in range(count)]
    return {"times": times, "place": "Room 4", "topics": "Money"} | values


def test_a_third_booking_over_the_quota_answers_409_and_says_so(cast: Cast) -> None:
    expert = advising(cast)
    made = expert.api.post(f"{API}/cycles/{cast.cycle.pk}/slots", offer(), format="json")
    assert (made.status_code, [one["number"] for one in made.json()], made.json()[0]["place"]) == (201, [1, 2, 3], "Room 4")
    shown = cast.ada.api.get(f"{API}/slots", {"cycle": cast.cycle.pk}).json()["results"]
    assert {one["place"] for one in shown} == {""}, "who has not booked does not read where"
    body = {"group": cast.red.pk, "question": "How do we price it?"}
    codes = [cast.ada.api.post(f"{API}/slots/{one['id']}/bookings", body, format="json") for one in shown]
    assert [one.status_code for one in codes] == [201, 201, 409]
    assert (codes[0].json()["place"], codes[2].json()["code"]) == ("Room 4", "over_quota")
    assert "2 office hours" in codes[2].json()["detail"]
    hours = cast.ada.api.get(f"{API}/groups/{cast.red.pk}/office-hours").json()
    assert hours == {"quota": 2, "per": "cycle", "cancel_hours": 24, "used": 2}
    first = codes[0].json()["id"]
    moved = cast.ada.api.post(f"{API}/bookings/{first}/move", {"slot": shown[2]["id"]}, format="json").json()
    assert (moved["slot"], moved["counts"]) == (shown[2]["id"], True)
    assert cast.ada.api.post(f"{API}/bookings/{moved['id']}/cancel").json()["counts"] is False
    assert cast.ben.api.get(f"{API}/groups/{cast.red.pk}/office-hours").status_code == 403


def test_the_expert_settles_and_notes_and_organizers_offer_for_them(cast: Cast) -> None:
    expert = advising(cast)
    asked = offer(expert=expert.person.pk, count=1)
    [made] = cast.org.api.post(f"{API}/cycles/{cast.cycle.pk}/slots", asked, format="json").json()
    assert cast.org.api.post(f"{API}/cycles/{cast.cycle.pk}/slots", offer(days=9), format="json").status_code == 404
    booking = actions.book(Slot.objects.get(pk=made["id"]), group=cast.red, question="How?", by=cast.ada.user)
    path = f"{API}/bookings/{booking.pk}"
    assert expert.api.post(f"{path}/settle", {"held": True}, format="json").json()["code"] == "office_hours_refused"
    note = {"text": "Ask the harbour.", "shared": True}
    assert expert.api.post(f"{path}/notes", note, format="json").status_code == 201
    assert expert.api.post(f"{path}/notes", {"text": "Shy."}, format="json").status_code == 201
    assert cast.org.api.post(f"{path}/notes", note, format="json").status_code == 403
    assert [one["text"] for one in cast.ada.api.get(f"{API}/session-notes").json()["results"]] == ["Ask the harbour."]
    assert cast.org.api.post(f"{API}/cycles/{cast.cycle.pk}/nudge-hours").json() == {"count": 1}
    assert expert.api.post(f"{API}/slots/{made['id']}/withdraw").json() == {"count": 1}


@pytest.mark.outsider
def test_who_is_outside_finds_no_slot_booking_or_note(cast: Cast) -> None:
    expert = advising(cast)
    one = slot(cast, expert)
    booking = actions.book(one, group=cast.red, question="How?", by=cast.ada.user)
    note = actions.note(booking, text="Like this.", shared=True, by=expert.user)
    for someone in (cast.judith, cast.eve):
        api = someone.api
        for name, row in (("slots", one), ("bookings", booking), ("session-notes", note)):
            assert api.get(f"{API}/{name}").json()["results"] == []
            hidden, absent = api.get(f"{API}/{name}/{row.pk}"), api.get(f"{API}/{name}/999999")
            assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
        body = {"group": cast.red.pk, "question": "x"}
        assert api.post(f"{API}/slots/{one.pk}/bookings", body, format="json").status_code == 404
        assert api.post(f"{API}/bookings/{booking.pk}/cancel").status_code == 404
        assert api.post(f"{API}/cycles/{cast.cycle.pk}/slots", offer(), format="json").status_code == 403
    other = slot(cast, expert, hours=70)
    body = {"group": cast.red.pk, "question": "For them."}
    assert cast.ben.api.post(f"{API}/slots/{other.pk}/bookings", body, format="json").status_code == 404
    assert cast.ben.api.get(f"{API}/bookings/{booking.pk}").status_code == 404
    assert (
        cast.visitor.api.get(f"{API}/slots").status_code in {401, 403}
        or not cast.visitor.api.get(f"{API}/slots").json()["results"]
    )
    assert Booking.objects.count() == 1


def test_lists_cost_the_same_however_long(cast: Cast) -> None:
    expert = advising(cast, quota=99)
    counts = []
    for many in (3, 30):
        for n in range(Slot.objects.count(), many):
            actions.book(slot(cast, expert, hours=30 + n), group=cast.red, question="How?", by=cast.ada.user)
        for path in ("slots", "bookings"):
            api = cast.org.api
            with CaptureQueriesContext(connection) as asked:
                assert api.get(f"{API}/{path}").status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8
