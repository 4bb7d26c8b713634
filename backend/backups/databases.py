"""A whole database into one file and back: pg_dump and pg_restore for PostgreSQL, its own backup for SQLite."""

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Final

from django.db import connection

from backend.backups.manifest import BackupRefused
from backend.services import postgres
from backend.services.supervisor import PartFailed

DUMPS: Final = {"postgresql": "database.pgdump", "sqlite": "database.sqlite3"}
OPTIONS: Final = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}


def kind() -> str:
    """Which database: postgresql or sqlite."""
    return connection.vendor


def server() -> str:
    """The version of what holds the data."""
    if kind() == "sqlite":
        return sqlite3.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def tables() -> list[str]:
    """The tables of the database, whoever made them."""
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def others() -> int:
    """Sessions on this PostgreSQL database beside those of this process (known by their name); 0 on SQLite, which does not tell."""
    if kind() == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " AND (application_name = '' OR application_name <> current_setting('application_name'))"
        )
        return int(cursor.fetchone()[0])


# --- Out ------------------------------------------------------------------------------------------------------------------------------


def dump(folder: Path) -> str:
    """Write the database as it is at one moment; others go on meanwhile. The name of the file."""
    name = DUMPS[kind()]
    if kind() == "sqlite":
        _copy(str(connection.settings_dict["NAME"]), str(folder / name))
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / name}")
    return name


def _copy(source: str, target: str) -> None:
    with contextlib.closing(sqlite3.connect(source)) as before, contextlib.closing(sqlite3.connect(target)) as after:
        before.backup(after)
        after.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


# --- Back -----------------------------------------------------------------------------------------------------------------------------


def look(path: Path) -> None:
    """Whether this dump can be read here, by the programs that are there: asked before anything is thrown away. Raises BackupRefused."""
    if kind() == "postgresql":
        _run("pg_restore", "--list", str(path))


def empty() -> None:
    """Throw away everything in the database."""
    if kind() == "sqlite":
        path = str(connection.settings_dict["NAME"])
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")


def load(path: Path) -> None:
    """Fill the empty database from a dump, all of it or nothing."""
    if kind() == "sqlite":
        target = str(connection.settings_dict["NAME"])
        connection.close()
        _copy(str(path), target)
        return
    connection.close()
    # The schema is there already, and whoever owns the database may not be allowed to comment on extensions.
    flags = ("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction")
    _run("pg_restore", *flags, f"--dbname={connection.settings_dict['NAME']}", str(path))


def _run(tool: str, *arguments: str) -> None:
    """One of PostgreSQL's programs on our database; its password goes by the environment, where nobody reads it."""
    settings: dict[str, Any] = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = {name: str(settings[key]) for name, key in named.items() if settings.get(key)}
    options = settings.get("OPTIONS", {})
    env |= {name: str(options[key]) for key, name in OPTIONS.items() if options.get(key)}
    done = postgres.client([program(tool), *arguments], env)
    if done.returncode:
        message = f"{tool} failed: {done.stderr.strip()}"
        raise BackupRefused(message)


def program(tool: str) -> str:
    """Where pg_dump or pg_restore is: the newest, for an older one refuses a newer server. Raises BackupRefused."""
    system = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), key=lambda path: float(path.parts[-3]), reverse=True)
    with contextlib.suppress(PartFailed):
        bundled = postgres.programs() / tool
        if bundled.exists():
            return str(bundled)
    found = str(system[0]) if system else shutil.which(tool)
    if found is None:
        message = f"{tool} is missing: install the client programs of PostgreSQL (Debian: postgresql-client)."
        raise BackupRefused(message)
    return found
