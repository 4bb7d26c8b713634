"""Long work that an organizer's page waits for: previews, exports, verifications.

A job lives in the cache: asked for by a page, done by a worker (here and now where a file is small, or no worker can be told), looked at
until it is done. Losing one costs a click.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.core.files.storage import default_storage

from games.bundles.actions.exporting import bundle_for
from games.bundles.actions.placing import store
from games.bundles.audience import Audience
from games.bundles.verify import verify
from games.bundles.writer import files_of, zipped
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.journal.queries import db_now
from games.judging.queries.feedback import owed_in
from games.judging.rules.plans import precision_data
from games.playbooks.schema import Design
from games.progression.rules import decided_after
from games.recognition.queries import point_facts
from games.results.queries.ceremony import Curtain, curtain_of
from games.results.queries.preview import Missing, Preview, preview, stamp
from games.rounds.models import Round
from leaderboards.engine.language import gettext_noop
from leaderboards.engine.planning import enough, precision
from leaderboards.engine.spec import LIVE_FORMATS, Source
from worker.waking import publish

logger = logging.getLogger(__name__)

BIG: Final = 20_000  # rows to read: about a second of work
KEEP: Final = 24 * 3600
WAIT: Final = 2.0
"""Seconds that a page waits for a worker before it shows how far the work is: most is done before."""
EACH_LOOK: Final = 0.02
KEEP_MOVING: Final = 20  # seconds: where points or live boards of other rounds go on meanwhile
PATIENCE: Final = timedelta(minutes=3)
FOLDER: Final = "exports"
LEAST: Final = 2
MOST_ENTRIES: Final = 5000
MOST_JUDGES: Final = 500
EACH: Final = 8  # judges for each entry, at most, in a table of designs

type Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked for and how far it is: waiting, running, done or failed; `share` from 0 to 1."""

    key: str
    work: str
    cycle_id: int
    arguments: tuple[Any, ...]
    at: datetime
    state: str = "waiting"
    says: str = ""
    share: float = 0.0
    error: str = ""
    result: Any = None
    keep: int = field(default=KEEP)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {"done", "failed"}

    @property
    def percent(self) -> int:
        """How far, for a progress bar."""
        return round(100 * self.share)


def look(key: str, cycle: Cycle) -> Job | None:
    """The job, if it is one of this cycle. One that has not moved for a while has failed."""
    found: Job | None = cache.get(f"job:{key}")
    if found is None or found.cycle_id != cycle.pk:
        return None
    if not found.over and db_now() - found.at > PATIENCE:
        return replace(found, state="failed", error="Nobody has worked on this for some minutes. Please try again.")
    return found


def ask(
    work: str,
    cycle: Cycle,
    *arguments: Any,
    here: bool = False,
    away: bool = False,
    key: str = "",
    keep: int = KEEP,
    wait: float = 0,
) -> Job:
    """Have a work done: in this process if `here`, or if no worker can be told. The same key again gives the job that is there.

    `away`: never in this process, since it takes what only workers load. `wait`: seconds until the job is given though it is not over.
    """
    there = look(key, cycle) if key else None
    if there is not None and there.state != "failed":
        return there
    job = Job(key or secrets.token_urlsafe(16), work, cycle.pk, arguments, db_now(), keep=keep)
    _store(job)
    told = not here and publish("carry_out", job.key)
    if not told and not away:
        return _done(job)  # as it came out, also where the cache is away and keeps nothing
    return _waited(job, wait)


def _waited(job: Job, seconds: float) -> Job:
    """The job when it is over, or as it is after so many seconds; as it was where the cache keeps nothing."""
    until = time.monotonic() + seconds
    while (found := cache.get(f"job:{job.key}")) is not None and not found.over and time.monotonic() < until:
        time.sleep(EACH_LOOK)
    return found or job


def forget(key: str) -> None:
    """Do not give this one again."""
    cache.delete(f"job:{key}")


def _store(job: Job) -> Job:
    cache.set(f"job:{job.key}", job, job.keep)
    return job


def carry_out(key: str) -> None:
    """Do the work of a job, once: another worker that was told too leaves it alone."""
    job: Job | None = cache.get(f"job:{key}")
    if job is not None and not job.over:
        _done(job)


def _done(job: Job) -> Job:
    """The job as it came out; as it is where somebody else is at it."""
    if not cache.add(f"job:{job.key}:taken", 1, PATIENCE.seconds):
        return job
    job = _store(replace(job, state="running", at=db_now()))

    def tell(says: str, share: float) -> None:
        _store(replace(job, says=says, share=share, at=db_now()))

    try:
        result = WORK[job.work](tell, job.cycle_id, *job.arguments)
        return _store(replace(job, state="done", share=1.0, result=result, at=db_now()))
    except Exception as error:
        logger.exception("%s of cycle %s failed", job.work, job.cycle_id)
        said = error.message if isinstance(error, GameError) else gettext_noop("Something broke on our side. Please try again.")
        return _store(replace(job, state="failed", error=said, at=db_now()))
    finally:
        cache.delete(f"job:{job.key}:taken")


# --- Previews -------------------------------------------------------------------------------------------------------------------------


