"""What stood at a moment, part by part, and what is told where older acts were not written down."""

from datetime import UTC, datetime, timedelta

import pytest

from games.cycles.rules import CycleState
from games.groups.rules import GroupState
from games.judging.rules.voting import CLOSED, Poll, VotingState
from games.results.past import (
    Part,
    Span,
    Told,
    Turn,
    design_then,
    entry_state,
    poll_then,
    refused_then,
    state_then,
    stood,
    took_part,
    verdict_then,
    version_then,
)
from games.rounds.rules import Clock
from games.submissions.rules import SubmissionState

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
OUT, IN, DRAFT = SubmissionState.WITHDRAWN, SubmissionState.SUBMITTED, SubmissionState.DRAFT


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def said(kind: str, hour: int, **payload: object) -> Told:
    return Told(kind, "", at(hour), None, payload)


def test_a_sheet_counts_from_final_to_opened_and_a_corrected_one_anew_from_there() -> None:
    """Final at 1, corrected at 3, opened at 5, final again at 7."""
    spans = [Span(at(1), at(3)), Span(at(1), at(5))]
    assert [stood(spans, at(7), at(hour)) for hour in range(9)] == [None, 0, 0, 1, 1, None, None, 2, 2]
    assert [stood([], at(1), at(hour)) for hour in (0, 1)] == [None, 0]
    assert stood([], None, at(-1000)) == 0, "one without a time always was"


@pytest.mark.parametrize(
    ("now", "turns", "states"),
    [
        (IN, [], [DRAFT, IN, IN, IN]),
        (OUT, [], [OUT, OUT, OUT, OUT]),
        (OUT, [Turn(at(2), OUT)], [DRAFT, IN, OUT, OUT]),
        (IN, [Turn(at(2), OUT), Turn(at(3))], [DRAFT, IN, OUT, IN]),
        (IN, [Turn(at(3), version=1), Turn(at(2), OUT)], [DRAFT, IN, OUT, IN]),
        (IN, [Turn(at(2), OUT)], [DRAFT, IN, IN, IN]),
    ],
    ids=["stays", "brought in as out", "out", "reinstated", "restored", "back, nobody knows when"],
)
def test_an_entry_is_out_between_its_turns(now: SubmissionState, turns: list[Turn], states: list[SubmissionState]) -> None:
    assert [entry_state(now, turns, at(hour), handed_in=hour > 0) for hour in range(4)] == states


def test_the_last_version_counts_until_an_earlier_one_is_made_to() -> None:
    versions = {1: at(1), 2: at(2)}
    assert [version_then(versions, [Turn(at(4), version=1)], at(hour)) for hour in range(1, 5)] == [1, 2, 2, 1]
    assert version_then(versions | {3: at(5)}, [Turn(at(4), version=1)], at(6)) == 3


def test_a_verdict_is_that_before_the_first_judgement_that_came_later() -> None:
    assert verdict_then("AC", 7, None) == ("AC", 7)
    assert verdict_then("AC", 7, {"before": "WA", "value_before": None}) == ("WA", None)
    assert verdict_then("AC", 7, {}) == ("", 7), "its first verdict; the value was not written down"


def test_a_group_takes_part_from_when_it_was_let_in_until_it_left() -> None:
    accepted, left = said("group.settled", 2, state="accepted"), said("group.left", 4)

    def hours(part: Part, *told: Told) -> list[int]:
        return [hour for hour in range(7) if took_part(part, told, at(hour))]

    assert hours(Part(GroupState.PENDING, at(1))) == []
    assert hours(Part(GroupState.ACTIVE, at(1), registered=True, settled=at(2))) == [2, 3, 4, 5, 6]
    assert hours(Part(GroupState.ACTIVE, at(1))) == [1, 2, 3, 4, 5, 6]
    assert hours(Part(GroupState.WITHDRAWN, at(1), registered=True, settled=at(4)), accepted, left) == [2, 3]
    assert hours(Part(GroupState.WITHDRAWN, at(1), registered=True, settled=at(4), decided=at(4)), accepted, left) == [
        2,
        3,
        4,
        5,
        6,
    ]
    assert hours(Part(GroupState.WITHDRAWN, at(1), registered=True, settled=at(4)), left) == [], "it had never been let in"
    assert hours(Part(GroupState.WITHDRAWN, at(1)), left) == [1, 2, 3]
    assert hours(Part(GroupState.WITHDRAWN, at(1), decided=at(3))) == list(range(7)), "brought in as one that had left"


def test_rules_and_the_state_of_the_cycle_are_those_before_the_first_change_that_came_later() -> None:
    amended = [said("design.amended", 2, number=3), said("design.amended", 4, number=4)]
    assert [design_then(amended, at(hour), 4) for hour in (1, 2, 3, 4)] == [2, 3, 3, 4]
    assert design_then([], at(0), 5) == 5
    changed = [said("cycle.state_changed", 2, **{"from": "enrolling", "to": "running"})]
    assert [state_then(changed, at(hour), CycleState.RUNNING) for hour in (1, 2)] == ["enrolling", "running"]


def test_a_vote_was_open_before_it_was_over() -> None:
    clock = Clock(opens_at=at(-9), closes_at=at(-1), closed_at=at(6))
    poll = Poll(now=at(9), cycle_state="awarding", clock=clock, published_at=at(8), decided=(CLOSED, at(3)))

    def state(hour: int) -> VotingState:
        return poll_then(poll, poll.decided if hour >= 3 else None, "running", at(hour)).state

    assert [state(hour) for hour in (-2, 1, 3, 8)] == [VotingState.NOT_YET, VotingState.OPEN, VotingState.OVER, VotingState.OVER]


def test_a_ballot_is_refused_as_people_said_last_by_then() -> None:
    settled = [said("ballot.settled", 1, ballot=7, counts=False), said("ballot.settled", 3, ballot=7, counts=True)]
    assert [refused_then(settled, at(hour)) for hour in (0, 1, 3)] == [{}, {7: True}, {7: False}]
