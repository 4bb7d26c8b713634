"""What a human has to look at before a round counts: marks far from the others, deliberations that are not decided yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from games.challenges.models import Challenge
from games.cycles.models import Decision
from games.cycles.queries import decisions_in_force
from games.cycles.rules import DecisionKind
from games.errors import Problem
from games.groups.models import Group
from games.judging.models import Deliberation
from games.judging.queries.talk import open_reviews
from games.judging.rules import DeliberationState, SheetState
from games.organizations.models import Person
from games.rounds.models import Round
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _

WITHOUT: Final = "looks"
"""The value of the decision (override) by which a round is published although something waits for a human."""


@dataclass(frozen=True, slots=True)
class Look:
    """A mark that nobody has looked at, or (without `judge`) a deliberation that nobody has decided. `pk`: of the review or the talk.

    `criterion`: its key, empty for a whole sheet. `distance`: hundredths of the residual standard deviation, 0 for a deliberation.
    `tie`: the tie at a cut that it is to settle, empty where it is about one entry.
    """

    pk: int
    challenge: Challenge
    group: Group
    since: datetime
    criterion: str = ""
    judge: Person | None = None
    distance: int = 0
    tie: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The criterion as people read it."""
        titles = {one.key: one.title for one in rules_of(self.challenge)[1].marked_criteria}
        return titles.get(self.criterion, self.criterion)

    @property
    def problem(self) -> Problem:
        """As part of a refusal: which entry, and what about it."""
        place = f"{self.challenge.key}.{self.group.key}"
        if self.judge is None:
            return Problem(place, _('"{group}": a deliberation is open', group=self.group.name), "looks_missing")
        on = _(', criterion "{where}"', where=self.where) if self.criterion else ""
        side = "above" if self.distance > 0 else "below"
        far = _(
            "{judge} marked {distance:.1f} deviations {side} what is expected",
            judge=self.judge.name,
            distance=abs(self.distance) / 100,
            side=side,
        )
        return Problem(place, f'"{self.group.name}"{on}: {far}', "looks_missing")


@dataclass(frozen=True, slots=True)
class Waits:
    """Everything that waits in a round. `waived`: an organizer decided, since the last of it was asked, to publish without."""

    marks: tuple[Look, ...]
    talks: tuple[Look, ...]
    waived: bool = False

    @property
    def all(self) -> tuple[Look, ...]:
        """Marks, the farthest first, then deliberations, the oldest first."""
        return (*self.marks, *self.talks)

    @property
    def blocks(self) -> bool:
        """Whether the round cannot be published as it is."""
        return bool(self.marks or self.talks) and not self.waived


def waits_in(round_: Round, overrides: Iterable[Decision] | None = None) -> Waits:
    """What a human has to look at before the round counts. Two statements, one more where something waits.

    `overrides`: the decisions in force to go on without something in this round, for whoever has asked already.
    """
    reviews = open_reviews(round_).filter(sheet__state=SheetState.FINAL.value)
    marks = tuple(
        Look(one.pk, one.sheet.challenge, one.sheet.group, one.asked_at, one.criterion, one.sheet.judge, one.distance)
        for one in reviews
    )
    rows = Deliberation.objects.filter(challenge__round=round_, group__isnull=False, state=DeliberationState.OPEN.value)
    rows = rows.select_related("challenge__round__cycle", "group").order_by("opened_at", "pk")
    talks = tuple(Look(one.pk, one.challenge, one.group, one.opened_at, tie=one.tie) for one in rows if one.group is not None)
    return Waits(marks, talks, waived=_waived(round_, (*marks, *talks), overrides))


def _waived(round_: Round, looks: Iterable[Look], overrides: Iterable[Decision] | None) -> bool:
    """Whether a decision that stands was taken after all of these had been asked: what comes later is not covered by it."""
    last = max((one.since for one in looks), default=None)
    if last is None:
        return False
    if overrides is None:
        overrides = decisions_in_force(round_.cycle, DecisionKind.OVERRIDE).filter(round=round_.key, value=WITHOUT)
    return any(one.value == WITHOUT and one.at >= last for one in overrides)
