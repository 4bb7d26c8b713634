"""What workers say of themselves: a line for each task with its ids and how long it took, and the same as metrics.

Every line that is logged meanwhile bears the task, what it is about, and the request that asked for it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
from django.core.cache import cache

from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.results.models import RecomputeRun
from games.results.rules import RunKind, RunState, Step
from leaderboards import measures

log = structlog.stdlib.get_logger("ludus.task")

ASKED_BY: Final = "ludus_request"
"""Header of a task: the number of the request that asked for it."""
ABOUT: Final = {
    "work": "run",
    "show": "board",
    "replay": "cycle",
    "plan": "plan",
    "issue": "credential",
    "rehearse": "rehearsal",
    "look_back": "retrospective",
    "look_at_changes": "change_set",
}
"""What the first argument of a task is. Other arguments are not logged."""
QUIET: Final = frozenset({"tick", "pulse", "show"})
"""Tasks that come by the second: told only when they are slow, or fail."""
SLOW: Final = 1.0
KEEP: Final = 3600
LIVE: Final = 3600.0
"""Seconds. What is older than this when it comes is history that somebody brought in, not an act that was slow."""
_begun: dict[str, float] = {}


# --- Tasks ----------------------------------------------------------------------------------------------------------------------------


def headers() -> dict[str, str]:
    """What a task is given along: the number of this request, if there is one."""
    number = structlog.contextvars.get_contextvars().get("request")
    return {ASKED_BY: number} if isinstance(number, str) else {}


def _name(task: Any) -> str:
    return str(task.name).rpartition(".")[2]


def begun(task_id: str = "", task: Any = None, args: Any = (), **_more: Any) -> None:
    """A task is about to run: bind what every line of it bears."""
    measures.begin()
    name = _name(task)
    bound: dict[str, Any] = {"task": name, "task_id": task_id}
    if name in ABOUT and args:
        bound[ABOUT[name]] = args[0]
    asked = getattr(task.request, ASKED_BY, None) or (getattr(task.request, "headers", None) or {}).get(ASKED_BY)
    if asked:
        bound["request"] = asked
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**bound)
    _begun[task_id] = time.perf_counter()
    if name not in QUIET:
        log.info("task begins")


def ended(task_id: str = "", task: Any = None, state: str | None = None, **_more: Any) -> None:
    """It ran: tell how it ended and how long it took."""
    name, seconds = _name(task), time.perf_counter() - _begun.pop(task_id, time.perf_counter())
    end = "done" if state == "SUCCESS" else "retried" if state in {"RETRY", "REJECTED"} else "failed"
    measures.took("task_seconds", seconds, task=name, end=end)
    if name not in QUIET or seconds > SLOW or end == "failed":
        log.info("task ends", end=end, ms=round(seconds * 1000, 1))
    structlog.contextvars.clear_contextvars()


def connect() -> None:
    """Listen to Celery. Called again it does nothing new."""
    from celery.signals import before_task_publish, task_postrun, task_prerun  # noqa: PLC0415 -- heavy: for those who run tasks

    task_prerun.connect(begun, dispatch_uid="ludus.begun")
    task_postrun.connect(ended, dispatch_uid="ludus.ended")
    task_postrun.connect(_worked, dispatch_uid="ludus.worked")
    before_task_publish.connect(_worked, dispatch_uid="ludus.asked")


def _worked(**_more: Any) -> None:
    measures.worked()


# --- Runs -----------------------------------------------------------------------------------------------------------------------------


@contextmanager
def telling(run: RecomputeRun) -> Iterator[None]:
    """Around a step of a run: its ids on every line, its end counted, and how late what it shows is."""
    step, begun_at = run.step, time.perf_counter()
    if (run.kind, step) == (RunKind.REFRESH.value, Step.RESULTS.value):
        _counted_from(run)
    with structlog.contextvars.bound_contextvars(run=run.pk, cycle=run.cycle.key, step=step):
        yield
        ms = round((time.perf_counter() - begun_at) * 1000, 1)
        log.info("step ends", kind=run.kind, state=run.state, tries=run.tries, error=bool(run.error), ms=ms)
    if run.state in {RunState.DONE.value, RunState.FAILED.value}:
        measures.count("runs", end=run.state)
        if run.state == RunState.DONE.value:
            _shown(run)


def asked(entry: JournalEntry) -> None:
    """An act asks for boards to be brought up to date. The first one since the last refresh began is what lateness counts from."""
    cache.add(f"late:{entry.cycle_id}", entry.at.timestamp(), KEEP)


def _counted_from(run: RecomputeRun) -> None:
    """The refresh begins to read: acts from now on are counted by the next one."""
    name = f"late:{run.cycle_id}"
    since = cache.get(name)
    if since is not None:
        cache.delete(name)
        cache.add(f"late:run:{run.pk}", since, KEEP)


def _shown(run: RecomputeRun) -> None:
    name = f"late:run:{run.pk}"
    since = cache.get(name) if run.kind == RunKind.REFRESH.value else None
    if since is not None:
        cache.delete(name)
        late("version", db_now().timestamp() - since)


def late(stage: str, seconds: float) -> None:
    """An act reached a stage; history that was brought in is left out."""
    if seconds < LIVE:
        measures.lag(stage, seconds)
