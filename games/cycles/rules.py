"""States of a cycle and which change follows which; kinds of decisions. Pure."""

from enum import StrEnum


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


RESULT_KINDS = frozenset(
    {
        DecisionKind.ADVANCE,
        DecisionKind.STOP,
        DecisionKind.WITHDRAW,
        DecisionKind.DISQUALIFY,
        DecisionKind.EQUAL,
        DecisionKind.BREAK,
        DecisionKind.AWARD,
    }
)
