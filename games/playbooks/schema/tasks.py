"""Rounds and challenges as people meet them: visibility, gates, briefs, entry forms, answers that a machine checks."""

from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from games.playbooks.rules import Visibility
from games.playbooks.schema.cycle import Name, Text, Words
from games.playbooks.schema.forms import FieldType, FormField
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import ChallengeSpec, Criterion, RoundSpec
from leaderboards.engine.spec.base import Key, Keyed, Number, Spec, Switch

Count = Annotated[int, Field(strict=True, ge=1, le=10_000)]
HASH = r"^sha256:[0-9A-Za-z_-]{8,64}:[0-9a-f]{64}$"


class StudyDesign(Spec):
    """A time after a round in which teams read what others made, and say what they take from it into the next round."""

    begins: AwareDatetime
    ends: AwareDatetime
    reads: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(
        default=3, description="works of others that each group is given"
    )


class Widening(Spec):
    """A step of the ladder: from then on others see more of a round whose results are published. Until they are, it waits."""

    to: Visibility
    begins: AwareDatetime | None = Field(default=None, description="not before this time: an embargo")
    on: Literal["study", "next_round", "closed"] | None = Field(
        default=None, description="the study begins, the round after it opens, or the cycle is closed"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.begins is None) == (self.on is None):
            msg = _("expected either begins (a time) or on (study, next_round or closed)")
            raise ValueError(msg)
        return self


class RoundDesign(RoundSpec):
    """A timebox with its scoring, and what people may expect of it."""

    name: Name = ""
    summary: Text = ""
    visibility: Visibility = Visibility.SEALED
    widens: tuple[Widening, ...] = Field(default=(), description="when others see more of it than at publication")
    gate: Switch = Field(default=False, description="opens only after a recorded decision")
    overlap: Switch = Field(default=False, description="may run beside other rounds")
    collective: Switch = Field(default=False, description="all groups work for one shared goal")
    goal: Number | None = Field(default=None, description="collective: the sum of all scores at which the goal is reached")
    feedback: Switch = Field(default=False, description="every entrant gets feedback before the round is closed")
    blind: Switch = Field(default=False, description="judges see keys instead of names")
    judging_closes: AwareDatetime | None = None
    feedback_on: Literal["entry", "criterion"] = Field(default="entry", description="what the promised feedback is written on")
    judges_named: Switch = Field(default=False, description="teams see who judged them, once results are published")
    others_marks: Literal["never", "after_final", "always"] = Field(
        default="never", description="when a judge sees the other judges' marks on the same entry"
    )
    calibration: Switch = Field(default=False, description="judges mark the same anchor entries before the others open")
    appeal_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = Field(
        default=None, description="days after publication in which a group may appeal"
    )
    study: StudyDesign | None = Field(default=None, description="teams study each other's work between this round and the next")
    tests: Switch = Field(
        default=False, description="groups record tests of change; after 8 days of silence they are asked for the next"
    )


class Level(Spec):
    """What a mark of this value means."""

    value: Number
    text: Words


class CriterionDesign(Criterion):
    """A criterion with its words: what is looked at, and what the marks mean."""

    name: Name = ""
    summary: Text = ""
    levels: tuple[Level, ...] = ()


class FlagAnswer(Spec):
    """A secret word. Plain `values`, or `hashes` written sha256:SALT:HEX (of salt + answer), so that the Design holds no secret."""

    kind: Literal["flag"]
    values: tuple[Words, ...] = ()
    hashes: tuple[Annotated[str, StringConstraints(pattern=HASH)], ...] = ()
    case: Switch = Field(default=True, description="upper and lower case differ")

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.values and not self.hashes:
            msg = _("values or hashes is needed")
            raise ValueError(msg)
        return self


class NumberAnswer(Spec):
    """A number, right within a tolerance: absolute, or as a share of the value."""

    kind: Literal["number"]
    value: Number
    tolerance: Number = Fraction(0)
    relative: Switch = False


