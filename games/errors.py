"""Coded errors: every refusal of the game carries a stable code, a clear sentence and where it belongs.

`backend/api/errors.py` turns them into problem+json, the pages into a message beside the field, the command line into exit code 1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leaderboards.engine.language import gettext as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: `where` is a path or "file row N, column C", `message` says what was expected."""

    where: str
    message: str
    code: str = "invalid"

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class GameError(Exception):
    """A refusal. `status` is the HTTP status it becomes; `problems` lists every fault when there are several."""

    code = "refused"
    status = 409

    def __init__(self, message: str, *, where: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.problems = tuple(problems)


class Invalid(GameError):
    """The input itself is wrong."""

    code = "invalid"
    status = 422


class NotAllowed(GameError):
    """The person may see the thing but may not do this."""

    code = "not_allowed"
    status = 403


class NotFound(GameError):
    """Absent, or hidden from this person: both look alike on purpose."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("Not found."))


class Conflict(GameError):
    """The state of things does not allow it now."""

    code = "conflict"
    status = 409


class TooMany(GameError):
    """A cap or rate is used up. `retry_after`: seconds after which asking again may help, as far as we know."""

    code = "too_many"
    status = 429
    retry_after = 60

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        if retry_after is not None:
            self.retry_after = max(1, math.ceil(retry_after))
