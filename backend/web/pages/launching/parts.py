"""What a form of rules is made of: fields, repeated tables, steps. Each field is one path into the written rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """How a value is written in the browser."""

    TEXT = "text"
    LONG = "long"
    MARKDOWN = "markdown"
    NUMBER = "number"
    WHOLE = "whole"
    SWITCH = "switch"
    CHOICE = "choice"
    KEYS = "keys"  # several of what is there: rounds, capabilities
    TIME = "time"  # a moment in the zone of the cycle
    DAY = "day"
    ZONE = "zone"
    LINES = "lines"  # a list, one per line
    COMMAS = "commas"  # a list, between commas
    LEVELS = "levels"  # what marks mean: "3 = a cause is named", one per line
    MONEY = "money"  # amounts for places 1, 2, …, one per line
    SUM = "sum"  # one amount
    PLACES = "places"  # from, to
    WEIGHTS = "weights"  # a number for each round
    ANSWER = "answer"  # words, or waived with a reason


SEVERAL: Final = frozenset({Kind.SWITCH, Kind.KEYS})
"""Kinds of which a browser sends nothing when nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value. `only`: for which formats or types of its table it has a meaning. `needs`: the sibling without which it goes.

    `source`: the choices are what the rules hold there (rounds, boards, panels, choices, divisions, fields). `empty`: what no choice means.
    """

    path: str
    label: Any
    help: Any
    kind: Kind = Kind.TEXT
    options: tuple[tuple[str, Any], ...] = ()
    source: str = ""
    empty: Any = ""
    on: bool = False
    only: frozenset[str] = frozenset()
    needs: str = ""
    redraws: bool = False
    size: str = ""
    more: bool = False  # shown under "More"


@dataclass(frozen=True, slots=True)
class Rows:
    """A repeated table. `blank` is a new one; its key is made from `one`."""

    path: str
    title: Any
    one: str
    add: Any
    help: Any
    parts: tuple["Field | Rows | Once", ...]
    blank: dict[str, Any] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    kind_key: str = ""  # the key that `only` of its fields speaks of
    keyed: bool = True
    link: bool = False  # each row has a page of its own


@dataclass(frozen=True, slots=True)
class Once:
    """A table inside a table that is there once, or not at all. `kind_key`: the key that `only` of its fields speaks of."""

    path: str
    title: Any
    help: Any
    parts: tuple["Field | Rows", ...]
    only: frozenset[str] = frozenset()
    kind_key: str = ""


type Part = Field | Rows | Once


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the form. `tables`: the top tables of the rules that belong to it."""

    key: str
    title: Any
    lead: Any
    parts: tuple[Part, ...] = ()
    tables: tuple[str, ...] = ()


def fields_in(parts: tuple[Part, ...], under: str = "") -> Iterator[tuple[str, Field]]:
    """Every field with its path, without the numbers of rows: challenges.criteria.min."""
    for part in parts:
        path = f"{under}.{part.path}" if under else part.path
        if isinstance(part, Rows | Once):
            yield from fields_in(part.parts, path)
        else:
            yield path, part
