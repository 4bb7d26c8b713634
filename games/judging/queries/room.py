"""A deliberation as one person sees it: the entry by its label, who sits there, which marks moved, as far as the round's rules show them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from games.challenges.models import Challenge
from games.judging.models import Deliberation, Panelist, Sheet
from games.judging.queries.others import ALWAYS, NEVER, Who, judges_on, others_mode
from games.judging.queries.talk import final_marks
from games.judging.rules import DeliberationState, SheetState
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.engine.numbers import from_scaled, text

if TYPE_CHECKING:
    from games.permissions import Access

type Values = Mapping[str, str | None]
"""Criterion → number text, None: no mark."""


@dataclass(frozen=True, slots=True)
class Place:
    """One judge's marks on the entry when the talk began and now (or when it ended). `shown` is false while the rules hide them."""

    who: Who
    me: bool
    shown: bool
    before: Values
    after: Values

    @property
    def moved(self) -> bool:
        """Whether the marks differ."""
        return dict(self.before) != dict(self.after)


@dataclass(frozen=True, slots=True)
class Room:
    """Everybody whose marks are talked about, by number, and the criteria in their order; everybody on the panel, and one's own sheets."""

    criteria: tuple[str, ...]
    places: tuple[Place, ...]
    all_shown: bool
    panel: Mapping[int, Who]
    own: tuple[Sheet, ...]


def room_of(deliberation: Deliberation, access: "Access") -> Room:
    """The marks of a deliberation as this person may see them. Four statements at most.

    Organizers and the chair decide, so they see all; a judge sees their own, and the others' as the round's rule says.
    """
    challenge, group = deliberation.challenge, deliberation.group
    organizes = access.reads(challenge.round.cycle_id)
    now = deliberation.after if deliberation.state == DeliberationState.CLOSED or group is None else _now(deliberation)
    design, spec = rules_of(challenge)
    own = Sheet.objects.filter(challenge=challenge, panel=deliberation.panel, group=group, judge__in=sorted(access.persons))
    sheets = tuple(own.order_by("pk"))
    mine = {one.judge_id: one.state for one in sheets}
    all_shown = organizes or leads(deliberation, access) or _others_shown(deliberation, mine)
    judges = judges_on(challenge, deliberation.panel, named=organizes)
    places = [
        Place(
            who,
            me=pk in mine,
            shown=all_shown or pk in mine,
            before=_texts(deliberation.before, pk, design.mark_decimals) if all_shown or pk in mine else {},
            after=_texts(now, pk, design.mark_decimals) if all_shown or pk in mine else {},
        )
        for pk, who in judges.items()
        if str(pk) in deliberation.before or str(pk) in now
    ]
    criteria = tuple(one.key for one in spec.marked_criteria if spec.panel_of(one) == deliberation.panel)
    return Room(criteria, tuple(sorted(places, key=lambda one: one.who.number)), all_shown, judges, sheets)


def leads(deliberation: Deliberation, access: "Access") -> bool:
    """Whether the person chairs the panel. One statement."""
    seats = Panelist.objects.filter(challenge=deliberation.challenge_id, panel=deliberation.panel, chair=True, left_at=None)
    return bool(access.persons) and seats.filter(person__in=sorted(access.persons)).exists()


def panels_led(challenge: Challenge, persons: Collection[int]) -> set[str]:
    """The panels of a task that one of these persons chairs. One statement, none for nobody."""
    if not persons:
        return set()
    seats = Panelist.objects.filter(challenge=challenge, chair=True, left_at=None, person__in=sorted(persons))
    return set(seats.values_list("panel", flat=True))


def speaker_in(deliberation: Deliberation, persons: Collection[int]) -> Person:
    """As whom somebody speaks: as the judge they are on this panel, else as themselves. Two or three statements."""
    known = judges_on(deliberation.challenge, deliberation.panel)
    mine = [pk for pk in sorted(persons) if pk in known] or sorted(persons)
    return Person.objects.get(pk=mine[0])


def _others_shown(deliberation: Deliberation, mine: Mapping[int, str]) -> bool:
    mode = others_mode(deliberation.challenge.round)
    if mode == NEVER or not mine:
        return False
    return mode == ALWAYS or SheetState.FINAL.value in mine.values()


def _now(deliberation: Deliberation) -> dict[str, dict[str, int | None]]:
    group = deliberation.group
    return {} if group is None else final_marks(deliberation.challenge, deliberation.panel, group)


def _texts(marks: Mapping[str, Mapping[str, int | None]], judge: int, decimals: int) -> Values:
    found = marks.get(str(judge), {})
    return {key: None if value is None else text(from_scaled(value, decimals)) for key, value in found.items()}
