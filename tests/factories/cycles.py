"""Cycles for tests: plain data of a small Design, and rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import factory

from games.cycles import actions
from games.cycles.models import Cycle, Series
from games.cycles.queries import committed, not_yet_committed
from games.cycles.rules import CycleState
from games.playbooks.expand import merged
from games.playbooks.schema import Design, parse_design

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
SMALL: dict[str, Any] = {
    "format": 1,
    "cycle": {"key": "water", "name": "Clean water", "timezone": "Europe/Berlin"},
    "aim": {"measure": "households with clean water", "baseline": 100, "target": 250, "date": "+90d"},
    "checks": {
        "will": "The council asked for it.",
        "offer": "Two evenings, one prize.",
        "networks": {"waived": "There is none yet."},
    },
    "rounds": [
        {"key": "call", "name": "Sealed call", "opens": "+1d", "closes": "+15d", "visibility": "summaries"},
        {"key": "final", "opens": "+20d", "closes": "+40d", "gate": True, "visibility": "full"},
    ],
    "challenges": [
        {
            "key": "concept",
            "rounds": ["call"],
            "aim": "Finds ways that reach more households.",
            "brief": "Write **one page**.",
            "criteria": [{"key": "impact", "min": 1, "max": 5, "step": 1}, {"key": "novelty", "min": 1, "max": 5, "step": 1}],
        },
        {
            "key": "prototype",
            "rounds": ["final"],
            "brief": "Build it.",
            "criteria": [{"key": "evidence", "min": 1, "max": 5, "step": 1}],
        },
    ],
    "boards": [{"key": "result", "weights": {"call": "0.3", "final": "0.7"}}, {"key": "call", "rounds": ["call"]}],
    "cuts": [{"board": "call", "to": "final", "first": 2}],
    "awards": [{"key": "gold", "places": [1, 1]}],
}


def small(**changes: Any) -> dict[str, Any]:
    """The small design as it would be written, with changes merged in."""
    return merged(deepcopy(SMALL), changes)


def small_design(**changes: Any) -> Design:
    """The small design, its offsets counted from START."""
    return parse_design(small(**changes), start=START)


@contextmanager
def rules_kept(cycle: Cycle) -> Iterator[None]:
    """All rules of a cycle are kept in the process, as they are outside of a test; afterwards not, since their transaction is taken back."""
    numbers = list(cycle.designs.values_list("number", flat=True))
    for number in numbers:
        committed(cycle.pk, number)
    try:
        yield
    finally:
        for number in numbers:
            not_yet_committed(cycle.pk, number)


class SeriesFactory(factory.django.DjangoModelFactory[Series]):
    class Meta:
        model = Series

    key = factory.Sequence(lambda n: f"series-{n}")
    name = factory.Sequence(lambda n: f"Series {n}")


def named_as(cycle: Cycle, design: Design) -> Design:
    """The rules as those of this cycle: everywhere else both have one key from the start."""
    return design.model_copy(update={"cycle": design.cycle.model_copy(update={"key": cycle.key})})


class CycleFactory(factory.django.DjangoModelFactory[Cycle]):
    """A bare row, running, without rounds. `design=` stores a Design as number 1, with the cycle's key (rounds and boards come by apply_design)."""

    class Meta:
        model = Cycle
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"cycle-{n}")
    name = factory.Sequence(lambda n: f"Cycle {n}")
    state = CycleState.RUNNING.value

    @factory.post_generation
    def design(self: Cycle, create: bool, extracted: Design | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if create and extracted is not None:
            actions.add_design(self, named_as(self, extracted), by=None)
