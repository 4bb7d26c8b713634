"""Which values a mark may have, and when a sheet is whole."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from games.errors import Invalid, Problem
from games.judging.rules.states import MarkState
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import Criterion, Format, Incomplete

COMMENT: Final = 10_000  # characters
SENT: Final = frozenset({MarkState.GIVEN.value, MarkState.ABSENT.value})


class MarksRefused(Invalid):
    """Some marks are not as the criteria say. `problems` lists every one, `where` is the key of the criterion."""

    code = "marks_refused"


class SheetIncomplete(Invalid):
    """Required criteria have no mark. `problems` names each."""

    code = "sheet_incomplete"


class Given(NamedTuple):
    """A mark as it was sent: a number, or none with or without the state `absent`."""

    criterion: str
    value: Any = None
    state: str = MarkState.GIVEN.value
    comment: str = ""


class Scaled(NamedTuple):
    """A mark as it is stored: × 10^mark_decimals."""

    criterion: str
    value: int | None
    state: str = MarkState.GIVEN.value
    comment: str = ""


def criteria_of(challenge: ChallengeDesign, panel: str) -> tuple[Criterion, ...]:
    """The criteria that this panel marks, in order."""
    return tuple(one for one in challenge.marked_criteria if challenge.panel_of(one) == panel)


def value_fault(criterion: Criterion, value: Fraction) -> str:
    """What is wrong with the value of a mark; empty if nothing. The value that means "no mark" is always right."""
    if criterion.not_marked is not None and value == criterion.not_marked:
        return ""
    low, high = criterion.min, criterion.max
    if (low is not None and _less(value, low)) or (high is not None and _less(high, value)):
        bounds = (
            (_("no limit to no limit") if high is None else _("no limit to {text}", text=text(high)))
            if low is None
            else (
                _("{text2} to no limit", text2=text(low))
                if high is None
                else _("{text2} to {text}", text=text(high), text2=text(low))
            )
        )
        return _(
            '{text} is outside {bounds} of criterion "{criterion}"', text=text(value), bounds=bounds, criterion=criterion.key
        )
    if criterion.values is not None and value not in criterion.values:
        return _(
            '{text} is not among {names} of criterion "{criterion}"',
            text=text(value),
            names=", ".join(text(one) for one in criterion.values),
            criterion=criterion.key,
        )
    if criterion.step and not _on_step(value, low or numbers.ZERO, criterion.step):
        return _(
            '{text} is not on the step {text2} of criterion "{criterion}"',
            text=text(value),
            text2=text(criterion.step),
            criterion=criterion.key,
        )
    return ""


def _less(one: Fraction, other: Fraction) -> bool:
    """What `<` says: with whole numbers, as fractions make a third one first."""
    (above, below), (above2, below2) = one.as_integer_ratio(), other.as_integer_ratio()
    return above * below2 < above2 * below


def _on_step(value: Fraction, start: Fraction, step: Fraction) -> bool:
    """Whether so many whole steps lead from the start to the value."""
    (above, below), (above2, below2), (above3, below3) = (one.as_integer_ratio() for one in (value, start, step))
    return (above * below2 - above2 * below) * below3 % (below * below2 * above3) == 0


def check_marks(challenge: ChallengeDesign, panel: str, given: Iterable[Given], *, decimals: int) -> tuple[Scaled, ...]:
    """The marks of a panel's sheet, scaled. Raises MarksRefused with every fault; a criterion given twice is one."""
    known = {one.key: one for one in criteria_of(challenge, panel)}
    problems: list[Problem] = []
    scaled: dict[str, Scaled] = {}
    for mark in given:
        criterion = known.get(mark.criterion)
        if criterion is None:
            names = ", ".join(known) or _("none")
            problems.append(
                Problem(
                    mark.criterion,
                    _(
                        '"{criterion}" is not a criterion of panel "{panel}"; known: {names}',
                        criterion=mark.criterion,
                        panel=panel,
                        names=names,
                    ),
                    "unknown",
                )
            )
        elif mark.criterion in scaled:
            problems.append(Problem(mark.criterion, _('"{criterion}" is marked twice', criterion=mark.criterion)))
        else:
            try:
                scaled[mark.criterion] = _scaled(challenge, criterion, mark, decimals)
            except ValueError as error:
                problems.append(Problem(mark.criterion, str(error)))
    if problems:
        raise MarksRefused(problems[0].message, where=problems[0].where, problems=problems)
    return tuple(scaled.values())


