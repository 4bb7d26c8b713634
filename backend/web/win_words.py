"""Small wins and weeks of learning as pages and mails tell them: sentences, bars, tables."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from games.cycles.queries import design_of
from games.recognition.models import Win
from games.recognition.rules.watching import Motion, Week
from games.recognition.rules.wins import WinKind
from leaderboards.engine import numbers

NAMES: Final[Mapping[WinKind, Any]] = {
    WinKind.FIRST_TEST: gettext_lazy("First test"),
    WinKind.TEST_WEEKS: gettext_lazy("Week after week"),
    WinKind.BACK_AGAIN: gettext_lazy("Back again"),
    WinKind.PERSONAL_BEST: gettext_lazy("Personal best"),
    WinKind.BEST_PLACE: gettext_lazy("Best place so far"),
    WinKind.COMEBACK: gettext_lazy("Comeback"),
    WinKind.BUILT_UPON: gettext_lazy("Built upon"),
    WinKind.ADOPTED: gettext_lazy("Adopted by others"),
}
WIDE, GAP, TALL = 20, 8, 56


def win_shape(win: Any, *, cheers: bool = False) -> dict[str, Any]:
    """A win of `with_story` for a list: {win, name, says, about, url, by}. `cheers`: whether the person may cheer it."""
    kind = WinKind(win.kind)
    about, url = _about(win)
    return {
        "win": win,
        "kind": kind.value,
        "name": str(NAMES[kind]),
        "says": says(win),
        "about": about,
        "url": url,
        "by": win.partner.name if win.partner is not None and getattr(win, "told", False) else "",
        "team_url": reverse("group", args=[win.cycle.key, win.group.key]),
        "cheers": cheers,
    }


def _about(win: Win) -> tuple[str, str]:
    if win.idea is not None:
        return win.idea.title, reverse("idea", args=[win.cycle.key, win.idea.number])
    if win.board is not None:
        return win.board.name, reverse("board", args=[win.cycle.key, win.board.key])
    if win.attempt is not None:
        task = win.attempt.challenge
        return task.name, reverse("challenge", args=[win.cycle.key, task.round.key, task.key])
    return "", ""


SAYS: Final[Mapping[WinKind, Any]] = {
    WinKind.FIRST_TEST: gettext_lazy("finished its first test of change"),
    WinKind.TEST_WEEKS: gettext_lazy("finished a test in each of %(reached)s weeks in a row"),
    WinKind.BACK_AGAIN: gettext_lazy("finished a test again, after %(reached)s days without one"),
    WinKind.PERSONAL_BEST: gettext_lazy("did better than ever before: %(reached)s, after %(before)s"),
    WinKind.BEST_PLACE: gettext_lazy("reached place %(reached)s, better than ever before (%(before)s)"),
    WinKind.COMEBACK: gettext_lazy("came back from place %(before)s to %(reached)s"),
    WinKind.BUILT_UPON: gettext_lazy("had an idea that others build on"),
    WinKind.ADOPTED: gettext_lazy("had an idea that others tested and adopted"),
}


def says(win: Win) -> str:
    """What a team did, as it follows the team's name in a sentence."""
    kind = WinKind(win.kind)
    told = _values(win) if kind is WinKind.PERSONAL_BEST else {"reached": win.reached, "before": win.before}
    return str(SAYS[kind]) % told


def _values(win: Win) -> dict[str, str]:
    """The measured values, as number texts in the unit of the task."""
    scale: int = 10 ** design_of(win.cycle).mark_decimals
    unit = str(win.attempt.challenge.spec.get("unit", "")) if win.attempt is not None else ""
    told = {name: numbers.text(Fraction(value or 0, scale)) for name, value in (("reached", win.reached), ("before", win.before))}
    return {name: f"{text} {unit}".strip() for name, text in told.items()}


# --- Activity beside learning ---------------------------------------------------------------------------------------------------------


def weeks_shape(weeks: Sequence[Week], *, title: str) -> dict[str, Any]:
    """Acts above, tests and adoptions below, week by week: bars, words, and the same as a table."""
    acts, learned = [one.acts for one in weeks], [one.learned for one in weeks]
    rows = [{"cells": [_day(one), str(one.acts), str(one.tests), str(one.adoptions)]} for one in reversed(weeks)]
    heads = [_("Acts"), _("Tests finished"), _("Ideas of others taken up")]
    said = ngettext("Over %(count)d week", "Over %(count)d weeks", len(weeks)) % {"count": len(weeks)}
    told = {"acts": ", ".join(map(str, acts)), "learned": ", ".join(map(str, learned))}
    return {
        "title": title,
        "width": max(len(weeks) * (WIDE + GAP) - GAP, WIDE),
        "height": TALL,
        "acts": bars(acts),
        "learned": bars(learned),
        "most": {"acts": max(acts, default=0), "learned": max(learned, default=0)},
        "first": _day(weeks[0]) if weeks else "",
        "last": _day(weeks[-1]) if weeks else "",
        "words": f"{said}. " + _("Acts: %(acts)s. Tests and adoptions: %(learned)s.") % told,
        "caption": title,
        "columns": [{"label": _("Week of")}, *({"label": head, "number": True} for head in heads)],
        "rows": rows,
    }


def bars(counts: Sequence[int]) -> list[dict[str, int]]:
    """A bar for each week; a week without anything keeps its foot."""
    most = max([*counts, 1])
    heights = [round((TALL - 2) * one / most) + 2 for one in counts]
    return [{"x": place * (WIDE + GAP), "y": TALL - one, "height": one, "width": WIDE} for place, one in enumerate(heights)]


def _day(one: Week) -> str:
    return date_format(one.monday, "j M")


def motion_shape(motion: Motion | None) -> dict[str, Any] | None:
    """Motion without learning in numbers that can be read."""
    if motion is None:
        return None
    return {
        "week": motion.week,
        "acts": motion.acts,
        "acts_before": numbers.text(numbers.rounded(motion.acts_before, 1)),
        "learned": motion.learned,
        "learned_before": numbers.text(numbers.rounded(motion.learned_before, 1)),
    }
