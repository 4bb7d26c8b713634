"""Checks of observations.csv and change_tests.csv: one value a day stands, each test tells what its state needs."""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, Final

from games.bundles.learned_rows import ChangeTestRow, ObservationRow, ReadingRow, TakenRow
from games.bundles.places import Places
from games.learning.rules import Act, ChangeState, missing
from games.learning.rules.measuring import DECIMALS
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

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
                refuse("period", _("two values of {period} stand: one of them was replaced, say when", period=row.period))
            standing.add((row.measure, row.group, row.period))


def _check_value(row: ObservationRow, refuse: Refuse) -> None:
    if not row.measure:
        refuse("measure", _("is empty; expected aim, or the key of a measure"))
    if row.value is None:
        refuse("value", _("is empty; expected what was measured"))
        return
    scaled = numbers.to_scaled(row.value, DECIMALS)
    if numbers.from_scaled(scaled, DECIMALS) != row.value or abs(scaled) >= LARGEST:
        refuse("value", _("expected at most {decimals} decimals and a number that can be kept", decimals=DECIMALS))


def check_studies(places: Places, ideas: Collection[int], given: Rows, taken: Rows) -> None:
    """Name everything wrong with what was given to read and what was taken from it."""
    numbers: set[int] = set()
    for row, refuse in given:
        _check_place(row, numbers, places, refuse)
        if row.idea and row.idea not in ideas:
            refuse("idea", _("{idea} is not in ideas.csv", idea=row.idea))
        if bool(row.idea) == bool(row.entry):
            refuse("entry", _("expected the number of an entry, or of an idea"))
        if row.entry:
            places.entry(row.round, row.challenge, row.of, refuse)
    seen: set[int] = set()
    for row, refuse in taken:
        _check_place(row, seen, places, refuse)
        if row.reading and row.reading not in numbers:
            refuse("reading", _("{reading} is not in readings.csv", reading=row.reading))


def _check_place(row: ReadingRow | TakenRow, seen: set[int], places: Places, refuse: Refuse) -> None:
    if row.number in seen:
        refuse("number", _("{number} is there twice", number=row.number))
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
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.round and row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.idea and row.idea not in ideas:
            refuse("idea", _("{idea} is not in ideas.csv", idea=row.idea))
        _check_steps(row, refuse, carried=row.number in carried)


def _check_steps(row: ChangeTestRow, refuse: Refuse, *, carried: bool) -> None:
    state = ChangeState(row.state)
    words = {name: getattr(row, name) for name in ("title", "prediction", "done", "data", "learned")}
    for part in missing(state, words):
        if carried and state is ChangeState.PLANNED and part == "prediction":
            continue
        refuse(part, _("is empty; a test that is {state} tells it", state=state.value))
    finished = state is ChangeState.ACTED
    if finished != bool(row.act):
        refuse(
            "act",
            _(
                "expected {names} where the state is {acted}, and there alone",
                names=", ".join(Act),
                acted=ChangeState.ACTED.value,
            ),
        )
    if finished != (row.acted is not None):
        refuse("acted", _("expected a time where the state is acted, and there alone"))
