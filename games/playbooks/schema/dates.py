"""What does not fit among the dates of a Design: of the cycle, its rounds, their studies and what others see when."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from games.playbooks.rules import Visibility
from leaderboards.engine.language import gettext as _

if TYPE_CHECKING:
    from games.playbooks.schema.design import Design

Path = tuple[str | int, ...]


def date_faults(design: "Design") -> Iterator[tuple[Path, str]]:
    """(path, message) of each."""
    yield from _dates(design)
    yield from _overlaps(design)
    yield from _studies(design)
    yield from _ladders(design)


def _dates(design: "Design") -> Iterator[tuple[Path, str]]:
    cycle = design.cycle
    if cycle.starts is not None and cycle.ends is not None and cycle.ends.isoformat() < cycle.starts.isoformat():
        yield ("cycle", "ends"), _("the cycle ends {ends} before it starts {starts}", ends=cycle.ends, starts=cycle.starts)
    for number, one in enumerate(design.rounds):
        if one.judging_closes and one.closes and one.judging_closes < one.closes:
            yield (
                ("rounds", number, "judging_closes"),
                _(
                    'judging of round "{key}" ends {judging_closes}, before entries close {closes}',
                    key=one.key,
                    judging_closes=one.judging_closes,
                    closes=one.closes,
                ),
            )
        if one.goal is not None and not one.collective:
            yield ("rounds", number, "goal"), _("only a collective round has a goal")


def _overlaps(design: "Design") -> Iterator[tuple[Path, str]]:
    timed = [(number, one) for number, one in enumerate(design.rounds) if not one.overlap]
    for (__, before), (number, one) in pairwise(timed):
        if before.closes and one.opens and one.opens < before.closes:
            yield (
                ("rounds", number, "opens"),
                _(
                    'round "{key}" opens {opens}, before round "{before}" closes {closes}; overlap = true allows it',
                    key=one.key,
                    opens=one.opens,
                    before=before.key,
                    closes=before.closes,
                ),
            )


def _studies(design: "Design") -> Iterator[tuple[Path, str]]:
    """Reading changes nothing by itself: a study stands between two rounds, and what follows it is a round in which something is done."""
    for number, one in enumerate(design.rounds):
        study, at = one.study, ("rounds", number, "study")
        if study is None:
            continue
        after = design.rounds[number + 1] if number + 1 < len(design.rounds) else None
        if after is None or not any(task.in_round(after.key) for task in design.challenges):
            yield (
                at,
                _(
                    'no round with a task follows the study after round "{key}": what is taken from it has to be tried',
                    key=one.key,
                ),
            )
        if study.ends <= study.begins:
            yield (*at, "ends"), _("the study ends {ends}, not after it begins {begins}", ends=study.ends, begins=study.begins)
        if one.closes and study.begins < one.closes:
            yield (
                (*at, "begins"),
                _(
                    'the study begins {begins}, before round "{key}" closes {closes}',
                    begins=study.begins,
                    key=one.key,
                    closes=one.closes,
                ),
            )
        if after is not None and after.opens and after.opens < study.ends:
            yield (
                (*at, "ends"),
                _(
                    'the study ends {ends}, after round "{after}" opens {opens}',
                    ends=study.ends,
                    after=after.key,
                    opens=after.opens,
                ),
            )


def _ladders(design: "Design") -> Iterator[tuple[Path, str]]:
    """Each step of a ladder shows more than the one before it, and waits for something that comes."""
    order = tuple(Visibility)
    for number, one in enumerate(design.rounds):
        shown = one.visibility
        for step, widening in enumerate(one.widens):
            at = ("rounds", number, "widens", step)
            if order.index(widening.to) <= order.index(shown):
                yield (
                    (*at, "to"),
                    _(
                        '"{to}" shows no more than "{shown}", which others see before: each step shows more',
                        to=widening.to,
                        shown=shown,
                    ),
                )
            if widening.on == "study" and one.study is None:
                yield (*at, "on"), _('no study follows round "{key}"', key=one.key)
            if widening.on == "next_round" and number + 1 == len(design.rounds):
                yield (*at, "on"), _('no round follows round "{key}"', key=one.key)
            if widening.begins and one.closes and widening.begins < one.closes:
                yield (
                    (*at, "begins"),
                    _(
                        'others would see more from {begins}, before round "{key}" closes {closes}',
                        begins=widening.begins,
                        key=one.key,
                        closes=one.closes,
                    ),
                )
            shown = widening.to
