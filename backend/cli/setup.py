"""What a command needs before it can use models: settings, and the services of a demo that is running already."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def data_folder() -> Path:
    """Where databases, uploads and logs are kept; the same default as in backend/settings.py."""
    return Path(os.environ.get("LUDUS_DATA") or ROOT / ".ludus").resolve()


def running_file() -> Path:
    """Written by ``./run demo``: its process and the addresses of its services."""
    return data_folder() / "running.json"


def running_demo() -> dict[str, Any] | None:
    """What the demo of this data folder wrote about itself, if its process lives."""
    try:
        running: dict[str, Any] = json.loads(running_file().read_text(encoding="utf-8"))
        os.kill(running["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return running


def join_running_services() -> None:
    """While a demo runs, other commands use its database and Valkey, so that what they do shows up there at once."""
    if not os.environ.get("DATABASE_URL") and not os.environ.get("REDIS_URL") and (running := running_demo()):
        os.environ.update(running["env"])


def setup_django() -> None:
    """Load settings and apps. Call it inside a command, before importing anything with models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    join_running_services()
    import django  # noqa: PLC0415 -- after the environment is complete

    django.setup()
