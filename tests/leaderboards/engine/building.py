"""Small ways to write scorings and facts, so that a test reads as the rule it is about."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from leaderboards.engine import numbers
from leaderboards.engine.checks import Severity, problems
from leaderboards.engine.facts import Attempt, Decision, Facts, Group, Mark, Submission
from leaderboards.engine.outcome import BoardResult
from leaderboards.engine.spec import Scoring

F = Fraction


def read(text: str) -> Scoring:
    """A Scoring from TOML, unchecked."""
    return Scoring.model_validate(tomllib.loads(text, parse_float=Decimal))


def sound(text: str) -> Scoring:
    """A Scoring from TOML that has no error."""
    scoring = read(text)
    assert [str(one) for one in problems(scoring) if one.severity is Severity.ERROR] == []
    return scoring


def messages(text: str) -> list[str]:
    """Every problem of a Scoring, as text."""
    return [str(one) for one in problems(read(text))]


def groups(*keys: str, **columns: Mapping[str, str]) -> tuple[Group, ...]:
    """Groups by key; `division={"a": "men"}` gives a column."""
    return tuple(
        Group(key, key.title(), {name: values[key] for name, values in columns.items() if key in values}) for key in keys
    )


def number(value: Any) -> Fraction | None:
    return None if value is None else numbers.parse(value)


def marks(round_: str, challenge: str, criteria: str, rows: Mapping[str, str]) -> tuple[Mark, ...]:
    """One word per judge: "543 4-- rrr" is a judge with 5, 4, 3, one with 4 only, one recused. Criteria are words."""
    found = []
    names = criteria.split()
    for group, sheets in rows.items():
        for judge, sheet in enumerate(sheets.split(), start=1):
            for criterion, sign in zip(names, sheet.split(",") if "," in sheet else sheet, strict=True):
                if sign != "-":
                    value, state = (None, "recused") if sign == "r" else (number(sign), "")
                    found.append(Mark(round_, challenge, group, f"j{judge}", criterion, value, state))
    return tuple(found)


def single(round_: str, challenge: str, criterion: str, rows: Mapping[str, str], judge: str = "j") -> tuple[Mark, ...]:
    """One criterion: "20 21 -4" are the marks of judges j1, j2, j3."""
    return tuple(
        Mark(round_, challenge, group, f"{judge}{index}", criterion, number(value))
        for group, values in rows.items()
        for index, value in enumerate(values.split(), start=1)
    )


def tries(round_: str, challenge: str, group: str, *rows: tuple[Any, ...]) -> tuple[Attempt, ...]:
    """Attempts as (minute, verdict) or (minute, verdict, value)."""
    return tuple(
        Attempt(round_, challenge, group, int(F(str(row[0])) * 60_000), row[1], number(row[2]) if len(row) > 2 else None)
        for row in rows
    )


def decide(kind: str, group: str, **columns: str) -> Decision:
    return Decision(kind=kind, group=group, **columns)  # type: ignore[arg-type]


def fields(round_: str, challenge: str, rows: Mapping[str, Mapping[str, Any]]) -> tuple[Submission, ...]:
    return tuple(
        Submission(round_, challenge, group, fields={name: numbers.parse(value) for name, value in row.items()})
        for group, row in rows.items()
    )


def places(board: BoardResult) -> dict[str, str | None]:
    """group -> place as text, in board order."""
    return {row.group: None if row.place is None else numbers.text(row.place) for row in board.rows}


def scores(board: BoardResult) -> dict[str, str | None]:
    """group -> score as text, in board order."""
    return {row.group: None if row.score is None else numbers.text(row.score) for row in board.rows}


__all__ = [
    "F",
    "Facts",
    "decide",
    "fields",
    "groups",
    "marks",
    "messages",
    "number",
    "places",
    "read",
    "scores",
    "single",
    "sound",
    "tries",
]
