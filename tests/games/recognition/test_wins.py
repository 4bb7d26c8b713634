"""Small wins as the journal is read: found the same day, once, seen no further than what they are about; cheers."""

import pytest
from django.utils.timezone import now

from games.groups.actions import set_rank_hidden
from games.groups.models import Group
from games.ideas.actions.citing import Citation
from games.ideas.actions.moderating import hide
from games.journal.actions import record, seal_pending
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.learning.rules import Act
from games.permissions import visible
from games.recognition.actions import read_journal
from games.recognition.actions.cheering import cheer_back, cheer_win
from games.recognition.actions.rebuilding import rebuild_wins
from games.recognition.models import Cheer, PointsCursor, Win, WinProgress
from games.recognition.rules.wins import CheerRefused
from leaderboards.models import Board, Snapshot
from tests.cast import Cast
from tests.factories.cycles import small_design
from tests.factories.ideas import shared
from tests.factories.learning import an_idea, finished

pytestmark = pytest.mark.django_db


def read(cast: Cast) -> None:
    """Seal what was journalled, and read it."""
    seal_pending()
    while read_journal(cast.cycle):
        pass


def told(cast: Cast, group: Group | None = None) -> list[str]:
    rows = Win.objects.filter(cycle=cast.cycle) if group is None else Win.objects.filter(group=group)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def published(cast: Cast, round_: str, places: dict[str, str], *, board: str = "main", audience: str = "public") -> Snapshot:
    """A state of a board is published: place by key of a group."""
    row, _ = Board.objects.get_or_create(
        scope=cast.cycle.pk, key=board, defaults={"number": 1, "name": "Main", "audience": audience}
    )
    number = row.snapshots.count() + 1
    rows = [{"entry": key, "line": 0, "place": place} for key, place in places.items()]
    snapshot = Snapshot.objects.create(
        board=row, number=number, design_number=1, rows=rows, digest=str(number), published_at=now()
    )
    payload = {"board": board, "number": number, "digest": str(number), "round": round_}
    record(Kind.SNAPSHOT_PUBLISHED, cycle_id=cast.cycle.pk, subject=f"board:{row.pk}", payload=payload)
    return snapshot


def test_a_first_test_is_a_win_the_same_day_and_told_once(cast: Cast) -> None:
    finished(cast.red, act=Act.ABANDON, by=cast.ada.user)
    finished(cast.red, by=cast.ada.user)
    read(cast)
    win = Win.objects.get()
    assert (win.kind, win.group, win.at.date()) == ("first_test", cast.red, now().date())
    entry = JournalEntry.objects.get(kind=Kind.WIN_FOUND.value)
    assert (entry.group_id, entry.actor, entry.payload) == (cast.red.pk, None, {"win": win.pk, "kind": "first_test"})


def test_an_idea_adopted_by_others_is_a_win_once_and_by_oneself_none(cast: Cast) -> None:
    idea = an_idea(cast.red)
    finished(cast.red, idea, by=cast.ada.user)
    read(cast)
    assert told(cast) == ["first_test"]
    finished(cast.blue, idea, Act.ADAPT, by=cast.ben.user)
    finished(cast.blue, idea, by=cast.ben.user)
    finished(cast.blue, idea, by=cast.ben.user)
    read(cast)
    assert told(cast, cast.red) == ["first_test", "adopted"]
    win = Win.objects.get(kind="adopted")
    assert (win.idea, win.partner) == (idea, cast.blue)


def test_an_idea_of_the_safe_room_is_outside_of_wins(cast: Cast) -> None:
    finished(cast.blue, an_idea(cast.red, safe=True), by=cast.ben.user)
    read(cast)
    assert told(cast, cast.red) == []


def test_an_idea_that_others_build_on_is_a_win_of_its_team(cast: Cast) -> None:
    source = shared(cast)
    built = shared(cast, "Sieve twice", group=cast.blue, by=cast.ben.user, sources=[Citation(source)])
    shared(cast, "Sieve thrice", by=cast.ada.user, sources=[Citation(source)])
    read(cast)
    win = Win.objects.get()
    assert (win.kind, win.group, win.built, win.partner) == ("built_upon", cast.red, built, cast.blue)


def test_places_are_told_from_what_was_published_for_everybody(cast: Cast) -> None:
    published(cast, "call", {cast.red.key: "2", cast.blue.key: "1"})
    published(cast, "call", {cast.red.key: "1"}, board="jury", audience="organizers")
    read(cast)
    assert told(cast) == []
    published(cast, "final", {cast.red.key: "1", cast.blue.key: "2"})
    published(cast, "final", {cast.blue.key: "1"}, board="jury", audience="organizers")
    read(cast)
    assert told(cast) == ["best_place"]
    win = Win.objects.get()
    assert (win.group, win.reached, win.before) == (cast.red, 1, 2)


