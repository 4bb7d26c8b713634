"""A POST that is sent twice with the same Idempotency-Key does its work once.

The claim is a committed row of its own, so that a second request at the same moment sees it (409). The work and its stored answer are one
transaction: a process that dies leaves either both or neither, and a claim that nobody finished may be taken over after LEASE.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.models import IdempotencyRecord
from backend.api.renderers import dumps
from games.errors import GameError
from games.journal.queries import db_now

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEY_LENGTH: Final = 200
LEASE: Final = timedelta(seconds=60)
KEPT_FOR: Final = timedelta(hours=24)
_KEPT_HEADERS: Final = ("Location", "ETag")

type Handler = Callable[..., HttpResponseBase]


class KeyInvalid(GameError):
    """The header is empty, too long or not plain text."""

    code = "idempotency_key_invalid"
    status = 400

    def __init__(self) -> None:
        super().__init__(f"Expected 1 to {KEY_LENGTH} visible ASCII signs, for example a UUID.", where=HEADER)


class KeyReused(GameError):
    """The key came before with another body."""

    code = "idempotency_key_reused"
    status = 422

    def __init__(self) -> None:
        super().__init__("This key was used for another request. Send a new key with a new request.", where=HEADER)


class InProgress(GameError):
    """The first request with this key is still at work."""

    code = "idempotency_in_progress"
    status = 409

    def __init__(self) -> None:
        super().__init__("The first request with this key is still at work. Ask again in a moment.", where=HEADER)


class Idempotent(APIView):
    """Laid over every view where it is mounted (`v1.py`). A view whose answer is a secret sets `idempotent = False`."""

    idempotent: bool  # no default here: this class comes before the view's own in the order of look-up

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in, permission and throttle: wrap the handler that `dispatch` is about to call."""
        super().initial(request, *args, **kwargs)
        key = request.headers.get(HEADER)
        if request.method == "POST" and key is not None and getattr(self, "idempotent", True) and request.user.is_authenticated:
            handler: Handler | None = getattr(self, "post", None)
            if handler is not None:
                self.post = lambda *rest, **named: _once(key, handler, *rest, **named)


def _once(key: str, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        raise KeyInvalid
    record = _claim(key, request)
    if record.status is not None:
        return _replay(record)
    try:
        with transaction.atomic():
            response = handler(request, *args, **kwargs)
            done = isinstance(response, Response) and response.status_code < 300  # noqa: PLR2004 -- 2xx: it was done
            if isinstance(response, Response) and done:
                _store(record, response)
    except BaseException:
        _release(record)
        raise
    if not done:
        _release(record)
    return response


def _claim(key: str, request: Request) -> IdempotencyRecord:
    """A fresh claim, or the finished record of the same request. KeyReused, InProgress otherwise."""
    now = db_now()
    place = {"user_id": request.user.pk, "path": request.path[:500], "key": key}
    digest = body_hash(request.data)
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(**place, body_hash=digest, claimed_at=now)
    except IntegrityError:
        record = IdempotencyRecord.objects.filter(**place).first()
    if record is None:  # released between the two statements
        raise InProgress
    if record.claimed_at > now - KEPT_FOR:
        if record.body_hash != digest:
            raise KeyReused
        if record.status is not None:
            return record
    return _take_over(record, digest, now)


def _take_over(record: IdempotencyRecord, digest: str, now: datetime) -> IdempotencyRecord:
    """Claim a record whose worker died or whose answer is too old to count; exactly one of several requests succeeds."""
    stale = Q(claimed_at__lte=now - KEPT_FOR) | Q(status__isnull=True, claimed_at__lte=now - LEASE)
    claimed = IdempotencyRecord.objects.filter(stale, pk=record.pk, claimed_at=record.claimed_at)
    if not claimed.update(claimed_at=now, body_hash=digest, status=None, body="", headers={}):
        raise InProgress
    record.claimed_at, record.body_hash, record.status = now, digest, None
    return record


def _store(record: IdempotencyRecord, response: Response) -> None:
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = "" if response.data is None else dumps(response.data).decode()
    mine = IdempotencyRecord.objects.filter(pk=record.pk, claimed_at=record.claimed_at, status__isnull=True)
    if not mine.update(status=response.status_code, headers=kept, body=body):
        raise InProgress  # took longer than the lease, another request took over: undo our work, the other one counts


def _release(record: IdempotencyRecord) -> None:
    IdempotencyRecord.objects.filter(pk=record.pk, claimed_at=record.claimed_at, status__isnull=True).delete()


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
