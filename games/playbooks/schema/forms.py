"""Forms as data: the fields of an entry or a registration."""

from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from games.playbooks.schema.cycle import Name, Text
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Keyed, Number, Switch, Whole

MAX_FILE: Final = 200 * 1024 * 1024
DEFAULT_FILE: Final = 20 * 1024 * 1024
FileType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,10}$", to_lower=True)]


class FieldType(StrEnum):
    """What can be answered."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    URL = "url"
    FILE = "file"


ONLY: Final = {
    FieldType.TEXT: {"lines", "max_length"},
    FieldType.NUMBER: {"min", "max", "step", "unit"},
    FieldType.CHOICE: {"choices", "many"},
    FieldType.URL: {"max_length"},
    FieldType.FILE: {"max_bytes", "types"},
}
"""The keys that make sense for one type alone."""


class FormField(Keyed):
    """A question of a form. A number field with the key of a scoring field (`fields`) is what scoring reads."""

    name: Name = ""
    type: FieldType = FieldType.TEXT
    help: Text = ""
    required: Switch = False
    blind: Literal["shown", "hidden", "only"] = Field(
        default="shown", description="in a blind round: shown to judges, hidden from them, or a redacted copy shown only there"
    )
    lines: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(default=1, description="text: height of the box")
    max_length: Annotated[int, Field(strict=True, ge=1, le=200_000)] | None = Field(
        default=None, description="text, url: characters"
    )
    min: Number | None = None
    max: Number | None = None
    step: Number | None = None
    unit: Name = ""
    choices: tuple[Name, ...] = ()
    many: Switch = Field(default=False, description="choice: several may be chosen")
    max_bytes: Annotated[Whole, Field(ge=1, le=MAX_FILE)] = DEFAULT_FILE
    types: tuple[FileType, ...] = Field(default=(), description="file: allowed endings such as pdf, png; empty: any safe type")

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        others = set().union(*(keys for kind, keys in ONLY.items() if kind is not self.type)) - ONLY[self.type]
        wrong = sorted(others & self.model_fields_set)
        if wrong:
            msg = _(
                "{wrong} is not for a field of type {type}; for this type: {names}",
                wrong=wrong[0],
                type=self.type,
                names=", ".join(sorted(ONLY[self.type])),
            )
            raise ValueError(msg)
        if self.type is FieldType.CHOICE and not self.choices:
            msg = _("a field of type choice needs choices")
            raise ValueError(msg)
        if len(set(self.choices)) < len(self.choices):
            msg = _("a choice is named twice")
            raise ValueError(msg)
        if self.min is not None and self.max is not None and self.min > self.max:
            msg = _("min is above max")
            raise ValueError(msg)
        return self