def _scaled(challenge: ChallengeDesign, criterion: Criterion, mark: Given, decimals: int) -> Scaled:
    if len(mark.comment) > COMMENT:
        msg = _("a comment may have at most {comment} characters", comment=COMMENT)
        raise ValueError(msg)
    if mark.state not in SENT:
        msg = _('expected the state "absent" or none, found "{state}"', state=mark.state)
        raise ValueError(msg)
    if mark.value is None or mark.state == MarkState.ABSENT:
        if mark.value is not None:
            msg = _('"{criterion}" is absent, but has the value {mark}', criterion=criterion.key, mark=mark.value)
            raise ValueError(msg)
        return Scaled(criterion.key, None, mark.state, mark.comment)
    # JSON readers make 2.5 a float; its shortest text is what was written.
    value = numbers.parse(repr(mark.value) if isinstance(mark.value, float) else mark.value)
    if challenge.format is Format.RANKING and not challenge.criteria and (value < 1 or value.denominator != 1):
        msg = _("{text} is no rank: expected 1, 2, 3, …", text=text(value))
        raise ValueError(msg)
    if fault := value_fault(criterion, value):
        raise ValueError(fault)
    above, below = value.as_integer_ratio()
    number, rest = divmod(above * 10**decimals, below)
    if rest or abs(number) >= 2**63:
        msg = _(
            "{text} has more than the {decimals} decimals that are kept, or is too large", text=text(value), decimals=decimals
        )
        raise ValueError(msg)
    return Scaled(criterion.key, number, mark.state, mark.comment)


def check_whole(challenge: ChallengeDesign, panel: str, marks: Mapping[str, Scaled]) -> None:
    """Refuse to end a sheet without a mark on every required criterion, naming those that miss.

    `absent` says openly that there is no mark; it stands for one only where marks of an incomplete sheet count at all.
    """
    open_ = [one for one in criteria_of(challenge, panel) if not one.optional and not _answered(challenge, marks.get(one.key))]
    if open_:
        problems = [Problem(one.key, _("{title}: a mark is needed", title=one.title), "required") for one in open_]
        names = ", ".join(one.title for one in open_)
        msg = ngettext(
            "The sheet is not complete: {names} has no mark.",
            "The sheet is not complete: {names} have no mark.",
            len(open_),
            names=names,
        )
        raise SheetIncomplete(msg, where=problems[0].where, problems=problems)


def _answered(challenge: ChallengeDesign, mark: Scaled | None) -> bool:
    if mark is None:
        return False
    return mark.value is not None or (mark.state == MarkState.ABSENT and challenge.incomplete is Incomplete.USE)


def differences(stored: Sequence[Scaled], given: Sequence[Scaled], *, decimals: int) -> list[Problem]:
    """What a sheet says now and what was sent instead, criterion by criterion; marks that agree are left out."""
    now = {one.criterion: one for one in stored}
    found = []
    for one in given:
        there = now.get(one.criterion, Scaled(one.criterion, None))
        if (there.value, there.state, there.comment) != (one.value, one.state, one.comment):
            said = _("the sheet says {said} now, you sent {said2}", said=_said(there, decimals), said2=_said(one, decimals))
            found.append(Problem(one.criterion, said, "stale"))
    return found


def _said(mark: Scaled, decimals: int) -> str:
    value = mark.state or _("nothing") if mark.value is None else text(numbers.from_scaled(mark.value, decimals))
    return f'{value} ("{mark.comment}")' if mark.comment else value


def merged(stored: Sequence[Scaled], given: Sequence[Scaled]) -> dict[str, Scaled]:
    """The marks of a sheet after `given` was saved over `stored`."""
    return {one.criterion: one for one in (*stored, *given)}
