"""The game reads the journal in any portions with the same result, counts again from the beginning, and keeps what was earned."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from games.bundles.actions.exporting import export_cycle
from games.bundles.actions.importing import import_path
from games.bundles.audience import Audience
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions import react
from games.notices.models import Notice
from games.recognition.actions import read_journal, reading, rebuild_game
from games.recognition.models import EarnedBadge, GoalReached, GroupWeek, PointsTotal, QuestFinished, Tally
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.games.recognition.test_points import happen

pytestmark = pytest.mark.django_db
GAME: dict[str, Any] = {
    "rules": [
        {"key": "entry", "event": "submission.received", "points": 10},
        {"key": "bonus", "event": "goal.reached", "points": 25},
        {"key": "quest", "event": "quest.finished", "points": 5},
    ],
    "badges": [
        {"key": "first", "event": "submission.received"},
        {"key": "pioneer", "event": "submission.received", "first": 1},
        {"key": "steady", "event": "submission.received", "count": 3, "of": "weeks"},
        {"key": "rich", "points": 30},
        {"key": "streak", "streak": 2},
        {"key": "most", "event": "submission.received", "most": True, "count": 2},
    ],
    "quests": [
        {"key": "three", "steps": [{"key": "try", "event": "test.acted"}, {"key": "tell", "event": "idea.shared"}]},
    ],
    "together": [{"key": "all", "event": "test.acted", "each": 1}],
    "streak": {},
    "league": {},
    "recognition": {"wins": False},  # they look at real tests, and those here are made up
}


def playing(**changes: Any) -> tuple[Cycle, Group, Group]:
    cycle = CycleFactory.create(design=small_design(**(GAME | changes)))
    return cycle, GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)


def read(cycle: Cycle) -> None:
    """As the pulse does: what recognition itself journals is sealed and read too."""
    while read_journal(cycle) or seal_rest():
        pass


def seal_rest() -> int:
    """Number what is not sealed after what the test has numbered itself."""
    last = JournalEntry.objects.aggregate(last=Max("seal"))["last"] or 0
    waiting = list(JournalEntry.objects.filter(seal__isnull=True).order_by("pk"))
    for number, entry in enumerate(waiting, last + 1):
        JournalEntry.objects.filter(pk=entry.pk).update(seal=number)
    return len(waiting)


def earned(cycle: Cycle) -> set[tuple[str, int | None]]:
    return set(EarnedBadge.objects.filter(cycle=cycle).values_list("badge", "group_id"))


def test_badges_are_earned_by_what_was_done_once_with_the_time_of_the_act() -> None:
    cycle, red, blue = playing()
    happen(cycle, ("submission.received", "submission:1", red, 0), ("submission.received", "submission:1", red, 5))
    happen(cycle, ("submission.received", "submission:2", blue, 6))
    read(cycle)
    assert earned(cycle) == {("first", red.pk), ("pioneer", red.pk), ("first", blue.pk)}
    row = EarnedBadge.objects.get(badge="first", group=red)
    assert (row.at, row.reached) == (JournalEntry.objects.order_by("seal")[0].at, 1)
    happen(cycle, ("submission.received", "submission:3", red, 7 * 24), ("submission.received", "submission:4", red, 14 * 24))
    read(cycle)
    assert {("steady", red.pk), ("streak", red.pk), ("rich", red.pk)} <= earned(cycle)
    assert not {("steady", blue.pk), ("streak", blue.pk), ("rich", blue.pk)} & earned(cycle)
    told = JournalEntry.objects.filter(kind=Kind.BADGE_EARNED, cycle_id=cycle.pk)
    assert told.count() == EarnedBadge.objects.filter(cycle=cycle).count()


def test_what_was_earned_stays_when_the_act_is_taken_back_but_it_counts_no_longer() -> None:
    cycle, red, _ = playing()
    happen(cycle, ("submission.received", "submission:1", red, 0))
    read(cycle)
    happen(cycle, ("submission.withdrawn", "submission:1", red, 1))
    read(cycle)
    assert ("first", red.pk) in earned(cycle)
    assert Tally.objects.get(key="badge:first", group=red).number == 0


@pytest.mark.parametrize("batch", [1, 2, 2000])
def test_an_idea_that_is_hidden_and_shown_again_counts_as_if_nothing_had_been(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own, what it got meanwhile, what was taken back meanwhile; a badge that only it completes; and the same counted anew."""
    monkeypatch.setattr(reading, "BATCH", batch)
    badges = [{"key": "two", "event": "idea.shared", "count": 2}, {"key": "thanked", "event": "thanks.given", "count": 9}]
    cycle, red, _ = playing(badges=badges)
    happen(cycle, ("idea.shared", "idea:1", red, 0), ("thanks.given", "idea:1", red, 1), payload={"held": True})
    happen(cycle, ("idea.hidden", "idea:1", red, 2), payload={"hidden": True})
    read(cycle)
    assert set(Tally.objects.filter(group=red).values_list("number", flat=True)) == {0}
    happen(cycle, ("idea.shared", "idea:2", red, 3))
    read(cycle)
    assert earned(cycle) == set(), "one of the two is hidden"
    happen(cycle, ("idea.hidden", "idea:1", red, 4), payload={"hidden": False})
    read(cycle)
    numbers = dict(Tally.objects.filter(group=red).values_list("key", "number"))
    assert numbers == {"badge:two": 2, "badge:thanked": 1, "quest:three:tell": 2}
    assert earned(cycle) == {("two", red.pk)}
    rebuild_game(cycle)
    assert dict(Tally.objects.filter(group=red).values_list("key", "number")) == numbers
    happen(cycle, ("idea.hidden", "idea:1", red, 5), payload={"hidden": True})
    happen(cycle, ("thanks.given", "idea:1", red, 6), payload={"held": False})
    happen(cycle, ("idea.hidden", "idea:1", red, 7), payload={"hidden": False})
    read(cycle)
    assert dict(Tally.objects.filter(group=red).values_list("key", "number")) == numbers | {"badge:thanked": 0}


