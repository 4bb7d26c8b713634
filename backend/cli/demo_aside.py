"""A demo of its own, started beside whatever else runs: what browser tests drive and pictures are taken of."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from backend.cli.demo import healthy
from backend.cli.setup import ROOT
from backend.services.ports import HOST, free_port, wait_until
from backend.services.supervisor import PartFailed

READY_SECONDS = 120
ENDS_WITHIN = 20
NOT_INHERITED = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "LUDUS_PREFIX", "LUDUS_URL", "EMAIL_URL"}


@contextlib.contextmanager
def demo_aside(data: Path) -> Iterator[str]:
    """The address of a fresh demo whose data, mails and logs lie in `data`; it ends with the block. Raises PartFailed."""
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    address = f"http://{HOST}:{port}"
    env = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED} | {"LUDUS_DATA": str(data)}
    command = [sys.executable, "-m", "backend.cli", "demo", "--port", str(port)]
    with (data / "demo.log").open("w") as log:
        # A session of its own: Ctrl-C reaches whoever started this, who then ends the demo in order.
        demo = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            ready = wait_until(
                lambda: (data / "running.json").exists() and healthy(f"{address}/health/"),
                alive=lambda: demo.poll() is None,
                seconds=READY_SECONDS,
            )
            if not ready:
                said = (data / "demo.log").read_text()[-2000:]
                raise PartFailed(f"The demo did not start. It said:\n{said}")
            yield address
        finally:
            demo.send_signal(signal.SIGTERM)
            try:
                demo.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                demo.kill()
                demo.wait()
