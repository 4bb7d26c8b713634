"""Deliberations and reviews: what may be said, and which marks moved. Who takes part stands in the permission table. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from games.errors import Conflict
from games.judging.rules.feedback import WordsRefused
from games.judging.rules.states import DeliberationState
from leaderboards.engine.language import gettext as _

WORDS: Final = 5000  # characters of a remark, a reason, an outcome
FAR: Final = 250  # hundredths of a residual standard deviation: beyond this a human looks first (science.md 1.3)

type Marks = Mapping[str, Mapping[str, int | None]]
"""Judge's id as text → criterion → scaled value."""


class DeliberationRefused(Conflict):
    """The deliberation is in a state in which this cannot be done."""

    code = "deliberation_refused"


class ReviewRefused(Conflict):
    """There is nothing to answer, or it was answered."""

    code = "review_refused"


class LooksMissing(Conflict):
    """Marks far from the others that nobody has looked at, or deliberations that nobody has decided. `problems` names each."""

    code = "looks_missing"


def check_open(state: str) -> None:
    """Refuse words to what is over."""
    if state != DeliberationState.OPEN:
        raise DeliberationRefused(_("The deliberation is closed: what was decided stands."))


def said(text: str, *, where: str, least: int = 1) -> str:
    """The words without blanks around them. Raises WordsRefused when there are none, or too many."""
    words = text.strip()
    if len(words) < least:
        raise WordsRefused(_("Say it in words."), where=where)
    if len(words) > WORDS:
        msg = _("At most {words} characters; these are {count}.", words=WORDS, count=len(words))
        raise WordsRefused(msg, where=where)
    return words


@dataclass(frozen=True, slots=True)
class Moved:
    """A mark that differs after a deliberation. Values are scaled; None: no mark."""

    judge: int
    criterion: str
    before: int | None
    after: int | None


def moved(before: Marks, after: Marks) -> list[Moved]:
    """Every mark that is not what it was, in order of judge and criterion; who joined or left is told by marks from or to None."""
    found: list[Moved] = []
    for judge in sorted({*before, *after}, key=int):
        old, new = before.get(judge, {}), after.get(judge, {})
        found += [
            Moved(int(judge), criterion, old.get(criterion), new.get(criterion))
            for criterion in _in_order(old, new)
            if old.get(criterion) != new.get(criterion)
        ]
    return found


def _in_order(*rows: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))