class Question(Keyed):
    """A question of a quiz. All right choices and no wrong one earn its points."""

    name: Words
    choices: tuple[Words, ...] = Field(min_length=2)
    correct: tuple[Words, ...] = Field(min_length=1)
    points: Number = Fraction(1)

    @model_validator(mode="after")
    def _known(self) -> Self:
        strange = [choice for choice in self.correct if choice not in self.choices]
        if strange:
            msg = _('correct: "{strange}" is not among the choices', strange=strange[0])
            raise ValueError(msg)
        return self


class QuizAnswer(Spec):
    """Several questions; the value of an attempt is the sum of the points earned."""

    kind: Literal["quiz"]
    questions: tuple[Question, ...] = Field(min_length=1)
    full_marks: Switch = Field(default=False, description="solved only if every question is right")


Answer = FlagAnswer | NumberAnswer | QuizAnswer


class Hint(Keyed):
    """Words that help, for a group that asks; `cost` is taken off its score, once."""

    text: Words
    cost: Number = Fraction(0)


class ChallengeDesign(ChallengeSpec):
    """A task with its scoring, its brief and its entry form."""

    name: Name = ""
    summary: Text = ""
    brief: Text = Field(default="", description="Markdown; shown sanitized")
    aim: Text = Field(default="", description="how this task serves the aim of the cycle")
    criteria: tuple[CriterionDesign, ...] = ()
    form: tuple[FormField, ...] = ()
    submissions: Count = Field(default=1, description="entries of one group; attempts and measured: no meaning")
    max_attempts: Count | None = Field(default=None, description="attempts, measured, automatic: tries of one group")
    answer: Annotated[Answer, Field(discriminator="kind")] | None = Field(default=None, description="automatic: what is right")
    hints: tuple[Hint, ...] = Field(default=(), description="attempts, automatic: help that a group may buy")
    topics: Key | None = Field(default=None, description="the choice field of the form that says what an entry is about")
    language: Key | None = Field(default=None, description="the choice field of the form that says the language of an entry")
    licence: Key | None = Field(default=None, description="the choice field of the form that says how others may reuse an entry")
    organizations: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(
        default=1, description="the least number of organizations behind an entry: teams of several hand in together"
    )
    optional: Switch = Field(default=False, description="a quest nobody has to do; only words, scoring says what missing means")

    def faults(self) -> list[tuple[tuple[Any, ...], str]]:
        """What no single key shows, as (path inside the challenge, message)."""
        found: list[tuple[tuple[Any, ...], str]] = []
        if self.answer is not None and self.format.value != "automatic":
            found.append(
                (("answer",), _("only a challenge of format automatic has an answer; this one is {format}", format=self.format))
            )
        if self.answer is None and self.format.value == "automatic":
            found.append((("answer",), _("a challenge of format automatic needs an answer to check against")))
        found += [
            ((name,), _('"{key}" is not a choice field of the form', key=key))
            for name, key in (("topics", self.topics), ("language", self.language), ("licence", self.licence))
            if key is not None and not any(one.key == key and one.type is FieldType.CHOICE for one in self.form)
        ]
        if self.max_attempts is not None and self.format.value not in {"attempts", "measured", "automatic"}:
            found.append(
                (
                    ("max_attempts",),
                    _("only attempts, measured and automatic challenges have attempts; this one is {format}", format=self.format),
                )
            )
        if self.hints and self.format.value not in {"attempts", "automatic"}:
            found.append(
                (("hints",), _("only attempts and automatic challenges have hints; this one is {format}", format=self.format))
            )
        for number, hint in enumerate(self.hints):
            if hint.cost < 0:
                found.append(
                    (("hints", number, "cost"), _("{cost} is below 0: a hint is not paid for taking it", cost=hint.cost))
                )
        for number, criterion in enumerate(self.criteria):
            found += [(("criteria", number, *path), text) for path, text in _level_faults(criterion)]
        return found


def _level_faults(criterion: CriterionDesign) -> list[tuple[tuple[Any, ...], str]]:
    low, high = criterion.min, criterion.max
    return [
        (("levels", number), _("the value {level} is outside {low} to {high}", level=level.value, low=low, high=high))
        for number, level in enumerate(criterion.levels)
        if (low is not None and level.value < low) or (high is not None and level.value > high)
    ]
