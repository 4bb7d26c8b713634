"""The clock: what runs by itself, how often (seconds). Tasks carry side effects only and are safe to run twice."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {}
