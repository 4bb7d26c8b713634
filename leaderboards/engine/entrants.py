"""Entrants: who may be scored in a round, from cuts, invitations and those who are out by decision."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from leaderboards.engine.checks import Problem
from leaderboards.engine.facts import Decision, DecisionKind
from leaderboards.engine.index import Index
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import CutResult, RowStatus

LEAVING: Final = (DecisionKind.STOP, DecisionKind.WITHDRAW, DecisionKind.DISQUALIFY)
STATUS: Final = {DecisionKind.WITHDRAW: RowStatus.WITHDRAWN, DecisionKind.DISQUALIFY: RowStatus.DISQUALIFIED}


@dataclass(frozen=True, slots=True)
class Exits:
    """From which round (by number) each group is out, and whether that costs its place from then on."""

    out_from: Mapping[str, int]
    unplaced: Mapping[str, tuple[int, RowStatus]]

    def is_out(self, group: str, number: int) -> bool:
        """Whether the group does not take part in this round."""
        return self.out_from.get(group, number + 1) <= number

    def status(self, group: str, number: int) -> RowStatus | None:
        """Withdrawn or disqualified as of this round, else None."""
        since, status = self.unplaced.get(group, (number + 1, RowStatus.RANKED))
        return status if since <= number else None


@dataclass(frozen=True, slots=True)
class Field:
    """A round's field: who was let in, and who of them takes part."""

    let_in: tuple[str, ...]
    entrants: tuple[str, ...]


def exits(index: Index, rounds: Sequence[str], problems: list[Problem]) -> Exits:
    """Read who leaves. A decision without round takes effect from the first; an unknown round is a problem."""
    out: dict[str, int] = {}
    unplaced: dict[str, tuple[int, RowStatus]] = {}
    for kind in LEAVING:
        for decision in index.decided(kind):
            if decision.round and decision.round not in rounds:
                problems.append(
                    Problem(
                        "decisions",
                        _(
                            '"{round}" is not a round, in {kind} of "{group}"',
                            round=decision.round,
                            kind=kind,
                            group=decision.group,
                        ),
                    )
                )
                continue
            number = rounds.index(decision.round) if decision.round else 0
            out[decision.group] = min(number, out.get(decision.group, number))
            if kind in STATUS:
                since, __ = unplaced.get(decision.group, (number, RowStatus.RANKED))
                unplaced[decision.group] = (min(number, since), STATUS[kind])
    return Exits(out, unplaced)


def invited(index: Index, round_key: str) -> list[Decision]:
    """Advance decisions into a round that name no board: invited or seeded groups."""
    return [one for one in index.decided(DecisionKind.ADVANCE) if one.round == round_key and not one.board]


def field(index: Index, round_key: str, number: int, cuts: Iterable[CutResult], before: Collection[str], gone: Exits) -> Field:
    """The field of a round: its cuts and the invited if there are any, else the entrants before; less those who are out."""
    cuts = tuple(cuts)
    seeded = invited(index, round_key)
    if cuts or seeded:
        chosen = {group for cut in cuts for group in (*cut.through, *cut.wildcards)} | {one.group for one in seeded}
        let_in = tuple(group for group in index.groups if group in chosen)
    else:
        known = frozenset(before)
        let_in = tuple(group for group in index.groups if group in known)
    return Field(let_in, tuple(group for group in let_in if not gone.is_out(group, number)))
