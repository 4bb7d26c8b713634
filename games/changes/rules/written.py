"""Rules as data, with what they leave to the default spelled out, so that what differs is told by name. Pure."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


def spelled_out(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a Design in which every task names its panels and how they combine marks, and every criterion its weight."""
    found: dict[str, Any] = deepcopy(dict(data))
    for task in found.get("challenges", ()):
        if task.get("criteria") or task.get("panels"):
            panels: list[dict[str, Any]] = task.get("panels") or [{}]
            task["panels"] = [{"key": "jury", "combine": "mean", **panel} for panel in panels]
        for criterion in task.get("criteria", ()):
            criterion.setdefault("weight", "1")
    return found
