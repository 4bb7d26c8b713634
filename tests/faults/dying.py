"""A line of real Celery workers, each a process of its own that kills itself at one step of a run: all is written, nothing committed.

`python -m tests.faults.dying LOG STEP...`: for each step one worker is started when the one before is dead; LOG tells step and exit
code. A worker for the step "none" lives. They are forked from one process that has loaded everything, to be quick.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()  # Celery does it only when the worker starts, too late for the models below

from games.results.actions import runs  # noqa: E402
from games.results.models import RecomputeRun  # noqa: E402
from games.results.rules import Plan  # noqa: E402
from worker.app import app  # noqa: E402

ARGUMENTS = ["worker", "-P", "solo", "-l", "ERROR", "--without-mingle", "--without-gossip", "--without-heartbeat"]
advance = runs._advance


def work_and_die(step: str) -> None:
    """Be a worker until the transaction that ends `step` is about to commit."""

    def dying_advance(run: RecomputeRun, plan: Plan | None) -> None:
        now_at = run.step
        advance(run, plan)
        if now_at == step:
            os.kill(os.getpid(), signal.SIGKILL)

    runs._advance = dying_advance
    app.worker_main(ARGUMENTS)


def main(log: str, lease: str, *steps: str) -> None:
    """One worker after the other."""
    runs.LEASE = timedelta(seconds=float(lease))  # type: ignore[misc]
    for step in steps:
        child = os.fork()
        if child == 0:
            work_and_die(step)
        _, status = os.waitpid(child, 0)
        with Path(log).open("a") as told:
            told.write(f"{step} {os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