def test_a_correction_takes_back_the_win_that_it_no_longer_tells(cast: Cast) -> None:
    published(cast, "call", {cast.red.key: "2", cast.blue.key: "1"})
    published(cast, "final", {cast.red.key: "1", cast.blue.key: "2"})
    read(cast)
    published(cast, "final", {cast.red.key: "2", cast.blue.key: "1"})  # corrected: the same round again
    read(cast)
    assert told(cast) == []
    published(cast, "final", {cast.red.key: "1", cast.blue.key: "2"})
    read(cast)
    assert told(cast, cast.red) == ["best_place"]


def test_reading_again_from_the_start_gives_the_same_wins_and_keeps_the_cheers(cast: Cast) -> None:
    finished(cast.red, by=cast.ada.user)
    finished(cast.blue, an_idea(cast.red), by=cast.ben.user)
    published(cast, "call", {cast.red.key: "2", cast.blue.key: "1"})
    published(cast, "final", {cast.red.key: "1", cast.blue.key: "2"})
    read(cast)
    cheer_win(win=Win.objects.get(kind="best_place"), by=cast.ben.user)
    before = list(Win.objects.order_by("pk").values())
    progress = sorted(WinProgress.objects.values_list("group", "what", "state", "mark"), key=str)
    Win.objects.create(cycle=cast.cycle, group=cast.red, kind="comeback", key="nothing tells it", seal=1, at=now())
    assert rebuild_wins(cast.cycle) == len(before)
    assert list(Win.objects.order_by("pk").values()) == before
    assert sorted(WinProgress.objects.values_list("group", "what", "state", "mark"), key=str) == progress
    assert Cheer.objects.count() == 1
    assert JournalEntry.objects.filter(kind=Kind.WIN_FOUND.value).count() == len(before)


def test_one_entry_at_a_time_or_all_at_once_tells_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    idea = an_idea(cast.red)
    for group, who in ((cast.red, cast.ada), (cast.blue, cast.ben)):
        finished(group, idea, by=who.user)
    read(cast)
    whole = sorted(Win.objects.values_list("group", "kind", "key"))
    Win.objects.all().delete()
    WinProgress.objects.all().delete()
    PointsCursor.objects.all().delete()
    monkeypatch.setattr("games.recognition.actions.reading.BATCH", 1)
    read(cast)
    assert sorted(Win.objects.values_list("group", "kind", "key")) == whole


def test_switched_off_nothing_is_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = small_design(recognition={"wins": False})
    monkeypatch.setattr("games.recognition.actions.reading.design_of", lambda _cycle: quiet)
    finished(cast.red, by=cast.ada.user)
    read(cast)
    assert told(cast) == []


# --- Who sees it ----------------------------------------------------------------------------------------------------------------------


def seen(cast: Cast, name: str) -> set[str]:
    return set(visible(getattr(cast, name).access, "win.view", Win.objects.all()).values_list("kind", flat=True))


def test_a_win_is_seen_no_further_than_its_idea(cast: Cast) -> None:
    idea = an_idea(cast.red, audience="teams")
    finished(cast.blue, idea, by=cast.ben.user)
    Win.objects.all().delete()
    read(cast)
    assert seen(cast, "ben") == {"adopted", "first_test"}
    assert seen(cast, "ada") == {"adopted", "first_test"}
    assert seen(cast, "judith") == {"first_test"}  # takes part, and does not read what is for teams
    assert seen(cast, "eve") == seen(cast, "visitor") == set()
    hide(idea=idea, by=cast.org.user, why="A name stood in it.")
    assert seen(cast, "ben") == {"first_test"}
    assert seen(cast, "ada") == seen(cast, "org") == {"adopted", "first_test"}


def test_a_team_that_hides_its_rank_is_celebrated_at_home(cast: Cast) -> None:
    finished(cast.red, by=cast.ada.user)
    read(cast)
    set_rank_hidden(cast.red, hidden=True, by=cast.ada.user)
    assert seen(cast, "ada") == seen(cast, "org") == {"first_test"}
    assert seen(cast, "ben") == seen(cast, "judith") == set()


# --- Cheers ---------------------------------------------------------------------------------------------------------------------------


def test_others_cheer_once_and_take_it_back(cast: Cast) -> None:
    finished(cast.red, by=cast.ada.user)
    read(cast)
    win = Win.objects.get()
    cheer_win(win=win, by=cast.ben.user)
    with pytest.raises(CheerRefused, match="already"):
        cheer_win(win=win, by=cast.ben.user)
    with pytest.raises(CheerRefused, match="your own"):
        cheer_win(win=win, by=cast.ada.user)
    cheer_back(win=win, by=cast.ben.user)
    with pytest.raises(CheerRefused, match="did not"):
        cheer_back(win=win, by=cast.ben.user)
    held = JournalEntry.objects.filter(kind=Kind.CHEER_GIVEN.value).order_by("pk").values_list("group_id", "payload__held")
    assert list(held) == [(cast.red.pk, True), (cast.red.pk, False)]
