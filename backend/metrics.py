"""/metrics for Prometheus: what every process wrote (leaderboards.measures), and what the database and Redis say at this moment.

Nobody in the game reads this: it answers whoever brings `LUDUS_METRICS_TOKEN`, and processes of this machine that come without a proxy.
It tells of the house as a whole: no person, no team, no cycle, no board.
"""

import ipaddress
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from backend.services.measuring import living
from games.journal.queries import db_now, oldest_unsealed
from games.notices.models import Message
from games.notices.rules import MessageState
from games.results.models import RecomputeRun
from games.results.rules import OPEN
from leaderboards import measures
from worker.ticking import since_tick

FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
"""What a proxy adds: then the address it comes from is the proxy's, and says nothing."""
NOT_SENT: Final = tuple(state.value for state in MessageState if state is not MessageState.SENT)


def allowed(request: HttpRequest) -> bool:
    """Whether this request may read metrics: by its token, or because it comes from this machine and from no proxy."""
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    if given or any(name in request.META for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is measured, in the text format of Prometheus; 404 for everybody else."""
    if not allowed(request):
        raise Http404
    everything = CollectorRegistry()
    everything.register(Written(settings.DATA))
    everything.register(Asked())
    return HttpResponse(generate_latest(everything), content_type=CONTENT_TYPE_LATEST)


class Written(Collector):
    """What the processes of all parts wrote into their files, by part and host; else what this one process counted."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def collect(self) -> Iterable[Metric]:
        """One family for each name."""
        if not measures.in_files():
            return list(measures.registry.collect())
        families: dict[str, Metric] = {}
        places: dict[tuple[str, str], list[str]] = {}
        for kept in living(self.data):
            places.setdefault((kept.part, kept.host), []).extend(str(path) for path in kept.folder.glob("*.db"))
        for (part, host), files in places.items():
            for metric in MultiProcessCollector.merge(files):  # type: ignore[no-untyped-call]
                family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                family.samples += [one._replace(labels={**one.labels, "part": part, "host": host}) for one in metric.samples]
        return families.values()


class Asked(Collector):
    """What is asked when somebody wants to know. What does not answer is left out, and `ludus_up` says so."""

    def collect(self) -> Iterator[Metric]:
        """Levels of the whole house."""
        up = GaugeMetricFamily("ludus_up", "Whether it answers: 1 or 0.", labels=["what"])
        for what, ask, refusals in (
            ("database", _of_database, (DatabaseError,)),
            ("redis", _of_redis, (redis.RedisError, OSError)),
        ):
            found, answered = _asked(ask, refusals)
            yield from found
            up.add_metric([what], answered)
        yield up


def _asked(ask: Callable[[], list[Metric]], refusals: tuple[type[Exception], ...]) -> tuple[list[Metric], float]:
    try:
        return ask(), 1.0
    except refusals:
        return [], 0.0


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"ludus_{name}", says, value=value)


def _by(name: str, says: str, label: str, rows: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(f"ludus_{name}", says, labels=[label])
    for value, number in rows:
        family.add_metric([value], number)
    return family


def _of_database() -> list[Metric]:
    """Five statements."""
    now = db_now()
    runs = RecomputeRun.objects.filter(state__in=OPEN).order_by().values_list("state").annotate(Count("pk"))
    mails = Message.objects.filter(state__in=NOT_SENT).order_by().values_list("state").annotate(Count("pk"))
    first = RecomputeRun.objects.filter(state__in=OPEN).order_by("asked_at").values_list("asked_at", flat=True).first()
    return [
        _gauge("unsealed_seconds", "How long the oldest act waits for its seal.", oldest_unsealed()),
        _by("open_runs", "Recompute runs that are not over, by state.", "state", runs),
        _gauge("oldest_run_seconds", "How long ago the oldest of them was asked for.", _age(now, first)),
        _by("mails", "Mails that are not sent, by state: queued, held for a digest, failed, bounced.", "state", mails),
    ]


def _age(now: Any, then: Any) -> float:
    return max(0.0, (now - then).total_seconds()) if then is not None else 0.0


def _of_redis() -> list[Metric]:
    """One connection for the question: it is asked a few times a minute."""
    if not settings.HAS_REDIS:
        return []
    options = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, **options) as broker:
        queued = broker.llen(f"{settings.PREFIX}{settings.CELERY_TASK_DEFAULT_QUEUE}")
    found = [_gauge("queued_tasks", "Tasks that wait in the queue.", float(queued))]
    ticked = since_tick()
    if ticked is not None:
        found.append(_gauge("tick_age_seconds", "How long ago a worker did what the clock asks for each second.", ticked))
    return found
