"""Checks of observations.csv and change_tests.csv: one value a day stands, each test tells what its state needs."""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, Final

from games.bundles.learned_rows import ChangeTestRow, ObservationRow, ReadingRow, TakenRow
from games.bundles.places import Places
from games.learning.rules import Act, ChangeState, missing
from games.learning.rules.measuring import DECIMALS
from leaderboards.engine import numbers

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
LARGEST: Final = 2**63


def check_observations(places: Places, rows: Rows) -> None:
    """Name everything wrong with the measured values."""
    standing: set[tuple[str, str, date]] = set()
    for row, refuse in rows:
        _check_value(row, refuse)
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.replaced is None:
            if (row.measure, row.group, row.period) in standing:
                refuse("period", f"two values of {row.period} stand: one of them was replaced, say when")
            standing.add((row.measure, row.group, row.period))


def _check_value(row: ObservationRow, refuse: Refuse) -> None:
    if not row.measure:
        refuse("measure", "is empty; expected aim, or the key of a measure")
    if row.value is None:
        refuse("value", "is empty; expected what was measured")
        return
    scaled = numbers.to_scaled(row.value, DECIMALS)
    if numbers.from_scaled(scaled, DECIMALS) != row.value or abs(scaled) >= LARGEST:
        refuse("value", f"expected at most {DECIMALS} decimals and a number that can be kept")


def check_studies(places: Places, ideas: Collection[int], given: Rows, taken: Rows) -> None:
    """Name everything wrong with what was given to read and what was taken from it."""
    numbers: set[int] = set()
    for row, refuse in given:
        _check_place(row, numbers, places, refuse)
        if row.idea and row.idea not in ideas:
            refuse("idea", f"{row.idea} is not in ideas.csv")
        if bool(row.idea) == bool(row.entry):
            refuse("entry", "expected the number of an entry, or of an idea")
        if row.entry:
            places.entry(row.round, row.challenge, row.of, refuse)
    seen: set[int] = set()
    for row, refuse in taken:
        _check_place(row, seen, places, refuse)
        if row.reading and row.reading not in numbers:
            refuse("reading", f"{row.reading} is not in readings.csv")


def _check_place(row: ReadingRow | TakenRow, seen: set[int], places: Places, refuse: Refuse) -> None:
    if row.number in seen:
        refuse("number", f"{row.number} is there twice")
    seen.add(row.number)
    if row.group not in places.groups:
        refuse("group", places.no_group(row.group))
    if row.round not in places.rounds:
        refuse("round", places.no_round(row.round))


def check_tests(places: Places, ideas: Collection[int], rows: Rows, *, carried: Collection[int]) -> None:
    """Name everything wrong with the tests of change. `ideas`: the numbers of those that are there; `carried`: of tests that came from
    the cycle before, where what is expected may still have to be said.
    """
    seen: set[int] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", f"{row.number} is there twice")
        seen.add(row.number)
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.round and row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.idea and row.idea not in ideas:
            refuse("idea", f"{row.idea} is not in ideas.csv")
        _check_steps(row, refuse, carried=row.number in carried)


def _check_steps(row: ChangeTestRow, refuse: Refuse, *, carried: bool) -> None:
    state = ChangeState(row.state)
    words = {name: getattr(row, name) for name in ("title", "prediction", "done", "data", "learned")}
    for part in missing(state, words):
        if carried and state is ChangeState.PLANNED and part == "prediction":
            continue
        refuse(part, f"is empty; a test that is {state.value} tells it")
    finished = state is ChangeState.ACTED
    if finished != bool(row.act):
        refuse("act", f"expected {', '.join(Act)} where the state is {ChangeState.ACTED.value}, and there alone")
    if finished != (row.acted is not None):
        refuse("acted", "expected a time where the state is acted, and there alone")
