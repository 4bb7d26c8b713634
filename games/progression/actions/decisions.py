"""Decisions that change results, checked against the rules of the cycle before they stand in the record."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from games.cycles.actions import locked, needs_reason, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import RESULT_KINDS, DecisionKind
from games.errors import Invalid, Problem
from games.groups.models import Group
from games.playbooks.schema import Design
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import parse
from leaderboards.engine.spec import CutTies, expand_boards

NEEDS = {
    DecisionKind.ADVANCE: ("round",),
    DecisionKind.STOP: ("round",),
    DecisionKind.WITHDRAW: ("round",),
    DecisionKind.DISQUALIFY: ("round",),
    DecisionKind.EQUAL: ("board", "other"),
    DecisionKind.BREAK: ("board", "value"),
    DecisionKind.AWARD: ("value",),
    DecisionKind.FORGO: ("value",),
}


@transaction.atomic
def decide(  # noqa: PLR0913 each part of a decision is named
    cycle: Cycle,
    kind: DecisionKind,
    *,
    by: Any,
    reason: str,
    group: str,
    round: str = "",  # noqa: A002 the bundle's word
    board: str = "",
    other: str = "",
    value: str = "",
) -> Decision:
    """Record an advance, stop, withdraw, disqualify, equal, break, award or forgo. Raises Invalid naming every part that does not fit."""
    needs_reason(reason)
    parts = {"round": round, "board": board, "group": group, "other": other, "value": value}
    held = locked(cycle)
    problems = list(_problems(held, kind, parts))
    if problems:
        message = "; ".join(str(one) for one in problems)
        raise Invalid(message, problems=problems)
    return record_decision(held, kind, by=by, reason=reason, round=round, board=board, group=group, other=other, value=value)


def _problems(cycle: Cycle, kind: DecisionKind, parts: dict[str, str]) -> Iterator[Problem]:
    if kind not in RESULT_KINDS:
        yield Problem("kind", _("expected one of {names}", names=", ".join(sorted(RESULT_KINDS))))
        return
    for name in NEEDS[kind]:
        if not parts[name]:
            yield Problem(name, _("{kind} needs a {name}", kind=kind, name=name), "required")
    design = design_of(cycle)
    yield from _unknown(cycle, design, parts)
    if kind is DecisionKind.BREAK and parts["value"] and not _is_number(parts["value"]):
        yield Problem("value", _("expected a number: 1, 2, ... order the groups inside a tie"))
    awards = {one.key for one in design.awards}
    if kind in {DecisionKind.AWARD, DecisionKind.FORGO} and parts["value"] and parts["value"] not in awards:
        yield Problem(
            "value",
            _('"{parts}" is not an award; known: {names}', parts=parts["value"], names=", ".join(sorted(awards)) or _("none")),
        )
    if kind is DecisionKind.ADVANCE and parts["board"]:
        yield from _wildcards(cycle, design, parts)


def _unknown(cycle: Cycle, design: Design, parts: dict[str, str]) -> Iterator[Problem]:
    known = {
        "round": [one.key for one in design.rounds],
        "board": [one.id for one in expand_boards(design)],
    }
    for name, keys in known.items():
        if parts[name] and parts[name] not in keys:
            yield Problem(
                name,
                _('"{parts}" is not a {name} of this cycle; known: {names}', parts=parts[name], name=name, names=", ".join(keys)),
            )
    wanted = {parts["group"], parts["other"]} - {""}
    there = set(Group.objects.filter(cycle=cycle, key__in=wanted).values_list("key", flat=True))
    for name in ("group", "other"):
        if parts[name] and parts[name] not in there:
            yield Problem(name, _('"{parts}" is not a team of this cycle', parts=parts[name]))
    if parts["other"] and parts["other"] == parts["group"]:
        yield Problem("other", _("expected another team"))


def _wildcards(cycle: Cycle, design: Design, parts: dict[str, str]) -> Iterator[Problem]:
    """No more advance by wildcard than the cut allows. Where a tie is to be decided, `advance` also settles the tie: the cut counts."""
    cut = next((one for one in design.cuts if (one.board, one.to) == (parts["board"], parts["round"])), None)
    if cut is None:
        yield Problem(
            "board",
            _(
                'no cut leads from "{parts}" into "{parts2}"; leave board empty to invite',
                parts=parts["board"],
                parts2=parts["round"],
            ),
        )
        return
    if cut.ties is CutTies.DECIDE:
        return
    used = decisions_in_force(cycle, DecisionKind.ADVANCE).filter(board=cut.board, round=cut.to).exclude(group=parts["group"])
    if used.values("group").distinct().count() >= cut.wildcards:
        yield Problem("board", _('the cut into "{to}" allows {wildcards} wildcards', to=cut.to, wildcards=cut.wildcards))


def _is_number(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
