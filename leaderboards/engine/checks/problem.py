"""A problem: where it is and what was expected; and the small sentences that all checks share."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from leaderboards.engine.language import gettext as _

MANY: Final = 12


class Severity(StrEnum):
    """An error stops; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


class Problem(NamedTuple):
    """`path` names the expanded place ('board "b".order'), `message` what is wrong and what was expected there."""

    path: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def known(names: Iterable[str]) -> str:
    """The tail of a message: what is known, shortened."""
    listed = list(dict.fromkeys(names))
    more = ", …" if len(listed) > MANY else ""
    return f"known: {', '.join(listed[:MANY]) or 'none'}{more}"


def unknown(path: str, name: str, what: str, names: Iterable[str]) -> Problem:
    """A name that is not there."""
    return Problem(path, _('"{name}" is not a {what}; {known}', name=name, what=what, known=known(names)))


def nearest(name: str, names: Collection[str]) -> str:
    """A guess at what was meant, as the tail of a message."""
    close = get_close_matches(name, names, n=1)
    return _('; did you mean "{close}"?', close=close[0]) if close else ""


def repeated(path: str, names: Iterable[str], what: str) -> Iterator[Problem]:
    """Names that are used more than once."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        if count > 1:
            yield Problem(path, _('the {what} "{name}" is used {count} times', what=what, name=name, count=count))


def share_problem(path: str, share: Fraction | None) -> Iterator[Problem]:
    """A share is above 0 and at most 1."""
    if share is not None and not 0 < share <= 1:
        yield Problem(f"{path}.share", _("expected a number above 0 and at most 1, found {share}", share=share))


def weight_problems(path: str, weights: Mapping[str, Fraction], *, mean: bool) -> Iterator[Problem]:
    """Weights must not all be 0; the weights of a mean must not be negative."""
    if weights and not any(weights.values()):
        yield Problem(path, _("all weights are 0, so nothing counts; at least one must differ from 0"))
    if mean:
        for name, weight in weights.items():
            if weight < 0:
                yield Problem(
                    path,
                    _(
                        'the weight of "{name}" is {weight}, but the weights of a mean cannot be negative',
                        name=name,
                        weight=weight,
                    ),
                )