def preview_of(round_: Round) -> Preview:
    """What publishing the round would bring, computed now with the points as they stand."""
    targets = decided_after(design_of(round_.cycle), round_.key)
    shown = preview(round_, points=point_facts(round_.cycle), targets=targets)
    return replace(shown, owed=tuple(owed_in(round_)))


def kept_preview(round_: Round, found: Missing, *, fresh: bool = False) -> Job:
    """The preview of a round as a job: a kept one if nothing has happened since, else a worker computes it."""
    key = f"preview-with-close-{round_.pk}-{stamp(round_, found)}"
    if fresh:
        forget(key)
    keep = KEEP_MOVING if _moves(design_of(round_.cycle)) else KEEP
    return ask("preview", round_.cycle, round_.pk, key=key, keep=keep, wait=WAIT)


def _moves(design: Design) -> bool:
    return any(one.source is Source.POINTS for one in design.boards) or any(
        one.format in LIVE_FORMATS for one in design.challenges
    )


def _preview(tell: Tell, cycle_id: int, round_id: int) -> Preview:
    tell(gettext_noop("Computing the results"), 0.1)
    return preview_of(Round.objects.select_related("cycle").get(pk=round_id, cycle=cycle_id))


def kept_curtain(cycle: Cycle, waiting: Round | None, rests_on: str) -> Job:
    """What the ceremony tells, as a job: a `Curtain`, or None without a board. `rests_on`: the `stamp` of the round that it ends with."""
    keep = KEEP_MOVING if _moves(design_of(cycle)) else KEEP
    asked = waiting.pk if waiting is not None else None
    return ask("ceremony", cycle, asked, key=f"ceremony-{cycle.pk}-{asked}-{rests_on}", keep=keep, wait=WAIT)


def _ceremony(tell: Tell, cycle_id: int, waiting: int | None) -> Curtain | None:
    tell(gettext_noop("Computing the results"), 0.1)
    cycle = Cycle.objects.get(pk=cycle_id)
    round_ = Round.objects.get(pk=waiting) if waiting is not None else None
    return curtain_of(cycle, round_, points=point_facts(cycle))


# --- Files ----------------------------------------------------------------------------------------------------------------------------


def _export(tell: Tell, cycle_id: int, audience: str) -> dict[str, Any]:
    """Write the zip; {path in the storage, name to save it under, bytes, rows by file}."""
    cycle = Cycle.objects.get(pk=cycle_id)
    tell(gettext_noop("Reading the cycle"), 0.1)
    bundle = bundle_for(cycle, Audience(audience))
    tell(gettext_noop("Writing the files"), 0.6)
    files = files_of(bundle)
    content = zipped(files)
    tell(gettext_noop("Putting them away"), 0.9)
    path = store(f"{FOLDER}/{secrets.token_hex(16)}.zip", content)
    return {"path": path, "name": f"{cycle.key}-{audience}.zip", "size": len(content), "files": len(files), "audience": audience}


def _verify(tell: Tell, cycle_id: int, audience: str) -> dict[str, Any]:
    """Compute what would be exported and compare it with what was published: the result in plain values."""
    cycle = Cycle.objects.get(pk=cycle_id)
    tell(gettext_noop("Reading the cycle"), 0.1)
    bundle = bundle_for(cycle, Audience(audience))
    tell(gettext_noop("Computing everything again"), 0.4)
    found = verify(bundle)
    return {
        "audience": audience,
        "equal": found.equal,
        "total": found.compared.total(),
        "compared": dict(found.compared),
        "differences": [str(one) for one in found.differences],
        "left_out": list(found.left_out),
        "snapshots": len(bundle.snapshots),
    }


def forget_exports(now: datetime) -> int:
    """Remove written zips a day old. Safe to run twice. Returns how many went."""
    try:
        _, names = default_storage.listdir(FOLDER)
    except (FileNotFoundError, NotImplementedError):
        return 0
    paths = [f"{FOLDER}/{name}" for name in names]
    old = [path for path in paths if now - default_storage.get_modified_time(path) > timedelta(seconds=KEEP)]
    for path in old:
        default_storage.delete(path)
    return len(old)


# --- Designs --------------------------------------------------------------------------------------------------------------------------


def precision_of(cycle: Cycle, entries: int, judges: int, *, fresh: bool = False) -> Job:
    """How sure places will be with so many entries and judges, as a job: the same question again gives the answer that is there."""
    key = f"enough-{cycle.pk}-{entries}-{judges}"
    if fresh:
        forget(key)
    return ask("precision", cycle, entries, judges, here=False, away=True, key=key)


def _precision(tell: Tell, _cycle_id: int, entries: int, judges: int) -> dict[str, Any]:
    """How sure places will be with one judge for each entry, two, and so on; and how many are enough."""
    rows = []
    for each in range(1, min(judges, EACH) + 1):
        tell(f"{entries} entries, {each} of {judges} judges each", (each - 1) / min(judges, EACH))
        rows.append(precision(entries, judges, each))
    best = enough(rows)
    return {"rows": [precision_data(one) for one in rows], "enough": best.per_entry if best is not None else 1}


WORK: Final[Mapping[str, Callable[..., Any]]] = {
    "preview": _preview,
    "ceremony": _ceremony,
    "export": _export,
    "verify": _verify,
    "precision": _precision,
}
