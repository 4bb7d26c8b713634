"""Corrections in memory: nothing moves nothing, what is undone is undone, and rounds that have begun keep their field. On random competitions."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.changes.rules.corrections import (
    Correction,
    EntryState,
    GroupBack,
    GroupOut,
    MarkCorrection,
    SheetBack,
    SheetOut,
    SheetRef,
    applied,
    inverse,
)
from games.changes.rules.moves import Held, Won, award_moves, field_moves, rest_moves, with_fields_kept
from games.playbooks.schema import Design, parse_design
from games.progression.correcting import corrected_rounds, fixed_problems
from games.results.queries.planning import planned
from games.results.rules import AwardPlan, WinnerPlan
from games.rounds.rules import RoundState
from leaderboards.engine.facts import Decision, Facts, Group, Mark, Submission
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.pipeline import compute
from tests.factories.results import WATER

DESIGN = parse_design(WATER)
GROUPS = ("aqua", "brook", "cloud", "delta", "estuary")
JUDGES = ("j1", "j2", "j3")
UNITS = {("call", "concept"): ("impact", "novelty", "feasibility"), ("final", "prototype"): ("evidence", "craft")}


@st.composite
def competitions(draw: st.DrawFn) -> Facts:
    """Five groups, three judges, marks of 1 to 5 for both rounds, an entry of each group; now and then somebody is out."""
    marks = []
    for (round_, challenge), criteria in UNITS.items():
        for group in GROUPS:
            for judge in JUDGES:
                values = draw(st.lists(st.integers(1, 5), min_size=len(criteria), max_size=len(criteria)))
                marks += [
                    Mark(round_, challenge, group, judge, key, Fraction(value))
                    for key, value in zip(criteria, values, strict=True)
                ]
    out = draw(st.lists(st.sampled_from(GROUPS), max_size=1))
    return Facts(
        groups=tuple(Group(key, key.title()) for key in GROUPS),
        submissions=tuple(Submission("final", "prototype", group, 1_000_001) for group in GROUPS),
        marks=tuple(marks),
        decisions=tuple(Decision("disqualify", group, round="call") for group in out),
    )


def sheets() -> st.SearchStrategy[SheetRef]:
    return st.builds(
        lambda unit, group, judge: SheetRef(*unit, group, judge),
        st.sampled_from(list(UNITS)),
        st.sampled_from(GROUPS),
        st.sampled_from(JUDGES),
    )


def _mark(sheet: SheetRef, at: int, value: int | None) -> MarkCorrection:
    criteria = UNITS[sheet.round, sheet.challenge]
    said = None if value is None else Fraction(value)
    return MarkCorrection(sheet, criteria[at % len(criteria)], said, "absent" if value is None else "")


def corrections() -> st.SearchStrategy[Correction]:
    group, round_ = st.sampled_from(GROUPS), st.sampled_from(["call", "final"])
    return st.one_of(
        st.builds(_mark, sheets(), st.integers(0, 2), st.one_of(st.none(), st.integers(1, 5))),
        st.builds(lambda sheet: SheetOut(sheet, UNITS[sheet.round, sheet.challenge]), sheets()),
        st.builds(GroupOut, group, round_),
        st.builds(GroupBack, group),
        st.builds(lambda one: EntryState("final", "prototype", one, 1, out=True), group),
    )


def same(one: Outcome, other: Outcome) -> bool:
    """The same places, scores, fields, cuts and awards."""
    return (one.cells, one.rounds, one.entrants, one.boards, one.cuts, one.awards) == (
        other.cells,
        other.rounds,
        other.entrants,
        other.boards,
        other.cuts,
        other.awards,
    )


# --- Facts ----------------------------------------------------------------------------------------------------------------------------


@given(competitions())
def test_nothing_moves_nothing(facts: Facts) -> None:
    assert applied(facts, []) == facts
    before = compute(DESIGN, facts)
    states = {"final": RoundState.LOCKED}
    after, kept = with_fields_kept(lambda more: compute(DESIGN, applied(facts, (), more)), before.entrants, states)
    assert same(before, after)
    assert kept == ()
    assert field_moves(before.entrants, after.entrants, states, kept) == []
    plans = planned(DESIGN, before, {"call", "final"})["awards"]
    assert award_moves(held(plans), plans) == []


def held(plans: list[AwardPlan], state: str = "nominated") -> list[Held]:
    """The grants that these plans were nominated to."""
    found = []
    for plan in plans:
        for winner in plan["winners"]:
            cents = winner["cents"] if plan["budget"] else None
            found.append(Held(len(found) + 1, plan["key"], winner["group"], state, winner["place"], cents))
    return found


@given(competitions(), st.lists(corrections(), min_size=1, max_size=4))
def test_what_is_undone_gives_the_same_outcome(facts: Facts, wanted: list[Correction]) -> None:
    """Each correction is undone by its inverse, the last one first."""
    now, undo = facts, []
    for one in wanted:
        undo.append(inverse(now, one))
        now = applied(now, [one])
    for back in reversed(undo):
        now = applied(now, back)
    assert same(compute(DESIGN, facts), compute(DESIGN, now))


@given(competitions(), corrections())
def test_a_correction_made_twice_is_made_once(facts: Facts, one: Correction) -> None:
    once = applied(facts, [one])
    assert same(compute(DESIGN, once), compute(DESIGN, applied(once, [one])))


@given(competitions(), sheets())
def test_only_the_corrected_sheet_is_touched(facts: Facts, sheet: SheetRef) -> None:
    after = applied(facts, [SheetOut(sheet, UNITS[sheet.round, sheet.challenge])])
    changed = {(one.round, one.challenge, one.group, one.judge) for one in set(after.marks) ^ set(facts.marks)}
    assert changed == {(sheet.round, sheet.challenge, sheet.group, sheet.judge)}
    assert replace(after, marks=facts.marks) == facts


def test_a_sheet_without_marks_is_taken_out_by_name() -> None:
    sheet = SheetRef("call", "concept", "aqua", "j1")
    after = applied(Facts(), [SheetOut(sheet, ("impact", "novelty"))])
    assert [(one.criterion, one.value, one.state) for one in after.marks] == [
        ("impact", None, "recused"),
        ("novelty", None, "recused"),
    ]
    back = applied(after, [SheetBack(sheet, (("impact", Fraction(4), ""),))])
    assert [(one.criterion, one.value, one.state) for one in back.marks] == [
        ("impact", Fraction(4), ""),
        ("novelty", None, "recused"),
    ]


# --- Fields ---------------------------------------------------------------------------------------------------------------------------


@given(competitions(), st.lists(corrections(), min_size=1, max_size=3), st.sampled_from(list(RoundState)))
def test_a_round_that_has_begun_keeps_its_field(facts: Facts, wanted: list[Correction], state: RoundState) -> None:
    before = compute(DESIGN, facts)
    corrected = applied(facts, wanted)
    out = {one.group for one in wanted if isinstance(one, GroupOut)}
    back = {one.group for one in wanted if isinstance(one, GroupBack)}
    states = {"final": state}
    after, kept = with_fields_kept(
        lambda more: compute(DESIGN, applied(corrected, (), more)), before.entrants, states, out=out, back=back
    )
    was, now, free = (
        set(before.entrants["final"]),
        set(after.entrants["final"]),
        set(compute(DESIGN, corrected).entrants["final"]),
    )
    if state is RoundState.PLANNED:
        assert (now, kept) == (free, ())
        return
    assert was - now <= out, "nobody is taken out but who is disqualified"
    if state is not RoundState.OPEN:
        assert now - was <= back, "nobody is added but who is brought back"
    assert {one.group for one in kept} == (was - free - out) | (set() if state is RoundState.OPEN else free - was - back)
    for field in field_moves(before.entrants, after.entrants, states, kept):
        assert set(field.joins) == now - was
        assert set(field.leaves) == was - now


# --- Awards ---------------------------------------------------------------------------------------------------------------------------


def plan(*winners: tuple[str, str, int], budget: int = 1000) -> AwardPlan:
    rows = [WinnerPlan(group=group, place=place, cents=cents) for group, place, cents in winners]
    return AwardPlan(
        key="money", board="result", budget=budget, unallocated=budget - sum(row["cents"] for row in rows), winners=rows
    )


def test_an_award_moves_from_who_had_it_to_who_has_it_and_changes_for_who_keeps_it() -> None:
    there = [Held(1, "money", "aqua", "granted", "1", 600), Held(2, "money", "brook", "nominated", "2", 400)]
    moves = award_moves(there, [plan(("brook", "1", 600), ("cloud", "2", 400))])
    assert [(one.group, one.before, one.after, one.acted_on) for one in moves] == [
        ("brook", Won("2", 400), Won("1", 600), False),
        ("cloud", None, Won("2", 400), False),
        ("aqua", Won("1", 600), None, True),
    ]


@pytest.mark.parametrize(
    ("state", "acted_on", "to_take_back"),
    [("nominated", False, False), ("verified", True, True), ("granted", True, True), ("delivered", True, True)],
)
def test_what_people_acted_on_is_taken_back_openly(state: str, acted_on: bool, to_take_back: bool) -> None:
    [move] = award_moves([Held(1, "money", "aqua", state, "1", 600)], [plan(budget=600)])
    assert (move.acted_on, move.to_take_back) == (acted_on, to_take_back)


def test_who_declined_an_award_and_wins_it_no_more_is_no_news() -> None:
    assert award_moves([Held(1, "money", "aqua", "declined", "1", 600)], [plan(budget=600)]) == []


def test_money_that_nobody_won_is_compared_too() -> None:
    assert rest_moves({"money": 0}, [plan(("aqua", "1", 600))]) == {"money": (0, 400)}
    assert rest_moves({"money": 400}, [plan(("aqua", "1", 600))]) == {}


def test_an_award_of_which_nothing_is_planned_stays() -> None:
    assert award_moves([Held(1, "gold", "aqua", "granted", "1", None)], []) == []


# --- Rules ----------------------------------------------------------------------------------------------------------------------------


def with_(**changes: Any) -> Design:
    return parse_design(WATER | changes)


def task(**changes: Any) -> list[dict[str, Any]]:
    return [{**WATER["challenges"][0], **changes}, WATER["challenges"][1]]


def test_how_results_come_about_may_be_corrected() -> None:
    heavier = [{**one, "weight": 10} for one in WATER["challenges"][0]["criteria"]]
    for after in (
        with_(challenges=task(criteria=heavier)),
        with_(challenges=task(panels=[{"key": "jury", "combine": "median", "quorum": 2}])),
        with_(challenges=task(scale=10)),
        with_(boards=[{**WATER["boards"][0], "weights": {"call": "0.5", "final": "0.5"}}, *WATER["boards"][1:]]),
        with_(rounds=[{**WATER["rounds"][0], "combine": "mean"}, WATER["rounds"][1]]),
    ):
        assert fixed_problems(DESIGN, after, {"call", "final"}) == []


def test_only_the_round_concerned_gets_the_new_number() -> None:
    assert corrected_rounds(DESIGN, with_(challenges=task(scale=10)), {"call", "final"}) == ["call"]
    assert corrected_rounds(DESIGN, with_(challenges=task(scale=10)), {"final"}) == []
    assert corrected_rounds(DESIGN, DESIGN, {"call", "final"}) == []


def test_what_entries_and_marks_rest_on_stays() -> None:
    begun = datetime.fromisoformat("2027-01-04T09:00:00+00:00")
    for after in (
        with_(cycle={**WATER["cycle"], "mark_decimals": 2}),
        with_(challenges=task(criteria=WATER["challenges"][0]["criteria"][:2])),
        with_(challenges=task(panels=[{"key": "others"}])),
        with_(challenges=task(form=[{"key": "title"}])),
        with_(rounds=[{**WATER["rounds"][0], "closes": (begun + timedelta(days=3)).isoformat()}, WATER["rounds"][1]]),
        with_(rounds=WATER["rounds"][:1], boards=WATER["boards"][1:2], cuts=[], awards=[], challenges=task()[:1]),
        with_(boards=[WATER["boards"][1], WATER["boards"][0], WATER["boards"][2]]),
        with_(cuts=[{"board": "call", "to": "final", "first": 1}]),
    ):
        assert fixed_problems(DESIGN, after, {"call", "final"}), after


def test_while_nothing_has_begun_everything_may_change() -> None:
    assert fixed_problems(DESIGN, with_(challenges=task(form=[{"key": "title"}])), set()) == []
