"""Writing the journal: `record` inserts inside the act's transaction and announces on commit; `seal_pending` numbers and chains."""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Q

from games.journal.models import JournalEntry, Sealer
from games.journal.queries import db_now
from games.journal.rules import Kind, chained_hash
from leaderboards.kept import Kept
from leaderboards.kept_writes import KeptInsert
from leaderboards.measures import lag

logger = logging.getLogger(__name__)

type Listener = Callable[[JournalEntry], None]
_listeners: dict[str, list[Listener]] = {}
CLAIM = timedelta(seconds=5)  # a batch takes well under a second; the row of the sealer is the real guard

_insert: Final[KeptInsert[JournalEntry]] = KeptInsert(JournalEntry)

BATCH: Final = 5000
SEAL: Final = "UPDATE games_journalentry SET seal = %s, previous_hash = %s, hash = %s WHERE id = %s"
_head: Final[Kept[Sealer, tuple[int, str]]] = Kept(lambda name: Sealer.objects.filter(name=name).values_list("seal", "hash"), str)
_first: Final[Kept[JournalEntry, tuple[int]]] = Kept(lambda: JournalEntry.objects.filter(seal__isnull=True).values_list("pk")[:1])
_pending: Final[Kept[JournalEntry, JournalEntry]] = Kept(
    lambda: JournalEntry.objects.filter(seal__isnull=True).order_by("id")[:BATCH]
)

LIVE = timedelta(hours=1)  # what is older when it is sealed was brought in: no act was that slow


def on(kind: Kind, listener: Listener) -> None:
    """Call `listener` after the commit of every entry of `kind`. Only `worker/waking.py` may call this."""
    _listeners.setdefault(kind.value, []).append(listener)


@dataclass(slots=True)
class Proof:
    """What the next entry bears; `used` once one does."""

    key: str
    used: bool = False


_proof: ContextVar[Proof | None] = ContextVar("proof", default=None)


@contextmanager
def proving(key: str) -> Iterator[Proof]:
    """The first entry recorded in here bears `key`: committed with the act, it proves that the act was done, and that it is done once."""
    proof = Proof(key)
    before = _proof.set(proof)
    try:
        yield proof
    finally:
        _proof.reset(before)


def _proof_taken() -> str | None:
    proof = _proof.get()
    if proof is None or proof.used:
        return None
    proof.used = True
    return proof.key


def record(  # noqa: PLR0913 each part of an entry is named
    kind: Kind,
    *,
    cycle_id: int | None,
    by: Any = None,
    group_id: int | None = None,
    subject: str = "",
    payload: Mapping[str, object] | None = None,
    key: str | None = None,
    at: datetime | None = None,
    channel: str = "web",
) -> JournalEntry:
    """Write one entry and announce it when the transaction commits.

    `by` is the acting user (or None: the system, or an anonymous act). `payload` takes ids, keys and numbers only. `key` makes the
    entry idempotent: a second one with the same key raises IntegrityError.
    """
    entry = JournalEntry(
        kind=kind.value,
        cycle_id=cycle_id,
        actor=getattr(by, "pseudonym", None),
        group_id=group_id,
        subject=subject,
        payload=dict(payload or {}),
        key=key or _proof_taken(),
        at=at or db_now(),
        channel=channel,
    )
    _insert(entry)
    announce(entry)
    return entry


def announce(entry: JournalEntry) -> None:
    """Tell the listeners after commit, of an entry that was written, or of what is only told. A listener that fails never fails the request."""
    for listener in _listeners.get(entry.kind, ()):
        transaction.on_commit(partial(_tell, listener, entry), robust=True)


def _tell(listener: Listener, entry: JournalEntry) -> None:
    try:
        listener(entry)
    except Exception:
        logger.warning("reaction to %s #%s failed; the sweep will catch up", entry.kind, entry.pk, exc_info=True)


def _claim(holder: str) -> bool:
    """Take the seal's claim; false while somebody else holds it."""
    now = db_now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_by=holder)
    mine = Sealer.objects.filter(free, name="journal")
    until = {"claimed_by": holder, "claimed_until": now + CLAIM}
    if mine.update(**until):
        return True
    return Sealer.objects.get_or_create(name="journal")[1] and mine.update(**until) == 1


def is_pending() -> bool:
    """Whether something waits to be sealed: asked first, so that a quiet second writes nothing."""
    return bool(_first())


def seal_pending(*, batch: int = BATCH) -> int:
    """Number and chain unsealed entries in order of their ids. Returns how many; 0 when another sealer holds the claim.

    One claim, one transaction a batch: the row of `Sealer` is updated only if it is still at the seal we started from, so two
    sealers can never give out the same number.
    """
    holder = uuid.uuid4().hex
    if not is_pending() or not _claim(holder):
        return 0
    try:
        done = _seal_batch(batch)
    finally:
        Sealer.objects.filter(name="journal", claimed_by=holder).update(claimed_by="", claimed_until=None)
    _measure(done)
    return len(done)


def _measure(done: Sequence[JournalEntry]) -> None:
    """How long acts waited for their seal; history that was brought in is left out."""
    now = db_now() if done else None
    for entry in done:
        if now is not None and now - entry.at < LIVE:
            lag("sealed", (now - entry.at).total_seconds())


@transaction.atomic
def _seal_batch(batch: int) -> Sequence[JournalEntry]:
    [(started, previous)] = _head("journal")
    pending = _pending() if batch == BATCH else list(JournalEntry.objects.filter(seal__isnull=True).order_by("id")[:batch])
    if not pending:
        return []
    seal = started
    for entry in pending:
        seal += 1
        entry.seal, entry.previous_hash = seal, previous
        previous = entry.hash = chained_hash(
            seal=seal,
            kind=entry.kind,
            cycle_id=entry.cycle_id,
            actor=entry.actor,
            group_id=entry.group_id,
            subject=entry.subject,
            payload=entry.payload,
            at=entry.at.astimezone(UTC),
            previous=previous,
        )
    with connection.cursor() as cursor:
        cursor.executemany(SEAL, [(one.seal, one.previous_hash, one.hash, one.pk) for one in pending])
    moved = Sealer.objects.filter(name="journal", seal=started).update(seal=F("seal") + len(pending), hash=previous)
    if moved != 1:
        message = "another sealer moved the head; this batch is rolled back and tried again"
        raise RuntimeError(message)
    return pending
