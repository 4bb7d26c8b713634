"""Challenges: what is marked, by which panels, and how marks, attempts or measurements become one score."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Aggregate, Fold, Key, Keyed, Number, Operand, Rounded, Spec, Switch, Whole

Verdict = Annotated[str, Field(min_length=1, max_length=64)]


class Format(StrEnum):
    """How a challenge is scored."""

    RUBRIC = "rubric"
    RANKING = "ranking"
    ATTEMPTS = "attempts"
    MEASURED = "measured"
    PAIRWISE = "pairwise"
    AUTOMATIC = "automatic"


LIVE_FORMATS: Final = frozenset({Format.ATTEMPTS, Format.MEASURED, Format.AUTOMATIC})
"""Judged at once, so that a board of them may be shown as it changes."""


class Per(StrEnum):
    """Whether a panel combines judges criterion by criterion, or each judge's sheet first becomes one number."""

    CRITERION = "criterion"
    SHEET = "sheet"


class Incomplete(StrEnum):
    """What happens to a sheet without a required criterion: it never counts, or its marks count one by one."""

    IGNORE = "ignore"
    USE = "use"


class Better(StrEnum):
    """Which measured value is better."""

    HIGH = "high"
    LOW = "low"


class Keep(StrEnum):
    """Which attempt of a group counts. `improvement` is how much the latest is better than the first."""

    BEST = "best"
    LATEST = "latest"
    FIRST = "first"
    IMPROVEMENT = "improvement"


class Criterion(Keyed, Rounded):
    """What is marked. `decimals` rounds weight x value."""

    panel: Key | None = None
    optional: Switch = False
    min: Number | None = None
    max: Number | None = None
    step: Number | None = None
    values: tuple[Number, ...] | None = None
    not_marked: Number | None = None
    weight: Number = Fraction(1)


class Band(Rounded):
    """Marks further than `width` from the centre are pulled to it, in one pass; `decimals` rounds the centre first."""

    width: Number
    around: Literal["mean", "median"] = "mean"


class Panel(Keyed, Rounded):
    """Who judges together, and how their marks become one value."""

    key: Key = "jury"
    who: Literal["judges", "peers", "audience"] = "judges"
    ballots: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    per: Per = Per.CRITERION
    points: Literal["borda"] | tuple[Number, ...] | None = None
    band: Band | None = None
    drop_high: Whole = 0
    drop_low: Whole = 0
    combine: Fold = Fold.MEAN
    quorum: Whole = 1


class FieldSpec(Keyed):
    """A number of the submission that scoring uses."""

    min: Number | None = None
    max: Number | None = None
    default: Number | None = None


class Step(Rounded):
    """One adjustment of a score: exactly one of times, plus, minus, by a number or by a field."""

    times: Operand | None = None
    plus: Operand | None = None
    minus: Operand | None = None

    @model_validator(mode="after")
    def _one_operation(self) -> Self:
        given = [name for name in ("times", "plus", "minus") if getattr(self, name) is not None]
        if len(given) != 1:
            msg = _("exactly one of times, plus, minus is needed, found: {names}", names=", ".join(given) or _("none"))
            raise ValueError(msg)
        return self

    @property
    def operation(self) -> tuple[str, Fraction | str]:
        """The verb and its operand."""
        operands = {"times": self.times, "plus": self.plus, "minus": self.minus}
        return next((name, operand) for name, operand in operands.items() if operand is not None)


class Worth(Spec):
    """Points that fall with every solve, from `initial` towards `minimum`, reached after `decay` solves (or by `decay` a solve: linear)."""

    initial: Number
    minimum: Number
    decay: Number
    function: Literal["log", "linear"] = "log"


class ChallengeSpec(Keyed, Rounded):
    """A task. (round, challenge) is the unit: the same key may be scored differently in another round."""

    rounds: tuple[Key, ...] | None = None
    division: str | None = None
    format: Format = Format.RUBRIC
    weight: Number = Fraction(1)
    criteria: tuple[Criterion, ...] = ()
    panels: tuple[Panel, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    combine: Aggregate = Aggregate.SUM
    scale: Number | None = None
    incomplete: Incomplete = Incomplete.IGNORE
    adjust: tuple[Step, ...] = ()
    accepted: tuple[Verdict, ...] = ("AC",)
    ignored: tuple[Verdict, ...] = ("CE",)
    penalty: Number = Fraction(20)
    worth: Number | Worth = Fraction(1)
    first: tuple[Number, ...] = ()
    better: Better = Better.HIGH
    keep: Keep = Keep.BEST
    unit: str = ""
    reference: str | None = None

    @property
    def low(self) -> bool:
        """Whether a lower score is better: a measured value where low is better, or plain ranks."""
        if self.format is Format.MEASURED:
            return self.better is Better.LOW and self.keep is not Keep.IMPROVEMENT
        return self.format is Format.RANKING and not any(panel.points for panel in self.judges_panels)

    @property
    def judges_panels(self) -> tuple[Panel, ...]:
        """The panels, with the default: one panel `jury`."""
        return self.panels or (Panel(),)

    @property
    def marked_criteria(self) -> tuple[Criterion, ...]:
        """The criteria, with the default of a ranking: one criterion `rank`."""
        if self.format is Format.RANKING and not self.criteria:
            return (Criterion(key="rank"),)
        return self.criteria

    def panel_of(self, criterion: Criterion) -> str:
        """The key of the panel that marks this criterion."""
        return criterion.panel or self.judges_panels[0].key

    def in_round(self, key: str) -> bool:
        """Whether the task is set in this round."""
        return self.rounds is None or key in self.rounds
