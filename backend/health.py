"""Whether this process can do its work: asked by probes, proxies and the demo's start."""

from typing import Any, Final

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from games.journal.queries import oldest_unsealed
from leaderboards import measures
from worker.ticking import since_tick

LATE: Final = 30.0
"""Seconds that an act may wait to be sealed before the workers count as away. The clock asks each second."""

_schema: dict[str, bool] = {}


@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503: then the process is of no use, and may be started anew."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"})


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when requests may be sent here: the database answers and has every table. Else 503.

    `redis`, `workers` and `live` are told and hold nothing up: pages go on without them, and the clock catches up.
    """
    told: dict[str, Any] = {"database": "down", "schema": "unknown", "redis": _redis(), "workers": "unknown"}
    try:
        told["schema"] = "current" if _has_every_table() else "behind"
        told |= _workers()
        told["database"] = "up"
    except DatabaseError:
        told["schema"] = "unknown"
    hears = measures.level_of("subscribed")
    if hears is not None:
        told["live"] = "subscribed" if hears else "deaf"
    return JsonResponse(told, status=200 if told["schema"] == "current" else 503)


def _workers() -> dict[str, Any]:
    """`up`; `late` when an act waits too long to be sealed; `away` when what the clock asks for each second is not done."""
    waits, ticked = oldest_unsealed(), since_tick()
    state = "late" if waits > LATE else "away" if ticked is not None and ticked > LATE else "up"
    told: dict[str, Any] = {"workers": state, "unsealed_seconds": round(waits, 1)}
    return told if ticked is None else told | {"tick_seconds": round(ticked, 1)}


def _has_every_table() -> bool:
    """Read until it is so once: a database that has everything does not lose it."""
    if not _schema.get(connection.alias):
        executor = MigrationExecutor(connection)
        _schema[connection.alias] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _schema[connection.alias]


def _redis() -> str:
    if not settings.HAS_REDIS:
        return "none"
    try:
        caches["default"].ping()  # type: ignore[attr-defined]  # of backend.cache.PatientCache
    except Exception:  # noqa: BLE001 whatever the client says: it does not answer
        return "down"
    return "up"