def test_whoever_did_the_most_is_named_when_the_cycle_ends_equals_share() -> None:
    cycle, red, blue = playing()
    for number in range(4):
        happen(cycle, ("submission.received", f"submission:{number}", (red, blue)[number % 2], number))
    read(cycle)
    assert not EarnedBadge.objects.filter(badge="most").exists()
    happen(cycle, ("cycle.state_changed", "", None, 9), payload={"from": "running", "to": "awarding"})
    happen(cycle, ("cycle.state_changed", "", None, 10), payload={"from": "awarding", "to": "closed"})
    read(cycle)
    assert {("most", red.pk), ("most", blue.pk)} <= earned(cycle)


def test_a_quest_is_finished_once_and_pays_once() -> None:
    cycle, red, blue = playing()
    happen(cycle, ("test.acted", "change_test:1", red, 0))
    read(cycle)
    assert not QuestFinished.objects.exists()
    happen(cycle, ("idea.shared", "idea:1", red, 1), ("idea.shared", "idea:2", red, 2))
    read(cycle)
    assert [(one.quest, one.group_id) for one in QuestFinished.objects.all()] == [("three", red.pk)]
    assert PointsTotal.objects.get(cycle=cycle, group=red).amount == 5
    assert not PointsTotal.objects.filter(cycle=cycle, group=blue).exists()


def test_when_the_last_team_passes_all_are_credited_once() -> None:
    cycle, red, blue = playing()
    happen(cycle, ("test.acted", "change_test:1", red, 0))
    read(cycle)
    assert not GoalReached.objects.exists()
    happen(cycle, ("test.acted", "change_test:2", blue, 1))
    read(cycle)
    happen(cycle, ("test.acted", "change_test:3", blue, 2), ("test.acted", "change_test:4", red, 3))
    read(cycle)
    assert GoalReached.objects.get(cycle=cycle).groups == 2
    assert dict(PointsTotal.objects.filter(cycle=cycle).values_list("group_id", "amount")) == {red.pk: 25, blue.pk: 25}


def test_a_team_that_leaves_no_longer_keeps_the_others_from_their_goal() -> None:
    cycle, red, blue = playing()
    happen(cycle, ("test.acted", "change_test:1", red, 0))
    Group.objects.filter(pk=blue.pk).update(state="withdrawn")
    happen(cycle, ("group.left", f"group:{blue.pk}", blue, 1))
    read(cycle)
    assert GoalReached.objects.get(cycle=cycle).groups == 1


def test_what_is_switched_off_is_not_computed() -> None:
    off = dict.fromkeys(("badges", "streaks", "quests", "together", "leagues", "wins"), False)
    cycle, red, _ = playing(recognition=off)
    happen(cycle, ("submission.received", "submission:1", red, 0), ("test.acted", "change_test:1", red, 1))
    read(cycle)
    assert not any(model.objects.filter(cycle=cycle).exists() for model in (EarnedBadge, Tally, GroupWeek, GoalReached))


KINDS = ("submission.received", "submission.withdrawn", "test.acted", "idea.shared", "cycle.state_changed")
ACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 3), st.integers(0, 1), st.integers(0, 900)), max_size=14)


