"""Points for acts: what the journal records earns, by rule, never by hand."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from games.playbooks.schema.cycle import Name, Text
from games.playbooks.schema.earning import EARNS
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Key, Keyed, Number, Switch

EventKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*(\.[a-z_]+)*$", max_length=80)]
Cap = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Amount = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000)]
MOST_PARTS: Final = 10_000


class Receiver(StrEnum):
    """Who gets the points: the group of the act, or the person (the group's total counts both)."""

    GROUP = "group"
    PERSON = "person"


class PointRule(Keyed):
    """So many points for each journal entry of one kind, up to the caps of its receiver."""

    name: Name = ""
    summary: Text = ""
    event: EventKind
    points: Amount
    cap_day: Cap | None = Field(default=None, description="at most so many points a day, days of the cycle's time zone")
    cap_week: Cap | None = Field(default=None, description="at most so many points a week, Monday to Sunday")
    cap_cycle: Cap | None = None
    ratio: Number | None = Field(
        default=None, description="each further act of a day counts so much of the one before, such as 0.5"
    )
    partner_ratio: Number | None = Field(
        default=None,
        description="from the third with the same other team on, each counts so much of the one before, such as 0.25",
    )
    pause: Annotated[int, Field(strict=True, ge=1, le=10_080)] | None = Field(
        default=None, description="minutes that must lie between two acts that count"
    )
    receiver: Receiver = Receiver.GROUP
    flows: Switch = Field(default=False, description="a share of it goes on to the ideas it builds on: see [credit]")
    own_group: Switch = Field(default=False, description="acts on one's own group count too")
    rounds: tuple[Key, ...] | None = Field(default=None, description="only in these rounds")
    challenges: tuple[Key, ...] | None = Field(default=None, description="only for these challenges")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        for name in ("ratio", "partner_ratio"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                msg = _("{name} must lie between 0 and 1, found {value}", name=name, value=value)
                raise ValueError(msg)
            if value is not None and value.denominator > MOST_PARTS:
                msg = _("{name} has at most four decimals", name=name)
                raise ValueError(msg)
            if value is not None and self.points < 0:
                msg = _("points that are taken do not shrink: {name} goes with points above 0", name=name)
                raise ValueError(msg)
        return self

    def faults(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """What the table of earning acts shows, as (path, message)."""
        if self.event not in EARNS:
            yield ("event",), _('"{event}" earns no points; known: {names}', event=self.event, names=", ".join(EARNS))
        elif self.partner_ratio is not None and not EARNS[self.event].to_others:
            yield ("partner_ratio",), _('"{event}" names no other team', event=self.event)
