"""Small wins told: to the team the same day on the page, to everybody in a team once a week by mail; flags to organizers alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from games.cycles.models import Cycle
from games.groups.actions import set_rank_hidden
from games.groups.models import Group
from games.journal.actions import record
from games.journal.rules import Kind
from games.notices.actions import react, set_wishes, tell_of_wins
from games.notices.models import Message, Notice
from games.notices.rules import Pace, Topic
from games.recognition.models import Cheer, WatchFlag, Win
from tests.cast import Cast
from tests.factories.learning import an_idea

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2027, 3, 6, 20, tzinfo=UTC)
MONDAY = datetime(2027, 3, 8, 7, tzinfo=UTC)


def won(group: Group, kind: str = "first_test", **values: Any) -> Win:
    key = str(Win.objects.count())
    return Win.objects.create(cycle=group.cycle, group=group, kind=kind, key=key, seal=1, **{"at": SATURDAY} | values)


def mails() -> dict[str, str]:
    return dict(Message.objects.filter(kind="wins.weekly").values_list("to", "body"))


def test_a_team_hears_of_its_win_on_the_page_and_by_no_mail(cast: Cast) -> None:
    win = won(cast.red, "adopted", idea=an_idea(cast.red, title="Sieve"))
    entry = record(Kind.WIN_FOUND, cycle_id=cast.cycle.pk, group_id=cast.red.pk, subject=f"win:{win.pk}", payload={"win": win.pk})
    assert react(entry.pk) == 1
    notice = Notice.objects.get()
    assert (notice.person, notice.topic) == (cast.ada.person, "wins")
    assert notice.text == "Red Herons had an idea that others tested and adopted: Sieve"
    assert notice.path == f"/cycles/water/teams/red/wins/?win={win.pk}#win-{win.pk}"
    assert Message.objects.count() == 0


def test_organizers_hear_of_a_flag_and_nobody_else(cast: Cast) -> None:
    flag = WatchFlag.objects.create(cycle=cast.cycle, number=1, kind="ring", key="1-2-3", found_at=MONDAY, seen_at=MONDAY)
    entry = record(Kind.FLAG_RAISED, cycle_id=cast.cycle.pk, subject=f"watch_flag:{flag.pk}", payload={"flag": 1})
    react(entry.pk)
    assert [one.person for one in Notice.objects.all()] == [cast.org.person]


def test_once_a_week_everybody_in_a_team_reads_what_there_was_to_be_glad_of(cast: Cast) -> None:
    win = won(cast.red)
    Cheer.objects.create(win=win, person=cast.ben.person, at=SATURDAY)
    won(cast.blue, "best_place", reached=1, before=4, at=MONDAY - timedelta(days=7, hours=6))
    won(cast.red, "comeback", reached=1, before=3, at=MONDAY)  # of this week: in a week
    assert tell_of_wins(now=MONDAY - timedelta(minutes=1)) == 0
    assert tell_of_wins(now=MONDAY) == 2
    assert tell_of_wins(now=MONDAY + timedelta(days=3)) == 0
    told = mails()
    assert set(told) == {cast.ada.user.email, cast.ben.user.email}
    assert "You:\n- Red Herons finished its first test of change (1 cheered)" in told[cast.ada.user.email]
    assert "glad of a cheer:\n- Red Herons finished its first test" in told[cast.ben.user.email]
    assert not any("came back" in body for body in told.values())
    assert tell_of_wins(now=MONDAY + timedelta(days=7)) == 2
    assert Message.objects.filter(kind="wins.weekly").count() == 4


def test_a_week_without_wins_brings_no_mail(cast: Cast) -> None:
    assert tell_of_wins(now=MONDAY) == 0
    assert mails() == {}


def test_the_mail_tells_others_nothing_that_they_may_not_read(cast: Cast) -> None:
    won(cast.red, "adopted", idea=an_idea(cast.red, title="For the organizers", audience="organizers"))
    won(cast.red, "adopted", idea=an_idea(cast.red, title="A story of failure", kind="failure-story"))
    won(cast.red, "adopted", idea=an_idea(cast.red, title="For teams"))
    tell_of_wins(now=MONDAY)
    body = mails()[cast.ben.user.email]
    assert "For teams" in body
    assert "For the organizers" not in body
    assert "story of failure" not in body


def test_a_team_without_its_name_is_told_to_nobody_else(cast: Cast) -> None:
    won(cast.red)
    set_rank_hidden(cast.red, hidden=True, by=cast.ada.user)
    tell_of_wins(now=MONDAY)
    assert set(mails()) == {cast.ada.user.email}


def test_who_wants_none_gets_none_and_can_say_so_from_the_mail(cast: Cast) -> None:
    won(cast.red)
    set_wishes(cast.ada.user, {Topic.WINS: Pace.NEVER})
    tell_of_wins(now=MONDAY)
    assert set(mails()) == {cast.ben.user.email}


def test_a_cycle_that_is_over_or_a_dry_run_is_silent(cast: Cast) -> None:
    won(cast.red)
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="closed")
    assert tell_of_wins(now=MONDAY) == 0
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="running", rehearsal=True)
    assert tell_of_wins(now=MONDAY) == 0
