"""Rows of what was said, with their cells read. Whose the words were stays behind: a group speaks, or the organizers."""

from datetime import datetime
from typing import NamedTuple

Extra = tuple[str, ...]


class ThreadRow(NamedTuple):
    """A thread, on an idea (its number) or (0) on the board. `accepted`: number of the post that answers it; `asked`: keys of groups."""

    number: int
    kind: str
    title: str
    group: str = ""
    idea: int = 0
    asked: str = ""
    opened: datetime | None = None
    due: datetime | None = None
    replied: datetime | None = None
    answered: datetime | None = None
    accepted: int = 0
    hidden: datetime | None = None
    extra: Extra = ()


class PostRow(NamedTuple):
    """Something said in a thread. `corrects`: number of the post in whose place it is read."""

    thread: int
    number: int
    group: str = ""
    text: str = ""
    at: datetime | None = None
    corrects: int = 0
    helpful: datetime | None = None
    hidden: datetime | None = None
    extra: Extra = ()
