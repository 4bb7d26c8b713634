"""Computing where it may be computed: cycles whose results rest on statistics load numpy, which no web process ever does.

Pages and API ask workers for previews and verifications (`worker.desk`); what they still compute themselves goes through here. In a
process that stays light, statistics are left to a child process: it gets rules and facts, and answers with the outcome.
"""

import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from leaderboards.engine import pipeline
from leaderboards.engine import reveal as revealing
from leaderboards.engine.facts import Facts
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.reveal import Reveal
from leaderboards.engine.spec import Fold, Format, Scoring

ROOT: Final = Path(__file__).parents[1]
PATIENCE: Final = 110  # seconds
STATISTICAL: Final = frozenset({Fold.SEVERITY, Fold.SEVERITY_CLIP})
CHILD: Final = "from leaderboards.computing import answer; answer()"

_light: list[bool] = []


def stay_light() -> None:
    """From now on this process, which serves people, computes no statistics itself."""
    _light.append(True)


def is_light() -> bool:
    """Whether this process leaves statistics to others."""
    return bool(_light)


def is_statistical(scoring: Scoring) -> bool:
    """Whether results rest on statistics: a panel takes severities off, or judges compare in pairs."""
    return any(
        one.format is Format.PAIRWISE or any(panel.combine in STATISTICAL for panel in one.judges_panels)
        for one in scoring.challenges
    )


def compute(scoring: Scoring, facts: Facts) -> Outcome:
    """Everything that follows from rules and facts: see `leaderboards.engine.pipeline`."""
    if is_light() and is_statistical(scoring):
        outcome: Outcome = _elsewhere("compute", scoring, facts)
        return outcome
    return pipeline.compute(scoring, facts)


def reveal(scoring: Scoring, facts: Facts, board: str) -> Reveal | None:
    """How a frozen board is opened: see `leaderboards.engine.reveal`."""
    if is_light() and is_statistical(scoring):
        found: Reveal | None = _elsewhere("reveal", scoring, facts, board)
        return found
    return revealing.reveal(scoring, facts, board)


WORK: Final[Mapping[str, Callable[..., Any]]] = {"compute": pipeline.compute, "reveal": revealing.reveal}


def _elsewhere(work: str, *arguments: Any) -> Any:
    """Ask a child process. Raises CalledProcessError or TimeoutExpired where it fails."""
    asked = pickle.dumps((work, arguments), pickle.HIGHEST_PROTOCOL)
    done = subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, input=asked, capture_output=True, check=True, timeout=PATIENCE)
    return pickle.loads(done.stdout)  # noqa: S301 - from our own child


def answer() -> None:
    """The child: what is asked comes in as one pickle from our own parent, the answer goes out as one."""
    anywhere()
    out, sys.stdout = sys.stdout.buffer, io.StringIO()  # nothing else may be said there
    work, arguments = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from our own parent
    out.write(pickle.dumps(WORK[work](*arguments), pickle.HIGHEST_PROTOCOL))
    out.flush()


def anywhere() -> None:
    """The calling thread may run on any core it is allowed: a web process stays on one, and so would what it starts."""
    if hasattr(os, "sched_setaffinity"):
        with suppress(OSError):  # cores that are numbered with gaps: it stays where it is
            os.sched_setaffinity(0, range(os.cpu_count() or 1))
