"""Points for acts, and badges: what the journal records earns, by rule, never by hand."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from games.playbooks.schema.cycle import Name, Text
from leaderboards.engine.spec.base import Key, Keyed, Switch

EventKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*(\.[a-z_]+)*$", max_length=80)]
Cap = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Amount = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000)]


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
    cap_cycle: Cap | None = None
    receiver: Receiver = Receiver.GROUP
    own_group: Switch = Field(default=False, description="acts on one's own group count too")
    rounds: tuple[Key, ...] | None = Field(default=None, description="only in these rounds")
    challenges: tuple[Key, ...] | None = Field(default=None, description="only for these challenges")


class Badge(Keyed):
    """A sign of something done: after `count` acts of a kind, or from so many points on."""

    name: Name = ""
    summary: Text = ""
    event: EventKind | None = None
    count: Cap = 1
    points: Cap | None = None
    receiver: Receiver = Receiver.GROUP

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.event is None) == (self.points is None):
            msg = "exactly one of event, points is needed"
            raise ValueError(msg)
        return self
