"""Office hours, without a database: times that can be offered, the quota, what is given back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.coaching.rules import (
    Overlaps,
    OverQuota,
    SlotInvalid,
    Span,
    check_apart,
    check_quota,
    check_span,
    given_back,
    round_at,
    weekly,
)
from games.playbooks.schema import design_problems
from tests.factories.coaching import ROLES
from tests.factories.cycles import START, small

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def span(hour: float, minutes: int = 20) -> Span:
    """A time so many hours from now."""
    return Span(NOW + timedelta(hours=hour), NOW + timedelta(hours=hour, minutes=minutes))


def test_every_tuesday_keeps_its_hour_when_the_clocks_change() -> None:
    found = weekly(date(2026, 3, 24), time(14), time(15), minutes=20, weeks=2, zone=BERLIN)
    assert [(one.starts.hour, one.starts.minute) for one in found] == [(13, 0), (13, 20), (13, 40), (12, 0), (12, 20), (12, 40)]
    assert {one.starts.astimezone(BERLIN).hour for one in found} == {14}


def test_a_session_that_does_not_fit_is_not_offered() -> None:
    assert len(weekly(date(2026, 3, 3), time(14), time(14, 50), minutes=20, weeks=1, zone=BERLIN)) == 2
    for minutes, weeks, end in (
        (60, 1, time(14, 50)),
        (4, 1, time(15)),
        (20, 0, time(15)),
        (20, 99, time(15)),
        (20, 26, time(16)),
    ):
        with pytest.raises(SlotInvalid):
            weekly(date(2026, 3, 3), time(14), end, minutes=minutes, weeks=weeks, zone=BERLIN)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=12))
def test_times_are_apart_exactly_when_no_two_of_them_meet(rows: list[tuple[int, int]]) -> None:
    spans = [span(begin, minutes=60 * length) for begin, length in rows]
    meeting = any(one.meets(other) for number, one in enumerate(spans) for other in spans[number + 1 :])
    if meeting:
        with pytest.raises(Overlaps):
            check_apart(spans, ())
    else:
        check_apart(spans, ())
    check_apart([span(999)], spans)


def test_a_time_that_has_begun_or_takes_no_time_is_refused() -> None:
    check_span(span(1), NOW)
    for wrong in (span(0), span(-1), span(1, minutes=4), span(1, minutes=-20), span(1, minutes=481)):
        with pytest.raises(SlotInvalid):
            check_span(wrong, NOW)


def test_the_third_over_a_quota_of_two_is_refused() -> None:
    check_quota(0, 2, per_round=False)
    check_quota(1, 2, per_round=False)
    with pytest.raises(OverQuota, match="2 office hours in this competition"):
        check_quota(2, 2, per_round=False)
    with pytest.raises(OverQuota, match="1 office hour in each round"):
        check_quota(1, 1, per_round=True)


def test_a_booking_is_given_back_up_to_the_limit_itself() -> None:
    assert given_back(NOW + timedelta(hours=24), NOW, 24)
    assert not given_back(NOW + timedelta(hours=24), NOW + timedelta(seconds=1), 24)
    assert given_back(NOW, NOW, 0)


def test_a_session_counts_to_the_round_that_has_opened_by_then() -> None:
    rounds = [(1, NOW), (2, NOW + timedelta(days=10)), (3, None)]
    assert [round_at(rounds, NOW + timedelta(days=day)) for day in (-1, 0, 9, 10, 30)] == [1, 1, 1, 2, 2]
    assert round_at([], NOW) is None


def test_office_hours_need_somebody_who_can_offer_them() -> None:
    assert design_problems(small(roles=ROLES, office_hours={"quota": 3, "per": "round", "cancel_hours": 0}), start=START) == []
    nobody = [one for one in ROLES if "advise" not in one["capabilities"]]
    [missing] = design_problems(small(roles=nobody, office_hours={}), start=START)
    assert "advise" in str(missing)
    wrong = design_problems(small(roles=ROLES, office_hours={"quota": 0, "per": "week"}), start=START)
    assert {one.where.removeprefix("cycle.toml: ") for one in wrong} == {"office_hours.quota", "office_hours.per"}
