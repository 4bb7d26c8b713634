"""A POST that is sent twice with the same Idempotency-Key does its work once.

The claim is a committed row of its own, so that a second request at the same moment sees it (409). The work and its kept answer are one
transaction: a process that dies leaves either both or neither, and a claim that nobody finished may be taken over after LEASE.

An action that a view lists as `proved` is one transaction that writes to the journal: there the entry bears the claim, so the proof costs no
statement and no savepoint, and the answer is kept just after. A process that dies between the two leaves an act that is never done again.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.models import IdempotencyRecord
from backend.api.renderers import dumps
from games.errors import GameError
from games.journal.actions import proving
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from leaderboards.engine.language import gettext as _

HEADER: Final = "Idempotency-Key"
SENT: Final = "HTTP_IDEMPOTENCY_KEY"
REPLAYED: Final = "Idempotency-Replayed"
KEY_LENGTH: Final = 200
LEASE: Final = timedelta(seconds=60)
KEPT_FOR: Final = timedelta(hours=24)
A_MOMENT: Final = timedelta(milliseconds=1)
_KEPT_HEADERS: Final = ("Location", "ETag")

type Handler = Callable[..., HttpResponseBase]
type Work = Callable[[], HttpResponseBase]


class KeyInvalid(GameError):
    """The header is empty, too long or not plain text."""

    code = "idempotency_key_invalid"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("Expected 1 to {key_length} visible ASCII signs, for example a UUID.", key_length=KEY_LENGTH), where=HEADER
        )


class KeyReused(GameError):
    """The key came before with another body."""

    code = "idempotency_key_reused"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This key was used for another request. Send a new key with a new request."), where=HEADER)


class InProgress(GameError):
    """The first request with this key is still at work."""

    code = "idempotency_in_progress"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("The first request with this key is still at work. Ask again in a moment."), where=HEADER)


class AnswerLost(GameError):
    """The first request with this key did its work, and its process died before the answer was kept."""

    code = "idempotency_answer_lost"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("The first request with this key was done; its answer was lost. Look at what it made."), where=HEADER)


EARLIER: Final = (KeyReused, InProgress, AnswerLost)
"""What is said of an earlier request of the same person, which may have taken away the row that it was about."""


class Idempotent(APIView):
    """Laid over every view where it is mounted (`mounting.py`). A view whose answer is a secret sets `idempotent = False`.

    `proved`: names of its actions that are one transaction with an entry in the journal.
    """

    idempotent: bool  # no default here: this class comes before the view's own in the order of look-up
    proved: frozenset[str]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in, permission and throttle: wrap the handler that `dispatch` is about to call."""
        super().initial(request, *args, **kwargs)
        key = request.META.get(SENT)
        if request.method == "POST" and key is not None and getattr(self, "idempotent", True) and request.user.is_authenticated:
            handler: Handler | None = getattr(self, "post", None)
            if handler is not None:
                proved = getattr(self, "action", "") in getattr(self, "proved", ())
                self.post = lambda *rest, **named: _once(key, handler, proved, *rest, **named)


