"""What teams and judges hear of the hall: once it is quiet, once for all changes, only who has another place, and no judge a name."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.journal.models import JournalEntry
from games.judging.actions import hall
from games.judging.actions.pitching import Asked, drop_pitches, move_pitch, schedule_pitches, shift_pitches
from games.judging.models import Pitch, Stand
from games.judging.rules.hall import Placed
from games.judging.rules.pitching import Times
from games.notices.actions import tell_of_halls
from games.notices.models import Message, Notice
from games.notices.rules import hall_is_quiet
from tests.factories.accounts import UserFactory
from tests.factories.groups import MembershipFactory
from tests.factories.judging import locked_scene, people, sheet_for
from tests.factories.organizations import PersonFactory
from tests.factories.submissions import ESSAY, Scene

HOUR = timedelta(hours=1)
NOW = datetime(2026, 5, 1, 10).astimezone()


@pytest.fixture
def fair(db: None) -> tuple[Scene, Any]:
    """Two teams of Ada and Ben; Judith has a sheet of each."""
    call = locked_scene(ESSAY, groups=2)
    cast = people(call)
    for group in call.groups:
        sheet_for(call, cast.judith.person, group)
    return call, cast


def later(minutes: float = 11) -> int:
    return tell_of_halls(now=now() + minutes * timedelta(minutes=1))


def heard() -> list[tuple[str, str]]:
    return [(one.person.name, one.text.partition(": ")[2]) for one in Notice.objects.select_related("person").order_by("pk")]


def pitched(call: Scene, day: datetime | None = None) -> None:
    times = Times(day or (now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0), 5, 1)
    schedule_pitches(round_=call.round, asked=Asked(times, {"jury": ("Aula",)}), by=None)


@pytest.mark.parametrize(
    ("minutes", "hours", "quiet"), [(9, None, False), (10, None, True), (2, 2.5, True), (0.5, 2.5, False), (2, 5, False)]
)
def test_it_is_quiet_after_ten_minutes_or_one_when_a_pitch_is_near(minutes: float, hours: float | None, quiet: bool) -> None:
    pitch = None if hours is None else NOW + hours * HOUR
    assert hall_is_quiet(NOW - timedelta(minutes=minutes), pitch, NOW) is quiet


def test_an_hour_of_arranging_is_told_once_and_to_each_their_own(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    hall.number_tables(round_=call.round, by=None)
    hall.place_tables(round_=call.round, wanted=[Placed(call.groups[0].key, 7, "Hall B")], by=None)
    assert later(5) == 0
    assert (later(), later()) == (3, 0)
    assert sorted(heard()) == [
        ("Ada", "your table is 7, Hall B"),
        ("Ben", "your table is 2"),
        ("Judith", "your entries stand at tables 2, 7"),
    ]
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["hall.judge", "hall.team", "hall.team"]
    assert {one.person.name: one.path for one in Notice.objects.all()} == {
        "Ada": f"/cycles/{call.cycle.key}/teams/{call.groups[0].key}/",
        "Ben": f"/cycles/{call.cycle.key}/teams/{call.groups[1].key}/",
        "Judith": "/desk/hall/",
    }


def test_only_who_has_another_place_hears_again(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    pitched(call)
    assert later() == 3
    first, second = Pitch.objects.order_by("starts_at")
    move_pitch(pitch=second, room="Foyer", starts_at=second.starts_at, by=None)
    assert later() == 2
    mails = Message.objects.order_by("pk")[3:]
    assert sorted((one.kind, "something has changed" in one.body) for one in mails) == [("hall.judge", True), ("hall.team", True)]
    assert "Foyer" in next(one.body for one in mails if one.kind == "hall.team")
    move_pitch(pitch=second, room=first.room, starts_at=second.starts_at, by=None)
    assert later() == 2, "back where it was is another place again"


def test_a_schedule_taken_back_is_told_to_who_knew_it(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    pitched(call)
    drop_pitches(round_=call.round, by=None)
    assert later() == 0, "nobody had heard of it"
    pitched(call)
    assert later() == 3
    drop_pitches(round_=call.round, by=None)
    assert later() == 3
    assert heard()[-1][1] in {"nothing in the hall waits for you any more", "you have no table and no pitch any more"}


def test_everything_later_is_told_within_a_minute_on_the_day(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    pitched(call, now() + 2 * HOUR)
    assert later(2) == 3
    shift_pitches(round_=call.round, minutes=10, since=now(), by=None)
    assert later(0.5) == 0
    assert later(2) == 3


def test_nobody_hears_of_an_absent_team_of_a_dry_run_or_of_a_round_that_is_out(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    hall.number_tables(round_=call.round, by=None)
    assert later() == 3
    hall.mark_absent(stand=Stand.objects.first(), by=None)  # type: ignore[arg-type]
    assert later() == 0
    hall.number_tables(round_=call.round, by=None, first=20, anew=True)
    type(call.cycle).objects.update(rehearsal=True)
    assert later() == 0
    type(call.cycle).objects.update(rehearsal=False)
    type(call.round).objects.update(published_at=now())
    assert later() == 0
    type(call.round).objects.update(published_at=None)
    assert later() == 3
    assert JournalEntry.objects.filter(payload__change="told").count() == 2


def test_judges_read_no_name_of_a_team(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    hall.number_tables(round_=call.round, by=None)
    pitched(call)
    later()
    mail = Message.objects.get(kind="hall.judge")
    assert "Tables: 1, 2." in mail.body
    assert "Aula" in mail.body
    assert not any(group.name in mail.subject + mail.body for group in call.groups)


def test_telling_takes_as_many_statements_for_three_as_for_thirty(fair: tuple[Scene, Any]) -> None:
    call, _cast = fair
    counts = []
    for size in (3, 30):
        for _ in range(size):
            MembershipFactory.create(cycle=call.cycle, group=call.group, person=PersonFactory.create(user=UserFactory.create()))
        hall.number_tables(round_=call.round, by=None, first=size, anew=True)
        with CaptureQueriesContext(connection) as caught:
            assert later() >= size
        counts.append(len(caught))
    assert counts[0] == counts[1]
