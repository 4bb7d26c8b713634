"""Rows of what people would change in the rules, with their cells read."""

from datetime import datetime
from typing import NamedTuple

Extra = tuple[str, ...]


class SuggestionRow(NamedTuple):
    """A suggestion. `change`: what was suggested, `ruling` what organizers accepted instead, both as JSON; `version`: the Design it became."""

    number: int
    title: str
    why: str
    state: str
    at: datetime | None = None
    group: str = ""
    change: str = ""
    diff: str = ""
    ruling: str = ""
    answer: str = ""
    decided: datetime | None = None
    applied: datetime | None = None
    version: int = 0
    extra: Extra = ()
