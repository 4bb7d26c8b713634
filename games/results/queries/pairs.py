"""The kept analysis of comparisons in pairs, typed: numbers exact, None where something cannot be told. Who may read what is for the edges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from games.results.models import PanelAnalysis
from leaderboards.engine import numbers


@dataclass(frozen=True, slots=True)
class PairEntry:
    """One entry. `compared`: how often; `won`: the share of these (0 to 1, a tie is half), None where never; `strength` with its `error`.

    `low` to `high` hold 90 % of the draws; `top`: first so many → chance from 0 to 1; `tied_with`: neighbours within one standard error.
    """

    group: str
    compared: Fraction
    won: Fraction | None
    strength: Fraction
    error: Fraction | None
    place: int
    low: int
    high: int
    top: Mapping[int, Fraction]
    tied_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairJudge:
    """One judge: verdicts, of these too close, pairs skipped; `agreement`: the share of verdicts as the order of all, 0 to 1.

    `flags`: one_sided, contrary.
    """

    judge: str
    votes: int
    ties: int
    skipped: int
    agreement: Fraction | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairLine:
    """A line after place `place`: `chance` (0 to 1) that the one `above` is really the better; `decided`: nine in ten."""

    place: int
    above: str
    below: str
    chance: Fraction | None
    decided: bool


@dataclass(frozen=True, slots=True)
class PairAnalysis:
    """A panel that compares. `whole`: entries that could be compared; `parts`: sizes of what comparisons link; `coverage`: times → entries.

    `stop` and `reason` ("reliable", "decided", "apart", "few", "unsure"): whether enough is compared; `to_go`: comparisons until each
    entry has ten; `least`, `mean`: comparisons of an entry. `reliability_by`: "halves" of the judges, the "first" votes, or "all".
    """

    panel: str
    computed_at: datetime | None
    verdicts: int
    whole: int
    parts: tuple[int, ...]
    coverage: Mapping[int, int]
    least: Fraction
    mean: Fraction
    to_go: int
    stop: bool
    reason: str
    reliability: Fraction | None
    reliability_by: str
    lines: tuple[PairLine, ...]
    entries: tuple[PairEntry, ...]
    judges: tuple[PairJudge, ...]


def read_pairs(row: PanelAnalysis, *, public: bool = False) -> PairAnalysis | None:
    """What is kept in a row of a task judged in pairs: as it is now, or (`public`) as it was when its round was published last.

    None where nothing of that kind is kept.
    """
    body: dict[str, Any] = row.shown if public else row.body
    pairs: dict[str, Any] | None = body.get("pairs")
    if pairs is None:
        return None
    return PairAnalysis(
        panel=row.panel,
        computed_at=row.computed_at,
        verdicts=pairs["verdicts"],
        whole=pairs["entries"],
        parts=tuple(pairs["parts"]),
        coverage=dict(pairs["coverage"]),
        least=numbers.parse(pairs["least"]),
        mean=numbers.parse(pairs["mean"]),
        to_go=pairs["to_go"],
        stop=pairs["stop"],
        reason=pairs["reason"],
        reliability=_number(body["reliability"]),
        reliability_by=pairs["reliability_by"],
        lines=tuple(_line(one) for one in pairs["boundaries"]),
        entries=tuple(_entry(one) for one in body["entries"]),
        judges=tuple(_judge(one) for one in body["judges"]),
    )


def _number(text: str) -> Fraction | None:
    return numbers.parse(text) if text else None


def _line(one: Mapping[str, Any]) -> PairLine:
    return PairLine(one["place"], one["above"], one["below"], _number(one["chance"]), one["decided"])


def _entry(one: Mapping[str, Any]) -> PairEntry:
    return PairEntry(
        group=one["group"],
        compared=_number(one["n"]) or Fraction(0),
        won=_number(one["raw"]),
        strength=numbers.parse(one["adjusted"]),
        error=_number(one["se"]),
        place=one["place"],
        low=one["low"],
        high=one["high"],
        top={int(number): numbers.parse(chance) for number, chance in one["top"].items()},
        tied_with=tuple(one["tied_with"]),
    )


def _judge(one: Mapping[str, Any]) -> PairJudge:
    return PairJudge(one["judge"], one["n"], one["ties"], one["skipped"], _number(one["agreement"]), tuple(one["flags"]))
