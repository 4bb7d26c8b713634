"""The steps of a recompute run, in order. Pure."""

from enum import StrEnum


class RunKind(StrEnum):
    """`settle` goes the whole way after a round; `refresh` brings live boards up to date."""

    SETTLE = "settle"
    REFRESH = "refresh"


class RunState(StrEnum):
    """waiting → running → done; failed keeps the reason and may be asked again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Step(StrEnum):
    """Between rounds: lock → results → standings → snapshot → awards → cut → notify. Each commits, then queues the next."""

    LOCK = "lock"
    RESULTS = "results"
    STANDINGS = "standings"
    SNAPSHOT = "snapshot"
    AWARDS = "awards"
    CUT = "cut"
    NOTIFY = "notify"


STEPS: dict[RunKind, tuple[Step, ...]] = {
    RunKind.SETTLE: tuple(Step),
    RunKind.REFRESH: (Step.RESULTS, Step.STANDINGS),
}


def next_step(kind: RunKind, step: Step) -> Step | None:
    """The step after `step`, or None at the end."""
    steps = STEPS[kind]
    position = steps.index(step) + 1
    return steps[position] if position < len(steps) else None
