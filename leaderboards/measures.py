"""What is measured while the house runs, for Prometheus: how late each stage is, and a few counts.

Every process keeps its own numbers. Where `PROMETHEUS_MULTIPROC_DIR` names a folder (`./run serve` and the demo see to it), they lie in
files there and `/metrics` adds them up; elsewhere they stay in the process. Nothing in here raises because of a disk or a file: what
cannot be measured is left out. Labels are words out of the code, never a key, an id or a name: metrics are read by outsiders to the game.
"""

import logging
import os
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.mmap_dict import MmapedDict

logger = logging.getLogger(__name__)

STAGES: Final = ("sealed", "totals", "version", "delivered")
"""The way of an act to whoever watches. The lag of the first three counts from the commit of the act, of the last from that of the version."""

LAG_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
TIME_BUCKETS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)

# name: (what it says, its labels)
TIMES: Final[dict[str, tuple[str, tuple[str, ...], tuple[float, ...]]]] = {
    "lag_seconds": (
        "From the commit of an act until it is sealed, in the totals, on a board; from then until it is sent.",
        ("stage",),
        LAG_BUCKETS,
    ),
    "request_seconds": ("How long requests took, by kind and class of status.", ("kind", "status"), TIME_BUCKETS),
    "task_seconds": ("How long tasks of workers took, by task and end.", ("task", "end"), TIME_BUCKETS),
}
COUNTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "sockets_opened": ("Sockets that were let in.", ()),
    "sockets_closed": ("Sockets that we closed: slow, too many, no longer allowed, going away.", ("why",)),
    "messages_sent": ("Changes of boards sent through sockets.", ()),
    "pages": ("Ready pages of boards: served as they were, unmodified, stale, built.", ("how",)),
    "runs": ("Recompute runs that ended, by how.", ("end",)),
    "publish_failures": ("Tasks that the broker did not take; the clock catches up.", ()),
    "self_check_findings": ("What the nightly self-check found wrong.", ()),
    "self_checks": ("Self-checks that were made.", ()),
}
LEVELS: Final[dict[str, str]] = {
    "sockets": "Sockets that are open now.",
    "subscribed": "1 while a live process hears of changes, 0 while it does not.",
}

AWAITED: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("runs", {"end": "failed"}),
    ("self_check_findings", {}),
    ("publish_failures", {}),
)
"""What somebody wants to be told of at once. A counter that appears with its first number has not grown, for Prometheus: these stand at 0 before."""

WORD: Final = re.compile(r"[a-z][a-z_.]{0,39}")
KNOWN: Final = frozenset({*TIMES, *COUNTS, *LEVELS})
WORKED: Final = "worked"
RESERVED: Final = 256 * 1024
registry: Final = CollectorRegistry()
_said: dict[tuple[int, str], float] = {}


class ReservedDict(MmapedDict):
    """A file of numbers whose room is taken from the disk at once: writing to a mapped hole of a full disk would end the process."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:  # noqa: FBT001, FBT002 the signature of the library
        path = Path(filename)
        if not read_mode and not (path.exists() and path.stat().st_size):
            whole = path.with_suffix(".new")
            try:
                whole.write_bytes(bytes(RESERVED))
                whole.replace(path)  # so that nobody reads a half one
            except OSError:
                whole.unlink(missing_ok=True)
                raise
        super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]


values.MmapedDict = ReservedDict  # type: ignore[attr-defined]


@cache
def _metric(name: str) -> Any:
    """Made at its first use, in the process that uses it. KeyError if there is none of this name."""
    full = f"ludus_{name}"
    if name in TIMES:
        says, labels, buckets = TIMES[name]
        return Histogram(full, says, labels, buckets=buckets, registry=registry)
    if name in LEVELS:
        return Gauge(full, LEVELS[name], registry=registry, multiprocess_mode="livesum")
    says, labels = COUNTS[name]
    return Counter(full, says, labels, registry=registry)


@cache
def _child(name: str, labels: tuple[tuple[str, str], ...]) -> Any:
    """One series. Asked for again and again, so it is looked up once."""
    for _, value in labels:
        if not WORD.fullmatch(value):
            message = f"{value!r} is no label of {name}: labels are words out of the code"
            raise ValueError(message)
    return _metric(name).labels(**dict(labels)) if labels else _metric(name)


def _act(name: str, verb: str, amount: float, labels: dict[str, str]) -> None:
    given = tuple(labels.items())
    try:
        getattr(_child(name, given), verb)(amount)
    except Exception as error:
        if name not in KNOWN or not all(WORD.fullmatch(value) for value in labels.values()):
            raise
        _complain(os.getpid(), str(error))  # whatever is wrong with the files: what is measured goes on


@cache
def _complain(_process: int, error: str) -> None:
    """Once in a process, not with each measure."""
    logger.warning("metrics cannot be kept: %s", error)


def lag(stage: str, seconds: float) -> None:
    """An act reached a stage (one of STAGES) so long after its commit."""
    if stage not in STAGES:
        message = f"{stage!r} is no stage"
        raise ValueError(message)
    _act("lag_seconds", "observe", max(0.0, seconds), {"stage": stage})


def took(name: str, seconds: float, **labels: str) -> None:
    """Something (one of TIMES) took so long."""
    _act(name, "observe", max(0.0, seconds), labels)


def count(name: str, by: float = 1, **labels: str) -> None:
    """Something (one of COUNTS) happened."""
    _act(name, "inc", by, labels)


def begin() -> None:
    """This process may count what is awaited. Called again it does nothing."""
    _begin(os.getpid())


@cache
def _begin(_process: int) -> None:
    for name, labels in AWAITED:
        count(name, 0, **labels)


def level(name: str, value: float) -> None:
    """What stands at a value now in this process (one of LEVELS); /metrics adds up the processes."""
    _said[os.getpid(), name] = value
    _act(name, "set", value, {})


def level_of(name: str) -> float | None:
    """What this process said of a level last; None if it never said anything."""
    return _said.get((os.getpid(), name))


def worked() -> None:
    """A sign of work for whoever looks whether this part is stuck: it touches a file beside its numbers."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        with suppress(OSError):
            (Path(folder) / WORKED).touch()


def in_files() -> bool:
    """Whether the numbers of this process lie in files for another one to read."""
    return bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