def state(cycle: Cycle, groups: dict[int | None, str]) -> dict[str, list[Any]]:
    """What the game keeps, by names that are the same in a copy."""
    tallies = Tally.objects.filter(cycle=cycle, number__gt=0).values_list("key", "group_id", "number")
    weeks = GroupWeek.objects.filter(cycle=cycle).values_list("group_id", "week", "acts", "early", "points")
    badges = EarnedBadge.objects.filter(cycle=cycle).values_list("badge", "group_id", "reached", "at")
    quests = QuestFinished.objects.filter(cycle=cycle).values_list("quest", "group_id")
    return {
        "tallies": sorted((key, groups[group], number) for key, group, number in tallies),
        "weeks": sorted(
            (groups[group], week, acts, early, points) for group, week, acts, early, points in weeks if acts or points
        ),
        "badges": sorted((key, groups[group], reached, at) for key, group, reached, at in badges),
        "quests": sorted((key, groups[group]) for key, group in quests),
    }


@given(ACTS, st.integers(1, 5))
@settings(max_examples=8, derandomize=True, phases=[Phase.explicit, Phase.generate], deadline=None)
def test_read_in_portions_or_at_once_or_anew_the_game_stands_the_same(
    acts: list[tuple[str, int, int, int]], portion: int
) -> None:
    found = []
    acts = sorted(acts, key=lambda one: one[3])
    for size in (portion, 1000):
        cycle, red, blue = playing(rules=[GAME["rules"][0]])
        for kind, subject, group, hours in acts:
            payload = {"from": "running", "to": "awarding"} if kind == "cycle.state_changed" else {}
            happen(cycle, (kind, f"x:{subject}", (red, blue)[group], hours), payload=payload)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reading, "BATCH", size)
            while read_journal(cycle):
                pass
        names: dict[int | None, str] = {red.pk: "red", blue.pk: "blue"}
        found.append(state(cycle, names))
        EarnedBadge.objects.filter(cycle=cycle).delete()
        QuestFinished.objects.filter(cycle=cycle).delete()
        rebuild_game(cycle)
        found.append(state(cycle, names))
    assert found[0] == found[1] == found[2] == found[3]


def test_the_statements_for_an_act_do_not_grow_with_history() -> None:
    counts = []
    for before in (3, 300):
        cycle, red, _ = playing()
        happen(cycle, *[("submission.received", f"submission:{number}", red, number // 40) for number in range(before)])
        read(cycle)
        happen(cycle, ("submission.received", "submission:new", red, 9))
        with CaptureQueriesContext(connection) as queries:
            read_journal(cycle)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_bundle_brings_the_game_as_it_stands_and_counting_goes_on_from_there(tmp_path: Path) -> None:
    cycle, red, blue = playing(rules=[GAME["rules"][0]])
    happen(cycle, ("submission.received", "submission:1", red, 0), ("submission.received", "submission:2", blue, 3))
    happen(cycle, ("test.acted", "change_test:1", red, 4), ("idea.shared", "idea:1", red, 5))
    happen(cycle, ("test.acted", "change_test:2", blue, 6))
    read(cycle)
    before = state(cycle, {red.pk: "red", blue.pk: "blue"})
    assert all(before.values())
    export_cycle(cycle, tmp_path / "out")
    copy = import_path(tmp_path / "out", key="again")[0]
    names: dict[int | None, str] = {one.pk: "red" if one.key == red.key else "blue" for one in Group.objects.filter(cycle=copy)}
    assert state(copy, names) == before
    assert GoalReached.objects.get(cycle=copy).groups == 2
    rebuild_game(copy)
    assert state(copy, names) == before
    assert not any(path.name == "game.csv" for path in written(cycle, tmp_path / "public"))


def written(cycle: Cycle, where: Path) -> list[Path]:
    """The files of a public bundle."""
    export_cycle(cycle, where, audience=Audience.PUBLIC)
    return list(where.iterdir())


def test_the_team_hears_what_it_has_earned_and_reached(cast: Cast) -> None:
    cycle, red, blue = playing()
    MembershipFactory(group=red, cycle=cycle, person=cast.ada.person, role="member", capabilities=["submit"])
    happen(cycle, ("submission.received", "submission:1", red, 0), ("idea.shared", "idea:1", red, 1))
    happen(cycle, ("test.acted", "change_test:1", red, 2), ("test.acted", "change_test:2", blue, 3))
    read(cycle)
    kinds = ("badge.earned", "quest.finished", "goal.reached")
    entries = JournalEntry.objects.filter(cycle_id=cycle.pk, kind__in=kinds, group_id=red.pk)
    assert all(react(entry.pk) == 1 for entry in entries)
    said = sorted(Notice.objects.filter(person=cast.ada.person, topic="wins").values_list("text", flat=True))
    assert said == [
        "Badge earned: first",
        "Badge earned: pioneer",
        "Badge earned: rich",
        "Quest finished: three",
        "Reached together: all",
    ]
