"""What a cycle is: names, dates, the aim, the three checks, roles, where its playbook comes from."""

from datetime import date
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from games.playbooks.rules import Capability
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import Rounding
from leaderboards.engine.spec.base import Decimals, Key, Keyed, Number, Spec

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
Day = Annotated[AwareDatetime | date, Field(description="A day, or a moment with its offset")]
_ZONES: Final = available_timezones()


def _zone(value: str) -> str:
    if value and value not in _ZONES:
        msg = _('"{value}" is not a known time zone; expected a name like Europe/Berlin', value=value)
        raise ValueError(msg)
    return value


class Waiver(Spec):
    """Openly left out, with the reason that everybody can read."""

    waived: Words


class CycleSpec(Spec):
    """One run of a playbook. `rounding` and `mark_decimals` are the numbers' part of it and hold for all scoring."""

    key: Key
    name: Name = ""
    summary: Text = ""
    series: Key | None = None
    starts: Day | None = None
    ends: Day | None = None
    ends_when: Text = Field(default="", description="What ends the cycle, in words: the end condition")
    timezone: Annotated[str, AfterValidator(_zone)] = ""
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    source: Text = ""
    licence: Name = ""
    rounding: Rounding = Rounding.HALF_UP
    mark_decimals: Decimals = 4

    @property
    def title(self) -> str:
        """What people read: the name, else the key."""
        return self.name or self.key


class PlaybookInfo(Spec):
    """The preset this Design comes from, and where the preset comes from."""

    key: Key
    name: Name = ""
    version: Annotated[int, Field(strict=True, ge=1)] = 1
    summary: Text = ""
    source: Text = Field(default="", description="Provenance: the field and the documents the method comes from")


class Aim(Spec):
    """What the cycle is for: a measure from a baseline to a target by a date. Or openly waived."""

    statement: Text = ""
    measure: Name = ""
    unit: Name = ""
    baseline: Number | None = None
    target: Number | None = None
    date: Day | None = None
    waived: Text = ""

    @property
    def gaps(self) -> tuple[str, ...]:
        """The keys still missing before launch; none if waived with a reason."""
        if self.waived.strip():
            return ()
        return tuple(name for name in ("measure", "baseline", "target", "date") if getattr(self, name) in {None, ""})


class Checks(Spec):
    """Three questions asked before a launch, each answered in words or waived with a reason."""

    will: Words | Waiver | None = Field(default=None, description="Shared aims, and the will to reach them")
    offer: Words | Waiver | None = Field(default=None, description="A simple, attractive offer to those who take part")
    networks: Words | Waiver | None = Field(default=None, description="Which existing networks carry it")

    @property
    def gaps(self) -> tuple[str, ...]:
        """The checks neither answered nor waived."""
        return tuple(name for name in ("will", "offer", "networks") if getattr(self, name) is None)


class OfficeHours(Spec):
    """Experts offer times, and every team books as many of them as any other."""

    quota: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(
        default=2, description="office hours that every team may book"
    )
    per: Literal["cycle", "round"] = Field(
        default="cycle", description="whether the quota is for the whole cycle or for each round"
    )
    cancel_hours: Annotated[int, Field(strict=True, ge=0, le=720)] = Field(
        default=24, description="hours before it begins until which a booking may be cancelled and is given back"
    )


class Role(Keyed):
    """A part people play, as this playbook calls it, and what it allows."""

    name: Name = ""
    summary: Text = ""
    capabilities: tuple[Capability, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.capabilities)) < len(self.capabilities):
            msg = _("a capability is named twice")
            raise ValueError(msg)
        return self


DEFAULT_ROLES: Final = (
    Role(key="organizer", name="Organizer", capabilities=(Capability.ORGANIZE,)),
    Role(key="judge", name="Judge", capabilities=(Capability.JUDGE,)),
    Role(key="captain", name="Captain", capabilities=(Capability.CAPTAIN, Capability.SUBMIT)),
    Role(key="member", name="Member", capabilities=(Capability.SUBMIT,)),
    Role(key="follower", name="Follower", capabilities=(Capability.FOLLOW,)),
    Role(key="expert", name="Expert", capabilities=(Capability.ADVISE, Capability.FOLLOW)),
)
