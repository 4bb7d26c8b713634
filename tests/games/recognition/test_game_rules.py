"""The game, pure: an act counts once, a streak forgives and is never made shorter by doing more, a shared goal needs everybody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.playbooks.schema import Badge, Counted, Design, Quest, SharedGoal, Streak
from games.recognition.rules.acts import Act, Effect
from games.recognition.rules.asked import badge_words, goal_words, quest_words, streak_words
from games.recognition.rules.game import (
    Deed,
    Holder,
    Line,
    after,
    counts,
    finished,
    game_of,
    holder_of,
    leaders,
    mark_of,
    reached,
)
from games.recognition.rules.leagues import leagues, placed
from games.recognition.rules.streaks import Doing, Kept, streak_of
from tests.factories.cycles import small_design

MONDAY = date(2027, 3, 1)
WEEK = timedelta(days=7)
WEEKS = st.dictionaries(
    st.integers(0, 15).map(lambda n: MONDAY + n * WEEK),
    st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: Doing(max(pair), min(pair))),
)


def deed(kind: str = "test.acted", *, says: dict[str, object] | None = None, day: int = 0, **more: Any) -> Deed:
    at = datetime(2027, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
    fields: dict[str, Any] = {"seal": 1, "kind": kind, "subject": "thing:1", "at": at, "day": at.date(), "group": 1} | more
    return Deed(Act(**fields), says or {})


def badge(**keys: Any) -> Badge:
    return Badge.model_validate({"key": "b", "event": "test.acted"} | keys)


# --- What counts ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "mark"),
    [
        ("things", "thing:1"),
        ("acts", "seal:1"),
        ("days", "2027-03-03"),
        ("weeks", "2027-03-01"),
        ("rounds", "r1"),
        ("challenges", "c1"),
        ("partners", None),
    ],
)
def test_an_act_is_counted_by_what_it_adds(of: str, mark: str | None) -> None:
    assert mark_of(badge(of=of), deed(day=2, round="r1", challenge="c1")) == mark


def test_what_the_payload_says_decides() -> None:
    brave = badge(event="idea.shared", where={"kind": "failure-story"})
    assert mark_of(brave, deed("idea.shared", says={"kind": "failure-story"})) == "thing:1"
    assert mark_of(brave, deed("idea.shared", says={"kind": "concept"})) is None
    assert mark_of(brave, deed("idea.shared")) is None


def test_what_ones_own_members_do_to_a_group_never_counts() -> None:
    thanked = badge(event="thanks.given", of="partners")
    assert mark_of(thanked, deed("thanks.given", partner=2)) == "2"
    assert mark_of(thanked, deed("thanks.given", partner=1)) is None
    assert mark_of(thanked, deed("thanks.given", partner=2, own=True)) is None


def test_rounds_and_tasks_narrow_what_counts() -> None:
    narrow = badge(rounds=["r1"], challenges=["c1"])
    assert mark_of(narrow, deed(round="r1", challenge="c1"))
    assert not mark_of(narrow, deed(round="r2", challenge="c1"))
    assert not mark_of(narrow, deed(round="r1", challenge="c2"))


def test_what_is_taken_back_counts_no_longer_but_a_day_was_lived() -> None:
    entry = badge(event="submission.received")
    back = deed("submission.withdrawn").act
    assert after(entry, back, {"thing:1", "thing:2"}) == {"thing:2"}
    assert after(badge(event="submission.received", of=Counted.DAYS), back, {"2027-03-01"}) == {"2027-03-01"}
    thanks = badge(event="thanks.given")
    undone = deed("thanks.given", partner=2, effect=Effect.UNDOES).act
    assert mark_of(thanks, Deed(undone)) is None
    assert after(thanks, undone, {"thing:1|2", "thing:1|3"}) == {"thing:1|3"}


def test_what_is_hidden_is_away_until_it_is_shown_again() -> None:
    taken_up, hidden = badge(event="idea.taken_up"), deed("idea.hidden").act
    away = after(taken_up, hidden, {"thing:1|2", "thing:1|3", "thing:10|3"})
    assert {one for one in away if counts(one)} == {"thing:10|3"}
    assert after(taken_up, hidden, away) == away, "hidden twice is hidden once"
    shown = deed("idea.hidden", effect=Effect.RESTORES).act
    assert after(taken_up, shown, away) == {"thing:1|2", "thing:1|3", "thing:10|3"}
    thanks = badge(event="thanks.given")
    withdrawn = deed("thanks.given", partner=2, effect=Effect.UNDOES).act
    assert after(thanks, shown, after(thanks, withdrawn, after(thanks, hidden, {"thing:1|2", "thing:1|3"}))) == {"thing:1|3"}
    merged = deed("idea.merged").act
    assert after(badge(event="idea.shared"), shown, after(badge(event="idea.shared"), merged, {"thing:1"})) == set()


def test_a_badge_of_persons_is_theirs_who_did_it_never_theirs_it_was_done_to() -> None:
    line = Line("badge:b", badge(receiver="person"), badge(receiver="person").receiver)
    assert holder_of(line, deed(person=7, persons_group=1).act) == Holder(1, 7)
    assert holder_of(line, deed("thanks.given", person=7, persons_group=2).act) is None
    assert holder_of(Line("badge:b", badge()), deed(group=None).act) is None


# --- Streaks --------------------------------------------------------------------------------------------------------------------------


def weeks(*acts: int) -> dict[date, Doing]:
    return {MONDAY + number * WEEK: Doing(each, each) for number, each in enumerate(acts) if each}


def test_two_weeks_off_are_forgiven_a_third_lets_the_oldest_part_go() -> None:
    spec = Streak(repair_days=0)
    assert streak_of(spec, weeks(1, 1, 0, 1, 0, 1), MONDAY + 5 * WEEK).current == 4
    now = streak_of(spec, weeks(1, 1, 0, 1, 0, 1, 0, 1), MONDAY + 7 * WEEK)
    assert (now.current, now.longest, now.freezes_left) == (3, 4, 0)
    assert streak_of(spec, weeks(1, 1, 1), MONDAY + 6 * WEEK).current == 0
    assert streak_of(spec, weeks(1, 1, 1), MONDAY + 6 * WEEK).longest == 3


def test_the_week_that_is_not_over_breaks_nothing() -> None:
    now = streak_of(Streak(freezes=0), weeks(1, 1), MONDAY + 2 * WEEK)
    assert (now.current, now.weeks[-1]) == (2, (MONDAY + 2 * WEEK, Kept.OPEN))


def test_a_week_off_is_made_good_by_doing_its_acts_on_top() -> None:
    spec = Streak(freezes=0)
    asked = streak_of(spec, weeks(1, 0, 1), MONDAY + 2 * WEEK)
    assert (asked.current, asked.repair, asked.until) == (1, 1, MONDAY + 2 * WEEK + timedelta(days=6))
    made = streak_of(spec, weeks(1, 0, 2), MONDAY + 2 * WEEK)
    assert (made.current, made.repair, made.weeks[1][1]) == (3, 0, Kept.REPAIRED)
    late = {**weeks(1, 0), MONDAY + 2 * WEEK: Doing(2, 1)}
    assert streak_of(Streak(freezes=0, repair_days=3), late, MONDAY + 2 * WEEK + timedelta(days=4)).current == 1


@given(WEEKS, st.integers(0, 16), st.integers(0, 3), st.integers(0, 15), st.integers(1, 3))
def test_doing_more_never_makes_a_streak_shorter(done: dict[date, Doing], now: int, freezes: int, at: int, more: int) -> None:
    spec, today, week = Streak(freezes=freezes), MONDAY + now * WEEK, MONDAY + at * WEEK
    before = streak_of(spec, done, today)
    was = done.get(week, Doing())
    after = streak_of(spec, {**done, week: Doing(was.acts + more, was.early + more)}, today)
    assert after.current >= before.current
    assert after.longest >= before.longest


@given(WEEKS, st.integers(0, 16), st.integers(0, 3))
def test_a_streak_counts_weeks_that_were_done(done: dict[date, Doing], now: int, freezes: int) -> None:
    found = streak_of(Streak(freezes=freezes), done, MONDAY + now * WEEK)
    kept = [state in {Kept.DONE, Kept.REPAIRED} for _, state in found.weeks]
    assert 0 <= found.current <= found.longest <= sum(kept)
    assert 0 <= found.freezes_left <= freezes
    assert streak_of(Streak(freezes=freezes + 1), done, MONDAY + now * WEEK).longest >= found.longest


# --- Quests, goals, the most, leagues -------------------------------------------------------------------------------------------------

THREE = Quest.model_validate({"key": "q", "needs": 2, "steps": [{"key": k, "event": "test.acted", "count": 2} for k in "abc"]})


def test_enough_steps_finish_a_quest() -> None:
    assert not finished(THREE, {"a": 2, "b": 1})
    assert finished(THREE, {"a": 2, "c": 3})


@given(st.dictionaries(st.integers(1, 6), st.integers(0, 9)), st.frozensets(st.integers(1, 6)), st.integers(1, 9))
def test_a_shared_goal_is_reached_by_all_who_are_in_or_by_nobody(numbers: dict[int, int], groups: frozenset[int], n: int) -> None:
    each = SharedGoal.model_validate({"key": "g", "event": "test.acted", "each": n})
    total = SharedGoal.model_validate({"key": "g", "event": "test.acted", "total": n})
    assert reached(each, numbers, groups) == (bool(groups) and min((numbers.get(g, 0) for g in groups), default=0) >= n)
    assert reached(total, numbers, groups) == (sum(numbers.get(g, 0) for g in groups) >= n)


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 5), min_size=1), st.integers(1, 3))
def test_the_most_is_shared_by_equals_and_needs_the_least(numbers: dict[int, int], least: int) -> None:
    first = leaders(numbers, least)
    most = max(numbers.values())
    assert set(first) == ({group for group, number in numbers.items() if number == most} if most >= least else set())


@given(st.dictionaries(st.integers(1, 200), st.integers(-2, 50), max_size=120), st.integers(3, 30))
def test_leagues_are_even_and_hold_everybody_who_plays_once(before: dict[int, int], size: int) -> None:
    boards = leagues(before, size)
    members = [group for board in boards for group in board]
    assert sorted(members) == sorted(group for group, points in before.items() if points > 0)
    assert all(1 <= len(board) <= size for board in boards)
    assert max(map(len, boards), default=0) - min(map(len, boards), default=0) <= 1
    assert [before[group] for group in members] == sorted((before[group] for group in members), reverse=True)


def test_equals_share_a_place_in_a_league() -> None:
    assert placed((1, 2, 3, 4), {1: 5, 2: 9, 3: 5}) == ((1, 2, 9), (2, 1, 5), (2, 3, 5), (4, 4, 0))


# --- Switches and words ---------------------------------------------------------------------------------------------------------------


def test_what_is_switched_off_is_not_played() -> None:
    tables: dict[str, Any] = {
        "rules": [{"key": "r", "event": "test.acted", "points": 1}],
        "badges": [{"key": "b", "event": "test.acted"}],
        "quests": [{"key": "q", "steps": [{"key": "a", "event": "test.acted"}]}],
        "together": [{"key": "g", "event": "test.acted", "each": 1}],
        "streak": {},
        "league": {},
    }
    full = game_of(Design.model_validate(small_design(**tables)))
    assert full.badges
    assert (len(full.quests), len(full.together), full.levels, full.on) == (1, 1, True, True)
    assert full.streak is not None
    assert full.league is not None
    off = dict.fromkeys(("points", "badges", "levels", "streaks", "quests", "together", "leagues"), False)
    none = game_of(Design.model_validate(small_design(**tables, recognition=off)))
    assert not none.on
    assert not none.levels
    assert game_of(Design.model_validate(small_design())).on is False


def test_what_is_asked_for_is_told_in_words() -> None:
    assert badge_words(badge(count=3, of="partners", event="thanks.given")) == "Thanks from others, with 3 different other teams."
    assert badge_words(Badge(key="b", points=100)) == "From 100 points on."
    assert badge_words(Badge(key="b", streak=4)) == "Something done in 4 weeks in a row."
    assert badge_words(badge(first=1)).endswith(", the first team.")
    assert "the story of a failure" in badge_words(badge(event="idea.shared", where={"kind": "failure-story"}))
    assert badge_words(badge(most=True)).startswith("The most of all teams when the cycle ends")
    assert quest_words(THREE)[0].endswith(", 2 times.")
    goal = SharedGoal.model_validate({"key": "g", "event": "test.acted", "total": 40})
    assert goal_words(goal) == "All teams together: a test of change finished, whether it worked or not, 40 times."
    assert "2 weeks off are forgiven by themselves." in streak_words(Streak())
