"""The pure rules of points: less for each further act, caps of a week, pauses, partners, and what is lost and comes back."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.journal.rules import Kind
from games.playbooks.schema import PointRule
from games.playbooks.schema.earning import EARNINGS, EARNS, STUDIED
from games.recognition.rules.acts import REVERSES, Act, Effect, asked_of, effect_of, event_of, subject_of
from games.recognition.rules.points import Ledger, points_for
from games.recognition.rules.shrinking import weight_of, whole, worths

START = datetime(2027, 3, 1, 8, tzinfo=UTC)  # a Monday
HALF = Fraction(1, 2)


def act(seal: int, kind: str = "idea.shared", subject: str | None = None, **more: Any) -> Act:
    at = START + timedelta(days=more.pop("day", 0), minutes=more.pop("minutes", seal))
    values = {"group": 1} | more
    return Act(seal, kind, f"idea:{seal}" if subject is None else subject, at, at.date(), **values)


def rule(**more: Any) -> PointRule:
    return PointRule(**({"key": "share", "event": "idea.shared", "points": 10} | more))


def amounts(rules: list[PointRule], acts: list[Act]) -> list[int]:
    return [award.amount for award in points_for(rules, acts)]


def helped(seal: int, partner: int | None, **more: Any) -> Act:
    return act(seal, "post.helped", f"post:{seal}", partner=partner, **more)


# --- Less for each further one --------------------------------------------------------------------------------------------------------


def test_o_dim_base_10_by_half_is_10_5_2_5_1_25() -> None:
    exact = worths(10, HALF, [Fraction(1)] * 4)
    assert exact == [10, 5, Fraction(5, 2), Fraction(5, 4)]
    assert sum(exact) == Fraction(75, 4)
    assert whole(exact) == [10, 5, 2, 1], "whole points: 18, the exact 18.75 rounded down"


@given(
    base=st.integers(1, 500),
    number=st.integers(0, 25),
    ratio=st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100),
)
def test_whole_points_add_up_to_the_exact_sum_rounded_down_and_stay_below_the_limit(
    base: int, number: int, ratio: Fraction
) -> None:
    exact = worths(base, ratio, [Fraction(1)] * number)
    given_ = whole(exact)
    assert sum(given_) == floor(base * (1 - ratio**number) / (1 - ratio))
    assert sum(exact) < Fraction(base) / (1 - ratio)
    assert all(one >= 0 for one in given_)
    again = amounts(
        [rule(points=base, ratio=ratio if ratio.denominator <= 100 else HALF)], [act(n) for n in range(1, number + 1)]
    )
    assert again == given_


def test_the_next_day_begins_in_full_again() -> None:
    assert amounts([rule(ratio="0.5")], [act(1), act(2), act(3, day=1)]) == [10, 5, 10]


def test_acts_that_are_worth_less_than_a_point_add_up_to_one() -> None:
    assert amounts([rule(points=1, ratio="0.9")], [act(n) for n in range(1, 5)]) == [1, 0, 1, 1]


def test_taking_the_first_of_a_day_back_leaves_what_the_others_would_have_earned_alone() -> None:
    acts = [act(1), act(2), act(3, "idea.hidden", "idea:1"), act(4)]
    assert amounts([rule(ratio="0.5")], acts) == [10, 5, -10, 10]


SHRINKING = st.lists(st.tuples(st.sampled_from(["share", "hide", "show"]), st.integers(1, 4), st.integers(0, 2)), max_size=25)


@given(steps=SHRINKING, ratio=st.sampled_from([None, "0.5", "0.9"]), cap=st.sampled_from([None, 12]))
def test_a_day_is_always_worth_what_the_acts_that_stand_are_worth(
    steps: list[tuple[str, int, int]], ratio: str | None, cap: int | None
) -> None:
    """However often something is shared, hidden and shown again: nobody gains by it."""
    one = rule(ratio=ratio, cap_day=cap)
    ledger, day = Ledger((one,)), 0
    kinds = {
        "share": ("idea.shared", Effect.DOES),
        "hide": ("idea.hidden", Effect.DOES),
        "show": ("idea.hidden", Effect.RESTORES),
    }
    for seal, (step, number, later) in enumerate(steps, 1):
        day += later // 2
        kind, effect = kinds[step]
        ledger.read(act(seal, kind, f"idea:{number}", day=day, effect=effect))
    per_day: dict[Any, int] = {}
    for held in ledger.held.values():
        for award in held.values():
            per_day[award.day] = per_day.get(award.day, 0) + 1
    for (_, _, on), total in ledger.days.items():
        number = per_day.get(on, 0)
        most = floor(sum(worths(10, Fraction(ratio) if ratio else None, [Fraction(1)] * number)))
        assert 0 <= total <= max(most, 0)
        assert cap is None or total <= cap


# --- Caps of a week, pauses -----------------------------------------------------------------------------------------------------------


def test_the_cap_of_a_week_runs_from_monday_to_sunday() -> None:
    acts = [act(1), act(2, day=6), act(3, day=6), act(4, day=7)]
    assert amounts([rule(cap_week=15)], acts) == [10, 5, 10]


def test_what_comes_too_soon_after_what_counted_earns_nothing() -> None:
    acts = [act(1, minutes=0), act(2, minutes=9), act(3, minutes=10), act(4, minutes=15, group=2)]
    assert amounts([rule(pause=10)], acts) == [10, 10, 10]


def test_a_pause_is_not_cut_short_by_taking_something_back() -> None:
    acts = [act(1, minutes=0), act(2, "idea.hidden", "idea:1", minutes=1), act(3, minutes=2)]
    assert amounts([rule(pause=10)], acts) == [10, -10]


# --- Others ---------------------------------------------------------------------------------------------------------------------------


def test_from_the_third_with_the_same_team_on_each_is_worth_a_quarter_of_the_one_before() -> None:
    """Eight points of help: two in full, then 2, 0.5, 0.125 on days of their own, rounded down."""
    acts = [helped(n, 2, day=n) for n in range(1, 6)]
    assert amounts([rule(event="post.helped", points=8, partner_ratio="0.25")], acts) == [8, 8, 2, 0, 0]
    assert [weight_of(Fraction(1, 4), n) for n in range(4)] == [1, 1, Fraction(1, 4), Fraction(1, 16)]


def test_every_other_team_begins_in_full() -> None:
    acts = [helped(n, partner, day=n) for n, partner in enumerate((2, 2, 2, 3, 4), 1)]
    assert amounts([rule(event="post.helped", points=8, partner_ratio="0.25")], acts) == [8, 8, 2, 8, 8]


@pytest.mark.parametrize("event", [one.event for one in EARNINGS if one.to_others])
def test_what_ones_own_team_does_to_itself_earns_nothing(event: str) -> None:
    assert amounts([rule(event=event)], [act(1, event, "idea:1", own=True, partner=1)]) == []


def test_an_idea_taken_up_earns_once_for_each_team_that_does() -> None:
    acts = [act(n, "idea.taken_up", "idea:1", partner=partner) for n, partner in enumerate((2, 3, 2), 1)]
    assert amounts([rule(event="idea.taken_up")], acts) == [10, 10]


def test_thanks_taken_back_take_back_what_these_thanks_earned_alone() -> None:
    acts = [
        act(1, "thanks.given", "idea:1", partner=2),
        act(2, "thanks.given", "idea:1", partner=3),
        act(3, "thanks.given", "idea:1", partner=2, effect=Effect.UNDOES),
    ]
    awards = points_for([rule(event="thanks.given")], acts)
    assert [one.amount for one in awards] == [10, 10, -10]
    assert awards[2].reverses == awards[0]


def test_an_idea_that_is_hidden_takes_everything_earned_by_it_along_and_showing_it_brings_it_back() -> None:
    rules = [rule(), rule(key="adopted", event="idea.taken_up", points=20)]
    acts = [
        act(1, subject="idea:1"),
        act(2, "idea.taken_up", "idea:1", partner=2),
        act(3, "idea.taken_up", "idea:1", partner=3),
        act(4, "idea.hidden", "idea:1"),
        act(5, "idea.hidden", "idea:1", effect=Effect.RESTORES, day=3),
        act(6, "idea.hidden", "idea:1", effect=Effect.RESTORES, day=3),
    ]
    assert amounts(rules, acts) == [10, 20, 20, -10, -20, -20, 10, 20, 20]


def test_an_idea_merged_while_it_is_hidden_does_not_earn_again_when_it_is_shown() -> None:
    hide, merge = act(2, "idea.hidden", "idea:1"), act(3, "idea.merged", "idea:1")
    show = act(4, "idea.hidden", "idea:1", effect=Effect.RESTORES)
    assert amounts([rule()], [act(1, subject="idea:1"), hide, merge, show]) == [10, -10]
    assert amounts([rule()], [act(1, subject="idea:1"), hide, hide._replace(seal=3), show]) == [10, -10, 10]


def test_an_accepted_answer_gives_way_to_the_next_one() -> None:
    acts = [act(1, "answer.accepted", "thread:1", group=1), act(2, "answer.accepted", "thread:1", group=2)]
    awards = points_for([rule(event="answer.accepted")], acts)
    assert [(one.group, one.amount) for one in awards] == [(1, 10), (1, -10), (2, 10)]


@pytest.mark.parametrize("acted", ["adopt", "adapt", "abandon"])
def test_a_test_earns_the_same_whether_it_worked_or_not(acted: str) -> None:
    """Prediction, result and lesson, and the end of it: nothing in the journal that tells how it went changes what is earned."""
    payloads = {
        "test.planned": {"state": "planned"},
        "test.changed": {"state": "studied"},
        "test.acted": {"state": "acted", "act": acted},
    }
    rules = [rule(key=key, event=key.replace("_", ".")) for key in ("test_planned", "test_studied", "test_acted")]
    acts = [
        act(seal, event_of(kind, payload), "test:1", effect=effect_of(kind, payload))
        for seal, (kind, payload) in enumerate(payloads.items(), 1)
    ]
    assert amounts(rules, acts) == [10, 10, 10]


# --- How the journal is read ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "payload", "effect"),
    [
        (Kind.THANKS_GIVEN, {"held": True}, Effect.DOES),
        (Kind.THANKS_GIVEN, {"held": False}, Effect.UNDOES),
        (Kind.ANSWER_ACCEPTED, {"held": False}, Effect.UNDOES),
        (Kind.IDEA_HIDDEN, {"hidden": False}, Effect.RESTORES),
        (Kind.IDEA_HIDDEN, {"hidden": True}, Effect.DOES),
        (Kind.RULING_MADE, {"verdict": "left"}, Effect.NOTHING),
        (Kind.RULING_MADE, {"verdict": "hidden"}, Effect.DOES),
        (Kind.RULING_ANSWERED, {"upheld": True}, Effect.RESTORES),
        (Kind.RULING_ANSWERED, {"upheld": False}, Effect.NOTHING),
        (Kind.SESSION_SETTLED, {"outcome": "missed"}, Effect.UNDOES),
        (Kind.PARTNERSHIP_SETTLED, {"state": "declined"}, Effect.NOTHING),
        (Kind.PEER_ANSWERED, {"state": "declined"}, Effect.NOTHING),
        (Kind.POST_SAID, {"post": 3, "corrects": 1}, Effect.NOTHING),
        (Kind.POST_SAID, {"post": 3}, Effect.DOES),
    ],
)
def test_the_payload_tells_whether_something_was_done_or_undone(kind: Kind, payload: dict[str, Any], effect: Effect) -> None:
    assert effect_of(kind, payload) is effect


def test_what_is_said_stands_for_itself_so_that_each_post_is_lost_alone() -> None:
    assert subject_of(Kind.POST_SAID, "thread:4", {"post_id": 9}) == "post:9"
    assert subject_of(Kind.IDEA_SHARED, "idea:4", {}) == "idea:4"


def test_a_replay_reads_what_earns_and_what_takes_it_back_and_nothing_else() -> None:
    assert asked_of([rule()]) == ["idea.hidden", "idea.merged", "idea.shared", "points.carried"]
    assert asked_of([rule(event=STUDIED)]) == ["points.carried", "test.changed"]
    assert asked_of([rule(event="post.said")]) == ["points.carried", "post.said", "ruling.answered", "ruling.made"]


def test_every_act_that_earns_is_a_kind_of_the_journal_and_what_is_lost_is_said() -> None:
    kinds = {kind.value for kind in Kind}
    assert [event for event in EARNS if event not in kinds and event != STUDIED] == []
    lost = {str(event) for taken in REVERSES.values() for event in taken}
    assert sorted(lost - {one.event for one in EARNINGS if one.lost}) == []


# --- What a rule may say --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"ratio": "1"},
        {"ratio": "0"},
        {"partner_ratio": "1.5"},
        {"ratio": "0.5", "points": -3},
        {"pause": 0},
        {"ratio": "1/20011"},
        {"cap_week": 0},
    ],
)
def test_a_rule_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"validation error"):
        rule(**wrong)


def test_rules_on_what_earns_nothing_are_faults_that_say_what_does() -> None:
    (path, message), *more = rule(event="points.changed").faults()
    assert path == ("event",)
    assert "idea.shared" in message
    assert more == []
    assert [path for path, _ in rule(partner_ratio="0.25").faults()] == [("partner_ratio",)]
    assert list(rule(event="post.helped", partner_ratio="0.25").faults()) == []
