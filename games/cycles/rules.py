"""States of a cycle and which change follows which; kinds of decisions; what two Designs differ in. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

import rfc8785

from games.errors import Conflict, Invalid, NotFound


class CycleState(StrEnum):
    """draft → enrolling → running ⇄ paused → awarding → closed, or cancelled."""

    DRAFT = "draft"
    ENROLLING = "enrolling"
    RUNNING = "running"
    PAUSED = "paused"
    AWARDING = "awarding"
    CLOSED = "closed"
    CANCELLED = "cancelled"


NEXT_STATES: dict[CycleState, frozenset[CycleState]] = {
    CycleState.DRAFT: frozenset({CycleState.ENROLLING, CycleState.RUNNING, CycleState.CANCELLED}),
    CycleState.ENROLLING: frozenset({CycleState.RUNNING, CycleState.PAUSED, CycleState.CANCELLED}),
    CycleState.RUNNING: frozenset({CycleState.PAUSED, CycleState.AWARDING, CycleState.CLOSED, CycleState.CANCELLED}),
    CycleState.PAUSED: frozenset({CycleState.ENROLLING, CycleState.RUNNING, CycleState.CANCELLED}),
    CycleState.AWARDING: frozenset({CycleState.CLOSED, CycleState.RUNNING, CycleState.CANCELLED}),
    CycleState.CLOSED: frozenset({CycleState.RUNNING}),
    CycleState.CANCELLED: frozenset(),
}


def words_of(key: str) -> str:
    """A key as words, for what was given no name: clean-water → Clean water."""
    return key.replace("-", " ").replace("_", " ").strip().capitalize() or key


def may_become(current: CycleState, wanted: CycleState) -> bool:
    """Whether a cycle in `current` may go to `wanted` (a decision is needed for it besides)."""
    return wanted in NEXT_STATES[current]


class DecisionKind(StrEnum):
    """What is decided. The first block is the bundle's, and changes results; the second steers the cycle."""

    ADVANCE = "advance"
    STOP = "stop"
    WITHDRAW = "withdraw"
    DISQUALIFY = "disqualify"
    EQUAL = "equal"
    BREAK = "break"
    AWARD = "award"
    FORGO = "forgo"

    LAUNCH = "launch"
    AMEND = "amend"
    STATE = "state"
    GATE = "gate"
    EXTEND = "extend"
    REOPEN = "reopen"
    PUBLISH = "publish"
    WAIVE = "waive"
    OVERRIDE = "override"
    ROLE = "role"
    BREAK_GLASS = "break_glass"
    DELIBERATE = "deliberate"
    CHANGE_SET = "change_set"
    APPEAL = "appeal"
    ADOPT = "adopt"


RESULT_KINDS = frozenset(
    {
        DecisionKind.ADVANCE,
        DecisionKind.STOP,
        DecisionKind.WITHDRAW,
        DecisionKind.DISQUALIFY,
        DecisionKind.EQUAL,
        DecisionKind.BREAK,
        DecisionKind.AWARD,
        DecisionKind.FORGO,
    }
)


DECIDED_IN_PUBLIC = frozenset(
    {DecisionKind.LAUNCH, DecisionKind.AMEND, DecisionKind.STATE, DecisionKind.GATE, DecisionKind.PUBLISH, DecisionKind.WAIVE}
)
"""Kinds that everybody may read at once; results are read once their round is published, extensions of one group never."""

TAKES_DECISIONS = frozenset(CycleState) - {CycleState.CANCELLED}

TAKEN_BACK = RESULT_KINDS | {DecisionKind.BREAK_GLASS}
"""Kinds that a later decision may take back."""

GLASS_OPEN_FOR = timedelta(hours=24)
"""How long the owner of the instance may read a cycle after a decision to break the glass."""


class DesignMissing(NotFound):
    """There is no Design with this number."""

    code = "design_missing"


class StateRefused(Conflict):
    """The cycle cannot go to this state from the one it is in."""

    code = "state_refused"


class ReasonMissing(Invalid):
    """This is decided only with a reason that people can read."""

    code = "reason_missing"


class DecisionRefused(Conflict):
    """The decision cannot be recorded or taken back."""

    code = "decision_refused"


def digest_of(data: object) -> str:
    """SHA-256 of the RFC 8785 canonical JSON, in hexadecimal."""
    return hashlib.sha256(rfc8785.dumps(data)).hexdigest()  # type: ignore[arg-type]


def changes(before: object, after: object, path: str = "") -> list[dict[str, Any]]:
    """What differs between two JSON values, as [{path, before, after}]; absent is None. Empty if and only if they are equal.

    Tables in arrays are matched by their key (cuts by board and round), so a path reads challenges["pitch"].criteria["impact"].weight.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found: list[dict[str, Any]] = []
        for name in [*before, *(name for name in after if name not in before)]:
            here = f"{path}.{name}" if path else name
            found += _changed_member(before, after, name, here)
        return found
    if isinstance(before, list) and isinstance(after, list):
        names, others = _names(before), _names(after)
        if names is not None and others is not None:
            return _changed_rows(dict(zip(names, before, strict=True)), dict(zip(others, after, strict=True)), path)
    return [] if _same(before, after) else [{"path": path, "before": before, "after": after}]


def _same(before: object, after: object) -> bool:
    """Equal as JSON: true is not 1."""
    return rfc8785.dumps(before) == rfc8785.dumps(after)  # type: ignore[arg-type]


def _changed_member(before: Mapping[str, Any], after: Mapping[str, Any], name: str, path: str) -> list[dict[str, Any]]:
    if name in before and name in after:
        return changes(before[name], after[name], path)
    return [{"path": path, "before": before.get(name), "after": after.get(name)}]


def _changed_rows(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    found = []
    for name in [*before, *(name for name in after if name not in before)]:
        found += _changed_member(before, after, name, f"{path}[{name}]")
    kept = [name for name in before if name in after]
    order = [name for name in after if name in before]
    if kept != order:
        found.append({"path": path, "before": list(before), "after": list(after)})
    return found


def _names(rows: Sequence[Any]) -> list[str] | None:
    """What each table of an array is called, each another name; None if they have no names."""
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        return [] if not rows else None
    for fields in (("key",), ("key", "rounds"), ("board", "to")):
        if all(fields[0] in row for row in rows):
            names = [" in ".join(json.dumps(row.get(name)) for name in fields) for row in rows]
            if len(set(names)) == len(names):
                return names
    return None