def _once(key: str, handler: Handler, proved: bool, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: FBT001 bound once, above
    if not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        raise KeyInvalid
    record = _claim(key, request)
    if record.status is not None:
        return _replay(record)
    return (_proved if proved else _together)(record, lambda: handler(request, *args, **kwargs))


def _together(record: IdempotencyRecord, work: Work) -> HttpResponseBase:
    """The work and its kept answer in one transaction."""
    try:
        with transaction.atomic():
            response = work()
            if _done(response) and not _store(record, response):
                raise InProgress  # noqa: TRY301 took longer than the lease, another request took over: undo our work, the other one counts
    except BaseException:
        _release(record)
        raise
    if not _done(response):
        _release(record)
    return response


def _proved(record: IdempotencyRecord, work: Work) -> HttpResponseBase:
    """The work, which bears the claim in the journal, and the kept answer after it."""
    with proving(_proof_of(record)) as proof:
        try:
            response = work()
        except BaseException:
            if not (proof.used and _was_done(record)):
                _release(record)
            raise
    if _done(response):
        _store(record, response)
    else:
        _release(record)
    return response


def _done(response: HttpResponseBase) -> TypeGuard[Response]:
    return isinstance(response, Response) and response.status_code < 300  # noqa: PLR2004 -- 2xx: it was done


def _claim(key: str, request: Request) -> IdempotencyRecord:
    """A fresh claim (one statement), or the finished record of the same request. KeyReused, InProgress, AnswerLost otherwise."""
    place = {"user_id": request.user.pk, "path": request.path[:500], "key": key}
    digest = body_hash(request.data)
    try:
        return _claimed(place, digest)
    except IntegrityError:
        record, now = IdempotencyRecord.objects.filter(**place).first(), db_now()
    if record is not None and record.claimed_at <= now - KEPT_FOR:  # too old to count
        IdempotencyRecord.objects.filter(pk=record.pk, claimed_at__lte=now - KEPT_FOR).delete()
        try:
            return _claimed(place, digest)
        except IntegrityError:  # another request did the same
            record = None
    if record is None:  # released between the two statements
        raise InProgress
    if record.body_hash != digest:
        raise KeyReused
    return record if record.status is not None else _take_over(record, now)


def _claimed(place: dict[str, Any], digest: str) -> IdempotencyRecord:
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return IdempotencyRecord.objects.create(**place, body_hash=digest, claimed_at=Now())


def _take_over(record: IdempotencyRecord, now: datetime) -> IdempotencyRecord:
    """Claim a record whose worker died; exactly one of several requests succeeds. AnswerLost when its work was done all the same."""
    stale = IdempotencyRecord.objects.filter(pk=record.pk, status__isnull=True, claimed_at__lte=now - LEASE)
    if not stale.update(claimed_at=now):
        raise InProgress
    if _was_done(record):
        raise AnswerLost
    record.claimed_at = now
    return record


def _proof_of(record: IdempotencyRecord) -> str:
    """What the journal's entry bears: the claim, whoever works on it."""
    return f"request:{record.pk}"


def _was_done(record: IdempotencyRecord) -> bool:
    return JournalEntry.objects.filter(key=_proof_of(record)).exists()


def _store(record: IdempotencyRecord, response: Response) -> bool:
    """Keep the answer; false if the claim is another request's by now."""
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = "" if response.data is None else dumps(response.data).decode()
    return bool(_still_ours(record).update(status=response.status_code, headers=kept, body=body))


def _still_ours(record: IdempotencyRecord) -> QuerySet[IdempotencyRecord]:
    """The record, if nobody took it over. SQLite compares times as text, and writes its own clock with other digits than we do."""
    about = (record.claimed_at - A_MOMENT, record.claimed_at + A_MOMENT)
    return IdempotencyRecord.objects.filter(pk=record.pk, claimed_at__range=about, status__isnull=True)


def _release(record: IdempotencyRecord) -> None:
    _still_ours(record).delete()


def _replay(record: IdempotencyRecord) -> HttpResponse:
    headers = {**record.headers, REPLAYED: "true"}
    return HttpResponse(record.body, status=record.status, headers=headers, content_type="application/json")


def body_hash(data: Any) -> str:
    """SHA-256 of what was sent: JSON whatever the order of its keys; a form by its fields and the bytes of its files."""
    digest = hashlib.sha256()
    for part in _parts(data):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _parts(data: Any) -> Iterator[bytes]:
    if not isinstance(data, QueryDict):
        yield dumps(_sorted(data))
        return
    for name in sorted(data):
        for value in data.getlist(name):
            yield name.encode()
            if isinstance(value, UploadedFile):
                yield (value.name or "").encode()
                yield from value.chunks()
                value.seek(0)
            else:
                yield str(value).encode()


def _sorted(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _sorted(data[key]) for key in sorted(data)}
    return [_sorted(one) for one in data] if isinstance(data, list) else data


def forget_old(*, now: datetime) -> int:
    """Delete what is older than KEPT_FOR; the number of records deleted. Safe to run at any time."""
    return IdempotencyRecord.objects.filter(claimed_at__lte=now - KEPT_FOR).delete()[0]
