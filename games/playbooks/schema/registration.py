"""The door: who may register, how, under which terms."""

from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field, model_validator

from games.playbooks.schema.cycle import Name, Text, Words
from games.playbooks.schema.forms import FormField
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Key, Keyed, Number, Spec, Switch

Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Document(Spec):
    """A text people accept; which version they accepted is kept."""

    version: Name = "1"
    text: Words


class Division(Keyed):
    """A separate ranking that groups register for."""

    name: Name = ""
    summary: Text = ""


class Eligibility(Spec):
    """One condition on an answer of the registration form. All must hold; the message is cited when one does not."""

    field: Key
    among: tuple[Name, ...] | None = Field(default=None, description="the answer is one of these")
    excludes: tuple[Name, ...] | None = Field(default=None, description="the answer is none of these")
    min: Number | None = None
    max: Number | None = None
    message: Words

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.among is None and self.excludes is None and self.min is None and self.max is None:
            msg = _("one of among, excludes, min, max is needed")
            raise ValueError(msg)
        return self


class NameRules(Spec):
    """What a group may be called. Names are unique in a division in any case, without regard to upper and lower case."""

    min_length: Count = 2
    max_length: Annotated[int, Field(strict=True, ge=1, le=300)] = 80
    forbidden: tuple[Name, ...] = Field(default=(), description="words that must not occur")


class Registration(Spec):
    """How groups come in. Without times the door is open while the cycle enrols."""

    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    capacity: Count | None = Field(default=None, description="how many groups; absent: no limit")
    waiting_list: Switch = True
    approval: Switch = Field(default=False, description="organizers accept each registration")
    min_members: Count = 1
    max_members: Count | None = None
    mergers: Switch = Field(default=True, description="teams may merge between rounds")
    mergers_until: AwareDatetime | None = Field(default=None, description="the last moment at which teams may merge")
    form: tuple[FormField, ...] = ()
    terms: Document | None = None
    licence: Document | None = Field(default=None, description="how others may reuse what is entered")
    min_age: Annotated[int, Field(strict=True, ge=0, le=120)] | None = None
    consent: Text = Field(default="", description="what younger people's parents or guardians confirm")
    eligibility: tuple[Eligibility, ...] = ()
    divisions: tuple[Division, ...] = ()
    names: NameRules = NameRules()

    def faults(self) -> list[tuple[tuple[Any, ...], str]]:
        """What no single key shows, as (path inside registration, message)."""
        found: list[tuple[tuple[Any, ...], str]] = []
        if self.opens and self.closes and self.closes <= self.opens:
            found.append(
                (("closes",), _("registration closes {closes} before it opens {opens}", closes=self.closes, opens=self.opens))
            )
        if self.max_members is not None and self.max_members < self.min_members:
            found.append(
                (
                    ("max_members",),
                    _(
                        "{max_members} is below min_members {min_members}",
                        max_members=self.max_members,
                        min_members=self.min_members,
                    ),
                )
            )
        known = [field.key for field in self.form]
        for number, rule in enumerate(self.eligibility):
            if rule.field not in known:
                found.append(
                    (
                        ("eligibility", number, "field"),
                        _(
                            '"{field}" is not a field of the form; known: {names}',
                            field=rule.field,
                            names=", ".join(known) or _("none"),
                        ),
                    )
                )
        return found
