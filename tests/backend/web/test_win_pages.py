"""Small wins in pages: the feed with cheers, a team's own page with its weeks, the organizer's page with flags and what was decided."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.queries import design_of
from games.groups.actions import set_rank_hidden
from games.groups.models import Group
from games.journal.actions import seal_pending
from games.recognition.actions import read_journal
from games.recognition.models import Cheer, LearningWeek, WatchFlag, Win
from games.recognition.queries.acts import zone_of
from games.recognition.rules.wins import monday
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.learning import an_idea, finished

pytestmark = pytest.mark.django_db
CYCLE = "/cycles/water/"
WINS, TEAM, DESK = f"{CYCLE}wins/", f"{CYCLE}teams/red/wins/", f"{CYCLE}desk/attention/"
MOST = 12


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


def won(cast: Cast) -> Win:
    """Blue adopts an idea of red, after a first test of red."""
    finished(cast.red, by=cast.ada.user)
    finished(cast.blue, an_idea(cast.red, title="Sieve with old saris"), by=cast.ben.user)
    seal_pending()
    while read_journal(cast.cycle):
        pass
    return Win.objects.get(kind="adopted")


def busy(group: Group, *acts: int, tests: int = 0) -> None:
    """So many acts in each of the last weeks, the week before this one last."""
    this = monday(now().astimezone(zone_of(design_of(group.cycle))).date())
    for back, count in enumerate(reversed(acts), 1):
        LearningWeek.objects.create(cycle=group.cycle, group=group, week=this - timedelta(weeks=back), acts=count, tests=tests)


def flag(cast: Cast, **values: Any) -> WatchFlag:
    facts = {"exchanges": 60, "given": 62, "share": 96}
    number = WatchFlag.objects.count() + 1
    told = {"kind": "ring", "key": str(number), "facts": facts, "found_at": now(), "seen_at": now()} | values
    row = WatchFlag.objects.create(cycle=cast.cycle, number=number, **told)
    row.groups.set([cast.red, cast.blue])
    return row


def test_nothing_won_yet_says_what_will_be_here(cast: Cast) -> None:
    assert "No win yet" in main(cast.ben.client.get(WINS))
    assert "The first one is near" in main(cast.ada.client.get(TEAM))
    assert "Nothing to look at" in main(cast.org.client.get(DESK))


def test_a_win_is_read_the_same_day_and_cheered_by_others(cast: Cast) -> None:
    win = won(cast)
    text = main(cast.ben.client.get(WINS))
    for words in ("Red Herons", "had an idea that others tested and adopted", "Sieve with old saris", "finished its first test"):
        assert words in text
    assert text.count('value="cheer"') == 2  # of red's wins; blue's own has no button
    url = f"{WINS}{win.pk}/cheer/"
    given = cast.ben.client.post(url, {"do": "cheer"})
    assert (given.status_code, given.headers["Location"]) == (302, f"{WINS}#win-{win.pk}")
    assert "Cheered" in main(cast.ben.client.get(WINS))
    assert re.search(r'"number">1</span> cheer', main(cast.ada.client.get(TEAM)))
    cast.ben.client.post(url, {"do": "back"})
    assert Cheer.objects.count() == 0
    assert cast.ada.client.post(url, {"do": "cheer"}).status_code == 404
    assert cast.ben.client.post(url, {"do": "shout"}).status_code == 404


def test_who_adopted_it_is_named_to_those_who_may_read_the_test(cast: Cast) -> None:
    won(cast)
    assert "(Blue Herons)" in main(cast.org.client.get(WINS))
    assert "(Blue Herons)" not in main(cast.ada.client.get(TEAM))


def test_the_team_reads_its_weeks_and_a_kind_word(cast: Cast) -> None:
    busy(cast.red, 10, 16)
    text = main(cast.ada.client.get(TEAM))
    assert "A lot of motion. What did you learn from it?" in text
    assert "you did 16 things, after 10 a week before" in text
    assert "The same as a table" in text
    busy(cast.blue, 10, 16, tests=1)
    LearningWeek.objects.filter(group=cast.blue).order_by("-week").update(adoptions=0)
    assert "A lot of motion" in main(cast.ben.client.get(f"{CYCLE}teams/blue/wins/"))
    LearningWeek.objects.filter(group=cast.blue, acts=16).update(adoptions=1)
    assert "A lot of motion" not in main(cast.ben.client.get(f"{CYCLE}teams/blue/wins/"))


def test_an_organizer_looks_at_a_flag_and_says_what_was_found(cast: Cast) -> None:
    row, org = flag(cast), cast.org.client
    busy(cast.red, 10, 16)
    text = main(org.get(DESK))
    for words in ("A small circle that gives mostly to itself", "Blue Herons, Red Herons", "60 of 62", "motion without learning"):
        assert words in text
    one = f"{DESK}{row.number}/"
    refused = main(org.post(one, {"do": "dismissed", "reason": ""}))
    assert "Please look again" in refused
    assert org.post(one, {"do": "acted", "reason": "We talked: one workshop."}).headers["Location"] == DESK
    row.refresh_from_db()
    assert (row.state, row.reason, row.by) == ("acted", "We talked: one workshop.", cast.org.person)
    assert "We talked: one workshop." in main(org.get(DESK))
    again = org.post(one, {"do": "dismissed", "reason": "Second thoughts."})
    assert "Somebody has looked at it already" in main(again)
    assert "something was done" in main(org.get(one))


def test_looking_again_raises_what_is_there_now(cast: Cast) -> None:
    busy(cast.red, 10, 16)
    assert cast.org.client.post(f"{DESK}look/").headers["Location"] == DESK
    assert WatchFlag.objects.get().kind == "motion"
    assert "In the week of" in main(cast.org.client.get(DESK))


@pytest.mark.outsider
def test_outsiders_learn_nothing(cast: Cast) -> None:
    win, row = won(cast), flag(cast)
    for name in ("eve", "visitor"):
        assert "Herons" not in main(getattr(cast, name).client.get(WINS))
    for client in (cast.eve.client, cast.ben.client, cast.judith.client):
        assert client.get(TEAM).status_code == 404
        assert client.get(DESK).status_code == 404
        assert client.get(f"{DESK}{row.number}/").status_code == 404
        assert client.post(f"{DESK}{row.number}/", {"do": "acted", "reason": "x"}).status_code == 404
        assert client.post(f"{DESK}look/").status_code == 404
    assert cast.eve.client.post(f"{WINS}{win.pk}/cheer/", {"do": "cheer"}).status_code == 404
    set_rank_hidden(cast.red, hidden=True, by=cast.ada.user)
    assert "Red Herons" not in main(cast.ben.client.get(WINS))
    assert cast.ben.client.post(f"{WINS}{win.pk}/cheer/", {"do": "cheer"}).status_code == 404


@pytest.mark.parametrize(("path", "who"), [(WINS, "ben"), (WINS, "org"), (TEAM, "ada"), (DESK, "org")])
def test_as_many_statements_for_many_as_for_few(cast: Cast, path: str, who: str) -> None:
    client = getattr(cast, who).client

    def statements(count: int) -> int:
        groups = [GroupFactory.create(cycle=cast.cycle, key=f"g{count}-{number}") for number in range(count)]
        at = now()
        Win.objects.bulk_create(
            Win(cycle=cast.cycle, group=one, kind="first_test", key=f"{count}-{number}", seal=1, at=at)
            for number, one in enumerate([*groups, *[cast.red] * count])
        )
        for one in groups:
            busy(one, 10, 16)
        flag(cast)
        with CaptureQueriesContext(connection) as told:
            assert client.get(path).status_code == 200
        return len(told)

    few, many = statements(3), statements(30)
    assert few == many <= MOST
