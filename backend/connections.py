"""From a URL to the Django settings of a database, a mailer or one of Redis's numbered databases."""

import select
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import dj_database_url

from backend.env import SettingError, without_password

if TYPE_CHECKING:
    from psycopg import Connection

POSTGRES_SCHEMES = frozenset({"postgres", "postgresql"})
DATABASE_SCHEMES = POSTGRES_SCHEMES | {"sqlite"}
REDIS_SCHEMES = frozenset({"redis", "rediss"})
EMAIL_SCHEMES = frozenset({"console", "file", "memory", "smtp", "smtps"})

# Under several writer processes Django's defaults end in "database is locked"; these do not (IMMEDIATE takes the write lock first).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def database_settings(url: str, *, pool_size: int) -> dict[str, Any]:
    """One entry of DATABASES. ``pool_size`` connections per process on PostgreSQL; 0 gives every thread its own instead."""
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url))
    except (ValueError, KeyError, dj_database_url.ParseError):
        raise SettingError(
            "DATABASE_URL", without_password(url), "postgresql://user:password@host:5432/name or sqlite:////path"
        ) from None
    if not settings["NAME"]:
        raise SettingError("DATABASE_URL", without_password(url), "a URL that ends with the name of the database")
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        name = Path(settings["NAME"])
        name.parent.mkdir(parents=True, exist_ok=True)
        # Tests use a file too: an in-memory database cannot be shared by the threads of a race test.
        return settings | {"OPTIONS": SQLITE_OPTIONS, "TEST": {"NAME": str(name.with_name(f"test-{name.name}"))}}
    options: dict[str, Any] = settings.get("OPTIONS", {})
    if pool_size:
        pool = {"min_size": 1, "max_size": pool_size, "timeout": 10, "check": still_there}
        return settings | {"CONN_MAX_AGE": 0, "OPTIONS": options | {"pool": pool}}
    return settings | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def still_there(connection: "Connection[Any]") -> None:
    """Raise psycopg.OperationalError if the server hung up while this connection lay in the pool, which then gives another.

    Asks the socket first, and the server only where something lies in it, so that a request waits for no round trip. A PostgreSQL that
    was started again costs nobody an error who comes after.
    """
    socket = select.poll()
    socket.register(connection.pgconn.socket, select.POLLIN)
    if socket.poll(0):  # nothing was asked for: the last words of a server, or a notice
        from psycopg_pool import ConnectionPool  # noqa: PLC0415 -- only where PostgreSQL is

        ConnectionPool.check_connection(connection)


def redis_database(url: str, number: int) -> str:
    """The same server, another of its numbered databases: 0 broker, 1 cache, 2 channel layer, 3 results."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def mailer_settings(url: str) -> dict[str, Any]:
    """One entry of MAILERS: ``console:``, ``memory:``, ``file:///folder``, ``smtp://user:password@host:587?tls=1`` or ``smtps://...``."""
    parts = urlsplit(url)
    backend = f"django.core.mail.backends.{ {'file': 'filebased', 'memory': 'locmem', 'smtps': 'smtp'}.get(parts.scheme, parts.scheme) }.EmailBackend"
    if parts.scheme == "file":
        return {"BACKEND": backend, "OPTIONS": {"file_path": unquote(parts.path)}}
    if parts.scheme not in {"smtp", "smtps"}:
        return {"BACKEND": backend}
    if not parts.hostname:
        raise SettingError(
            "EMAIL_URL", without_password(url), "a host name, as in smtp://user:password@mail.example.org:587?tls=1"
        )
    secure = parts.scheme == "smtps"
    query = parse_qs(parts.query)
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or (465 if secure else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": not secure and query.get("tls", ["1"])[0] == "1",
        "timeout": 10,
    }
    return {"BACKEND": backend, "OPTIONS": options}
