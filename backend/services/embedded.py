"""Which services a command needs, and which of them are there already: the one place that reads the switch."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from backend.services import postgres, valkey
from backend.services.supervisor import Supervisor

Database = Literal["sqlite", "postgresql"]


def provide_redis(supervisor: Supervisor, *, logs: Path) -> dict[str, str]:
    """``REDIS_URL`` for the children: the one that is set, else an embedded Valkey started now."""
    return {"REDIS_URL": os.environ.get("REDIS_URL") or valkey.start(supervisor, log=logs / "valkey.log")}


def throw_away_database(supervisor: Supervisor, kind: Database, *, folder: Path, watched: bool = True) -> dict[str, str]:
    """``DATABASE_URL`` of a database for one run. Its files are in ``folder``, which goes after the supervisor.

    ``watched``: PostgreSQL looks by itself how full its tables are; not where everything is rolled back.
    """
    if kind == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{folder / 'ludus.sqlite3'}"}
    log = folder / "postgres.log"
    return {"DATABASE_URL": postgres.start(supervisor, data=folder / "postgres", durable=False, watched=watched, log=log)}


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A folder for one run, removed at the end; the account that PostgreSQL runs as can reach what is below it."""
    with tempfile.TemporaryDirectory(prefix="ludus-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)
